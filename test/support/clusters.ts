/**
 * Clean clusters of each product and edition as node trees. The programs in them are stand-ins, and what only a living
 * node has (its clock, its time daemon, its neighbours) is pretended in `/.fake-*` files.
 */

import { generateKeyPairSync } from 'node:crypto';
import { baseTree, nfsMount, ownId, sharedFolder, type Tree, type TreeFile } from '../../src/demo/tree.js';
import type { Product } from '../../src/model/inventory.js';

export const SECRETS = {
  database: 'planted-database-password',
  key: 'f00dfeed1234abcd'.repeat(64),
  cookie: '7d3f0c4e-9a41-4c8b-8a55-1f6d2b7c9e10\n',
  url: 'planted-url-password',
  mongo: 'planted-mongo-password',
} as const;

const program = (words: string): TreeFile => ({
  text: `#!/bin/sh\n# stand-in of a test\necho "${words}"\n`,
  mode: 0o755,
});

const NODES: readonly string[] = ['n1', 'n2', 'n3'];
const seconds = (): number => Math.floor(Date.now() / 1000);

/** A server process that started `ago` seconds ago (negative: after what is being written now). */
export const process_ = (name: string, ago: number): Tree => ({
  '/proc/100/comm': { text: `${name}\n` },
  '/proc/100/stat': { text: `100 (${name}) S ${'0 '.repeat(18)}100 0\n` },
  '/proc/stat': { text: `cpu 0\nbtime ${seconds() - ago - 1}\n` },
});

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** As list-nodes prints a time: `2021-Sep-20 17:08:53`. */
export function printed(ago: number): string {
  const at = new Date(Date.now() - ago * 1000).toISOString();
  return `${at.slice(0, 4)}-${MONTHS[Number(at.slice(5, 7)) - 1]}-${at.slice(8, 10)} ${at.slice(11, 19)}`;
}
export const listed = (
  rows: readonly (readonly [host: string, status: string, ago: number])[],
  protocol = 'Http',
): TreeFile => ({
  text: `Cluster\n-------\nProtocol\n${protocol}\n\nNodes\n-----\nID  Host  IPv4  Port  Status  Last Seen\n${rows
    .map(([host, status, ago], i) => `${i + 1}   ${host}  192.0.2.${i + 11}  8787  ${status}  ${printed(ago)}\n`)
    .join('')}`,
});

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
export const otherPublicKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).publicKey;

const people = { jdoe: 5001, jsmith: 5002 };

const workbench =
  (version: string, more: (name: string) => Tree = () => ({})) =>
  (name: string, names = NODES): Tree => ({
    ...baseTree({
      name,
      mounts: [nfsMount('/srv/shared', 'lookupcache=pos,'), nfsMount('/home', 'lookupcache=pos,')],
      package: ['rstudio-server', version],
      people: { ...people, analysts: 5100 },
      service: { name: 'rstudio-server', uid: ownId(990) },
      clockAhead: 0,
      unit: 'rstudio-server',
    }),
    '/etc/group': {
      text: `root:x:0:\njdoe:x:5001:\njsmith:x:5002:\nanalysts:x:5100:jdoe,jsmith\nrstudio-server:x:${ownId(990)}:\n`,
    },
    '/etc/rstudio/rserver.conf': {
      text: 'server-shared-storage-path=/srv/shared/storage\nwww-port=8787\nauth-required-user-group=analysts\n',
    },
    '/etc/rstudio/load-balancer': { text: `balancer=sessions\nwww-host-name=${name}.example.com\n` },
    '/etc/rstudio/database.conf': {
      text: `provider=postgresql\nhost=db.example.com\npassword=${SECRETS.database}\n`,
      mode: 0o600,
    },
    '/etc/rstudio/rsession.conf': { text: '# sessions\nsession-timeout-minutes=120\n' },
    '/etc/rstudio/secure-cookie-key': { text: SECRETS.cookie, mode: 0o600, uid: ownId(990) },
    '/usr/lib/rstudio-server/bin/rstudio-server': program(version),
    '/srv/shared/storage': sharedFolder('shared'),
    '/home': sharedFolder('homes'),
    ...process_('rserver', -60),
    '/.fake-list-nodes': listed(names.map((n) => [`${n}.example.com`, 'Online', 5])),
    '/.fake-load-balancer-status': {
      text: names.map((n) => `${n}.example.com:8787  Load: 0.10, 0.20, 0.30\n   100 - jdoe\n`).join(''),
    },
    '/.fake-peers': { text: names.map((n) => `${n} open\n`).join('') },
    ...more(name),
  });

