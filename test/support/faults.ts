/** What is planted in an otherwise clean cluster, which requirements it breaks, and which check must say so, of which nodes. */

import { chownSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder, type Tree, type TreeFile } from '../../src/demo/tree.js';
import { EXPIRED, GOOD, OTHER_NAME } from './certificates.js';
import {
  DEPLOYR_ROOT,
  type EDITIONS,
  listed,
  otherPublicKey,
  type ProductCluster,
  process_,
  replicaSetSaid,
  SECRETS,
} from './clusters.js';
import { RELEASE_FAULTS, RELEASES_LIVING } from './releaseFaults.js';
import { SYSTEM_FAULTS } from './systemFaults.js';

type Edition = keyof typeof EDITIONS;
type Plant = (tree: Tree, cluster: ProductCluster, node: string) => Tree;

export interface Fault {
  readonly name: string;
  /** Rows of every product it is planted in; those of a product must fail, and in the clean cluster they do not. */
  readonly requirements: readonly string[];
  readonly in: readonly Edition[];
  readonly plant?: Plant;
  /** Default the second node. */
  readonly nodes?: readonly string[];
  readonly of?: number;
  readonly inventory?: string;
  readonly grid?: (name: string) => string;
  readonly after?: (folder: string) => void;
  /** Every check that may fail, with exactly the nodes it names; a check that names none has ''. */
  readonly expect: Readonly<Record<string, string>>;
  readonly needs?: 'root' | 'openssl';
}

const all = ['n1', 'n2', 'n3'] as const;
const ALL = all.join(' ');

const put =
  (path: string, text: string, more: Partial<TreeFile> = {}): Plant =>
  (t) => ({ ...t, [path]: { text, ...more } });
const drop =
  (path: string): Plant =>
  (t) =>
    Object.fromEntries(Object.entries(t).filter(([p]) => p !== path));
const edit =
  (path: string, from: RegExp | string, to: string, more: Partial<TreeFile> = {}): Plant =>
  (t) => {
    const text = String(t[path]?.text);
    const changed = text.replace(from, to);
    if (changed === text && Object.keys(more).length === 0) throw new Error(`nothing to change in ${path}: ${from}`);
    return { ...t, [path]: { ...t[path]!, text: changed, ...more } };
  };
const append = (path: string, text: string): Plant => edit(path, /$/, text);
const both =
  (...plants: readonly Plant[]): Plant =>
  (t, c, n) =>
    plants.reduce((tree, plant) => plant(tree, c, n), t);
const mounts = (from: RegExp | string, to: string): Plant => edit('/proc/self/mountinfo', from, to);
const config =
  (from: RegExp | string, to: string): Plant =>
  (t, c, n) =>
    edit(c.config, from, to)(t, c, n);
const key =
  (from: RegExp | string, to: string, more: Partial<TreeFile> = {}): Plant =>
  (t, c, n) =>
    edit(c.key, from, to, more)(t, c, n);
/** The mount of the product's data is not there: the folder below it is this node's own. */
const unmounted = (point: string): Plant =>
  both(mounts(new RegExp(`.* ${point} .*\\n`), ''), (t) => ({
    ...drop(point)(t, {} as ProductCluster, ''),
    [`${point}/`]: { text: '' },
  }));

const WB = '/etc/rstudio/';
const CONNECT = '/etc/rstudio-connect/rstudio-connect.gcfg';
const PM = '/etc/rstudio-pm/rstudio-pm.gcfg';
const GROOVY = `${DEPLOYR_ROOT}/deployr/deployr.groovy`;
const MONGOD = `${DEPLOYR_ROOT}/mongo/mongod.conf`;
const posit = ['workbench', 'connect', 'packageManager'] as const;
const gone = 3600;
const soon = (): number => Math.floor(Date.now() / 1000) + 60;
const names = (...status: readonly (readonly [string, string, number])[]) => listed(status);

