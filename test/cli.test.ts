/** The command line as its users meet it: operator, pipeline, ticket. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PLANTED } from '../src/demo/cluster.js';
import { writeTree } from '../src/demo/tree.js';
import { validate } from '../src/load/validate.js';
import type { Report } from '../src/model/report.js';
import schema from '../src/schema/report.schema.json' with { type: 'json' };
import { CLUSTERS } from './support/clusters.js';
import { inTime } from './support/machine.js';
import { BIN, report, run, troubles } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** A clean cluster of two trees. */
const clean = at('clean.yml');
before(() => {
  for (const name of ['a', 'b']) writeTree(at(name), CLUSTERS[0]!.node(name, ['a', 'b']));
  writeFileSync(
    clean,
    'version: 1\ncluster: clean\nconnection: { type: local }\nnodes:\n  - { name: a, host: a.example.com, connection: { root: ./a } }\n  - { name: b, host: b.example.com, connection: { root: ./b } }\n',
  );
});

describe('demo', () => {
  it('finds exactly what is planted', async () => {
    const { code, out, err } = await run(['demo', '--format', 'json']);
    const r = JSON.parse(out) as Report;
    assert.deepEqual(troubles(r), PLANTED.map((p) => `${p.check} ${p.node}`).sort());
    assert.equal(code, 0);
    assert.match(err, /all 8 planted faults were found/);
  });
  it('--keep leaves a cluster to play with, and wants a new folder', async () => {
    const kept = at('kept');
    assert.equal((await run(['demo', '--keep', kept])).code, 0);
    const again = await report(join(kept, 'ha-preflight.yml'));
    assert.deepEqual([again.code, troubles(again.report).length], [1, 8]);
    assert.equal((await run(['demo', '--keep', kept])).code, 2);
  });
});

describe('exit codes and streams', () => {
  it('0 for a clean cluster; standard output is only the report', async () => {
    const { code, out, err } = await run(['check', clean, '--format', 'json']);
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as Report).gate.result, 'pass');
    assert.match(err, /nodes asked/);
    assert.doesNotMatch(out + err, /\x1b/);
  });
  it('3 for a cluster of which no node is reached, whatever is allowed', async () => {
    const ran = await run(['check', '--nodes', '127.0.0.1:1,127.0.0.1:2', '--format', 'json', '--timeout', '5']);
    assert.equal(ran.code, 3);
    assert.match(ran.out, /refused/);
    const allowed = await run(['check', '--nodes', '127.0.0.1:1', '--allow-unknown', '--timeout', '5']);
    assert.equal(allowed.code, 3);
    assert.match(allowed.out, /1 node not judged[\s\S]*nothing was measured/);
  });
  it('3 for --only of a check that fits no product that was found, 2 where the product is named', async () => {
    assert.equal((await run(['check', clean, '--only', 'grid-nodes'])).code, 3);
    const named = await run(['check', '--nodes', 'a,b', '--product', 'workbench', '--only', 'grid-nodes']);
    assert.equal(named.code, 2);
    assert.match(named.err, /no such check for workbench/);
  });
  it('--nodes with --sudo plans what an inventory with sudo would', async () => {
    const [plain, sudo] = await Promise.all([[], ['--sudo']].map((more) => run(['plan', '--nodes', 'a,b', ...more])));
    assert.deepEqual([plain!.code, sudo!.code], [0, 0]);
    assert.match(sudo!.out, /ssh a, sudo/);
    assert.doesNotMatch(plain!.out, /ssh a, sudo/);
  });
  const misuse: [string, string[], RegExp][] = [
    ['an unknown option', ['check', clean, '--colour'], /colour/],
    ['no inventory', ['check', at('none.yml')], /none\.yml: no such file/],
    ['an unknown format', ['check', clean, '--format', 'xml'], /unknown format xml/],
    ['a report that cannot be written', ['check', clean, '--report', 'json=/nonexistent/r.json'], /cannot be written/],
    ['a report without a format', ['check', clean, '--report', 'r.json'], /FORMAT=FILE/],
    ['an unknown check', ['check', clean, '--only', 'clocks'], /no check or tag has the name clocks/],
    [
      '--only and --skip of the same',
      ['check', clean, '--only', 'clock-skew', '--skip', 'clock-skew'],
      /leave no check/,
    ],
    ['an empty shard', ['check', clean, '--shard', '2/2'], /only 1 file, so this shard has nothing to do/],
    [
      'an option twice',
      ['check', clean, '--fail-on', 'warning', '--fail-on', 'warning'],
      /--fail-on is given more than once/,
    ],
    ['a number twice', ['check', clean, '--timeout', '5', '--timeout', '6'], /--timeout is given more than once/],
    [
      'a report twice',
      ['check', clean, '--report', 'json=/dev/shm/x.json', '--report', 'sarif=/dev/shm/../shm/x.json'],
      /named twice/,
    ],
    ['a mistyped command', ['chek', clean], /did you mean check\?/],
    ['a bad shard', ['check', clean, '--shard', '3/2'], /i\/n/],
    ['--nodes with an inventory', ['check', clean, '--nodes', 'a'], /one or the other/],
    ['--sudo with an inventory', ['check', clean, '--sudo'], /--sudo goes with --nodes/],
    ['garbage as evidence', ['judge', clean], /clean\.yml/],
    ['explaining nothing', ['explain', 'nothing'], /no check or requirement/],
    ['an id that is taken', ['new-check', 'key-file', '--dir', folder], /key-file is a check of ha-preflight/],
    ['a verdict about waivers', ['explain', 'waivers'], /reports a waiver of the inventory/],
    ['a bad id', ['new-check', 'Bad_Id', '--dir', folder], /kebab-case/],
  ];
  for (const [name, args, message] of misuse)
    it(`2 for ${name}, with nothing on standard output and nothing contacted`, async () => {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
      assert.doesNotMatch(err, /nodes asked|\n\s+at /);
    });
  it('2 for an inventory with errors, each with file, line and column', async () => {
    writeFileSync(at('bad.yml'), 'version: 1\nclutser: x\nnodes: [a, a]\n');
    for (const command of ['check', 'validate']) {
      const { code, err } = await run([command, at('bad.yml')]);
      assert.equal(code, 2);
      assert.match(err, /bad\.yml:2:1: .*did you mean "cluster"/);
      assert.match(err, /bad\.yml:3:12: /);
    }
    assert.equal((await run(['validate', clean])).code, 0);
  });
});

