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
    const bare = new Script(readFileSync(PROGRAM, 'latin1'), { filename: PROGRAM }).createCachedData();
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

/** What each command may take of the CPU of a bare `node -e 0`: a quarter more than it was when this was written. */
const MOST = { '--version': 1.4, '--help': 1.4, list: 2.3, validate: 2.3, check: 3.6 };

it('takes as much CPU as it did, compared with Node itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-cpu-'));
  after(() => rmSync(folder, { recursive: true }));
  const report = `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write('CPU ' + (user + system)); })`;
  const cpu = (argv: readonly string[]): number => {
    const measured = ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...argv];
    const { stderr } = spawnSync(process.execPath, measured, { encoding: 'utf8' });
    const [, spent] = /CPU (\d+)$/.exec(stderr) ?? [];
    assert.ok(spent, stderr);
    return Number(spent);
  };
  const bin = join(DIST, 'src', 'bin.js');
  writeDemoCluster(folder, 'http://127.0.0.1:9');
  // its bucket is not asked
  const inventory = writeInventory(folder);
  const files: Readonly<Record<string, readonly string[]>> = { validate: [inventory], check: ['--quiet', inventory] };
  const commands = [['-e', '0'], ...Object.keys(MOST).map((word) => [bin, word, ...(files[word] ?? [])])];
  // the least of several: whatever else runs on the machine can only add to it
  const best = commands.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 7; round++)
    for (const [i, argv] of commands.entries()) best[i] = Math.min(best[i]!, cpu(argv));
  const [bare, ...ours] = best;
  for (const [i, [word, most]] of Object.entries(MOST).entries()) {
    const ratio = ours[i]! / bare!;
    assert.ok(ratio < most, `${word}: ${ratio.toFixed(2)} of a bare node, ${most} at most`);
  }
});
