/** What is started is the bundle, and it holds all that the folders have. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Script } from 'node:vm';
import { writeDemoCluster, writeInventory } from '../src/demo/cluster.js';
import { loadChecks } from '../src/load/checks.js';
import { productNames } from '../src/load/productNames.js';
import { missing } from './support/missing.js';

const DIST = join(import.meta.dirname, '..');
const ROOT = join(DIST, '..');
const PROGRAM = join(DIST, 'src', 'bundle.cjs');
const CACHE = `bundle-${process.version}-${process.arch}.cache`;

describe('the bundle', () => {
  const copy = mkdtempSync(join(tmpdir(), 'ha-preflight-bundle-'));
  after(() => rmSync(copy, { recursive: true }));

  const bin = (...args: string[]) =>
    JSON.parse(spawnSync(process.execPath, [join(copy, 'dist/src/bin.js'), ...args], { encoding: 'utf8' }).stdout);

  it('is one file in ASCII, without the compiler of schemas', () => {
    const text = readFileSync(PROGRAM, 'utf8');
    assert.doesNotMatch(text, /ajv\/dist\/core/);
    assert.doesNotMatch(text, /[^\0-\x7f]/);
  });

  it('comes compiled for the Node that built it, with what a check over ssh runs', () => {
    const cachedData = readFileSync(join(DIST, 'src', CACHE));
    const script = new Script(readFileSync(PROGRAM, 'latin1'), { filename: PROGRAM, cachedData });
    assert.equal(script.cachedDataRejected, false);
    // a different text, of which Node has compiled nothing yet
    const bare = new Script(`${readFileSync(PROGRAM, 'latin1')}\n`, { filename: PROGRAM }).createCachedData();
    assert.ok(cachedData.length > 2 * bare.length, `${cachedData.length} bytes, ${bare.length} before it has run`);
  });

  it('needs no other module: every check and product is in it', async () => {
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    for (const folder of ['checks', 'src']) cpSync(join(DIST, folder), join(copy, 'dist', folder), { recursive: true });
    // the names of the files are the registry; what is in them is in the bundle
    const kept = new Set(['bin.js']);
    for (const file of readdirSync(join(copy, 'dist'), { recursive: true, encoding: 'utf8' })) {
      const path = join(copy, 'dist', file);
      if (statSync(path).isFile() && file.endsWith('.js') && !kept.has(file.replace(/^src\//, ''))) truncateSync(path);
    }
    const { checks } = bin('list', '--format', 'json') as { checks: { id: string; products: string[] }[] };
    assert.deepEqual(checks.map((c) => c.id).sort(), (await loadChecks()).map((c) => c.id).sort());
    const { requirements } = bin('list', '--requirements', '--format', 'json') as { requirements: { id: string }[] };
    assert.ok(productNames.length >= 4 && requirements.length > 150);
  });

  it('starts without what was compiled, and with what another Node compiled', () => {
    const cache = join(copy, 'dist/src', CACHE);
    const listed = bin('list', '--format', 'json');
    writeFileSync(cache, 'of another Node');
    assert.deepEqual(bin('list', '--format', 'json'), listed);
    rmSync(cache);
    assert.deepEqual(bin('list', '--format', 'json'), listed);
  });

  it('comes with the licences of the packages in it', () => {
    const text = readFileSync(join(DIST, 'src', 'bundle-licences.txt'), 'utf8');
    for (const name of ['yargs', 'ssh2', 'pg', 'ajv', 'js-yaml'])
      assert.match(text, new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
  });
});

/**
 * Millions of instructions that each command may execute more than a bare `node -e 0`: a tenth above what it did when
 * this was written, with the release of Node, of 20 to 26, that executes most. `check` is at the size at which V8 marks
 * the heap in some runs and not in others, 510 or 590; the limit is above the latter.
 */
const MOST = { '--version': 35, '--help': 50, list: 285, validate: 285, check: 650 };

it('executes as many instructions as it did, in addition to those of Node itself', {
  skip: missing('valgrind'),
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-instructions-'));
  after(() => rmSync(folder, { recursive: true }));
  // Node 20 reads the certificates that this names at each start
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  // counted, not timed: the least of a few is the same on a slow or busy machine, to a hundredth
  const instructions = (argv: readonly string[]): number => {
    const options = ['--tool=callgrind', '--callgrind-out-file=/dev/null', process.execPath];
    const { stderr } = spawnSync('valgrind', [...options, ...argv], { encoding: 'utf8', env });
    const [, count] = /Collected : (\d+)/.exec(stderr) ?? [];
    assert.ok(count, stderr);
    return Number(count) / 1e6;
  };
  const bin = join(DIST, 'src', 'bin.js');
  writeDemoCluster(folder, 'http://127.0.0.1:9');
  // its bucket is not asked
  const inventory = writeInventory(folder);
  const files: Readonly<Record<string, readonly string[]>> = { validate: [inventory], check: ['--quiet', inventory] };
  const bare = instructions(['-e', '0']);
  for (const [word, most] of Object.entries(MOST)) {
    let more = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4 && more >= most; i++)
      more = Math.min(more, Math.round(instructions([bin, word, ...(files[word] ?? [])]) - bare));
    assert.ok(more < most, `${word}: ${more} million more than a bare node, ${most} at most`);
  }
});
