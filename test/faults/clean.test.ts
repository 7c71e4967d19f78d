/** A clean cluster of every product and edition: nothing fails, nothing is unknown, nothing warns. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { EDITIONS, type ProductCluster, RELEASES } from '../support/clusters.js';
import { troubles } from '../support/run.js';
import { audit } from './audit.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-clean-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a clean cluster', () => {
  for (const cluster of [...Object.values<ProductCluster>(EDITIONS), ...RELEASES])
    it(cluster.name, async () => {
      const { report } = await audit(join(folder, cluster.name.replaceAll(/\W/g, '-')), cluster);
      const said = report.verdicts
        .filter((v) => !['pass', 'skip'].includes(v.status))
        .map((v) => `${v.id} ${v.nodes}: ${v.message}`);
      assert.deepEqual(troubles(report), [], said.join('\n'));
      assert.equal(report.gate.exitCode, 0);
      assert.equal(report.cluster.product, cluster.product);
    });
});