const launcher = (): Tree => ({
  '/etc/rstudio/rserver.conf': {
    text: 'server-shared-storage-path=/srv/shared/storage\nlauncher-sessions-enabled=1\nauth-required-user-group=analysts\n',
  },
  '/etc/rstudio/launcher.conf': {
    text: '[server]\naddress=127.0.0.1\nport=5559\n\n[cluster]\nname=Local\ntype=Local\n',
  },
  '/etc/rstudio/launcher.pem': { text: pair.privateKey, mode: 0o600, uid: ownId(990) },
  '/etc/rstudio/launcher.pub': { text: pair.publicKey },
});

/** From 2023.09 on: no file load-balancer, no key files. */
const databaseKeys = (name: string): Tree => ({
  '/etc/rstudio/rserver.conf': {
    text: `server-shared-storage-path=/srv/shared/storage\nload-balancing-enabled=1\nauth-required-user-group=analysts\nwww-address=${name}.example.com\n`,
  },
});

const connect =
  (
    version: string,
    balancing: string,
    more: (name: string) => Tree = () => ({}),
    key = '/etc/rstudio-connect/secret.key',
  ) =>
  (name: string): Tree => ({
    ...baseTree({
      name,
      mounts: [nfsMount('/srv/connect', 'lookupcache=pos,', '3')],
      package: ['rstudio-connect', version],
      people: { jdoe: 5001 },
      service: { name: 'rstudio-connect', uid: ownId(991) },
      clockAhead: 0,
      unit: 'rstudio-connect',
    }),
    '/etc/rstudio-connect/rstudio-connect.gcfg': {
      text: `[Server]\nDataDir = /srv/connect\nEncryptionKeyFile = ${key}\n[HTTP]\nListen = :3939\n[Database]\nProvider = Postgres\n[Postgres]\nURL = "postgres://connect:${SECRETS.url}@db.example.com/connect"\n${balancing}[Metrics]\nDataPath = /var/metrics/${name}\n`,
      mode: 0o640,
    },
    [key]: { text: SECRETS.key, mode: 0o600, uid: ownId(991) },
    '/opt/rstudio-connect/bin/connect': program(`Posit Connect v${version}`),
    '/srv/connect': sharedFolder('shared'),
    ...process_('connect', -60),
    ...more(name),
  });

const PM_NFS = '[Server]\nDataDir = /srv/pm\nEncryptionKeyPath = /etc/rstudio-pm/rstudio-pm.key\n';
const PM_S3 = `${PM_NFS}[Storage]\nDefault = s3\n[S3Storage]\nBucket = packages\nPrefix = prod\nRegion = us-east-1\nKeyID = alias/packages\n`;
const packageManager =
  (version: string, storage: string, more: (name: string) => Tree = () => ({})) =>
  (name: string): Tree => ({
    ...baseTree({
      name,
      mounts: [nfsMount('/srv/pm', 'lookupcache=pos,')],
      package: ['rstudio-pm', version],
      people: { jdoe: 5001 },
      service: { name: 'rstudio-pm', uid: ownId(992) },
      clockAhead: 0,
      unit: 'rstudio-pm',
    }),
    '/etc/rstudio-pm/rstudio-pm.gcfg': {
      text: `${storage}[Server]\nRVersion = /opt/R/4.3.1\n[HTTP]\nListen = :4242\n[Database]\nProvider = postgres\n[Postgres]\nURL = postgres://rspm:${SECRETS.url}@db.example.com/rspm\nPassword = ${SECRETS.database}\n`,
      mode: 0o640,
    },
    '/etc/rstudio-pm/rstudio-pm.key': { text: SECRETS.key, mode: 0o600, uid: ownId(992) },
    '/opt/rstudio-pm/bin/rstudio-pm': program(`Posit Package Manager v${version}`),
    '/srv/pm': sharedFolder('shared'),
    ...process_('rstudio-pm', -60),
    ...more(name),
  });

const ZONE: Readonly<Record<string, string>> = { n1: 'a', n2: 'b', n3: 'c' };
export const onAws = (name: string): Tree => ({
  '/sys/class/dmi/id/sys_vendor': { text: 'Amazon EC2\n' },
  '/proc/cpuinfo': { text: 'processor\t: 0\n'.repeat(8) },
  '/proc/meminfo': { text: 'MemTotal:       32500000 kB\n' },
  '/.fake-imds': { text: `=id i-0${name}\n=type m6i.2xlarge\n=zone us-east-1${ZONE[name] ?? 'a'}\n` },
});

export const DEPLOYR_ROOT = '/home/deployr-user/deployr/8.0.0';
const MEMBERS = '"192.0.2.11:8003", "192.0.2.12:8003", "192.0.2.13:8003"';
const ADDRESS: Readonly<Record<string, string>> = { n1: '192.0.2.11', n2: '192.0.2.12', n3: '192.0.2.13' };

