/** Archives are those of tar itself, and a damaged one is refused. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { filesOf, tarOf } from '../../src/formats/tar.js';
import { missing } from '../support/missing.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-tar-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string) => ({ name, data: new TextEncoder().encode(text) });
const textOf = (files: readonly { name: string; data: Uint8Array }[]) =>
  files.map(({ name, data }) => [name, new TextDecoder().decode(data)]);

const FILES = [file('a/one', 'ein Text, äöü\n'), file('a/empty', ''), file('a/block', 'x'.repeat(512)), file('b', '1')];

describe('tar', () => {
  it('what was written is read again, and the same files are the same bytes', () => {
    const bytes = tarOf(FILES, 1_700_000_000);
    assert.equal(bytes.length % 512, 0);
    assert.deepEqual(textOf(filesOf(bytes)), textOf(FILES));
    assert.deepEqual(tarOf(FILES, 1_700_000_000), bytes);
  });

  it('tar reads it, and what tar writes is read', { skip: missing('tar') }, () => {
    writeFileSync(join(folder, 'x.tar'), tarOf(FILES, 1_700_000_000));
    const tar = (...args: string[]) =>
      spawnSync('tar', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
    assert.equal(tar('-xf', 'x.tar').stderr, '');
    assert.equal(readFileSync(join(folder, 'a/one'), 'utf8'), 'ein Text, äöü\n');
    assert.match(tar('-tvf', 'x.tar').stdout, /^-rw------- 0\/0 +17 2023-11-14 22:13 a\/one$/m);
    assert.equal(tar('--format=ustar', '-cf', 'y.tar', 'a', 'b').status, 0);
    assert.deepEqual(textOf(filesOf(readFileSync(join(folder, 'y.tar')))).sort(), textOf(FILES).sort());
  });

  it('anything else is refused', () => {
    const bytes = tarOf(FILES, 0);
    for (const bad of [
      new Uint8Array(0),
      bytes.subarray(0, 700),
      bytes.subarray(0, bytes.length - 1024),
      new Uint8Array(600).fill(7),
    ])
      assert.throws(() => filesOf(bad), /archive/);
    const damaged = bytes.slice();
    damaged[3]! ^= 1;
    assert.throws(() => filesOf(damaged), /a header of the archive is damaged/);
    assert.throws(() => tarOf([file('x'.repeat(101), '')], 0), /no name/);
    assert.throws(() => tarOf([file('a b', '')], 0), /no name/);
  });

  it('a size that is not there asks for no memory', () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2048 }),
        fc.nat(1535),
        fc.integer({ min: 0, max: 255 }),
        (junk, at, byte) => {
          const bytes = tarOf([file('a', 'b')], 0);
          bytes[at % bytes.length] = byte;
          for (const given of [junk, bytes])
            try {
              for (const { data } of filesOf(given)) assert.ok(data.length <= given.length);
            } catch (error) {
              assert.match((error as Error).message, /archive/);
            }
        },
      ),
    ));
});
