/** `bundle`: one file with everything of a run, without a secret, that `judge` reads; and files that only look like one. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { filesOf, tarOf } from '../src/formats/tar.js';
import { packed } from '../src/load/bundle.js';
import type { Report } from '../src/model/report.js';
import { audit } from './faults/audit.js';
import { CLUSTERS, SECRETS } from './support/clusters.js';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-bundle-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const cluster = CLUSTERS.find(({ product }) => product === 'workbench')!;
const inventory = at('inventory.yml');
before(async () => {
  await audit(folder, cluster, {
    plant: (tree, { key }) => ({ ...tree, [key]: { ...tree[key]!, mode: 0o644 } }),
  });
});

const partsOf = (file: string): Map<string, string> =>
  new Map(filesOf(gunzipSync(readFileSync(file))).map(({ name, data }) => [name, new TextDecoder().decode(data)]));
const FOLDER = 'ha-preflight-bundle/';

describe('ha-preflight bundle', () => {
  it('writes all parts, names them in MANIFEST, and ends as check does', async () => {
    const { code, out, err } = await run(['bundle', inventory, '-o', at('b.tgz'), '-q']);
    assert.deepEqual([code, err], [1, '']);
    assert.match(out, /b\.tgz: MANIFEST, evidence\.json, .* and plan\.txt\n.* failed.*\nFAIL: .*\(exit 1\)\n$/);
    assert.equal(statSync(at('b.tgz')).mode & 0o777, 0o600);
    const parts = partsOf(at('b.tgz'));
    const manifest = parts.get(`${FOLDER}MANIFEST`)!;
    const named = [...manifest.matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)];
    assert.deepEqual(
      named.map(([, , name]) => FOLDER + name),
      [...parts.keys()].slice(1),
    );
    for (const [, sum, name] of named)
      assert.equal(
        createHash('sha256')
          .update(parts.get(FOLDER + name)!)
          .digest('hex'),
        sum,
        name,
      );
    assert.equal((JSON.parse(parts.get(`${FOLDER}report.json`)!) as Report).gate.exitCode, 1);
    assert.match(parts.get(`${FOLDER}report.html`)!, /^<!doctype html>/i);
    assert.match(parts.get(`${FOLDER}plan.txt`)!, /^Cluster trees: \d+ checks/);
    const { clusters } = JSON.parse(parts.get(`${FOLDER}versions.json`)!) as {
      clusters: { nodes: { node: string }[] }[];
    };
    assert.deepEqual(
      clusters[0]!.nodes.map((n) => n.node),
      ['n1', 'n2', 'n3'],
    );
    assert.match(parts.get(`${FOLDER}settings.json`)!, /"session-timeout-minutes"|session-timeout-minutes/);
    for (const [name, text] of parts)
      for (const secret of Object.values(SECRETS)) assert.ok(!text.includes(secret.trim()), `a secret in ${name}`);
  });

  it('judge reads it and says the same', async () => {
    const { code, out } = await run(['judge', at('b.tgz'), '--format', 'json']);
    assert.equal(code, 1);
    const judged = JSON.parse(out) as Report;
    const report = JSON.parse(partsOf(at('b.tgz')).get(`${FOLDER}report.json`)!) as Report;
    assert.deepEqual(judged.verdicts, report.verdicts);
  });

  it('fix, report and diff read the report in it', async () => {
    const fixed = await run(['fix', at('b.tgz')]);
    assert.equal(fixed.code, 0);
    assert.match(fixed.out, /key-file on n2/);
    assert.match((await run(['report', at('b.tgz')])).out, /FAIL key-file/);
    assert.equal((await run(['diff', at('b.tgz'), at('b.tgz')])).code, 0);
  });

  it('several inventories are one bundle; the same files are the same bytes', async () => {
    writeFileSync(at('other.yml'), readFileSync(inventory, 'utf8').replace('cluster: trees', 'cluster: other'));
    const { code, out } = await run(['bundle', inventory, at('other.yml'), '-o', at('two.tgz'), '-q']);
    assert.equal(code, 1);
    assert.match(out, /FAIL: 2 clusters/);
    assert.equal((await run(['judge', at('two.tgz'), '--format', 'json'])).code, 1);
    const files = filesOf(gunzipSync(readFileSync(at('two.tgz')))).map(({ name, data }) => ({
      name: name.slice(FOLDER.length),
      data,
    }));
    assert.deepEqual(packed(files, 5), packed(files, 5));
  });

  it('a dead node is in it, exit 3; a place that cannot be written is exit 2 before anything is asked', async () => {
    assert.equal((await run(['bundle', '--nodes', '127.0.0.9:9', '-o', at('dead.tgz')])).code, 3);
    const { code, err } = await run(['bundle', inventory, '-o', at('no/b.tgz')]);
    assert.equal(code, 2);
    assert.match(err, /cannot be written/);
    assert.doesNotMatch(err, /nodes asked/);
    const wrong = await run(['bundle', inventory, '-o', at('w.tgz'), '--only', 'keyfile']);
    assert.equal(wrong.code, 2);
    assert.ok(!existsSync(at('w.tgz')));
  });
});

describe('what only looks like a bundle', { concurrency: 2 }, () => {
  const file = (name: string, text: string) => ({ name, data: new TextEncoder().encode(text) });
  const BAD: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
    ['cut short', () => readFileSync(at('b.tgz')).subarray(0, 900), /not a bundle of ha-preflight/],
    [
      'of other files',
      () => gzipSync(tarOf([file('x', '1')], 0)),
      /0 files called ha-preflight-bundle\/evidence\.json/,
    ],
    [
      'with two evidences',
      () => packed([file('evidence.json', '{}'), file('evidence.json', '{}')], 0),
      /2 files called/,
    ],
    ['of no archive', () => gzipSync('hello'), /not a bundle of ha-preflight: the archive ends too early/],
    [
      'with something else as evidence',
      () => packed([file('evidence.json', '[1]')], 0),
      /not evidence of ha-preflight/,
    ],
    [
      'that unpacks without end',
      () => gzipSync(new Uint8Array(401_000_000), { level: 1 }),
      /larger than 400000000 bytes when it is unpacked/,
    ],
  ];
  for (const [name, make, message] of BAD)
    it(name, async () => {
      const bad = at(`${name.replaceAll(' ', '-')}.tgz`);
      writeFileSync(bad, make());
      const { code, err, out } = await run(['judge', bad]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
});
