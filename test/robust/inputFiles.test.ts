/** Inventories as they should not be, by the command line: a clear error, exit 2, nothing contacted, no stack trace. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inTime } from '../support/machine.js';
import { BIN, type Ran, run } from '../support/run.js';
import { cost } from './rows.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-input-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const layers = (of: (before: string) => string): string =>
  `a0: &a0 {k: x}\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} ${of(`*a${i}`)}\n`).join('')}`;

type Bad = readonly [file: string, content: string | Buffer, message: RegExp];
const LINE = String.raw`^\S+\.yml:\d+:\d+: found `;
const at = (message: string): RegExp => new RegExp(`${LINE}${message}`);

/** By their row in the table. */
const FILES: Readonly<Record<string, readonly Bad[]>> = {
  'a YAML bomb of aliases or merge keys': [
    ['aliases.yml', layers((b) => `[${b}, ${b}, ${b}]`), at('more than 200000 values')],
    ['merges.yml', layers((b) => `{<<: [${b}, ${b}]}`), at('(more than|lists and mappings deeper)')],
  ],
  'lists 100 000 levels deep': [['deep.yml', `nodes: ${'['.repeat(100_000)}`, at('lists and mappings deeper than 60')]],
  'a key twice': [['keys.yml', 'nodes: [a]\ncluster: x\ncluster: y\n', at('the key "cluster" again.* on line 2')]],
  'a node twice, by name or by address': [
    ['names.yml', 'nodes:\n- { name: a, host: x }\n- { name: a, host: y }\n', at('a second node named "a"')],
    ['hosts.yml', 'nodes: [x, "x:22", "ops@x:22"]\n', at('the same machine as node "x" again')],
  ],
  'empty, or only comments': [
    ['empty.yml', '', /^\S+\.yml:1:1: the file is empty, expected/],
    ['comments.yml', '# nothing\n\n# here\n', /^\S+\.yml:1:1: the file is empty, expected/],
  ],
  'wrong types, units, unknown keys': [
    ['type.yml', 'nodes: [a]\nusers: alice\n', at('"alice", expected a list')],
    ['unit.yml', 'nodes: [a]\ntime: { maxSkew: 2 }\n', at('the number 2, expected')],
    ['unit2.yml', 'nodes: [a]\ntime: { maxSkew: 2 parsecs }\n', at('"2 parsecs", expected something like')],
    ['key.yml', 'nodes: [a]\nprodct: workbench\n', at('the unknown key "prodct"; did you mean "product"')],
  ],
  'tabs in the indentation': [['tab.yml', 'nodes:\n\t- a\n', at('a tab in the indentation, expected spaces')]],
  'UTF-16, NUL bytes, a binary file': [
    ['utf16.yml', Buffer.from('\ufeffnodes: [a]\n', 'utf16le'), /not text in UTF-8; save it in that encoding/],
    ['nul.yml', 'nodes: [a\0]\n', at('a NUL byte')],
    ['bundle.tgz', Buffer.from([0x1f, 0x8b, 8, 0xff]), /a bundle of ha-preflight is for judge, report and fix/],
    ['binary.yml', Buffer.from(Array.from({ length: 4096 }, (_, i) => i % 256)), /not text in UTF-8/],
  ],
};

function refused({ code, out, err }: Ran, message: RegExp): void {
  assert.deepEqual([code, out], [2, ''], err);
  assert.match(err, message);
  assert.doesNotMatch(err, /\n\s+at |node:internal|nodes asked|[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
}

/** Names each file of a row once, in one run: the errors of all are told. */
describe('an inventory that cannot be used', { concurrency: 2 }, () => {
  for (const [fault, files] of Object.entries(FILES))
    it(fault, async () => {
      const started = performance.now();
      for (const [name, content] of files) writeFileSync(join(folder, name), content);
      const ran = await run(['check', ...files.map(([name]) => join(folder, name))]);
      for (const [name, , message] of files) {
        const from = ran.err.indexOf(join(folder, name));
        refused({ ...ran, err: ran.err.slice(from) }, message);
      }
      const seconds = (performance.now() - started) / 1000;
      assert.ok(inTime(seconds, 10), `${seconds} s`);
      cost(fault, seconds);
    });

  it('a byte order mark, CRLF', async () => {
    const started = performance.now();
    const file = join(folder, 'bom.yml');
    writeFileSync(file, '\ufeffcluster: c\r\nnodes: [a]\r\n');
    assert.equal((await run(['validate', file])).code, 0);
    cost('a byte order mark, CRLF', (performance.now() - started) / 1000);
  });

  for (const command of ['check', 'validate']) {
    it(`${command}: what is no file`, { timeout: 60_000 }, async () => {
      const started = performance.now();
      const fifo = join(folder, `${command}.fifo`);
      assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
      refused(await run([command, fifo]), /\.fifo:1:1: the file is empty/);
      cost('a FIFO that nobody writes to', (performance.now() - started) / 1000);
      refused(await run([command, '/dev/zero']), /\/dev\/zero: larger than 5000000 bytes/);
      cost('/dev/zero, or more than 5 MB', (performance.now() - started) / 2000);
      refused(await run([command, folder]), /this is a folder, not a file/);
      refused(await run([command, join(folder, 'none.yml')]), /none\.yml: no such file/);
      cost('a folder, a missing file, one that may not be read', (performance.now() - started) / 4000);
    });
  }

  it('one that may not be read', { skip: process.getuid?.() === 0 && !canBecomeNobody() && 'runs as root' }, () => {
    const file = join(folder, 'denied.yml');
    writeFileSync(file, 'nodes: [a]\n');
    chmodSync(folder, 0o755);
    chmodSync(file, 0);
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'validate', file], {
      encoding: 'utf8',
      ...(process.getuid?.() === 0 && { uid: 65534 }),
    });
    assert.equal(status, 2);
    assert.match(stderr, /denied\.yml: you may not read this file/);
  });

  it('a pipe is read; one that stays silent is given up', { timeout: 60_000 }, async () => {
    const piped = (words: string) =>
      spawnSync('sh', ['-c', `${words} | "$0" "$1" validate /dev/stdin`, process.execPath, BIN], { encoding: 'utf8' });
    const { status, stdout } = piped("printf 'nodes: [a]\\n'");
    assert.deepEqual([status, stdout], [0, '/dev/stdin: valid\n']);
    const started = performance.now();
    const { status: code, stderr: err } = piped('sleep 11');
    assert.equal(code, 2);
    assert.match(err, /sent nothing for 10 s/);
    cost('a pipe that stays silent', (performance.now() - started) / 1000);
  });

  it('10 000 nodes', async () => {
    const started = performance.now();
    const file = join(folder, 'large.yml');
    writeFileSync(file, `nodes:\n${Array.from({ length: 10_000 }, (_, i) => `  - n${i}.example.com\n`).join('')}`);
    const { code, err } = await run(['validate', file]);
    const seconds = (performance.now() - started) / 1000;
    assert.equal(code, 0, err);
    assert.ok(inTime(seconds, 15), `${seconds} s`);
    cost('10 000 nodes', seconds);
    writeFileSync(file, `nodes: [a]\n# ${'x'.repeat(5_000_000)}\n`);
    refused(await run(['validate', file]), /larger than 5000000 bytes/);
  });
});

/** The program may lie where only root can look. */
function canBecomeNobody(): boolean {
  return spawnSync(process.execPath, [BIN, '--version'], { uid: 65534 }).status === 0;
}
