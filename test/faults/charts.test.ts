/** The vendor's own chart layouts: clean they pass, and a fault in any of their files is found where it lies. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Tree } from '../../src/demo/tree.js';
import { asVolumes, CHARTS } from '../support/charts.js';
import type { ProductCluster } from '../support/clusters.js';
import { troubles } from '../support/run.js';
import { audit, namesOf, type Planting } from './audit.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-charts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** As the kubelet writes it: each pod has a folder of another time. */
const volumes = (at: string): void => {
  for (const [i, name] of namesOf(3).entries()) asVolumes(join(at, name), `..2026_11_2${i}_01_02_03.${1000 + i}`);
};
const audited = async (cluster: ProductCluster, planting: Planting = {}) => {
  const { report } = await audit(join(folder, String(count++)), cluster, { ...planting, after: volumes });
  const said = report.verdicts
    .filter((v) => !['pass', 'skip'].includes(v.status))
    .map((v) => `${v.id} ${v.status} ${v.nodes}: ${v.message}`);
  return { report, said: said.join('\n') };
};

const edit =
  (path: string, change: (text: string) => string) =>
  (tree: Tree): Tree => {
    const file = tree[path];
    assert.ok(file, `${path} is not in the tree`);
    return { ...tree, [path]: { ...file, text: change(`${file.text}`) } };
  };
const add = (path: string, line: string) => edit(path, (text) => `${text}${line}\n`);
const swap = (path: string, from: string | RegExp, to: string) => edit(path, (text) => text.replace(from, to));
const mode = (path: string, bits: number) => (tree: Tree) => ({ ...tree, [path]: { ...tree[path]!, mode: bits } });
const gone = (path: string) => (tree: Tree) => Object.fromEntries(Object.entries(tree).filter(([p]) => p !== path));

type Row = readonly [name: string, plant: (tree: Tree) => Tree, ...expected: string[]];

const FAULTS: Readonly<Record<keyof typeof CHARTS, readonly Row[]>> = {
  workbench: [
    [
      'rserver.conf: another group',
      swap('/mnt/configmap/rstudio/rserver.conf', 'analysts', 'staff'),
      'config-identical n2',
    ],
    [
      'rserver.conf: an option twice',
      add('/mnt/configmap/rstudio/rserver.conf', 'launcher-sessions-enabled=1'),
      'config-identical n2',
      'config-syntax n2',
    ],
    [
      'launcher.conf: another type',
      swap('/mnt/configmap/rstudio/launcher.conf', 'type=Local', 'type=Slurm'),
      'config-identical n2',
    ],
    ['rsession.conf', swap('/mnt/session-configmap/rstudio/rsession.conf', '120', '60'), 'config-identical n2'],
    [
      'database.conf: sqlite',
      swap('/mnt/secret-configmap/rstudio/database.conf', 'provider=postgresql', 'provider=sqlite'),
      'postgres-backend n2',
    ],
    [
      'database.conf: another host',
      swap('/mnt/secret-configmap/rstudio/database.conf', 'db.example.com', 'db2.example.com'),
      'database-same n2',
    ],
    [
      'secure-cookie-key: another',
      swap('/mnt/secret-configmap/rstudio/secure-cookie-key', '7d3f0c4e', '00000000'),
      'shared-keys n2',
    ],
    ['secure-cookie-key: open', mode('/mnt/secret-configmap/rstudio/secure-cookie-key', 0o644), 'key-file n2'],
    ['launcher.pem: open', mode('/mnt/dynamic/rstudio/launcher.pem', 0o644), 'key-file n2'],
    [
      'load-balancer: gone',
      gone('/mnt/load-balancer/rstudio/load-balancer'),
      'config-identical n2',
      'load-balancing n2',
      'node-address n2',
    ],
    [
      'a directory is missing from the variable',
      swap('/proc/100/environ', '/mnt/session-configmap:', ''),
      'config-identical n2',
    ],
  ],
  operator: [
    [
      'rserver.conf: another group',
      swap('/mnt/config/rstudio/rserver.conf', 'analysts', 'staff'),
      'config-identical n2',
    ],
    ['rsession.conf', swap('/mnt/session/rstudio/rsession.conf', '120', '60'), 'config-identical n2'],
    [
      'database.conf: sqlite',
      swap('/mnt/secure-config/rstudio/database.conf', 'provider=postgresql', 'provider=sqlite'),
      'postgres-backend n2',
    ],
    [
      'secure-cookie-key: another',
      swap('/mnt/secure/rstudio/secure-cookie-key', '7d3f0c4e', '00000000'),
      'shared-keys n2',
    ],
    ['secure-cookie-key: open', mode('/mnt/secure/rstudio/secure-cookie-key', 0o644), 'key-file n2'],
  ],
  connect: [
    ['gcfg: another port', swap('/etc/rstudio-connect/rstudio-connect.gcfg', ':3939', ':3940'), 'config-identical n2'],
    [
      'gcfg: sqlite',
      swap('/etc/rstudio-connect/rstudio-connect.gcfg', 'Provider = Postgres', 'Provider = SQLite'),
      'postgres-backend n2',
    ],
    [
      'a variable: sqlite',
      (tree) => add('/proc/100/environ', 'CONNECT_DATABASE_PROVIDER=sqlite\0')(tree),
      'postgres-backend n2',
    ],
    [
      'a variable: another password',
      swap('/proc/100/environ', /CONNECT_POSTGRES_PASSWORD=[^\0]*/, 'CONNECT_POSTGRES_PASSWORD=other'),
      'config-identical n2',
    ],
  ],
  packageManager: [
    ['gcfg: another port', swap('/etc/rstudio-pm/rstudio-pm.gcfg', ':4242', ':4343'), 'config-identical n2'],
    ['the key is another', swap('/proc/100/environ', 'f00dfeed1234abcd', '00dfeed1234abcd0'), 'shared-keys n2'],
    ['the key is not set', swap('/proc/100/environ', /PACKAGEMANAGER_ENCRYPTION_KEY=[^\0]*\0/, ''), 'key-file n2'],
  ],
};

for (const [key, cluster] of Object.entries<ProductCluster>(CHARTS))
  describe(cluster.name, () => {
    it('clean', async () => {
      const { report, said } = await audited(cluster);
      // which daemon keeps the time of a pod's host cannot be put into a tree
      assert.deepEqual(troubles(report), ['clock-source n1 n2 n3'], said);
      assert.equal(report.gate.exitCode, 0, said);
    });
    for (const [name, plant, ...expected] of FAULTS[key as keyof typeof CHARTS])
      it(name, async () => {
        const { report, said } = await audited(cluster, { plant });
        assert.deepEqual([...new Set(troubles(report, 'fail'))], expected, said);
      });
  });
