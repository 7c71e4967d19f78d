/** The demo's cluster: Package Manager on three nodes, NFS for most of its data and S3 for packages, one fault of each kind. */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseTree, nfsMount, ownId, sharedFolder, type Tree, writeTree } from './tree.js';

interface DemoNode {
  readonly name: string;
  readonly clockAhead?: number;
  readonly listen?: string;
  readonly provider?: string;
  readonly version?: string;
  readonly nfsOptions?: string;
  readonly key: string;
  readonly keyMode?: number;
  readonly alice?: number;
}

const config = (node: DemoNode): string => `; Posit Package Manager
[Server]
Address = https://packages.example.com
DataDir = /var/lib/rstudio-pm
EncryptionKeyPath = /etc/rstudio-pm/rstudio-pm.key

[HTTP]
Listen = ${node.listen ?? ':4242'}

[Database]
${node.provider ?? 'Provider = postgres'}

[Postgres]
URL = "postgres://rspm:not-a-real-password@db.example.com:5432/rspm?sslmode=verify-full"

[Storage]
Packages = s3

[S3Storage]
Bucket = demo-packages
Region = us-east-1
Endpoint = https://objects.example.com
S3ForcePathStyle = true
`;

const treeOf = (node: DemoNode): Tree => ({
  ...baseTree({
    name: node.name,
    mounts: [nfsMount('/var/lib/rstudio-pm', node.nfsOptions ?? 'lookupcache=pos,')],
    package: ['rstudio-pm', node.version ?? '2024.08.2-9'],
    people: { alice: node.alice ?? 5001, bob: 5002 },
    service: { name: 'rstudio-pm', uid: ownId(992) },
    clockAhead: node.clockAhead ?? 0,
    unit: 'rstudio-pm',
  }),
  '/etc/rstudio-pm/rstudio-pm.gcfg': { text: config(node), mode: 0o640 },
  '/etc/rstudio-pm/rstudio-pm.key': { text: node.key, mode: node.keyMode ?? 0o600, uid: ownId(992) },
  '/var/lib/rstudio-pm': sharedFolder('shared'),
});

/** What is planted: the check that must fail, and on which node. */
export const PLANTED: readonly { readonly check: string; readonly node: string; readonly what: string }[] = [
  { check: 'clock-skew', node: 'pm3', what: 'the clock is 90 s ahead' },
  { check: 'config-identical', node: 'pm2', what: 'listens on another port' },
  { check: 'key-file', node: 'pm1', what: 'the key is readable by everybody' },
  { check: 'nfs-mount-options', node: 'pm2', what: 'mounted with the default 60 s directory cache' },
  { check: 'postgres-backend', node: 'pm1', what: 'the provider is commented out, so it is SQLite' },
  { check: 'product-version', node: 'pm3', what: 'an older release' },
  { check: 's3-encryption-key', node: 'pm2', what: 'a different key' },
  { check: 'user-ids', node: 'pm3', what: 'alice has another uid' },
];

const NAMES = ['pm1', 'pm2', 'pm3'];

/** The inventory; without `endpoint` the bucket is not asked (the demo's own store ends with it). */
export function writeInventory(folder: string, endpoint?: string): string {
  const file = join(folder, 'ha-preflight.yml');
  writeFileSync(
    file,
    `# The demo's cluster: three node trees in this folder, with planted faults. Fix one and run:
#   ha-preflight check ${file}
version: 1
cluster: demo
product: package-manager
connection: { type: local }
nodes:
${NAMES.map((n) => `  - { name: ${n}, host: ${n}.example.com, connection: { root: ./${n} } }`).join('\n')}
users: [alice, bob]
${endpoint === undefined ? '' : `s3: { credentials: anonymous, endpoint: '${endpoint}', forcePathStyle: true }\n`}`,
  );
  return file;
}

/** Writes the node trees and an inventory below `folder`, with `endpoint` for their store; returns the inventory's path. */
export function writeDemoCluster(folder: string, endpoint: string): string {
  const key = randomBytes(512).toString('hex');
  const nodes: DemoNode[] = [
    { name: 'pm1', key, keyMode: 0o644, provider: '; Provider = postgres' },
    { name: 'pm2', key: randomBytes(512).toString('hex'), listen: ':4343', nfsOptions: '' },
    { name: 'pm3', key, clockAhead: 90, version: '2023.12.0-13', alice: 5003 },
  ];
  for (const node of nodes) writeTree(join(folder, node.name), treeOf(node));
  return writeInventory(folder, endpoint);
}
