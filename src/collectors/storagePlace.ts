/** One path that nodes share: what is there, which mount really holds it, and its identity; from what a node said of it. */

import { fileSystemKind } from '../formats/fileSystems.js';
import { type Mount, mountHolding, type NfsVolume } from '../formats/mountinfo.js';
import { isInside, tidyPath, within } from '../formats/paths.js';
import type { StorageService } from '../formats/storageService.js';
import type { Unseen } from '../model/evidence.js';
import type { MountTable } from './mountTable.js';

/** What a path is for. `homes`: home directories. `own`: one node's alone (Connect's metrics). */
export type Role = 'shared' | 'homes' | 'own';

export interface Wanted {
  readonly setting: string;
  readonly path: string;
  readonly role: Role;
  /** Of one user's home: the folder above it, which is looked at too. */
  readonly folder?: string;
  /** Why it is not known whether the product uses it. */
  readonly doubt?: string;
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
  /** Mounts that hold the mount point, from the inside out. */
  readonly above?: readonly Mount[];
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

/** `major:minor` of the number `stat` prints. */
const deviceOf = (number: number): string => `${(number >> 8) & 0xfff}:${(number & 0xff) | ((number >> 12) & 0xfff00)}`;

/** Errors of a mount whose server or helper is gone, in the words of the C library (ESTALE, EIO, ENOTCONN, EINVAL, …). */
const BROKEN =
  /Stale (?:NFS )?file handle|Input\/output error|Remote I\/O error|Transport endpoint is not connected|Invalid argument|Host is down|No such device/;

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

/** What the mount point is on, what that is on, and so on; the root file system is left out. */
function mountsAbove(mounts: readonly Mount[], point: string): Mount[] {
  const outer = mounts.filter((m) => m.point !== '/' && isInside(point, m.point));
  const holding = mountHolding(outer, point);
  return holding === undefined ? [] : [holding, ...mountsAbove(mounts, holding.point)];
}

/** From the answer of `look` (storageScript.ts) and the mount table, which was read after it. */
export function placeFrom(about: Wanted, lines: readonly string[], stderr: string, table: MountTable): Look {
  // the directory it counts from is that of the product, not of who asks
  if (!about.path.startsWith('/'))
    return {
      wanted: about,
      unseen: `${about.setting}=${about.path} is not an absolute path: from where it counts is not known`,
    };
  const value = (name: string): string | undefined =>
    lines.find((l) => l.startsWith(`=${name} `))?.slice(name.length + 2);
  const [device, inode, uid, gid, changed, modified] = value('stat')?.split('|') ?? [];
  const at = value('at');
  if (device === undefined || at === undefined)
    return unseenPlace(about, value('trouble') ?? (stderr.trim().split('\n')[0] || 'no answer'), table);
  // a tree can share a folder outside of it through a link: to the node it is at its own path
  const { tree } = table;
  const below = tree === undefined || within(at, tree);
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
  const above = mountsAbove(table.mounts, mount.point);
  const mountsInside = table.mounts.filter((m) => isInside(m.point, resolved));
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
      ...(above.length > 0 && { above }),
      ...(mountsInside.length > 0 && { inside: mountsInside }),
      ...(space && { space }),
    },
  };
}