describe('output', () => {
  it('several inventories make one document; a shard takes its part', async () => {
    const two = JSON.parse((await run(['check', clean, clean, '--format', 'json'])).out);
    assert.deepEqual([two.schema, two.reports.length, two.gate.exitCode], ['ha-preflight/reports/1', 2, 0]);
    const one = JSON.parse((await run(['check', clean, clean, clean, '--shard', '2/3', '--format', 'json'])).out);
    assert.equal(one.schema, 'ha-preflight/report/1');
  });
  it('--only and --skip by id and tag', async () => {
    const ids = async (...args: string[]) => [
      ...new Set((await report(clean, ...args)).report.verdicts.map((v) => v.id)),
    ];
    assert.deepEqual(await ids('--only', 'keys'), [
      'database-password',
      'key-file',
      'placeholder-secrets',
      'shared-keys',
    ]);
    assert.ok(
      !(await ids('--skip', 'keys,clock-skew')).some((id) => ['key-file', 'shared-keys', 'clock-skew'].includes(id)),
    );
  });
  it('every format in one run, each whole, without colour, and of one and the same report', async () => {
    const files = {
      json: 'r.json',
      junit: 'r.xml',
      sarif: 'r.sarif',
      html: 'r.html',
      markdown: 'r.md',
      terminal: 'r.txt',
      nagios: 'r.nagios',
      openmetrics: 'r.prom',
      slack: 'r.slack.json',
    };
    const flags = Object.entries(files).flatMap(([format, name]) => ['--report', `${format}=${at(name)}`]);
    const ran = await run(['check', clean, ...flags], { FORCE_COLOR: '1', FORCE_HYPERLINK: '1' }, folder);
    assert.equal(ran.code, 0);
    const read = (name: string): string => readFileSync(at(name), 'utf8');
    const made = JSON.parse(read('r.json')) as Report;
    assert.deepEqual(validate(schema, made), []);
    assert.deepEqual(made.cluster.inventory, { file: clean, line: 2 });
    assert.deepEqual(
      made.cluster.nodes.map(({ line }) => line),
      [5, 6],
    );
    for (const [format, name] of Object.entries(files)) {
      assert.doesNotMatch(read(name), /\u001b/, format);
      const again = await run(['report', at('r.json'), '--format', format]);
      assert.equal(again.out, read(name), `${format} is not the same when it is made of the JSON report`);
    }
    assert.match(ran.out, /\u001b\[32mPASS/, 'standard output has the colour it was told to have');
  });
  it('the inventory is named as it was given: relative, with no folder of this machine', async () => {
    const { out } = await run(['check', './clean.yml', '--format', 'sarif'], {}, folder);
    const [one] = (JSON.parse(out) as { runs: { artifacts: unknown }[] }).runs;
    assert.deepEqual(one!.artifacts, [{ location: { uri: 'clean.yml' }, roles: ['analysisTarget'] }]);
    assert.ok(!out.includes(folder));
    assert.ok(!(await run(['demo', '-q', '--format', 'json'])).out.includes('"inventory"'));
  });
  it('options and inventories in any order; what follows -- is inventories', async () => {
    const ids = async (...args: string[]) => {
      const { code, out, err } = await run(['--format', 'json', ...args]);
      assert.equal(code, 0, err);
      return (JSON.parse(out) as Report).verdicts.map((v) => v.id);
    };
    const keys = await ids('check', clean, '--only', 'keys');
    assert.deepEqual(await ids('check', '--only', 'keys', clean), keys);
    assert.deepEqual(await ids('--only', 'keys', '--', clean), keys);
    assert.deepEqual(await ids('--only', 'key-file', '--only', 'shared-keys,keys', clean), keys);
    writeFileSync(at('-x.yml'), readFileSync(clean, 'utf8'));
    assert.equal((await run(['validate', '--', '-x.yml'], {}, folder)).code, 0);
    const missing = await run(['check', clean, '--', 'none.yml']);
    assert.deepEqual([missing.code, missing.out], [2, '']);
  });
  it('gather, then judge: the same verdicts; the evidence is private', async () => {
    const evidence = at('evidence.json');
    assert.equal((await run(['gather', clean, '-o', evidence])).code, 0);
    assert.equal(statSync(evidence).mode & 0o777, 0o600);
    const judged = JSON.parse((await run(['judge', evidence, '--format', 'json'])).out) as Report;
    const checked = (await report(clean)).report;
    const bare = (r: Report) =>
      r.verdicts.map(({ id, status, nodes, fingerprint }) => ({ id, status, nodes, fingerprint }));
    assert.deepEqual(bare(judged), bare(checked));
  });
  it('--version, list, explain, plan', async () => {
    assert.match((await run(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
    assert.match((await run(['list'])).out, /clock-skew +critical/);
    assert.match((await run(['explain', 'key-file'])).out, /WB-23/);
    assert.match((await run(['explain', 'WB-23'])).out, /Checked by: key-file/);
    assert.match((await run(['plan', clean])).out, /Round 2, Workbench/);
  });
  it('new-check writes a check and a test, once', async () => {
    assert.equal((await run(['new-check', 'disk-space', '--dir', folder])).code, 0);
    assert.match(readFileSync(at('checks/disk-space.js'), 'utf8'), /id: 'disk-space'/);
    assert.ok(existsSync(at('test/checks/disk-space.test.js')));
    assert.equal((await run(['new-check', 'disk-space', '--dir', folder])).code, 2);
  });
});

describe('interrupts', () => {
  const slow = at('slow.yml');
  before(() =>
    writeFileSync(
      slow,
      `version: 1\ncluster: slow\nconnection: { type: command, argv: [sh, -c, 'touch ${at('asked')}; sleep 60'] }\nnodes: [{ name: s1, host: s1, connection: { root: ${folder} } }]\n`,
    ),
  );
  it('SIGINT ends within seconds with 130, and what is known is reported', async () => {
    const child = spawn(process.execPath, [BIN, 'check', slow, '--format', 'json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    while (!existsSync(at('asked'))) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const started = performance.now();
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 130);
    assert.ok(inTime(performance.now() - started, 5000));
    assert.ok((JSON.parse(out) as Report).verdicts.every((v) => v.status === 'unknown'));
  });
  it('a reader that goes away is no error', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${BIN}" list --requirements | head -n 1`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (d) => (err += d));
    await new Promise((resolve) => child.on('close', resolve));
    assert.equal(err, '');
  });
});