export const FAULTS: readonly Fault[] = [
  ...SYSTEM_FAULTS,
  ...RELEASE_FAULTS,
  // time
  {
    name: 'the clock is 90 s ahead',
    requirements: ['RSPM-01', 'CONN-11', 'CONN-33', 'WB-06', 'DEPLOYR-28'],
    in: [...posit, 'primaryStandby'],
    plant: put('/.fake-clock', '90\n'),
    expect: { 'clock-skew': 'n2' },
  },
  {
    name: 'chrony is not synchronised',
    requirements: ['RSPM-02', 'CONN-12'],
    in: ['connect', 'packageManager'],
    plant: edit('/.fake-tracking', /Normal/, 'Not synchronised'),
    expect: { 'clock-source': 'n2' },
  },
  {
    name: 'chrony follows its own clock',
    requirements: ['RSPM-02', 'CONN-12'],
    in: ['connect', 'packageManager'],
    plant: edit('/.fake-tracking', 'C0000205,ntp1.example.com,3', '7F7F0101,,10'),
    expect: { 'clock-source': 'n2' },
  },
  // configuration
  {
    name: 'one changed line',
    requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
    in: posit,
    plant: config(/120|:3939|:4242/, '121'),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'a file more',
    requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
    in: posit,
    plant: (t, c) => ({ ...t, [c.config.replace(/[^/]*$/, 'extra.dat')]: { text: 'x' } }),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'another database password',
    requirements: ['RSPM-03', 'WB-02'],
    in: ['workbench', 'packageManager'],
    plant: (t, c, n) =>
      edit(c.product === 'workbench' ? `${WB}database.conf` : PM, SECRETS.database, 'planted-other-password')(t, c, n),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'XDG_CONFIG_DIRS has a level too many',
    requirements: ['X-08'],
    in: ['workbench'],
    plant: both(
      put('/etc/default/rstudio-server', 'XDG_CONFIG_DIRS=/mnt/x/rstudio\n'),
      put('/mnt/x/rstudio/rserver.conf', 'www-port=80\n'),
    ),
    expect: { 'config-directory': 'n2' },
  },
  {
    name: 'an unquoted # cuts the database URL',
    requirements: ['X-09'],
    in: ['packageManager'],
    nodes: all,
    plant: edit(PM, SECRETS.url, 'planted#url-password'),
    expect: { 'config-syntax': ALL },
  },
  {
    name: 'a setting twice in database.conf',
    requirements: ['X-10'],
    in: ['workbench'],
    nodes: all,
    plant: append(`${WB}database.conf`, 'host=other.example.com\n'),
    expect: { 'config-syntax': ALL },
  },
  {
    name: 'a comment behind a setting that knows none',
    requirements: ['X-10'],
    in: ['workbench'],
    nodes: all,
    plant: append(`${WB}database.conf`, 'connection-timeout-seconds=10 # seconds\n'),
    expect: { 'config-syntax': ALL },
  },
  {
    name: 'the database password is changeme',
    requirements: ['X-17'],
    in: ['workbench', 'packageManager'],
    nodes: all,
    plant: (t, c, n) =>
      edit(c.product === 'workbench' ? `${WB}database.conf` : PM, SECRETS.database, 'changeme')(t, c, n),
    expect: { 'placeholder-secrets': ALL },
  },
  // version
  {
    name: 'another version',
    requirements: ['RSPM-04', 'CONN-01', 'WB-01', 'PPM-AWS-05'],
    in: posit,
    plant: both(drop('/proc/100/comm'), drop('/.fake-list-nodes'), (t, c, n) =>
      edit('/var/lib/dpkg/status', c.version, '2022.01.0+1.pro1')(t, c, n),
    ),
    expect: { 'product-version': 'n2', 'upgrade-state': 'n2' },
  },
  {
    name: 'two versions run',
    requirements: ['RSPM-20', 'CONN-21'],
    in: ['connect', 'packageManager'],
    plant: (t, c, n) => edit('/var/lib/dpkg/status', c.version, '2022.01.0-1')(t, c, n),
    expect: { 'product-version': 'n2', 'upgrade-state': 'n2' },
  },
  // database
  {
    name: 'SQLite',
    requirements: ['RSPM-05', 'CONN-02', 'WB-12'],
    in: posit,
    plant: (t, c, n) =>
      (c.product === 'workbench'
        ? edit(`${WB}database.conf`, 'provider=postgresql', 'provider=sqlite')
        : c.product === 'connect'
          ? edit(CONNECT, 'Provider = Postgres', 'Provider = sqlite')
          : edit(PM, 'Provider = postgres', '; Provider = postgres'))(t, c, n),
    expect: { 'postgres-backend': 'n2' },
  },
  {
    name: 'no database.conf',
    requirements: ['WB-12'],
    in: ['workbench'],
    plant: drop(`${WB}database.conf`),
    expect: { 'postgres-backend': 'n2' },
  },
  {
    name: 'another database',
    requirements: ['RSPM-06', 'CONN-03', 'WB-42', 'DEPLOYR-02'],
    in: [...posit, 'primaryStandby'],
    plant: (t, c, n) =>
      (c.product === 'workbench'
        ? append(`${WB}database.conf`, 'database=test\n')
        : c.product === 'deployr'
          ? edit(GROOVY, 'databaseName = "deployr"', 'databaseName = "test"')
          : edit(c.config, /@db\.example\.com\/\w+/, '@db.example.com/test'))(t, c, n),
    expect: { 'database-same': 'n2', 'mongo-replica-set': 'n2' },
  },
  {
    name: 'the name of the database is another server',
    requirements: ['RSPM-06', 'CONN-03', 'WB-42', 'X-06'],
    in: posit,
    plant: edit('/etc/hosts', '192.0.2.10', '192.0.2.99'),
    expect: { 'database-same': 'n2' },
  },
  {
    name: 'the name of the database is not known',
    requirements: ['X-06'],
    in: posit,
    plant: edit('/etc/hosts', /192\.0\.2\.10.*\n/, ''),
    expect: { 'name-resolution': 'n2' },
  },
  {
    name: 'the database is on a node',
    requirements: ['CONN-27'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, '@db.example.com', '@n1.example.com'),
    expect: { 'database-same': 'n1', 'name-resolution': ALL },
  },
  {
    name: 'SQLite is still written',
    requirements: ['WB-14'],
    in: ['workbench'],
    plant: (t, c, n) => put('/var/lib/rstudio-server/rstudio.sqlite', 'x', { modified: soon() })(t, c, n),
    expect: { 'leftover-sqlite': 'n2' },
  },
  {
    name: 'SQLite is still written in the shared directory',
    requirements: ['RSPM-23', 'CONN-24'],
    in: ['connect', 'packageManager'],
    after(folder) {
      mkdirSync(join(folder, 'shared', 'db'));
      writeFileSync(join(folder, 'shared', 'db', 'connect.db'), 'x');
      utimesSync(join(folder, 'shared', 'db', 'connect.db'), soon(), soon());
    },
    expect: { 'leftover-sqlite': ALL },
  },
  // storage
  {
    name: 'the data directory is not mounted',
    requirements: ['RSPM-07', 'CONN-04'],
    in: ['connect', 'packageManager'],
    plant: (t, c, n) => unmounted(c.data)(t, c, n),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'the data directory is another share',
    requirements: ['RSPM-07', 'CONN-04'],
    in: ['connect', 'packageManager'],
    plant: (t, c) => ({ ...t, [c.data]: sharedFolder('elsewhere') }),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'the shared storage path is not mounted',
    requirements: ['WB-11'],
    in: ['workbench'],
    plant: both(mounts(/.* \/srv\/shared .*\n/, ''), (t) => ({
      ...drop('/srv/shared/storage')(t, {} as ProductCluster, ''),
      '/srv/shared/storage/': { text: '' },
    })),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'home directories are on the local disk',
    requirements: ['WB-07'],
    in: ['workbench'],
    plant: unmounted('/home'),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'a storage class is kept apart',
    requirements: ['RSPM-08'],
    in: ['packageManager'],
    nodes: all,
    plant: both(append(PM, '[FileStorage "cran"]\nLocation = /var/cran\n'), put('/var/cran/', '')),
    expect: { 'shared-directories': ALL },
  },
  {
    name: 'Database.Dir is on the local disk',
    requirements: ['CONN-05'],
    in: ['connect'],
    nodes: all,
    plant: both(append(CONNECT, '[Database]\nDir = /var/db\n'), put('/var/db/', '')),
    expect: { 'shared-directories': ALL },
  },
  {
    name: 'Server.LandingDir is set on one node',
    requirements: ['CONN-06'],
    in: ['connect'],
    nodes: ['n1', 'n3'],
    plant: append(CONNECT, '[Server]\nLandingDir = /srv/connect\n'),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'metrics in the shared directory, by default',
    requirements: ['CONN-07', 'CONN-15'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, /DataPath = .*/, ''),
    after: (folder) => mkdirSync(join(folder, 'shared', 'metrics')),
    expect: { 'metrics-path': ALL },
  },
  {
    name: 'two nodes share a directory of metrics',
    requirements: ['CONN-07', 'CONN-15'],
    in: ['connect'],
    nodes: ['n1', 'n2'],
    plant: edit(CONNECT, /DataPath = .*/, 'DataPath = /srv/connect/m'),
    after: (folder) => mkdirSync(join(folder, 'shared', 'm')),
    expect: { 'metrics-path': 'n1 n2' },
  },
  {
    name: 'Graphite on one node only',
    requirements: ['CONN-08'],
    in: ['connect'],
    plant: append(CONNECT, 'GraphiteEnabled = true\n'),
    expect: { 'metrics-path': 'n2' },
  },
  {
    name: 'the data directory is on CIFS',
    requirements: ['RSPM-11'],
    in: ['packageManager'],
    nodes: all,
    plant: both(
      mounts(/nfs4 nfs1\S+ rw.*/, 'cifs //nas/pm rw,vers=3.0'),
      edit('/etc/fstab', /^\S+ (\S+) nfs4/, '//nas/pm $1 cifs'),
    ),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'home directories are on EFS',
    requirements: ['WB-08'],
    in: ['oldWorkbench'],
    nodes: all,
    plant: both(
      mounts(/ \/home (.*) nfs1.example.com:\/export/, ' /home $1 fs-0123.efs.us-east-1.amazonaws.com:/'),
      edit('/etc/fstab', 'nfs1.example.com:/export /home nfs4', 'fs-0123.efs.us-east-1.amazonaws.com:/ /home nfs4'),
      put(`${WB}file-locks`, 'lock-type=advisory\n'),
    ),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'NFS version 2',
    requirements: ['RSPM-12', 'CONN-14', 'WB-09'],
    in: posit,
    plant: mounts(/vers=[0-9.]+/g, 'vers=2'),
    expect: { 'nfs-version': 'n2' },
  },
  {
    name: 'Connect on NFS version 4',
    requirements: ['CONN-14'],
    in: ['connect'],
    nodes: all,
    plant: mounts('nfs nfs1.example.com:/export rw,vers=3', 'nfs4 nfs1.example.com:/export rw,vers=4.2'),
    expect: { 'nfs-version': ALL },
  },
  {
    name: 'a directory cache of 60 s',
    requirements: ['RSPM-14', 'RSPM-15'],
    in: posit,
    plant: mounts(/lookupcache=pos,/g, ''),
    expect: { 'nfs-mount-options': 'n2' },
  },
  {
    name: 'nolock',
    requirements: ['WB-31', 'WB-32', 'WB-47'],
    in: ['workbench'],
    plant: mounts(/local_lock=none/g, 'nolock,local_lock=all'),
    expect: { 'file-locking': 'n2' },
  },
  {
    name: 'mounted by hand',
    requirements: ['WB-46', 'X-07'],
    in: posit,
    plant: put('/etc/fstab', '# nothing\n'),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'the service does not wait for its mounts',
    requirements: ['X-07'],
    in: posit,
    plant: (t) =>
      Object.fromEntries(
        Object.entries(t).map(([p, f]) => [
          p,
          p.endsWith('/mounts.conf') ? { text: '[Unit]\nAfter=network.target\n' } : f,
        ]),
      ),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'the share is full',
    requirements: ['X-14'],
    in: posit,
    nodes: all,
    plant: put('/.fake-space', '=space 1000000 10000 1000000 900000\n'),
    expect: { 'free-space': ALL },
  },
  {
    name: 'the share has no inodes left',
    requirements: ['X-14'],
    in: ['connect'],
    nodes: all,
    plant: put('/.fake-space', '=space 1000000 500000 1000000 1000\n'),
    expect: { 'free-space': ALL },
  },
  {
    name: 'the share belongs to nobody',
    requirements: ['X-15'],
    in: ['connect', 'packageManager'],
    nodes: all,
    after: (folder) => chownSync(join(folder, 'shared'), 65534, 65534),
    expect: { 'shared-directories': ALL },
    needs: 'root',
  },
  // keys
  {
    name: 'the key has mode 0644',
    requirements: ['RSPM-18', 'WB-24', 'DEPLOYR-18'],
    in: [...posit, 's3', 'primaryStandby'],
    plant: key(/$/, '', { mode: 0o644 }),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key has 8 bytes',
    requirements: ['WB-23', 'RSPM-18'],
    in: posit,
    plant: key(/[\s\S]+/, 'a1b2c3d4'),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key is too long for mongod',
    requirements: ['DEPLOYR-18'],
    in: ['primaryStandby'],
    plant: key(/[\s\S]+/, 'QmFzZTY0'.repeat(200)),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key has a NUL byte',
    requirements: ['WB-26'],
    in: ['workbench'],
    plant: key(/[\s\S]+/, 'abcdefgh\0ijklmnopqrstuvwxyz0123456789'),
    expect: { 'key-file': 'n2' },
  },
  {
    name: "the key is the document's example",
    requirements: ['WB-26', 'X-17'],
    in: ['workbench'],
    plant: key(/[\s\S]+/, 'a55e5dc0-d6ae-11e3-9334-000c29635f71\n'),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key is missing',
    requirements: ['RSPM-17', 'WB-20', 'DEPLOYR-18'],
    in: [...posit, 's3', 'primaryStandby'],
    plant: (t, c, n) => drop(c.key)(t, c, n),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key is elsewhere',
    requirements: ['RSPM-03'],
    in: ['packageManager'],
    plant: (t, c) => ({
      ...edit(PM, '/etc/rstudio-pm/rstudio-pm.key', '/opt/rstudio-pm.key')(t, c, ''),
      '/opt/rstudio-pm.key': t[c.key]!,
    }),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'the key file is elsewhere on one member',
    requirements: ['DEPLOYR-20'],
    in: ['primaryStandby'],
    plant: (t, c) => ({
      ...edit(MONGOD, /keyFile = .*/, 'keyFile = /opt/keyfile')(t, c, ''),
      '/opt/keyfile': t[c.key]!,
    }),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the service account cannot read its key',
    requirements: ['X-11'],
    in: ['packageManager'],
    plant: key(/$/, '', { uid: 0 }),
    expect: { 'key-file': 'n2' },
    needs: 'root',
  },
  {
    name: 'the key is another',
    requirements: ['WB-20', 'WB-25', 'WB-27', 'PPM-AWS-06', 'DEPLOYR-19'],
    in: [...posit, 'primaryStandby'],
    plant: key(/^..../, 'beef'),
    expect: { 'shared-keys': 'n2' },
  },
  {
    name: 'the key is another, storage on S3',
    requirements: ['RSPM-09', 'PPM-AWS-06'],
    in: ['s3', 'aws'],
    plant: key(/^..../, 'beef'),
    expect: { 's3-encryption-key': 'n2' },
  },
  {
    name: 'a line break more at the end of the key',
    requirements: ['WB-20', 'WB-25', 'PPM-AWS-06'],
    in: posit,
    plant: key(/$/, '\n'),
    expect: { 'shared-keys': 'n2' },
  },
  {
    name: 'launcher.pem is readable by its group',
    requirements: ['WB-30'],
    in: ['launcher'],
    plant: edit(`${WB}launcher.pem`, /$/, '', { mode: 0o640 }),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'launcher.pub belongs to another key',
    requirements: ['WB-30'],
    in: ['launcher'],
    plant: put(`${WB}launcher.pub`, otherPublicKey),
    expect: { 'key-file': 'n2' },
    needs: 'openssl',
  },
  {
    name: 'the database password was encrypted with another key',
    requirements: ['WB-28', 'WB-20'],
    in: ['workbench'],
    nodes: all,
    plant: edit(
      `${WB}database.conf`,
      /password=.*/,
      'password=1A2B3C4DQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn1A2B3C4D',
    ),
    expect: { 'database-password': ALL },
  },
  // accounts and platform
  {
    name: 'a user has another uid',
    requirements: ['WB-03', 'WB-45'],
    in: ['workbench'],
    plant: edit('/etc/passwd', 'jdoe:x:5001', 'jdoe:x:1999'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a group has another id',
    requirements: ['WB-04'],
    in: ['workbench'],
    plant: edit('/etc/group', 'analysts:x:5100', 'analysts:x:1999'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'a user is not in the group',
    requirements: ['WB-04'],
    in: ['workbench'],
    plant: edit('/etc/group', 'jdoe,jsmith', 'jdoe'),
    expect: { 'user-ids': 'n2' },
  },
  {
    name: 'the service account has another uid',
    requirements: ['WB-05', 'CONN-35'],
    in: ['workbench', 'connect'],
    plant: (t, c, n) =>
      both(edit('/etc/passwd', new RegExp(`${c.user}:x:(\\d+):`), `${c.user}:x:777:`), key(/$/, '', { uid: 777 }))(
        t,
        c,
        n,
      ),
    expect: { 'user-ids': 'n2' },
    needs: 'root',
  },
  {
    name: 'a version of R is missing',
    requirements: ['CONN-35', 'X-12'],
    in: ['connect', 'workbench'],
    plant: drop('/opt/R/4.3.1/bin/R'),
    expect: { runtimes: 'n2' },
  },
  {
    name: 'a configured version of R is missing',
    requirements: ['PPM-AWS-08'],
    in: ['packageManager', 'aws'],
    plant: drop('/opt/R/4.3.1/bin/R'),
    expect: { runtimes: 'n2' },
  },
  {
    name: 'another architecture',
    requirements: ['X-12'],
    in: posit,
    plant: edit('/var/lib/dpkg/status', 'amd64', 'arm64'),
    expect: { platform: 'n2' },
  },
  // the network
  {
    name: 'two nodes of one host name',
    requirements: ['X-01'],
    in: [...posit, 'primaryStandby'],
    plant: put('/etc/hostname', 'n1\n'),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'two nodes of one machine-id',
    requirements: ['X-01'],
    in: posit,
    nodes: ['n1', 'n2'],
    plant: put('/etc/machine-id', '0123456789abcdef0123456789abcdef\n'),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'two nodes give one address',
    requirements: ['WB-21'],
    in: ['workbench'],
    plant: edit(`${WB}load-balancer`, 'n2.example.com', 'n1.example.com'),
    expect: { 'node-address': 'n1 n2' },
  },
  {
    name: 'a firewall between two nodes',
    requirements: ['X-05', 'WB-21'],
    in: ['workbench'],
    nodes: ['n1', 'n3'],
    plant: edit('/.fake-peers', 'n2 open', 'n2 silent'),
    expect: { 'peer-ports': 'n2' },
  },
  {
    name: 'a certificate expired',
    requirements: ['X-16'],
    in: ['connect', 'packageManager'],
    nodes: all,
    plant: (t, c, n) =>
      both(
        append(c.config, '[HTTPS]\nListen = :443\nCertificate = /etc/ssl/node.pem\n'),
        put('/etc/ssl/node.pem', n === 'n2' ? EXPIRED : GOOD),
      )(t, c, n),
    expect: { certificates: 'n2' },
  },
  {
    name: 'a certificate of another name',
    requirements: ['X-16'],
    in: ['workbench'],
    nodes: all,
    plant: both(
      append(`${WB}rserver.conf`, 'ssl-enabled=1\nssl-certificate=/etc/ssl/node.pem\n'),
      edit('/.fake-list-nodes', 'Http', 'Https'),
      (t, c, n) => put('/etc/ssl/node.pem', n === 'n2' ? OTHER_NAME : GOOD)(t, c, n),
    ),
    expect: { certificates: 'n2' },
  },
  // Workbench
  {
    name: 'no shared storage path',
    requirements: ['WB-10'],
    in: ['workbench'],
    nodes: all,
    plant: both(
      edit(`${WB}rserver.conf`, /server-shared-storage-path.*\n/, ''),
      mounts(/ \/srv\/shared /, ' /var/lib/rstudio-server/shared-storage '),
      (t) => ({ ...t, '/var/lib/rstudio-server/shared-storage': sharedFolder('shared') }),
      edit('/etc/fstab', '/srv/shared', '/var/lib/rstudio-server/shared-storage'),
      edit(
        '/etc/systemd/system/rstudio-server.service.d/mounts.conf',
        '/srv/shared',
        '/var/lib/rstudio-server/shared-storage',
      ),
    ),
    expect: { 'shared-storage-path': ALL },
  },
  {
    name: 'no file load-balancer',
    requirements: ['WB-19'],
    in: ['workbench'],
    nodes: all,
    plant: both(drop(`${WB}load-balancer`), (t, c, n) =>
      append(`${WB}rserver.conf`, `www-address=${n}.example.com\n`)(t, c, n),
    ),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'a [config] header',
    requirements: ['WB-22'],
    in: ['workbench'],
    nodes: all,
    plant: edit(`${WB}load-balancer`, /^/, '[config]\n'),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'locks of a type that does not exist',
    requirements: ['WB-33'],
    in: ['workbench'],
    nodes: all,
    plant: put(`${WB}file-locks`, 'lock-type=links\n'),
    expect: { 'file-lock-settings': ALL },
  },
  {
    name: 'locks expire before they are refreshed',
    requirements: ['WB-35'],
    in: ['workbench'],
    nodes: all,
    plant: put(`${WB}file-locks`, 'refresh-rate=40\n'),
    expect: { 'file-lock-settings': ALL },
  },
  {
    name: 'another lock type',
    requirements: ['WB-34', 'WB-02'],
    in: ['workbench'],
    nodes: all,
    plant: (t, c, n) => put(`${WB}file-locks`, `lock-type=${n === 'n2' ? 'advisory' : 'linkbased'}\n`)(t, c, n),
    expect: { 'file-lock-settings': 'n2' },
  },
  {
    name: 'logging of locks is left on',
    requirements: ['WB-37'],
    in: ['workbench'],
    nodes: all,
    plant: put(`${WB}file-locks`, 'enable-logging=1\n'),
    expect: { 'file-lock-settings': ALL },
  },
  {
    name: 'certificates between nodes are not verified',
    requirements: ['WB-44'],
    in: ['workbench'],
    nodes: all,
    plant: append(`${WB}load-balancer`, 'verify-ssl-certs=0\n'),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'a balancing method that does not exist',
    requirements: ['WB-50'],
    in: ['workbench'],
    nodes: all,
    plant: edit(`${WB}load-balancer`, 'sessions', 'roundrobin'),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'a stranger in the database of the cluster',
    requirements: ['WB-15', 'WB-41', 'WB-42'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(...all.map((n) => [`${n}.example.com`, 'Online', 5] as const), [
        'old.example.com',
        'Offline',
        gone,
      ]),
    }),
    expect: { 'cluster-state': 'n1' },
  },
  {
    name: 'a node with another key is kept out',
    requirements: ['WB-16'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(
        ['n1.example.com', 'Online', 5],
        ['n2.example.com', 'Invalid secure cookie key', 5],
        ['n3.example.com', 'Online', 5],
      ),
    }),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the cluster speaks another protocol',
    requirements: ['WB-16'],
    in: ['workbench'],
    nodes: all,
    plant: edit('/.fake-list-nodes', 'Http', 'Https'),
    expect: { 'cluster-state': ALL },
  },
  {
    name: 'online, and not seen for an hour',
    requirements: ['WB-18'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(
        ['n1.example.com', 'Online', 5],
        ['n2.example.com', 'Online', gone],
        ['n3.example.com', 'Online', 5],
      ),
    }),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the configuration is newer than the server',
    requirements: ['WB-38'],
    in: ['workbench'],
    plant: (t) => ({ ...t, ...process_('rserver', gone) }),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the others cannot reach a node',
    requirements: ['WB-39'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: edit('/.fake-load-balancer-status', 'n2.example.com:8787  Load', 'n2.example.com:8787  (unreachable)  Load'),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the name of a node is not known',
    requirements: ['WB-41', 'WB-39'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(
        ['n1.example.com', 'Online', 5],
        ['n2.example.com', 'Failed to resolve', 5],
        ['n3.example.com', 'Online', 5],
      ),
    }),
    expect: { 'cluster-state': 'n2' },
  },
  // Connect
  {
    name: 'old publishing clients are accepted',
    requirements: ['CONN-09'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, 'Version = true', 'Version = false'),
    expect: { 'rsconnect-version': ALL },
  },
  {
    name: 'a setting that stops the release',
    requirements: ['CONN-09'],
    in: ['newConnect'],
    nodes: all,
    plant: append(CONNECT, '[LoadBalancing]\nEnforceMinRsconnectVersion = true\n'),
    expect: { 'rsconnect-version': ALL },
  },
  {
    name: 'no node runs scheduled jobs',
    requirements: ['CONN-30'],
    in: ['connect'],
    nodes: all,
    plant: append(CONNECT, '[Applications]\nScheduleConcurrency = 0\n'),
    expect: { 'schedule-concurrency': ALL },
  },
  // Package Manager
  {
    name: 'S3 in a release where it is in beta',
    requirements: ['RSPM-16'],
    in: ['oldPackageManager'],
    nodes: all,
    plant: append(PM, '[Storage]\nDefault = s3\n[S3Storage]\nBucket = packages\n'),
    expect: { 's3-beta': ALL },
  },
  {
    name: 'another bucket',
    requirements: ['RSPM-19', 'RSPM-08', 'PPM-AWS-13'],
    in: ['s3', 'aws'],
    plant: edit(PM, 'Bucket = packages', 'Bucket = test'),
    expect: { 's3-settings': 'n2' },
  },
  {
    name: 'another KMS key',
    requirements: ['RSPM-19', 'PPM-AWS-14'],
    in: ['aws'],
    plant: edit(PM, 'alias/packages', 'alias/other'),
    expect: { 's3-settings': 'n2' },
  },
  {
    name: 'one instance under two names',
    requirements: ['PPM-AWS-01'],
    in: ['aws'],
    plant: edit('/.fake-imds', 'i-0n2', 'i-0n1'),
    expect: { 'instance-placement': 'n1 n2' },
  },
  {
    name: 'a single node',
    requirements: ['PPM-AWS-01'],
    in: ['aws'],
    of: 1,
    expect: { 'node-count': 'n1' },
  },
  {
    name: 'all instances in one zone',
    requirements: ['PPM-AWS-02'],
    in: ['aws'],
    nodes: ['n2', 'n3'],
    plant: edit('/.fake-imds', /us-east-1./, 'us-east-1a'),
    expect: { 'instance-placement': ALL },
  },
  {
    name: 'an instance with a public address',
    requirements: ['PPM-AWS-03'],
    in: ['aws'],
    plant: append('/.fake-imds', '=public 203.0.113.7\n'),
    expect: { 'instance-placement': 'n2' },
  },
  {
    name: 'a small instance',
    requirements: ['PPM-AWS-04'],
    in: ['aws'],
    plant: edit('/proc/cpuinfo', /(processor\t: 0\n){6}/, ''),
    expect: { 'instance-placement': 'n2' },
  },
  // DeployR
  {
    name: 'two servers name one web context',
    requirements: ['DEPLOYR-03'],
    in: ['primaryStandby'],
    plant: edit(GROOVY, '192.0.2.12:8000', '192.0.2.11:8000'),
    expect: { 'web-context': 'n1 n2' },
  },
  {
    name: 'no web context',
    requirements: ['DEPLOYR-03'],
    in: ['primaryStandby'],
    plant: edit(GROOVY, /deployr\.server.*\n/, ''),
    expect: { 'web-context': 'n2' },
  },
  {
    name: 'a single server behind the load balancer',
    requirements: ['DEPLOYR-07'],
    in: ['loadBalanced'],
    of: 1,
    expect: { 'node-count': 'n1' },
  },
  {
    name: 'two servers behind the load balancer share a database',
    requirements: ['DEPLOYR-08'],
    in: ['loadBalanced'],
    nodes: ['n1', 'n2'],
    plant: edit(GROOVY, '"localhost"', '"192.0.2.50"'),
    expect: { 'database-same': 'n1 n2' },
  },
  {
    name: 'two servers share a grid node',
    requirements: ['DEPLOYR-09'],
    in: ['loadBalanced'],
    grid: (name) => `[grid-${name === 'n3' ? 'c' : 'a'}.example.com]`,
    expect: { 'grid-nodes': 'n1 n2' },
  },
  {
    name: 'an even number of members',
    requirements: ['DEPLOYR-14'],
    in: ['primaryStandby'],
    nodes: all,
    plant: edit(GROOVY, '"192.0.2.13:8003"', '"192.0.2.13:8003", "192.0.2.14:8003"'),
    expect: { 'mongo-replica-set': ALL, 'replica-set-state': ALL },
  },
  {
    name: 'two members on one machine',
    requirements: ['DEPLOYR-15'],
    in: ['primaryStandby'],
    nodes: all,
    plant: edit(GROOVY, '192.0.2.13:8003', '192.0.2.12:8004'),
    expect: { 'mongo-replica-set': ALL, 'replica-set-state': ALL },
  },
  {
    name: 'the default password',
    requirements: ['DEPLOYR-21'],
    in: ['primaryStandby'],
    nodes: all,
    plant: edit(GROOVY, SECRETS.mongo, 'changeme'),
    expect: { 'placeholder-secrets': ALL },
  },
  {
    name: 'a member that names no replica set',
    requirements: ['DEPLOYR-22'],
    in: ['primaryStandby'],
    plant: edit(MONGOD, /replSet.*\n/, ''),
    expect: { 'mongo-replica-set': 'n2' },
  },
  {
    name: 'a member of another replica set',
    requirements: ['DEPLOYR-22'],
    in: ['primaryStandby'],
    plant: edit(MONGOD, 'deployrReplSet', 'other'),
    expect: { 'mongo-replica-set': 'n2' },
  },
  {
    name: 'a member called localhost',
    requirements: ['DEPLOYR-24'],
    in: ['primaryStandby'],
    nodes: all,
    plant: edit(GROOVY, '192.0.2.13:8003', 'localhost:8003'),
    expect: { 'mongo-replica-set': ALL, 'replica-set-state': ALL },
  },
  {
    name: 'a member is missing in the list of one server',
    requirements: ['DEPLOYR-25'],
    in: ['primaryStandby'],
    plant: edit(GROOVY, '"192.0.2.13:8003"', '"192.0.2.15:8003"'),
    expect: { 'mongo-replica-set': 'n2', 'database-same': 'n2', 'replica-set-state': 'n2' },
  },
  {
    name: 'blanks inside an address, as in the document',
    requirements: ['DEPLOYR-25'],
    in: ['primaryStandby'],
    plant: edit(GROOVY, '"192.0.2.13:8003"', '" 192.0.2.13 : 8003"'),
    expect: { 'mongo-replica-set': 'n2' },
  },
  {
    name: 'typographic quotes, as in the document',
    requirements: ['DEPLOYR-25'],
    in: ['primaryStandby'],
    plant: edit(GROOVY, '"192.0.2.13:8003"', '\u201c192.0.2.13:8003\u201d'),
    expect: { 'mongo-replica-set': 'n2' },
  },
  {
    name: 'two primaries',
    requirements: ['DEPLOYR-23'],
    in: ['primaryStandby'],
    plant: (t, _, n) => ({ ...t, '/.fake-rs-status': replicaSetSaid(n, { n1: 'SECONDARY', [n]: 'PRIMARY' }) }),
    expect: { 'replica-set-state': 'n1 n2' },
  },
  {
    name: 'a member is down',
    requirements: ['DEPLOYR-23'],
    in: ['primaryStandby'],
    nodes: ['n1', 'n3'],
    plant: (t, _, n) => ({ ...t, '/.fake-rs-status': replicaSetSaid(n, { n2: '(not reachable/healthy)' }) }),
    expect: { 'replica-set-state': 'n2' },
  },
  {
    name: 'no primary',
    requirements: ['DEPLOYR-23'],
    in: ['primaryStandby'],
    nodes: all,
    plant: (t, _, n) => ({ ...t, '/.fake-rs-status': replicaSetSaid(n, { n1: 'SECONDARY' }) }),
    expect: { 'replica-set-state': ALL },
  },
  {
    name: 'an even number of votes in the replica set',
    requirements: ['DEPLOYR-14'],
    in: ['primaryStandby'],
    nodes: all,
    plant: (t, c, n) => edit('/.fake-rs-status', '"votes":1', '"votes":0')(t, c, n),
    expect: { 'replica-set-state': ALL },
  },
  {
    name: 'the replica set has another member',
    requirements: ['DEPLOYR-25'],
    in: ['primaryStandby'],
    nodes: all,
    plant: (t, _, n) => ({
      ...t,
      '/.fake-rs-status': replicaSetSaid(n, {}, ['n1', 'n2', '192.0.2.19']),
    }),
    expect: { 'replica-set-state': ALL },
  },
];