/** As our script prints it on a member; `state` by node. */
export const replicaSetSaid = (
  self: string,
  state: Readonly<Record<string, string>> = {},
  members: readonly string[] = Object.keys(ADDRESS),
): TreeFile => {
  const address = (n: string): string => `${ADDRESS[n] ?? n}:8003`;
  const stateOf = (n: string): string => state[n] ?? (n === 'n1' ? 'PRIMARY' : 'SECONDARY');
  const status = members.map((n) => ({
    name: address(n),
    health: stateOf(n).startsWith('(') ? 0 : 1,
    stateStr: stateOf(n),
    self: n === self,
  }));
  const conf = members.map((n) => ({ host: address(n), votes: 1, arbiterOnly: false }));
  const said = { status: { set: 'deployrReplSet', members: status }, conf: { members: conf } };
  return { text: `=rs ${JSON.stringify(said)}\n` };
};

const deployr =
  (database: (name: string) => string, member: boolean) =>
  (name: string): Tree => ({
    ...baseTree({
      name,
      mounts: [],
      package: ['base-files', '12'],
      people: { 'deployr-user': 1700 },
      service: { name: 'tomcat', uid: 995 },
      clockAhead: 0,
      unit: 'deployr',
    }),
    [`${DEPLOYR_ROOT}/deployr/deployr.groovy`]: {
      text: `/* external configuration */\ndeployr.server.policy.override.web.context = "http://${ADDRESS[name]}:8000/deployr"\ngrails {\n  mongo {\n    databaseName = "deployr"\n    username = "deployr"\n    password = "${SECRETS.mongo}"\n    port = 8003\n    ${database(name)}\n  }\n}\n`,
      mode: 0o640,
    },
    ...(member && {
      [`${DEPLOYR_ROOT}/mongo/mongod.conf`]: {
        text: `dbpath=${DEPLOYR_ROOT}/mongo/db\nport=8003\nauth=true\nreplSet = deployrReplSet \nkeyFile = ${DEPLOYR_ROOT}/mongo/mongodb-keyfile\n`,
      },
      '/.fake-rs-status': replicaSetSaid(name),
      [`${DEPLOYR_ROOT}/mongo/mongodb-keyfile`]: { text: `${'QmFzZTY0K2tleQ'.repeat(12)}\n`, mode: 0o600 },
    }),
  });

export interface ProductCluster {
  /** Product and edition. */
  readonly name: string;
  readonly product: Product;
  readonly node: (name: string, names?: readonly string[]) => Tree;
  /** Lines of the inventory beside the nodes; `grid`: given to each node. */
  readonly inventory?: string;
  readonly grid?: (name: string) => string;
  /** File whose change is the plainest fault. */
  readonly config: string;
  readonly key: string;
  readonly program: string;
  readonly version: string;
  readonly user: string;
  /** Mount point of the shared data. */
  readonly data: string;
}

const WORKBENCH = {
  product: 'workbench',
  inventory: 'users: [jdoe, jsmith]\n',
  config: '/etc/rstudio/rsession.conf',
  key: '/etc/rstudio/secure-cookie-key',
  program: '/usr/lib/rstudio-server/bin/rstudio-server',
  user: 'rstudio-server',
  data: '/srv/shared',
} as const;
const CONNECT = {
  product: 'connect',
  config: '/etc/rstudio-connect/rstudio-connect.gcfg',
  key: '/etc/rstudio-connect/secret.key',
  program: '/opt/rstudio-connect/bin/connect',
  user: 'rstudio-connect',
  data: '/srv/connect',
} as const;
const PM = {
  product: 'package-manager',
  config: '/etc/rstudio-pm/rstudio-pm.gcfg',
  key: '/etc/rstudio-pm/rstudio-pm.key',
  program: '/opt/rstudio-pm/bin/rstudio-pm',
  user: 'rstudio-pm',
  data: '/srv/pm',
} as const;
const DEPLOYR = {
  product: 'deployr',
  config: `${DEPLOYR_ROOT}/deployr/deployr.groovy`,
  key: `${DEPLOYR_ROOT}/mongo/mongodb-keyfile`,
  program: '',
  version: '8.0.0',
  user: 'deployr-user',
  data: '',
} as const;
const ENFORCE = '[LoadBalancing]\nEnforceMinRsconnectVersion = true\n';
const without = (path: string, node: (name: string) => Tree) => (name: string) =>
  Object.fromEntries(Object.entries(node(name)).filter(([p]) => p !== path));

const noKeys = (version: string): ProductCluster['node'] =>
  without('/etc/rstudio/load-balancer', without('/etc/rstudio/secure-cookie-key', workbench(version, databaseKeys)));

