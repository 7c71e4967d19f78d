/** Node trees: the files of a node in a folder, asked by the real gatherer through `local` with `root`. */

import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface TreeFile {
  readonly text: string | Uint8Array;
  /** Default 0644. */
  readonly mode?: number;
  /** Owner where this process may give files away; elsewhere the tree's passwd maps our own id to it. */
  readonly uid?: number;
}

/** Paths as on the node; a path ending in `/` is an empty folder. */
export type Tree = Readonly<Record<string, TreeFile>>;

const root = process.getuid?.() === 0;

/** The id files of the service account really get: asked for where we are root, else our own. */
export const ownId = (wanted: number): number => (root ? wanted : (process.getuid?.() ?? wanted));

export function writeTree(folder: string, tree: Tree): void {
  for (const [path, { text, mode = 0o644, uid }] of Object.entries(tree)) {
    const at = join(folder, path);
    if (path.endsWith('/')) {
      mkdirSync(at, { recursive: true });
      continue;
    }
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
    // not by writeFile's mode: the umask would thin it
    chmodSync(at, mode);
    if (uid !== undefined && root) chownSync(at, uid, uid);
  }
}

/** One line of /proc/self/mountinfo for an NFS mount. */
export const nfsMount = (point: string, options: string, version = '4.2'): string =>
  `412 29 0:61 / ${point} rw,relatime shared:215 - ${version.startsWith('4') ? 'nfs4' : 'nfs'} nfs1.example.com:/export rw,vers=${version},rsize=1048576,namlen=255,hard,proto=tcp,timeo=600,sec=sys,${options}local_lock=none,addr=192.0.2.5`;

export interface NodeFiles {
  readonly name: string;
  /** Lines of /proc/self/mountinfo beside the root's. */
  readonly mounts: readonly string[];
  /** Package and version as dpkg has them. */
  readonly package: readonly [string, string];
  /** `name:uid` of people beside the service account. */
  readonly people: Readonly<Record<string, number>>;
  readonly service: { readonly name: string; readonly uid: number };
  /** Seconds the pretended clock is ahead. */
  readonly clockAhead: number;
}

/** What every node has, whatever the product. */
export function baseTree(node: NodeFiles): Tree {
  const users = [...Object.entries(node.people), [node.service.name, node.service.uid] as const];
  return {
    '/etc/hostname': { text: `${node.name}\n` },
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
      text: `Package: ${node.package[0]}\nStatus: install ok installed\nVersion: ${node.package[1]}\n\n`,
    },
    '/.fake-clock': { text: `${node.clockAhead}\n` },
  };
}
