/** Compares storage: the directory of one setting on every node. Used by every check of storage. */

import type { Finding } from 'ha-preflight';
import { sift } from 'ha-preflight';
import type { Held, Look, Missing, Place, Role, Wanted } from 'ha-preflight/collectors/storagePlace';
import { fileSystemKind } from 'ha-preflight/formats/fileSystems';
import { isNfs } from 'ha-preflight/formats/mountinfo';
import { isInside, tidyPath } from 'ha-preflight/formats/paths';

export interface SharedPlace {
  /** For people: the path, and every path where the nodes name different ones. */
  readonly what: string;
  readonly setting: string;
  /** The path or paths of the setting alone. */
  readonly subject: string;
  readonly role: Role;
  readonly held: readonly { readonly node: string; readonly value: Held }[];
  readonly missing: readonly { readonly node: string; readonly value: Missing }[];
  /** Nodes whose configuration does not name the directory. */
  readonly unset: readonly string[];
  /** Nodes whose mount gave an error or no answer: a fault of the mount, which shared-directories reports. */
  readonly faulty: readonly { readonly node: string; readonly why: string; readonly fault: 'broken' | 'silent' }[];
  /** Why it is not known on a node, and what could not be seen as findings. */
  readonly blind: readonly { readonly node: string; readonly fact: { readonly unseen: string } }[];
  readonly findings: Finding[];
}

type Nodes = readonly { readonly node: string; readonly storage: ReadonlyMap<string, Look> }[];

interface Key {
  readonly key: string;
  readonly setting: string;
  /** Undefined: it could be any. */
  readonly role?: Role;
}

const aboutOf = (look: Look): Wanted | undefined => ('value' in look ? look.value : look.wanted);

function keyOf(path: string, look: Look): Key {
  const about = aboutOf(look);
  if (!about) return { key: `? ${path}`, setting: path };
  const { setting, role } = about;
  // one setting is one directory; of these there are several
  const many = role === 'homes' || setting === 'storage.paths';
  return { key: many ? `${setting} ${path}` : setting, setting, role };
}

/** Whether a home is on another mount than the folder above it. */
function isOwnMount(look: Look, folder: string): boolean {
  if ('unseen' in look && look.late) return true;
  const point = 'value' in look ? look.value.mount?.point : look.mount?.point;
  return point !== undefined && isInside(point, tidyPath(folder));
}

const isMissingHome = (look: Look): boolean =>
  'value' in look && look.value.missing === true && look.value.folder !== undefined;

/**
 * Folders in which some node mounts the homes one by one. The folder says nothing then: each home is compared, on every
 * node that has been asked for it.
 */
function foldersOfMounts(nodes: Nodes): Set<string> {
  const looks = nodes.flatMap((n) => [...n.storage.values()]);
  return new Set(
    looks.flatMap((look) => {
      const folder = aboutOf(look)?.folder;
      return folder !== undefined && isOwnMount(look, folder) ? [folder] : [];
    }),
  );
}

const isOpen = (look: Look): boolean => aboutOf(look)?.doubt !== undefined;

/** Directories of these roles of which it is not known whether a node uses them: one check says so, once. */
export function openPlaces(nodes: Nodes, roles: readonly Role[]): Finding[] {
  const facts = nodes.flatMap(({ node, storage }) =>
    [...storage.values()]
      .filter((fact) => isOpen(fact) && roles.includes(aboutOf(fact)!.role))
      .map((fact) => ({ node, fact, setting: aboutOf(fact)!.setting })),
  );
  return [...new Set(facts.map((f) => f.setting))].flatMap(
    (setting) =>
      sift(
        facts.filter((f) => f.setting === setting),
        `${setting} open`,
      ).findings,
  );
}

