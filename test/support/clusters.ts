/** Clean nodes of each product as trees, and the faults that are planted in them. The programs in them are stand-ins. */

import { baseTree, nfsMount, ownId, type Tree, type TreeFile } from '../../src/demo/tree.js';
import type { Product } from '../../src/model/inventory.js';

export const SECRETS = {
  database: 'planted-database-password',
  key: 'f00dfeed1234abcd'.repeat(64),
  cookie: '7d3f0c4e-9a41-4c8b-8a55-1f6d2b7c9e10\n',
  url: 'planted-url-password',
} as const;

const program = (words: string): TreeFile => ({
  text: `#!/bin/sh\n# stand-in of a test\necho "${words}"\n`,
  mode: 0o755,
});

const workbench = (name: string): Tree => ({
  ...baseTree({
    name,
    mounts: [nfsMount('/srv/shared', 'lookupcache=pos,')],
    package: ['rstudio-server', '2023.09.1+494.pro2'],
    people: { jdoe: 5001, jsmith: 5002 },
    service: { name: 'rstudio-server', uid: ownId(990) },
    clockAhead: 0,
  }),
  '/etc/rstudio/rserver.conf': { text: 'server-shared-storage-path=/srv/shared/storage\nwww-port=8787\n' },
  '/etc/rstudio/load-balancer': { text: `balancer=sessions\nwww-host-name=${name}.example.com\n` },
  '/etc/rstudio/database.conf': {
    text: `provider=postgresql\nhost=db.example.com\npassword=${SECRETS.database}\n`,
    mode: 0o600,
  },
  '/etc/rstudio/rsession.conf': { text: '# sessions\nsession-timeout-minutes=120\n' },
  '/etc/rstudio/secure-cookie-key': { text: SECRETS.cookie, mode: 0o600, uid: ownId(990) },
  '/usr/lib/rstudio-server/bin/rstudio-server': program('2023.09.1+494.pro2 (Desert Sunflower) for Ubuntu Jammy'),
  '/srv/shared/storage/': { text: '' },
});

const connect = (name: string): Tree => ({
  ...baseTree({
    name,
    mounts: [nfsMount('/srv/connect', 'lookupcache=pos,', '3')],
    package: ['rstudio-connect', '1.7.2-1'],
    people: { jdoe: 5001 },
    service: { name: 'rstudio-connect', uid: ownId(991) },
    clockAhead: 0,
  }),
  '/etc/rstudio-connect/rstudio-connect.gcfg': {
    text: `[Server]\nDataDir = /srv/connect\nEncryptionKeyFile = /etc/rstudio-connect/secret.key\n[HTTP]\nListen = :3939\n[Database]\nProvider = Postgres\n[Postgres]\nURL = "postgres://connect:${SECRETS.url}@db.example.com/connect"\n[LoadBalancing]\nEnforceMinRsconnectVersion = true\n[Metrics]\nDataPath = /var/metrics/${name}\n`,
    mode: 0o640,
  },
  '/etc/rstudio-connect/secret.key': { text: SECRETS.key, mode: 0o600, uid: ownId(991) },
  '/opt/rstudio-connect/bin/connect': program('Posit Connect v1.7.2-1'),
  '/srv/connect/': { text: '' },
});

const packageManager = (name: string): Tree => ({
  ...baseTree({
    name,
    mounts: [nfsMount('/srv/pm', 'lookupcache=pos,')],
    package: ['rstudio-pm', '2023.08.4-9'],
    people: { jdoe: 5001 },
    service: { name: 'rstudio-pm', uid: ownId(992) },
    clockAhead: 0,
  }),
  '/etc/rstudio-pm/rstudio-pm.gcfg': {
    text: `[Server]\nDataDir = /srv/pm\nEncryptionKeyPath = /etc/rstudio-pm/rstudio-pm.key\n[HTTP]\nListen = :4242\n[Database]\nProvider = postgres\n[Postgres]\nURL = postgres://rspm:${SECRETS.url}@db.example.com/rspm\nPassword = ${SECRETS.database}\n`,
    mode: 0o640,
  },
  '/etc/rstudio-pm/rstudio-pm.key': { text: SECRETS.key, mode: 0o600, uid: ownId(992) },
  '/opt/rstudio-pm/bin/rstudio-pm': program('Posit Package Manager v2023.08.4-9'),
  '/srv/pm/': { text: '' },
});

