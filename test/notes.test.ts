/** What an inventory names and no check of the product asks is said, and is not asked. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
  ['workbench', ['loadBalancer.url', 's3']],
  ['connect', ['s3']],
] as const)
  test(`${product} ignores ${ignored.join(' and ')}`, async () => {
    const cluster = CLUSTERS.find((one) => one.product === product)!;
    const place = join(folder, product);
    mkdirSync(place);
    const { evidence } = await audit(place, cluster, { inventory: NAMED });
    const asked = Object.keys(evidence.services).some((question) => question.includes('127.0.0.1:9'));
    assert.equal(asked, product === 'connect');
    const { err } = await run(['check', join(place, 'inventory.yml'), '-q']);
    assert.equal(
      err,
      ignored.map((key) => `trees: ${key} is not judged: as ${product} is configured, no check asks it\n`).join(''),
    );
  });
