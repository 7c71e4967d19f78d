/** Every fault, planted in one node of an otherwise clean cluster, through the real gatherer: that check, that node, nothing else. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { conclude, planOf } from '../../src/audit.js';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import { gather } from '../../src/gather/gather.js';
import { loadInventory } from '../../src/load/inventory.js';
import { CLUSTERS, FAULTS, type ProductCluster, SECRETS } from '../support/clusters.js';
import { troubles } from '../support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-faults-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A cluster of trees, audited; the second node is `changed`. */
async function audit(
  cluster: ProductCluster,
  changed: (tree: Tree) => Tree,
  nodes = 3,
  extra = '',
  everywhere = false,
) {
  const at = join(folder, `c${count++}`);
  const names = Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
  for (const name of names)
    writeTree(join(at, name), everywhere || name === 'n2' ? changed(cluster.node(name)) : cluster.node(name));
  const file = join(at, 'inventory.yml');
  writeFileSync(
    file,
    `version: 1\ncluster: trees\nconnection: { type: local }\nnodes:\n${names.map((n) => `  - { name: ${n}, host: ${n}, connection: { root: ./${n} } }`).join('\n')}\n${extra}`,
  );
  const plan = await planOf(loadInventory(file), { only: [], skip: [] });
  const evidence = await gather(plan, {
    tool: { name: 't', version: '0' },
    timeoutMs: 30_000,
    concurrency: 8,
    secret: () => '',
  });
  return { evidence, report: conclude(plan, evidence, { failOn: 'critical', allowUnknown: false }) };
}

for (const cluster of CLUSTERS) {
  describe(cluster.product, () => {
    it('a clean cluster: nothing fails, nothing is unknown', async () => {
      const { report } = await audit(cluster, (t) => t);
      assert.deepEqual(troubles(report), []);
      assert.equal(report.gate.exitCode, 0);
      assert.equal(report.cluster.product, cluster.product);
    });
    for (const fault of FAULTS.filter((f) => (f.products ?? [cluster.product]).includes(cluster.product))) {
      it(`${fault.name}: ${fault.check} fails on that node only`, async () => {
        const { report, evidence } = await audit(cluster, (t) => fault.plant(t, cluster), 3, '', fault.everywhere);
        assert.deepEqual(
          troubles(report),
          [`${fault.check} ${fault.everywhere ? 'n1 n2 n3' : 'n2'}`],
          JSON.stringify(
            report.verdicts.filter((v) => v.status !== 'pass'),
            null,
            1,
          ),
        );
        const said = JSON.stringify([report, evidence]);
        for (const secret of [...Object.values(SECRETS), 'planted-other-password'])
          assert.ok(!said.includes(secret.trim()), `the secret ${secret} is in the report or evidence`);
        assert.ok(!/[0-9a-f]{64}/.test(JSON.stringify(report)), 'a digest is in the report');
      });
    }
    it('two nodes that differ are a tie, with a reference they are not', async () => {
      const fault = FAULTS.find((f) => f.name === 'one changed line')!;
      const tie = await audit(cluster, (t) => fault.plant(t, cluster), 2);
      assert.deepEqual(troubles(tie.report), ['config-identical n1 n2']);
      const told = await audit(cluster, (t) => fault.plant(t, cluster), 2, 'reference: n2\n');
      assert.deepEqual(troubles(told.report), ['config-identical n1']);
    });
    it('a node without the product is unknown, the others are judged', async () => {
      const { report } = await audit(cluster, (t) =>
        Object.fromEntries(Object.entries(t).filter(([p]) => !/rstudio/.test(p))),
      );
      assert.equal(report.gate.exitCode, 3);
      assert.deepEqual(troubles(report, 'fail'), []);
      assert.ok(report.verdicts.filter((v) => v.status === 'unknown').every((v) => v.nodes.join() === 'n2'));
      assert.ok(
        report.verdicts.some((v) => v.id === 'product-version' && v.status === 'pass' && v.nodes.join() === 'n1,n3'),
      );
    });
  });
}

describe('judging saved evidence', () => {
  it('gives the same verdicts', async () => {
    const { evidence, report } = await audit(CLUSTERS[0]!, (t) => FAULTS[3]!.plant(t, CLUSTERS[0]!));
    const saved = JSON.parse(JSON.stringify(evidence));
    const plan = await planOf(saved.cluster, { only: [], skip: [] });
    assert.deepEqual(conclude(plan, saved, { failOn: 'critical', allowUnknown: false }), report);
  });
});
