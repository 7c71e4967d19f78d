/** A cluster of node trees, written to a folder and audited through the real gatherer. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conclude, planOf } from '../../src/audit.js';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import { gather } from '../../src/gather/gather.js';
import { loadInventory } from '../../src/load/inventory.js';
import type { Evidence } from '../../src/model/evidence.js';
import type { Report } from '../../src/model/report.js';
import type { ProductCluster } from '../support/clusters.js';

export interface Planting {
  readonly plant?: ((tree: Tree, cluster: ProductCluster, node: string) => Tree) | undefined;
  /** Default the second. */
  readonly nodes?: readonly string[] | undefined;
  /** How many there are. */
  readonly of?: number | undefined;
  /** Lines for the inventory. */
  readonly inventory?: string | undefined;
  /** Of each node, in place of the cluster's. */
  readonly grid?: ((name: string) => string) | undefined;
  /** As with `--active`. */
  readonly active?: boolean | undefined;
  /** Changes what the trees share, once they are written. */
  readonly after?: ((folder: string) => void) | undefined;
}

export const namesOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);

export async function audit(
  folder: string,
  cluster: ProductCluster,
  {
    plant = (t) => t,
    nodes = ['n2'],
    of = 3,
    inventory = '',
    grid: own = cluster.grid,
    active = false,
    after,
  }: Planting = {},
): Promise<{ evidence: Evidence; report: Report }> {
  const names = namesOf(of);
  for (const name of names) {
    const clean = cluster.node(name, of === 2 ? names : undefined);
    writeTree(join(folder, name), nodes.includes(name) ? plant(clean, cluster, name) : clean);
  }
  after?.(folder);
  const file = join(folder, 'inventory.yml');
  const grid = (n: string): string => (own ? `, grid: ${own(n)}` : '');
  // a fault's own lines win over the cluster's
  const key = (line: string): string => line.split(':')[0]!;
  const given = inventory.split('\n').map(key);
  const lines = (cluster.inventory ?? '').split('\n').filter((l) => l !== '' && !given.includes(key(l)));
  writeFileSync(
    file,
    `version: 1\ncluster: trees\nconnection: { type: local }\nnodes:\n${names
      .map((n) => `  - { name: ${n}, host: ${n}.example.com, connection: { root: ./${n} }${grid(n)} }`)
      .join('\n')}\n${lines.join('\n')}\n${inventory}`,
  );
  const plan = await planOf(loadInventory(file), { only: [], skip: [] });
  const evidence = await gather(plan, {
    tool: { name: 't', version: '0' },
    timeoutMs: 30_000,
    concurrency: 8,
    active,
    secret: () => '',
  });
  return { evidence, report: conclude(plan, evidence, { failOn: 'critical', allowUnknown: false }) };
}
