/** Every fault, planted in an otherwise clean cluster, through the real gatherer: those checks, those nodes, that row, nothing else. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { conclude, planOf } from '../../src/audit.js';
import { loadChecks } from '../../src/load/checks.js';
import { builtIn } from '../../src/load/products.js';
import { rowsFor } from '../../src/products/index.js';
import { severityOf } from '../../src/requirements/index.js';
import { CLUSTERS, EDITIONS, type ProductCluster, SECRETS } from '../support/clusters.js';
import { FAULTS, type Fault, LIVING } from '../support/faults/index.js';
import { troubles } from '../support/run.js';
import { audit } from './audit.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-faults-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const next = (): string => join(folder, `c${count++}`);

const missing = ({ needs }: Fault): string | false =>
  needs === 'root' && process.getuid?.() !== 0
    ? 'needs root'
    : needs === 'openssl' && spawnSync('openssl', ['version']).status !== 0
      ? 'needs openssl'
      : false;

for (const [key, cluster] of Object.entries<ProductCluster>(EDITIONS)) {
  describe(cluster.name, () => {
    for (const fault of FAULTS.filter((f) => (f.in as readonly string[]).includes(key)))
      it(fault.name, { skip: missing(fault) }, async () => {
        const { report, evidence } = await audit(next(), cluster, fault);
        const fits = (id: string): boolean => report.verdicts.some((v) => v.id === id);
        const said = report.verdicts
          .filter((v) => !['pass', 'skip'].includes(v.status))
          .map((v) => `${v.id} ${v.status} ${v.nodes.join()}: ${v.message}`)
          .join('\n');
        const expected = Object.entries(fault.expect).filter(([id]) => fits(id));
        assert.ok(expected.length > 0, 'no check that the fault is about fits this edition');
        assert.deepEqual([...new Set(troubles(report))], expected.map(([id, nodes]) => `${id} ${nodes}`).sort(), said);
        const rows = new Map(report.requirements.map((r) => [r.id, r.status]));
        for (const id of rowsFor(builtIn, fault.requirements, cluster.product))
          assert.equal(rows.get(id), 'fail', `${id}\n${said}`);
        const all = JSON.stringify([report, evidence]);
        for (const secret of [...Object.values(SECRETS), 'planted-other-password'])
          assert.ok(!all.includes(secret.trim()), `the secret ${secret} is in the report or evidence`);
        assert.ok(!/[0-9a-f]{64}/.test(JSON.stringify(report)), 'a digest is in the report');
      });
  });
}

describe('any product', () => {
  const changed = FAULTS.find((f) => f.name === 'one changed line')!;
  for (const cluster of CLUSTERS) {
    it(`${cluster.name}: two nodes that differ are a tie, with a reference they are not`, async () => {
      const tie = await audit(next(), cluster, { ...changed, of: 2 });
      assert.deepEqual(troubles(tie.report), ['config-identical n1 n2']);
      const told = await audit(next(), cluster, { ...changed, of: 2, inventory: 'reference: n2\n' });
      assert.deepEqual(troubles(told.report), ['config-identical n1']);
    });
    it(`${cluster.name}: a node without the product is unknown, the others are judged`, async () => {
      const { report } = await audit(next(), cluster, {
        plant: (tree) =>
          Object.fromEntries(Object.entries(tree).filter(([p]) => !/rstudio/.test(p) && p !== '/proc/100/comm')),
      });
      assert.equal(report.gate.exitCode, 3);
      assert.deepEqual(troubles(report, 'fail'), []);
      assert.ok(report.verdicts.filter((v) => v.status === 'unknown').every((v) => v.nodes.join() === 'n2'));
      assert.ok(
        report.verdicts.some((v) => v.id === 'product-version' && v.status === 'pass' && v.nodes.join() === 'n1,n3'),
      );
    });
  }
  it('judging saved evidence gives the same verdicts', async () => {
    const { evidence, report } = await audit(
      next(),
      EDITIONS.workbench,
      FAULTS.find((f) => f.name === 'the key has 8 bytes'),
    );
    const saved = JSON.parse(JSON.stringify(evidence));
    const plan = await planOf(saved.cluster, { only: [], skip: [] });
    assert.deepEqual(conclude(plan, saved, { failOn: 'critical', allowUnknown: false }), report);
  });
});

describe('the faults', () => {
  it('break every must and should row that a check looks at', async () => {
    const cited = new Set((await loadChecks()).flatMap((c) => c.requirements as string[]));
    const products = (fault: Fault) => fault.in.map((edition) => EDITIONS[edition].product);
    const planted = new Set(FAULTS.flatMap((f) => products(f).flatMap((p) => rowsFor(builtIn, f.requirements, p))));
    const without = [...builtIn.requirements.values()].filter(
      (r) => severityOf(r.level) !== 'info' && cited.has(r.id) && !planted.has(r.id) && !LIVING.includes(r.id),
    );
    assert.deepEqual(
      without.map((r) => r.id),
      [],
    );
  });
});