export interface ProductCluster {
  readonly product: Product;
  readonly node: (name: string) => Tree;
  readonly config: string;
  readonly key: string;
  readonly program: string;
  readonly version: string;
  readonly user: string;
  readonly data: string;
}

export const CLUSTERS: readonly ProductCluster[] = [
  {
    product: 'workbench',
    node: workbench,
    config: '/etc/rstudio/rsession.conf',
    key: '/etc/rstudio/secure-cookie-key',
    program: '/usr/lib/rstudio-server/bin/rstudio-server',
    version: '2023.09.1+494.pro2',
    user: 'rstudio-server',
    data: '/srv/shared',
  },
  {
    product: 'connect',
    node: connect,
    config: '/etc/rstudio-connect/rstudio-connect.gcfg',
    key: '/etc/rstudio-connect/secret.key',
    program: '/opt/rstudio-connect/bin/connect',
    version: '1.7.2-1',
    user: 'rstudio-connect',
    data: '/srv/connect',
  },
  {
    product: 'package-manager',
    node: packageManager,
    config: '/etc/rstudio-pm/rstudio-pm.gcfg',
    key: '/etc/rstudio-pm/rstudio-pm.key',
    program: '/opt/rstudio-pm/bin/rstudio-pm',
    version: '2023.08.4-9',
    user: 'rstudio-pm',
    data: '/srv/pm',
  },
];

type Plant = (tree: Tree, cluster: ProductCluster) => Tree;
const edit = (tree: Tree, path: string, change: (text: string) => string, mode?: number): Tree => ({
  ...tree,
  [path]: { ...tree[path]!, text: change(String(tree[path]!.text)), ...(mode !== undefined && { mode }) },
});

const without = (tree: Tree, path: string): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([p]) => p !== path));

export interface Fault {
  readonly name: string;
  /** The check that must fail, and no other. */
  readonly check: string;
  readonly plant: Plant;
  /** Planted in every node: what is wrong is not that they differ. */
  readonly everywhere?: boolean;
  /** Only for these products; default all. */
  readonly products?: readonly Product[];
}

const PROVIDER: Readonly<Record<string, [string, RegExp, string]>> = {
  workbench: ['/etc/rstudio/database.conf', /provider=postgresql/, 'provider=sqlite'],
  connect: ['/etc/rstudio-connect/rstudio-connect.gcfg', /Provider = Postgres/, 'Provider = sqlite'],
  'package-manager': ['/etc/rstudio-pm/rstudio-pm.gcfg', /Provider = postgres\n/, '; Provider = postgres\n'],
};

