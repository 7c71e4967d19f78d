/** A product that a plugin brings is detected, judged by the checks of every product, and reported with its rows. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { baseTree, type Tree } from '../src/demo/tree.js';
import { loadChecks } from '../src/load/checks.js';
import type { Report } from '../src/model/report.js';
import { audit } from './faults/audit.js';
import type { ProductCluster } from './support/clusters.js';
import { run, troubles } from './support/run.js';

const PLUGIN = join(import.meta.dirname, '..', '..', 'fixtures', 'plugin-product');
const CONFIG = '/etc/acme-queue/queue.conf';
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-product-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const node = (name: string): Tree => ({
  ...baseTree({
    name,
    mounts: [],
    package: ['acme-queue', '2.4.1-1'],
    people: { jdoe: 5001 },
    service: { name: 'acme', uid: 990 },
    clockAhead: 0,
    unit: 'acme-queue',
  }),
  [CONFIG]: { text: '[Queue]\nJournal = on\nWorkers = 4\n' },
});
const CLUSTER: ProductCluster = {
  name: 'Acme Queue',
  product: 'acme-queue',
  node,
  inventory: `plugins: [${PLUGIN}]\n`,
  config: CONFIG,
  key: '',
  program: '',
  version: '2.4.1-1',
  user: 'acme',
  data: '',
};

let count = 0;
const reportOf = async (from = '', to = '', inventory = ''): Promise<Report> => {
  const plant = (tree: Tree): Tree => ({
    ...tree,
    [CONFIG]: { ...tree[CONFIG]!, text: String(tree[CONFIG]!.text).replace(from, to) },
  });
  return (await audit(join(folder, `c${count++}`), CLUSTER, { plant, inventory })).report;
};
const statusOf = (report: Report, id: string): string[] => [
  ...new Set(report.verdicts.filter((v) => v.id === id).map((v) => v.status)),
];
/** The row in the report, by id. */
const rowOf = (report: Report, id: string): string | undefined => report.requirements.find((r) => r.id === id)?.status;

describe('a product of a plugin', () => {
  it('is detected and judged by its own check and by those of every product', async () => {
    const report = await reportOf();
    assert.equal(report.cluster.product, 'acme-queue');
    assert.deepEqual(
      troubles(report),
      [],
      report.verdicts.map((v) => `${v.id} ${v.status} ${v.nodes}: ${v.message}`).join('\n'),
    );
    const judged = ['clock-skew', 'clock-source', 'config-identical', 'config-directory', 'config-syntax'];
    const more = ['node-address', 'node-count', 'platform', 'product-version', 'user-ids', 'queue-journal'];
    for (const id of [...judged, ...more]) assert.deepEqual(statusOf(report, id), ['pass'], id);
    assert.equal(rowOf(report, 'ACME-01'), 'pass');
  });

  it('has no verdict about what it does not have', async () => {
    const { verdicts } = await reportOf();
    const about = /database|postgres|sqlite|key|nfs|mount|share|storage|s3|mongo|replica|balanc/;
    const checks = (await loadChecks()).map((c): string => c.id);
    const others = checks.filter((id) => about.test(id));
    for (const id of [
      'database-same',
      'postgres-backend',
      'key-file',
      'shared-keys',
      'nfs-version',
      'shared-directories',
    ])
      assert.ok(others.includes(id), id);
    assert.deepEqual(
      verdicts.filter((v) => others.includes(v.id)).map((v) => `${v.id}: ${v.message}`),
      [],
    );
  });

  it('its own check names the node of a planted fault, and its row fails', async () => {
    const report = await reportOf('Journal = on', 'Journal = off');
    assert.deepEqual(troubles(report, 'fail'), ['config-identical n2', 'queue-journal n2']);
    assert.equal(rowOf(report, 'ACME-01'), 'fail');
  });

  it('a changed line is a different configuration, on that node', async () => {
    const report = await reportOf('Workers = 4', 'Workers = 5');
    assert.deepEqual(troubles(report), ['config-identical n2']);
    assert.match(report.verdicts.find((v) => v.status === 'fail')!.message, /workers/i);
  });

  it('may be named in the inventory, and a wrong name is refused with the list', async () => {
    const validate = (product: string) => {
      const file = join(folder, `${product}.yml`);
      writeFileSync(file, `version: 1\nproduct: ${product}\nplugins: [${PLUGIN}]\nnodes: [a, b]\n`);
      return run(['validate', file]);
    };
    assert.equal((await validate('acme-queue')).code, 0);
    const wrong = await validate('acme-queu');
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.err,
      /no product is called acme-queu; there are .*workbench.*acme-queue.*did you mean "acme-queue"/,
    );
  });

  it('its rows stand in list --requirements', async () => {
    const { out, code } = await run(['list', '--requirements', '--plugin', PLUGIN]);
    assert.equal(code, 0);
    assert.match(out, /^ACME-01 .*\bqueue-journal\b/m);
    assert.match(out, /^ACME-02 .*\bguidance\b/m);
  });
});