export const EDITIONS = {
  workbench: {
    ...WORKBENCH,
    name: 'Workbench 2023.06',
    version: '2023.06.2+561.pro2',
    node: workbench('2023.06.2+561.pro2'),
  },
  launcher: {
    ...WORKBENCH,
    name: 'Workbench with the Launcher',
    version: '2023.06.2+561.pro2',
    node: workbench('2023.06.2+561.pro2', launcher),
  },
  oldWorkbench: {
    ...WORKBENCH,
    name: 'Workbench 2021.09',
    version: '2021.09.0+351.pro6',
    node: workbench('2021.09.0+351.pro6'),
  },
  newWorkbench: {
    ...WORKBENCH,
    name: 'Workbench 2024.04, keys in the database',
    version: '2024.04.2+764.pro1',
    node: noKeys('2024.04.2+764.pro1'),
  },
  autumnWorkbench: {
    ...WORKBENCH,
    name: 'Workbench 2023.09, keys in the database',
    version: '2023.09.1+494.pro2',
    node: noKeys('2023.09.1+494.pro2'),
  },
  presentWorkbench: {
    ...WORKBENCH,
    name: 'Workbench 2025.09, keys in the database',
    version: '2025.09.0+387.pro3',
    node: noKeys('2025.09.0+387.pro3'),
  },
  connect: { ...CONNECT, name: 'Connect 1.7.2', version: '1.7.2-1', node: connect('1.7.2-1', ENFORCE) },
  middleConnect: { ...CONNECT, name: 'Connect 1.7.6', version: '1.7.6-1', node: connect('1.7.6-1', '') },
  newConnect: { ...CONNECT, name: 'Connect 2023.09', version: '2023.09.0', node: connect('2023.09.0', '') },
  presentConnect: { ...CONNECT, name: 'Connect 2026.04', version: '2026.04.0', node: connect('2026.04.0', '') },
  packageManager: {
    ...PM,
    name: 'Package Manager on NFS',
    version: '2023.08.4-9',
    node: packageManager('2023.08.4-9', PM_NFS),
  },
  s3: { ...PM, name: 'Package Manager on S3', version: '2023.08.4-9', node: packageManager('2023.08.4-9', PM_S3) },
  oldPackageManager: {
    ...PM,
    name: 'Package Manager 1.2',
    version: '1.2.2-4',
    node: packageManager('1.2.2-4', PM_NFS),
  },
  presentPackageManager: {
    ...PM,
    name: 'Package Manager 2026.04',
    version: '2026.04.0-5',
    node: packageManager('2026.04.0-5', PM_NFS),
  },
  aws: {
    ...PM,
    name: 'Package Manager on AWS',
    version: '2023.08.4-9',
    node: packageManager('2023.08.4-9', PM_S3, onAws),
  },
  primaryStandby: {
    ...DEPLOYR,
    name: 'DeployR, primary and standby on a replica set',
    inventory: 'mode: primary-standby\n',
    node: deployr(() => `replicaSet = [ ${MEMBERS} ]`, true),
  },
  loadBalanced: {
    ...DEPLOYR,
    name: 'DeployR behind a load balancer',
    inventory: 'mode: load-balanced\n',
    grid: (name) => `[grid-${name}.example.com]`,
    node: deployr(() => 'host = "localhost"', false),
  },
} as const satisfies Readonly<Record<string, ProductCluster>>;

/** Further releases, as clean clusters only. */
export const RELEASES: readonly ProductCluster[] = [
  ...['2022.07.2+576.pro12', '2023.12.1+402.pro1'].map((version) => ({
    ...WORKBENCH,
    name: `Workbench ${version}, keys in files`,
    version,
    node: workbench(version),
  })),
  ...['2023.12.1+402.pro1', '2024.12.1+563.pro5'].map((version) => ({
    ...WORKBENCH,
    name: `Workbench ${version}, keys in the database`,
    version,
    node: noKeys(version),
  })),
  ...['2022.10.0', '2024.08.0'].map((version) => ({
    ...CONNECT,
    name: `Connect ${version}`,
    version,
    node: connect(version, ''),
  })),
  ...['2022.07.2-11', '2024.08.2-9'].flatMap((version) =>
    [PM_NFS, PM_S3].map((storage) => ({
      ...PM,
      name: `Package Manager ${version} on ${storage === PM_S3 ? 'S3' : 'NFS'}`,
      version,
      node: packageManager(version, storage),
    })),
  ),
];

/** One of each Posit product. */
export const CLUSTERS: readonly ProductCluster[] = [EDITIONS.workbench, EDITIONS.connect, EDITIONS.packageManager];
