/** Node trees: the files of a node in a folder, asked by the real gatherer through `local` with `root`. */

import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface TreeFile {
  readonly text: string | Uint8Array;
  /** Default 0644. */
  readonly mode?: number;
  /** Owner where this process may give files away; elsewhere the tree's passwd maps our own id to it. */
  readonly uid?: number;
  /** Last modification, seconds since 1970. */
  readonly modified?: number;
  /** A folder next to the node trees that several of them share: the path is a link to it. */
  readonly shared?: string;
}

/** Paths as on the node; a path ending in `/` is an empty folder. */
export type Tree = Readonly<Record<string, TreeFile>>;

const root = process.getuid?.() === 0;

/** The id files of the service account really get: asked for where we are root, else our own. */
export const ownId = (wanted: number): number => (root ? wanted : (process.getuid?.() ?? wanted));

export function writeTree(folder: string, tree: Tree): void {
  for (const [path, { text, mode = 0o644, uid, modified, shared }] of Object.entries(tree)) {
    const at = join(folder, path);
    mkdirSync(path.endsWith('/') && shared === undefined ? at : dirname(at), { recursive: true });
    if (shared !== undefined) {
      const target = join(folder, '..', shared);
      mkdirSync(target, { recursive: true });
      // distinguishes it from another folder
      for (const name of ['a', 'b', 'c']) writeFileSync(join(target, name), '', { flag: 'a' });
      symlinkSync(
        join('../'.repeat(path.split('/').length - (path.endsWith('/') ? 2 : 1)), shared),
        at.replace(/\/$/, ''),
      );
      continue;
    }
    if (!path.endsWith('/')) {
      writeFileSync(at, text);
      // not by writeFile's mode: the umask would thin it
      chmodSync(at, mode);
    }
    if (uid !== undefined && root) chownSync(at, uid, uid);
    if (modified !== undefined) utimesSync(at, modified, modified);
  }
}

/** A folder all nodes of a cluster share. */
export const sharedFolder = (name: string): TreeFile => ({ text: '', shared: name });

/** One line of /proc/self/mountinfo for an NFS mount. */
export const nfsMount = (point: string, options: string, version = '4.2'): string =>
  `412 29 0:61 / ${point} rw,relatime shared:215 - ${version.startsWith('4') ? 'nfs4' : 'nfs'} nfs1.example.com:/export rw,vers=${version},rsize=1048576,namlen=255,hard,proto=tcp,timeo=600,sec=sys,${options}local_lock=none,addr=192.0.2.5`;

export interface NodeFiles {
  readonly name: string;
  /** Lines of /proc/self/mountinfo in addition to that of the root. */
  readonly mounts: readonly string[];
  /** Package and version as dpkg has them. */
  readonly package: readonly [string, string];
  /** `name:uid` of people in addition to the service account. */
  readonly people: Readonly<Record<string, number>>;
  readonly service: { readonly name: string; readonly uid: number };
  /** Seconds the pretended clock is ahead. */
  readonly clockAhead: number;
  /** systemd unit of the product; it waits for the mounts. */
  readonly unit: string;
}

/** chrony's own words: synchronised a moment ago, stratum 3. */
export const TRACKING = `C0000205,ntp1.example.com,3,${Math.floor(Date.now() / 1000) - 30}.000000000,0.000012000,0.000010000,0.000030000,-1.000,0.001,0.020,0.001200000,0.000400000,64.0,Normal`;

/** What every node has, whatever the product. */
export function baseTree(node: NodeFiles): Tree {
  const users = [...Object.entries(node.people), [node.service.name, node.service.uid] as const];
  const points = node.mounts.map((line) => line.split(' ')[4]!);
  return {
    '/etc/hostname': { text: `${node.name}\n` },
    '/etc/machine-id': { text: `${createHash('md5').update(node.name).digest('hex')}\n` },
    '/etc/os-release': { text: 'ID=debian\nVERSION_ID="12"\n' },
    '/etc/hosts': { text: '127.0.0.1 localhost\n192.0.2.10 db.example.com\n' },
    '/etc/fstab': { text: points.map((p) => `nfs1.example.com:/export ${p} nfs4 _netdev 0 0\n`).join('') },
    [`/etc/systemd/system/${node.unit}.service.d/mounts.conf`]: {
      text: `[Unit]\nRequiresMountsFor=${points.join(' ')}\n`,
    },
    '/opt/R/4.3.1/bin/R': { text: '' },
    '/etc/passwd': {
      text: [
        'root:x:0:0:root:/root:/bin/sh',
        ...users.map(([n, id]) => `${n}:x:${id}:${id}::/home/${n}:/bin/sh`),
        '',
      ].join('\n'),
    },
    '/etc/group': { text: ['root:x:0:', ...users.map(([n, id]) => `${n}:x:${id}:`), ''].join('\n') },
    '/proc/self/mountinfo': {
      text: ['29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw', ...node.mounts, ''].join('\n'),
    },
    '/var/lib/dpkg/status': {
      text: `Package: ${node.package[0]}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${node.package[1]}\n\n`,
    },
    '/.fake-clock': { text: `${node.clockAhead}\n` },
    '/.fake-tracking': { text: `${TRACKING}\n` },
    '/.fake-space': { text: '=space 1000000 400000 1000000 900000\n' },
  };
}
