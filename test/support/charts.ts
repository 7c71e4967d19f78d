/**
 * The layouts of the vendor's Helm charts and operator as clean clusters: files where the chart mounts them, written as
 * the kubelet writes a volume, and a container without fstab, systemd and time daemon. Layouts: rstudio/helm f163d4f,
 * posit-dev/team-operator c57bf8d.
 */

import { mkdirSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree, TreeFile } from '../../src/demo/tree.js';
import { EDITIONS, type ProductCluster, SECRETS } from './clusters.js';

/** Variables of the running server. */
const environ = (variables: Readonly<Record<string, string>>): Tree => ({
  '/proc/100/environ': {
    text: Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\0`)
      .join(''),
  },
});

/** A pod has none of these. */
const OF_A_HOST = /^\/etc\/(fstab$|systemd\/)|^\/\.fake-tracking$/;

const inPod = (tree: Tree, name: string): Tree => ({
  ...Object.fromEntries(Object.entries(tree).filter(([path]) => !OF_A_HOST.test(path))),
  '/proc/1/comm': { text: 'tini\n' },
  '/proc/1/cgroup': { text: `0::/kubepods.slice/pod-${name}\n` },
});

/** The file of that name moves to the directory that the chart mounts it in. */
function moved(tree: Tree, from: string, to: (file: string) => string): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([path, file]) => [
      path.startsWith(`${from}/`) ? to(path.slice(from.length + 1)) : path,
      file,
    ]),
  );
}

const SESSION = /^(rsession|repos|notifications)\.conf$/;
const SECRET = /^(database\.conf|secure-cookie-key)$/;

const inChart = (file: string): string => {
  if (file === 'load-balancer') return '/mnt/load-balancer/rstudio/load-balancer';
  if (/^launcher\.p/.test(file)) return `/mnt/dynamic/rstudio/${file}`;
  if (SECRET.test(file)) return `/mnt/secret-configmap/rstudio/${file}`;
  return `/mnt/${SESSION.test(file) ? 'session-configmap' : 'configmap'}/rstudio/${file}`;
};
const inOperator = (file: string): string => {
  if (file === 'secure-cookie-key' || /^launcher\.p/.test(file)) return `/mnt/secure/rstudio/${file}`;
  if (SECRET.test(file)) return `/mnt/secure-config/rstudio/${file}`;
  return `/mnt/${SESSION.test(file) ? 'session' : 'config'}/rstudio/${file}`;
};

const CHART_DIRECTORIES =
  '/mnt/dynamic:/mnt/session-configmap:/mnt/secret-configmap:/mnt/configmap:/mnt/load-balancer/';
const OPERATOR_DIRECTORIES = '/mnt/config/rstudio:/mnt/config:/mnt/secure:/mnt/secure-config:/mnt/session';

const workbench = (directories: string, at: (file: string) => string) => (name: string, names?: readonly string[]) => ({
  ...inPod(moved(EDITIONS.launcher.node(name, names), '/etc/rstudio', at), name),
  '/etc/rstudio/README': { text: 'see /mnt\n' },
  ...environ({ PATH: '/usr/bin', XDG_CONFIG_DIRS: directories }),
});

/** Lists as the operator's: `secure-cookie-key-file` names the key. */
function operator(name: string, names?: readonly string[]): Tree {
  const tree: Tree = workbench(OPERATOR_DIRECTORIES, inOperator)(name, names);
  const server = tree['/mnt/config/rstudio/rserver.conf']!;
  return {
    ...tree,
    '/mnt/config/rstudio/rserver.conf': {
      text: `${server.text}secure-cookie-key-file=/mnt/secure/rstudio/secure-cookie-key\n`,
    },
  };
}

const unquoted = (file: TreeFile): TreeFile => ({ ...file, text: `${file.text}`.replaceAll(/ = "(.*)"$/gm, ' = $1') });

export const CHARTS = {
  workbench: {
    ...EDITIONS.launcher,
    name: 'Workbench chart',
    config: '/mnt/session-configmap/rstudio/rsession.conf',
    key: '/mnt/secret-configmap/rstudio/secure-cookie-key',
    node: workbench(CHART_DIRECTORIES, inChart),
  },
  operator: {
    ...EDITIONS.launcher,
    name: 'Workbench of the operator',
    config: '/mnt/session/rstudio/rsession.conf',
    key: '/mnt/secure/rstudio/secure-cookie-key',
    node: operator,
  },
  connect: {
    ...EDITIONS.newConnect,
    name: 'Connect chart',
    node: (name) => {
      const tree = EDITIONS.newConnect.node(name);
      return {
        ...inPod(tree, name),
        '/etc/rstudio-connect/rstudio-connect.gcfg': unquoted(tree['/etc/rstudio-connect/rstudio-connect.gcfg']!),
        ...environ({ CONNECT_POSTGRES_PASSWORD: SECRETS.database }),
      };
    },
  },
  packageManager: {
    ...EDITIONS.packageManager,
    name: 'Package Manager chart, its key a variable',
    node: (name) => {
      const { [EDITIONS.packageManager.key]: key, ...tree } = EDITIONS.packageManager.node(name);
      const path = EDITIONS.packageManager.config;
      const text = `${tree[path]!.text}`.replace(/^EncryptionKeyPath.*\n/m, '');
      return {
        ...inPod(tree, name),
        [path]: { ...tree[path]!, text },
        ...environ({ PACKAGEMANAGER_ENCRYPTION_KEY: `${key!.text}` }),
      };
    },
  },
} as const satisfies Readonly<Record<string, ProductCluster>>;

/** Makes of each folder `mnt/VOLUME` of a node what the kubelet's atomic writer leaves: `..data` and links. */
export function asVolumes(node: string, stamp: string): void {
  const volumes = join(node, 'mnt');
  if (!readdirSync(node).includes('mnt')) return;
  for (const volume of readdirSync(volumes)) {
    const at = join(volumes, volume, 'rstudio');
    // what a container writes itself is not such a volume
    if (/^(dynamic|load-balancer)$/.test(volume) || !statSync(at).isDirectory()) continue;
    const names = readdirSync(at);
    mkdirSync(join(at, stamp));
    symlinkSync(stamp, join(at, '..data'));
    for (const name of names) {
      renameSync(join(at, name), join(at, stamp, name));
      symlinkSync(join('..data', name), join(at, name));
    }
  }
}
