/** `--format nagios` in every command: the exit codes of a plugin, and its one line also when nothing could run. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { blind, broken, clean } from './reporters/reports.js';
import { missing } from './support/missing.js';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-plugin-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const NAGIOS = ['--format', 'nagios'];

describe('--format nagios', { concurrency: 2 }, () => {
  before(async () => {
    for (const [name, report] of Object.entries({ clean, broken, blind }))
      writeFileSync(at(`${name}.json`), JSON.stringify(report));
    assert.equal((await run(['demo', '--keep', at('demo'), '--quiet'])).code, 0);
    assert.equal((await run(['gather', at('demo/ha-preflight.yml'), '-q', '-o', at('e.json')])).code, 0);
  });
  const STATES: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['report', 'clean.json'], 0, /^HA-PREFLIGHT OK - /],
    [['report', 'broken.json'], 2, /^HA-PREFLIGHT CRITICAL - /],
    [['report', 'blind.json'], 3, /^HA-PREFLIGHT UNKNOWN - /],
    [['merge', 'clean.json', 'blind.json'], 3, /^HA-PREFLIGHT UNKNOWN - 2 clusters: /],
    [['judge', 'e.json'], 2, /^HA-PREFLIGHT CRITICAL - 6 critical checks failed on pm\[1-3\]: /],
    [
      ['judge', 'e.json', '--only', 'user-ids'],
      1,
      /^HA-PREFLIGHT WARNING - 1 warning check failed on pm3: user-ids \| /,
    ],
    [['check', 'demo/ha-preflight.yml', '-q', '--only', 'user-ids'], 1, /^HA-PREFLIGHT WARNING - /],
    [['demo', '-q'], 2, /^HA-PREFLIGHT CRITICAL - /],
    [['check', 'nowhere.yml'], 3, /^HA-PREFLIGHT UNKNOWN - nowhere\.yml/],
    [['check', '--no-such-option'], 3, /^HA-PREFLIGHT UNKNOWN - check does not take --no-such-option/],
    [['report', 'clean.json', '--report', 'json=/nowhere/r.json'], 3, /^HA-PREFLIGHT UNKNOWN - .*cannot be written/],
    [['judge', 'e.json', '--report', 'json=/dev/full'], 2, /^HA-PREFLIGHT CRITICAL - /],
    [['report', 'clean.json', '--report', 'json=/dev/full'], 3, /^HA-PREFLIGHT OK - /],
  ];
  for (const [args, code, line] of STATES)
    it(`${args.join(' ')}: ${code}`, async () => {
      const ran = await run([...args, ...NAGIOS], {}, folder);
      assert.match(ran.out, line);
      assert.equal(ran.code, code, ran.err);
    });
  it('--format=nagios is the same; a file of that format changes no exit code', async () => {
    assert.equal((await run(['check', 'nowhere.yml', '--format=nagios'], {}, folder)).code, 3);
    assert.equal((await run(['check', 'nowhere.yml', '--report', 'nagios=n.txt'], {}, folder)).code, 2);
    assert.equal((await run(['report', 'broken.json', '--report', 'nagios=n.txt'], {}, folder)).code, 0);
    assert.match(readFileSync(at('n.txt'), 'utf8'), /^HA-PREFLIGHT CRITICAL - /);
  });
  it('--help names the codes', async () => {
    for (const command of ['check', 'judge', 'merge', 'report'])
      assert.match(
        (await run([command, '--help'])).out.replaceAll(/\s+/g, ' '),
        /With --format nagios: 0 ok, 1 warning, 2 critical, 3 unknown/,
        command,
      );
  });
});

describe('the units of docs/operating.md', { skip: missing('systemd-analyze') }, () => {
  it('are what systemd accepts', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operating.md'), 'utf8');
    const units = [...page.matchAll(/^```ini\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
    assert.equal(units.length, 2);
    // the program of the page is not on this machine
    writeFileSync(at('ha-preflight.service'), units[0]!.replace('/usr/local/bin/ha-preflight', '/bin/true'));
    writeFileSync(at('ha-preflight.timer'), units[1]!);
    const files = [at('ha-preflight.service'), at('ha-preflight.timer')];
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
    assert.doesNotMatch(stderr, /ha-preflight\.(?:service|timer)/);
  });
});