/** Rows that take living servers to break: test/real has those. */
export const LIVING: readonly string[] = [
  ...RELEASES_LIVING,
  ...['X-02', 'X-03', 'X-04', 'X-13', 'WB-13', 'PPM-AWS-11', 'PPM-AWS-12', 'PPM-AWS-15'],
  ...['CONN-10', 'CONN-18', 'DEPLOYR-10', 'DEPLOYR-11'],
];

/** For every check something that hides from it, on the second node, what it looks at: it must say unknown, and of nothing that it failed. */
export interface Blindness {
  readonly checks: readonly string[];
  readonly name: string;
  readonly in: Edition;
  readonly plant?: Plant;
  readonly nodes?: readonly string[];
  readonly inventory?: string;
  readonly after?: (folder: string) => void;
  /** As with `--active`. */
  readonly active?: boolean;
  /** Nodes of which it is unknown; default the second. */
  readonly unknown?: string;
}

/** Too large for one file to be read. */
const HUGE = `${'x = 1\n'.repeat(200)}`.repeat(1000);
/** As many files, each small enough to be read, as are together too large for one answer. */
const endless = (path: (letter: string) => string): Plant =>
  both(...['a', 'b', 'c', 'd'].map((letter) => put(path(letter), HUGE.slice(0, 400_000))));
