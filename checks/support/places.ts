/** Compares storage: the directory of one setting on every node. Used by every check of storage. */

import type { Finding } from 'ha-preflight';
import { sift } from 'ha-preflight';
import type { Held, Look, Missing, Role } from 'ha-preflight/collectors/storage';
import { isNfs } from 'ha-preflight/formats/mountinfo';

export interface SharedPlace {
  /** For people: the path, and every path where the nodes name different ones. */
  readonly what: string;
  readonly setting: string;
  readonly role: Role;
  readonly held: readonly { readonly node: string; readonly value: Held }[];
  readonly missing: readonly { readonly node: string; readonly value: Missing }[];
  /** Nodes whose configuration does not name the directory. */
  readonly unset: readonly string[];
  /** What could not be seen. */
  readonly findings: Finding[];
}

type Nodes = readonly { readonly node: string; readonly storage: ReadonlyMap<string, Look> }[];

interface Key {
  readonly key: string;
  readonly setting: string;
  /** Undefined: it could be any. */
  readonly role?: Role;
}

function keyOf(path: string, look: Look): Key {
  const about = 'value' in look ? look.value : look.wanted;
  if (!about) return { key: `? ${path}`, setting: path };
  const { setting, role } = about;
  // one setting is one directory; of these there are several
  const many = role === 'homes' || setting === 'storage.paths';
  return { key: many ? `${setting} ${path}` : setting, setting, role };
}

/** The directories of these roles, each with what every node says of it. */
export function placesOf(nodes: Nodes, roles: readonly Role[]): SharedPlace[] {
  const groups = new Map<string, Key & { facts: { node: string; path: string; fact: Look }[] }>();
  for (const { node, storage } of nodes)
    for (const [path, fact] of storage) {
      const told = nodes.find((n) => 'value' in (n.storage.get(path) ?? {}));
      const key = keyOf(path, 'value' in fact || fact.wanted ? fact : (told?.storage.get(path) ?? fact));
      const group = groups.get(key.key) ?? { ...key, facts: [] };
      group.facts.push({ node, path, fact });
      groups.set(key.key, group);
    }
  return [...groups.values()]
    .filter((g) => g.role === undefined || roles.includes(g.role))
    .map(({ setting, role = 'shared', facts }) => {
      const { seen, findings } = sift(facts, `${setting} unseen`);
      return {
        what: [...new Set(facts.map((f) => f.path))].join(', '),
        setting,
        role,
        held: seen.flatMap(({ node, value }) => (value.missing ? [] : [{ node, value }])),
        missing: seen.flatMap(({ node, value }) => (value.missing ? [{ node, value }] : [])),
        unset: nodes.map((n) => n.node).filter((n) => !facts.some((f) => f.node === n)),
        findings,
      };
    });
}

const NETWORK =
  /^(nfs4?|cifs|smb3?|smbfs|ceph|glusterfs|lustre|gpfs|beegfs|afs|9p|virtiofs|ocfs2|gfs2|pvfs2|fuse\.(?!lxcfs).+)$/;

/** Whether the file system is one that several machines can share. `memory`: a tmpfs, which containers of one machine can share. */
export const sharingOf = (type: string): 'network' | 'memory' | 'local' =>
  NETWORK.test(type) ? 'network' : type === 'tmpfs' ? 'memory' : 'local';

/** Whether inodes of this file system are the server's own, and so the same on every client. */
export const serverInodes = (held: Held): boolean =>
  isNfs(held.mount) || /^(ceph|lustre|gpfs|beegfs|tmpfs)$/.test(held.mount.type);

/** Amazon EFS, plain or behind its helper's TLS tunnel on this host (sources 4.5). */
export const isEfs = (held: Held): boolean =>
  /\.efs\.[^.]+\.amazonaws\.com/.test(held.mount.source) ||
  (isNfs(held.mount) &&
    held.mount.source.startsWith('127.0.0.1:/') &&
    /^20\d{3}$/.test(held.options.get('port') ?? ''));
