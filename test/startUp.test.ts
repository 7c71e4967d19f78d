/** What is started is the bundle, and it holds all that the folders have. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadChecks } from '../src/load/checks.js';
import { productNames } from '../src/load/productNames.js';

const DIST = join(import.meta.dirname, '..');
const ROOT = join(DIST, '..');
const BUNDLE = readdirSync(join(DIST, 'src')).filter((f) => f.startsWith('bundle-'));

describe('the bundle', () => {
  const copy = mkdtempSync(join(tmpdir(), 'ha-preflight-bundle-'));
  after(() => rmSync(copy, { recursive: true }));

  it('is a few files, without the compiler of schemas', () => {
    assert.ok(BUNDLE.length > 3 && BUNDLE.length < 16, `${BUNDLE.length} files`);
    for (const file of BUNDLE.filter((f) => f.endsWith('.js')))
      assert.doesNotMatch(readFileSync(join(DIST, 'src', file), 'utf8'), /ajv\/dist\/core/, file);
  });

  it('needs no other module: every check and product is in it', async () => {
    cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
    for (const folder of ['checks', 'src']) cpSync(join(DIST, folder), join(copy, 'dist', folder), { recursive: true });
    // the names of the files are the registry; what is in them is in the bundle
    const kept = new Set(['bin.js', ...BUNDLE]);
    for (const file of readdirSync(join(copy, 'dist'), { recursive: true, encoding: 'utf8' })) {
      const path = join(copy, 'dist', file);
      if (statSync(path).isFile() && file.endsWith('.js') && !kept.has(file.replace(/^src\//, ''))) truncateSync(path);
    }
    const ran = (...args: string[]) =>
      JSON.parse(spawnSync(process.execPath, [join(copy, 'dist/src/bin.js'), ...args], { encoding: 'utf8' }).stdout);
    const { checks } = ran('list', '--format', 'json') as { checks: { id: string; products: string[] }[] };
    assert.deepEqual(checks.map((c) => c.id).sort(), (await loadChecks()).map((c) => c.id).sort());
    const { requirements } = ran('list', '--requirements', '--format', 'json') as { requirements: { id: string }[] };
    assert.ok(productNames.length >= 4 && requirements.length > 150);
  });

  it('comes with the licences of the packages in it', () => {
    const text = readFileSync(join(DIST, 'src', 'bundle-licences.txt'), 'utf8');
    for (const name of ['yargs', 'ssh2', 'pg', 'ajv', 'js-yaml'])
      assert.match(text, new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
  });
});
