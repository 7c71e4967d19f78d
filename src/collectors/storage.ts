/** The paths the product's nodes share (or must not share): what is there, which mount really holds it, and its identity. */

import { fileSystemKind } from '../formats/fileSystems.js';
import { type Mount, mountHolding, type NfsVolume } from '../formats/mountinfo.js';
import { tidyPath } from '../formats/paths.js';
import type { StorageService } from '../formats/storageService.js';
import { defineCollector } from '../model/collector.js';
import type { Asking, Response, Unseen } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { type MountTable, mountTable } from './mountTable.js';
import { MOUNT_TABLE } from './mountUnits.js';
import { ahead, homesRequest, pathRequest, TABLES } from './storageScript.js';

/** What a path is for. `homes`: home directories. `own`: one node's alone (Connect's metrics). */
export type Role = 'shared' | 'homes' | 'own';

export interface Wanted {
  readonly setting: string;
  readonly path: string;
  readonly role: Role;
}

export interface Held extends Wanted {
  readonly missing?: false;
  /** After links. */
  readonly resolved: string;
  readonly mount: Mount;
  /** From mountstats where the kernel gives them (it prints defaults too), else from mountinfo. */
  readonly options: ReadonlyMap<string, string>;
  /** The directory's inode; on NFS the server's own number, so the same on every client. */
  readonly inode: string;
  /** When it was last changed, in UTC, as fine as the file system keeps it: by the clock of the file server. */
  readonly changed: string;
  /** When its content was last changed. */
  readonly modified?: string;
  /** Numeric owner and group. */
  readonly uid: number;
  readonly gid: number;
  /** Some entries by name, with their inodes. */
  readonly entries: ReadonlyMap<string, string>;
  /** Which service is behind a network mount. */
  readonly service?: StorageService;
  /** The file server's own identity of the file system, where the kernel shows it. */
  readonly volume?: NfsVolume;
  /** Mounts on folders inside the directory. */
  readonly inside?: readonly Mount[];
  /** Of the file system: blocks and inodes, all and free. */
  readonly space?: {
    readonly blocks: number;
    readonly available: number;
    readonly inodes: number;
    readonly inodesFree: number;
  };
}

/** The node answered that nothing is at the path. */
export interface Missing extends Wanted {
  readonly missing: true;
  /** The mount the path would be on. */
  readonly mount?: Mount;
}

export type Place = Held | Missing;

/**
 * What could not be seen still has a name. `broken`: the mount answered with an error that only a lost file server or a
 * dead mount gives. `silent`: it did not answer at all. `late`: an automounter mounted it while the node was being asked.
 */
export type Look =
  | { readonly value: Place }
  | (Unseen & {
      readonly wanted?: Wanted;
      readonly fault?: 'broken' | 'silent';
      readonly mount?: Mount;
      readonly late?: true;
    });

const wanted = ({ cluster }: Asking, found: Found): Wanted[] => {
  const { shared, own } = settingsOf(found);
  const { homes, paths } = cluster.storage;
  return [
    ...shared.map((s): Wanted => ({ ...s, role: 'shared' })),
    ...own.map((s): Wanted => ({ ...s, role: 'own' })),
    ...(homes === undefined ? [] : [{ setting: 'storage.homes', path: homes, role: 'homes' as const }]),
    ...paths.map((path): Wanted => ({ setting: 'storage.paths', path, role: 'shared' })),
  ];
};

/** `major:minor` of the number `stat` prints. */
const deviceOf = (number: number): string => `${(number >> 8) & 0xfff}:${(number & 0xff) | ((number >> 12) & 0xfff00)}`;

/** Errors of a mount whose server or helper is gone, in the words of the C library (ESTALE, EIO, ENOTCONN, EINVAL, …). */
const BROKEN =
  /Stale (?:NFS )?file handle|Input\/output error|Remote I\/O error|Transport endpoint is not connected|Invalid argument|Host is down|No such device/;