const hide = (checks: readonly string[], name: string, edition: Edition, more: Partial<Blindness>): Blindness => ({
  checks,
  name,
  in: edition,
  ...more,
});
/** A file that leads to itself. */
const loop = (path: string) => (folder: string) => {
  rmSync(join(folder, 'n2', path));
  symlinkSync(path.replace(/^.*\//, ''), join(folder, 'n2', path));
};

export const BLINDNESSES: readonly Blindness[] = [
  hide(['clock-skew'], 'no clock', 'connect', { plant: drop('/.fake-clock') }),
  hide(['clock-source'], 'no time daemon to ask', 'connect', { plant: drop('/.fake-tracking') }),
  hide(
    [
      'shared-directories',
      'nfs-version',
      'nfs-mount-options',
      'file-locking',
      'storage-kind',
      'free-space',
      'mount-persistence',
    ],
    'no mount table',
    'workbench',
    { plant: drop('/proc/self/mountinfo') },
  ),
  hide(['metrics-path'], 'no mount table', 'connect', { plant: drop('/proc/self/mountinfo') }),
  hide(
    [
      'config-identical',
      'config-directory',
      'config-syntax',
      'load-balancing',
      'shared-storage-path',
      'file-lock-settings',
      'placeholder-secrets',
      'postgres-backend',
      'database-same',
      'name-resolution',
      'leftover-sqlite',
      'runtimes',
    ],
    'a configuration without end',
    'workbench',
    { plant: endless((x) => `${WB}launcher.${x}.conf`) },
  ),
  hide(['schedule-concurrency', 'rsconnect-version'], 'a configuration without end', 'connect', {
    plant: endless((x) => CONNECT.replace('rstudio-connect.gcfg', `${x}.gcfg`)),
  }),
  hide(['s3-settings'], 'a configuration without end', 's3', {
    plant: endless((x) => PM.replace('rstudio-pm.gcfg', `${x}.gcfg`)),
  }),
  hide(['s3-beta', 'product-version', 'upgrade-state'], 'no package database', 's3', {
    plant: drop('/var/lib/dpkg/status'),
  }),
  hide(['web-context', 'mongo-replica-set'], 'a configuration without end', 'primaryStandby', {
    plant: append(GROOVY, HUGE),
  }),
  hide(['replica-set-state'], 'no mongo shell', 'primaryStandby', { plant: drop('/.fake-rs-status') }),
  hide(['grid-nodes'], 'no product', 'loadBalanced', {
    plant: both(drop(GROOVY), drop(GROOVY.replace('deployr/deployr.groovy', 'mongo/mongod.conf'))),
  }),
  hide(['key-file', 'shared-keys'], 'a key that leads to itself', 'workbench', {
    after: loop('/etc/rstudio/secure-cookie-key'),
  }),
  hide(['s3-encryption-key'], 'a key that leads to itself', 's3', { after: loop('/etc/rstudio-pm/rstudio-pm.key') }),
  hide(['s3-bucket'], 'a store that does not answer', 's3', {
    inventory: 's3: { endpoint: "http://127.0.0.1:9", credentials: anonymous }\n',
    unknown: ALL,
  }),
  hide(['database-password'], 'no key to compare with', 'workbench', {
    plant: both(
      edit(
        `${WB}database.conf`,
        /password=.*/,
        'password=1A2B3C4DQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn1A2B3C4D',
      ),
      drop(`${WB}secure-cookie-key`),
    ),
  }),
  hide(['user-ids'], 'no accounts', 'workbench', { plant: drop('/etc/passwd') }),
  hide(['platform'], 'no release file', 'workbench', { plant: drop('/etc/os-release') }),
  hide(['node-address'], 'no host name', 'workbench', { plant: drop('/etc/hostname') }),
  hide(['node-count'], 'no host name', 'aws', { plant: drop('/etc/hostname') }),
  hide(['peer-ports'], 'no network', 'workbench', { plant: drop('/.fake-peers') }),
  hide(['cluster-state'], 'list-nodes does not answer', 'workbench', {
    nodes: ['n1', 'n2'],
    plant: drop('/.fake-list-nodes'),
    unknown: ALL,
  }),
  hide(['certificates'], 'the certificate is gone', 'workbench', {
    nodes: all,
    plant: both(append(`${WB}rserver.conf`, 'ssl-enabled=1\nssl-certificate=/etc/ssl/node.pem\n'), (t, c, n) =>
      n === 'n2' ? t : put('/etc/ssl/node.pem', GOOD)(t, c, n),
    ),
  }),
  hide(['database-health'], 'a credential that is none', 'workbench', {
    inventory: 'database: { url: { env: NOT_A_URL } }\n',
    unknown: ALL,
  }),
  hide(['sticky-sessions'], 'a load balancer that is not there', 'connect', {
    inventory: 'loadBalancer: { url: "http://127.0.0.1:1/" }\n',
    unknown: ALL,
  }),
  hide(['health-endpoint'], 'a configuration without end', 'connect', {
    plant: endless((x) => CONNECT.replace('rstudio-connect.gcfg', `${x}.gcfg`)),
  }),
  hide(['storage-visibility'], 'a folder that cannot be made', 'connect', {
    active: true,
    nodes: all,
    plant: (t, c) => ({ ...drop(c.data)(t, c, ''), [c.data]: { text: 'a file' } }),
    unknown: ALL,
  }),
  hide(['aws-architecture'], 'the address tells no region to ask', 'aws', {
    nodes: all,
    plant: edit(PM, '@db.example.com', '@db.rds.amazonaws.com'),
    unknown: ALL,
  }),
  hide(['instance-placement'], 'the metadata service is silent', 'aws', { plant: drop('/.fake-imds') }),
];
