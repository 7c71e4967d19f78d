/** What an inventory names and no check of the product asks is said, and is not asked. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { audit } from './faults/audit.js';
import { CLUSTERS } from './support/clusters.js';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-notes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// a port where nothing listens
const NAMED = `loadBalancer: { url: "https://127.0.0.1:9" }
s3: { endpoint: "http://127.0.0.1:9", region: x, credentials: default }`;

for (const [product, ignored] of [
  [
    'workbench',
    [
      's3 is not judged: no check of workbench reads it',
      'loadBalancer.url is not judged: as workbench is configured, no check asks it',
    ],
  ],
  ['connect', ['s3 is not judged: no check of connect reads it']],
] as const)
  test(`${product} ignores ${ignored.length} of two`, async () => {
    const cluster = CLUSTERS.find((one) => one.product === product)!;
    const place = join(folder, product);
    mkdirSync(place);
    const { evidence } = await audit(place, cluster, { inventory: NAMED });
    const asked = Object.keys(evidence.services).some((question) => question.includes('127.0.0.1:9'));
    assert.equal(asked, product === 'connect');
    const { err } = await run(['check', join(place, 'inventory.yml'), '-q']);
    assert.equal(err, ignored.map((words) => `trees: ${words}\n`).join(''));
  });

test('validate says what no check of the product reads', async () => {
  const file = join(folder, 'all.yml');
  const SECRET = '{ env: NOBODY }';
  const said = async (text: string): Promise<string[]> => {
    writeFileSync(file, `cluster: c\nnodes: [{ name: a, grid: [g] }, b]\n${text}`);
    const { code, out, err } = await run(['validate', file]);
    assert.equal(code, 0, err);
    assert.equal(out, `${file}: valid\n`);
    return [...err.matchAll(/^c: (\S+) is not judged: /gm)].map(([, key]) => key!);
  };
  const ALL = `users: [u]
storage: { homes: /home }
s3: { region: x }
database: { url: ${SECRET}, urls: { usage: ${SECRET}, instrumentation: ${SECRET} } }
params: { clock-source: {}, sticky-sessions: {}, mongo-replica-set: {} }
`;
  for (const [product, ...keys] of [
    ['workbench', 's3', 'database.urls.usage', 'database.urls.instrumentation', 'grid'],
    ['connect', 's3', 'database.urls.usage', 'grid'],
    ['package-manager', 'database.urls.instrumentation', 'grid'],
    ['deployr', 's3', 'database', 'storage', 'users', 'grid'],
  ] as const) {
    const params = {
      workbench: ['params.sticky-sessions', 'params.mongo-replica-set'],
      connect: ['params.mongo-replica-set'],
      'package-manager': ['params.sticky-sessions', 'params.mongo-replica-set'],
      deployr: ['params.clock-source'],
    }[product];
    assert.deepEqual(await said(`product: ${product}\n${ALL}`), [...keys, ...params], product);
  }
  assert.deepEqual(await said('product: deployr\nmode: load-balanced\n'), []);
  const waiver = 'waivers: [{ check: mongo-replica-set, reason: r, until: 2030-01-01 }]\nusers: [u]\n';
  writeFileSync(file, `cluster: c\nnodes: [a, b]\nproduct: connect\n${waiver}`);
  assert.equal(
    (await run(['validate', file])).err,
    'c: the waiver of mongo-replica-set is not used: connect has no check of that name\n',
  );
  assert.deepEqual(await said('database: { hosts: [x], cleartext: true }\n'), ['database.hosts', 'database.cleartext']);
  // on nodes that nobody named it can be any product
  assert.deepEqual(await said(ALL), []);
});