const inside = (path: string, folder: string): boolean =>
  path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`);

/** Why nothing is known of a path, and whether that is a fault of its mount. */
function unseenPlace(about: Wanted, why: string, { mounts, tree }: MountTable): Look {
  const mount = mountHolding(mounts, tidyPath(about.path));
  const network = tree === undefined && mount !== undefined && fileSystemKind(mount.type).sharing !== 'local';
  const fault = /^did not answer within/.test(why) ? 'silent' : BROKEN.test(why) ? 'broken' : undefined;
  return {
    wanted: about,
    unseen: `${about.path} (${about.setting}): ${why}`,
    ...(network && fault !== undefined && { fault, mount }),
  };
}

function spaceOf(text: string | undefined): Held['space'] {
  const [blocks, available, inodes, inodesFree, ...more] = (text ?? '').trim().split(/\s+/).map(Number);
  const values = [blocks, available, inodes, inodesFree];
  return more.length === 0 && values.every(Number.isFinite)
    ? { blocks: blocks!, available: available!, inodes: inodes!, inodesFree: inodesFree! }
    : undefined;
}

function placeFrom(about: Wanted, lines: readonly string[], stderr: string, table: MountTable): Look {
  const value = (name: string): string | undefined =>
    lines.find((l) => l.startsWith(`=${name} `))?.slice(name.length + 2);
  const [device, inode, uid, gid, changed, modified] = value('stat')?.split('|') ?? [];
  const at = value('at');
  if (device === undefined || at === undefined)
    return unseenPlace(about, value('trouble') ?? (stderr.trim().split('\n')[0] || 'no answer'), table);
  // a tree can share a folder outside of it through a link: to the node it is at its own path
  const { tree } = table;
  const below = tree === undefined || at === tree || at.startsWith(tree === '/' ? '/' : `${tree}/`);
  const resolved =
    tree === undefined || tree === '/' ? at : tidyPath(below ? at.slice(tree.length) || '/' : about.path);
  const real = tree === undefined ? deviceOf(Number(device)) : undefined;
  const mount = mountHolding(table.mounts, resolved, real);
  if (lines.includes('=missing')) return { value: { ...about, missing: true, ...(mount && { mount }) } };
  if (!mount)
    return {
      wanted: about,
      unseen: `${about.path} (${about.setting}): the mount that holds it is not in /proc/self/mountinfo`,
    };
  // an automounter's own file system holds no files: what answered there is a mount that the table does not have yet
  if (mount.type === 'autofs' && real !== undefined && mount.device !== real)
    return {
      wanted: about,
      unseen: `${about.path} (${about.setting}) was mounted while the node was being asked: run the check again`,
      late: true,
    };
  const space = spaceOf(value('space'));
  const volume = table.volumes.get(mount.device);
  const mountsInside = table.mounts.filter((m) => inside(m.point, resolved));
  return {
    value: {
      ...about,
      resolved,
      mount,
      options: new Map([...mount.options, ...(table.stats.get(mount.point) ?? [])]),
      inode: inode!,
      changed: changed!,
      ...(modified !== undefined && { modified }),
      uid: Number(uid),
      gid: Number(gid),
      entries: new Map(
        lines.flatMap((l): [string, string][] => {
          const m = /^ *(\d+) (.+)$/.exec(l);
          return m && m[2] !== '.' && m[2] !== '..' ? [[m[2]!, m[1]!]] : [];
        }),
      ),
      service: table.service(mount),
      ...(volume && { volume }),
      ...(mountsInside.length > 0 && { inside: mountsInside }),
      ...(space && { space }),
    },
  };
}

/** By path (and setting, where two name one path). A path that hangs hides only itself. */
export const storage = defineCollector<ReadonlyMap<string, Look>, Found>({
  id: 'storage',
  requests: (asking, found) => {
    const paths = [...new Set(wanted(asking, found).map(({ path }) => path))];
    const homes = homesRequest(asking, found, paths);
    const base = homes === undefined && paths.length > 1 ? [ahead(paths)] : [];
    return {
      ...(homes !== undefined && { homes }),
      ...Object.fromEntries(paths.map((path, i) => [`path ${path}`, pathRequest(path, i, base)])),
      mounts: { base: [MOUNT_TABLE], first: TABLES, script: '', direct: true },
    };
  },
  parse(answers, asking, found) {
    const table = mountTable(answers.mounts!.stdout);
    const places = new Map<string, Look>();
    for (const about of wanted(asking, found)) {
      const { stdout, stderr } = answers[`path ${about.path}`]!;
      // two settings may name one path
      const key = places.has(about.path) ? `${about.path} (${about.setting})` : about.path;
      places.set(key, placeFrom(about, stdout.split('\n'), stderr, table));
    }
    const configured = asking.cluster.storage.homes;
    const { parents, users } = homePlaces(answers.homes, table);
    for (const [path, look] of configured === undefined ? parents : []) if (!places.has(path)) places.set(path, look);
    // where each user's home is a separate mount, the folder above them says nothing
    for (const parent of configured === undefined ? parents.keys() : [configured]) {
      const below = [...users].filter(([path, look]) => inside(path, parent) && isOwnMount(look, parent));
      if (below.length === 0) continue;
      places.delete(parent);
      for (const [path, look] of below) places.set(path, look);
    }
    return places;
  },
});

/** Whether a home below `parent` is on another mount than `parent` itself is. */
const isOwnMount = (look: Look, parent: string): boolean => {
  if ('unseen' in look && look.late) return true;
  const mount = 'value' in look ? look.value.mount : look.mount;
  return mount !== undefined && inside(mount.point, parent);
};

/** The folders above the users' homes, and the homes themselves. */
function homePlaces(
  answer: Response | undefined,
  table: MountTable,
): { parents: ReadonlyMap<string, Look>; users: ReadonlyMap<string, Look> } {
  const about = (path: string): Wanted => ({ setting: 'home directories', path, role: 'homes' });
  const none = new Map<string, Look>();
  if (!answer) return { parents: none, users: none };
  if (answer.exit === -1)
    return {
      parents: new Map([
        ['home directories', { wanted: about('home directories'), unseen: `home directories: ${answer.stderr}` }],
      ]),
      users: none,
    };
  const of = (name: 'home' | 'user'): ReadonlyMap<string, Look> =>
    new Map(
      answer.stdout
        .split(/^=(?=home |user )/m)
        .filter((part) => part.startsWith(`${name} `))
        .map((part) => {
          const [head = '', ...lines] = part.split('\n');
          const path = head.slice(5);
          return [path, placeFrom(about(path), lines, answer.stderr, table)];
        }),
    );
  return { parents: of('home'), users: of('user') };
}