/** Each is planted in one node of a clean cluster. */
export const FAULTS: readonly Fault[] = [
  { name: 'the clock is 90 s ahead', check: 'clock-skew', plant: (t) => ({ ...t, '/.fake-clock': { text: '90\n' } }) },
  { name: 'the key has mode 0644', check: 'key-file', plant: (t, c) => edit(t, c.key, (x) => x, 0o644) },
  { name: 'the key has 8 bytes', check: 'key-file', plant: (t, c) => edit(t, c.key, () => 'a1b2c3d4') },
  {
    name: 'the key has a NUL byte',
    check: 'key-file',
    products: ['workbench'],
    plant: (t, c) => edit(t, c.key, () => `abcdefgh\0${'ijklmnopqrstuvwxyz0123456789'}`),
  },
  {
    name: "the key is the document's example",
    check: 'key-file',
    products: ['workbench'],
    plant: (t, c) => edit(t, c.key, () => 'a55e5dc0-d6ae-11e3-9334-000c29635f71\n'),
  },
  {
    name: 'the key is missing',
    check: 'key-file',
    plant: (t, c) => Object.fromEntries(Object.entries(t).filter(([path]) => path !== c.key)),
  },
  {
    name: 'the key is another',
    check: 'shared-keys',
    plant: (t, c) => edit(t, c.key, (x) => x.replace(/^..../, 'beef')),
  },
  {
    name: 'a line break more at the end of the key',
    check: 'shared-keys',
    plant: (t, c) => edit(t, c.key, (x) => `${x}\n`),
  },
  {
    name: 'one changed line',
    check: 'config-identical',
    plant: (t, c) => edit(t, c.config, (x) => x.replace(/120|:3939|:4242/, '121')),
  },
  {
    name: 'another database password',
    check: 'config-identical',
    products: ['workbench', 'package-manager'],
    plant: (t, c) =>
      edit(t, c.product === 'workbench' ? '/etc/rstudio/database.conf' : c.config, (x) =>
        x.replace(SECRETS.database, 'planted-other-password'),
      ),
  },
  {
    name: 'a file more',
    check: 'config-identical',
    plant: (t, c) => ({ ...t, [c.config.replace(/[^/]*$/, 'extra.dat')]: { text: 'x' } }),
  },
  {
    name: 'another package',
    check: 'product-version',
    plant: (t, c) =>
      edit(
        edit(t, '/var/lib/dpkg/status', (x) => x.replace(c.version, '2025.01.0+1.pro1')),
        c.program,
        (x) => x.replace(c.version, '2025.01.0+1.pro1'),
      ),
  },
  {
    name: 'SQLite',
    check: 'postgres-backend',
    plant: (t, c) =>
      edit(t, PROVIDER[c.product]![0], (x) => x.replace(PROVIDER[c.product]![1], PROVIDER[c.product]![2])),
  },
  {
    name: 'no database.conf',
    check: 'postgres-backend',
    products: ['workbench'],
    plant: (t) => Object.fromEntries(Object.entries(t).filter(([path]) => path !== '/etc/rstudio/database.conf')),
  },
  {
    name: 'a user has another uid',
    check: 'user-ids',
    plant: (t) => edit(t, '/etc/passwd', (x) => x.replace('jdoe:x:5001', 'jdoe:x:1999')),
  },
  {
    name: 'acdirmax 60, no lookupcache',
    check: 'nfs-mount-options',
    plant: (t) => edit(t, '/proc/self/mountinfo', (x) => x.replace('lookupcache=pos,', '')),
  },
  {
    name: 'no file load-balancer',
    check: 'load-balancing',
    products: ['workbench'],
    everywhere: true,
    plant: (t) => without(t, '/etc/rstudio/load-balancer'),
  },
  {
    name: 'certificates are not verified',
    check: 'load-balancing',
    products: ['workbench'],
    everywhere: true,
    plant: (t) => edit(t, '/etc/rstudio/load-balancer', (x) => `${x}verify-ssl-certs=0\n`),
  },
  {
    name: 'a balancing method that does not exist',
    check: 'load-balancing',
    products: ['workbench'],
    everywhere: true,
    plant: (t) => edit(t, '/etc/rstudio/load-balancer', (x) => x.replace('sessions', 'roundrobin')),
  },
  {
    name: 'a [config] header',
    check: 'load-balancing',
    products: ['workbench'],
    everywhere: true,
    plant: (t) => edit(t, '/etc/rstudio/load-balancer', (x) => `[config]\n${x}`),
  },
  {
    name: 'locks expire before they are refreshed',
    check: 'file-lock-settings',
    products: ['workbench'],
    everywhere: true,
    plant: (t) => ({ ...t, '/etc/rstudio/file-locks': { text: 'refresh-rate=40\n' } }),
  },
  {
    name: 'no shared storage path',
    check: 'shared-storage-path',
    products: ['workbench'],
    everywhere: true,
    plant: (t) => ({
      ...edit(t, '/etc/rstudio/rserver.conf', (x) => x.replace(/^server-shared-storage-path.*\n/, '')),
      '/var/lib/rstudio-server/shared-storage/': { text: '' },
    }),
  },
  {
    name: 'no node runs scheduled jobs',
    check: 'schedule-concurrency',
    products: ['connect'],
    everywhere: true,
    plant: (t, c) => edit(t, c.config, (x) => `${x}[Applications]\nScheduleConcurrency = 0\n`),
  },
  {
    name: 'old publishing clients are accepted',
    check: 'rsconnect-version',
    products: ['connect'],
    everywhere: true,
    plant: (t, c) => edit(t, c.config, (x) => x.replace('Version = true', 'Version = false')),
  },
  {
    name: 'metrics in the shared directory, by default',
    check: 'metrics-path',
    products: ['connect'],
    everywhere: true,
    plant: (t, c) => edit(t, c.config, (x) => x.replace(/DataPath = .*/, '')),
  },
  {
    name: 'NFS version 2',
    check: 'nfs-version',
    plant: (t) => edit(t, '/proc/self/mountinfo', (x) => x.replace(/vers=[0-9.]+/, 'vers=2')),
  },
];