/** The directories of these roles, each with what every node says of it. */
export function placesOf(nodes: Nodes, roles: readonly Role[]): SharedPlace[] {
  const groups = new Map<string, Key & { facts: { node: string; path: string; fact: Look }[] }>();
  const apart = foldersOfMounts(nodes);
  for (const { node, storage } of nodes) {
    const folders = new Set([...storage.values()].map((look) => aboutOf(look)?.folder));
    for (const [path, fact] of storage) {
      const folder = aboutOf(fact)?.folder;
      // either the homes in a folder, or the folder
      if (folder === undefined ? apart.has(path) && folders.has(path) : !apart.has(folder)) continue;
      const told = nodes.find((n) => 'value' in (n.storage.get(path) ?? {}));
      const key = keyOf(path, aboutOf(fact) ? fact : (told?.storage.get(path) ?? fact));
      const group = groups.get(key.key) ?? { ...key, facts: [] };
      group.facts.push({ node, path, fact });
      groups.set(key.key, group);
    }
  }
  return (
    [...groups.values()]
      .filter((g) => g.role === undefined || roles.includes(g.role))
      // a home that nobody has yet: many are made at the first login
      .filter((g) => !g.facts.every(({ fact }) => isMissingHome(fact)))
      .filter((g) => !g.facts.every(({ fact }) => isOpen(fact)))
      .map(({ setting, role = 'shared', facts: all }) => {
        const facts = all.filter(({ fact }) => !isOpen(fact));
        const { seen, findings } = sift(facts, `${setting} unseen`);
        const what = [...new Set(facts.map((f) => f.path))].join(', ');
        return {
          what,
          subject: what,
          setting,
          role,
          held: seen.flatMap(({ node, value }) => (value.missing ? [] : [{ node, value }])),
          missing: seen.flatMap(({ node, value }) => (value.missing ? [{ node, value }] : [])),
          unset: nodes.map((n) => n.node).filter((n) => !all.some((f) => f.node === n)),
          blind: facts.flatMap(({ node, fact }) => ('unseen' in fact ? [{ node, fact }] : [])),
          faulty: facts.flatMap(({ node, fact }) =>
            'unseen' in fact && fact.fault !== undefined ? [{ node, why: fact.unseen, fault: fact.fault }] : [],
          ),
          findings,
        };
      })
  );
}

/**
 * One mount is one finding: places that every node has on the same mount are judged as one, under the first's setting.
 * `what` then names all of them.
 */
export function byMount(places: readonly SharedPlace[]): SharedPlace[] {
  const groups = new Map<string, SharedPlace[]>();
  for (const [i, place] of places.entries()) {
    const mounts = place.held.map((h) => `${h.node}\n${h.value.mount.point}`);
    const key = mounts.length === 0 ? `alone ${i}` : mounts.join('\n');
    groups.set(key, [...(groups.get(key) ?? []), place]);
  }
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    what: [...new Set(group.map((p) => p.what))].join(', '),
    blind: group.flatMap((p) => p.blind),
    findings: group.flatMap((p) => p.findings),
  }));
}

/**
 * Whether the file system is one that several machines can share. `memory`: a tmpfs, which containers of one machine
 * can share. `unknown`: the type says nothing, and only a proof does.
 */
export function sharingOf(type: string, source?: string): 'network' | 'memory' | 'local' | 'unknown' {
  if (type === 'tmpfs') return 'memory';
  const { sharing } = fileSystemKind(type, source);
  return sharing === 'shared' || sharing === 'unfit' ? 'network' : sharing;
}

/** The directory as these nodes name it: others may name a different one. */
export const pathsOf = (at: readonly { readonly value: Place }[]): string =>
  [...new Set(at.map(({ value }) => value.path))].join(', ');

/** Of the mount a directory is on. */
export const sharing = ({ mount }: { readonly mount?: Held['mount'] }): ReturnType<typeof sharingOf> =>
  mount === undefined ? 'unknown' : sharingOf(mount.type, mount.source);

/** The folder that a path is, or would be, in the file system mounted there, whatever the mount point is called. */
export const folderIn = ({ path, mount }: Place): string =>
  mount === undefined ? path : tidyPath(`${mount.root}/${tidyPath(path).slice(mount.point.length)}`);

/** Whether inodes of this file system are the server's own, and so the same on every client. */
export const serverInodes = (held: Held): boolean =>
  isNfs(held.mount) || /^(ceph|lustre|gpfs|beegfs|wekafs|tmpfs)$/.test(held.mount.type);

/** Amazon EFS, by its name, its helper or its type in /etc/fstab (sources 4.5). */
export const isEfs = (held: Held): boolean => held.service?.service === 'efs';

/** NFS through a tunnel of the node's own, and nothing shows which service is behind it. */
export const isTunnel = (held: Held): boolean => held.service?.service === 'tunnel';
