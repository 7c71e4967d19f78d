/**
 * /proc/self/mountinfo and /proc/self/mountstats. NFS options are in the *super* options, after ` - fstype source`;
 * the kernel leaves out what equals its default, and of two mounts on one point the last is the one in force.
 * Source: docs/sources.md 4.5 (Linux fs/nfs/super.c).
 */

import { isInside, within } from './paths.js';

export interface Mount {
  /** Numbers of this mount and of the one that its point is on. */
  readonly id?: string;
  readonly on?: string;
  /** `major:minor`. */
  readonly device: string;
  /** The directory of the file system that is mounted: not `/` for a bind mount. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
  /** Options in force by name; a bare option has the value `''`. */
  readonly options: ReadonlyMap<string, string>;
}

/** `\\040` and its like, as mount tables escape blanks and backslashes. */
export const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** `a,b=c` by name; a bare option has the value `''`. */
export const optionsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split(',')
      .filter((o) => o !== '')
      .map((option): [string, string] => {
        const at = option.indexOf('=');
        return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)];
      }),
  );

/** Mounts in the kernel's order; lines that are not of the form are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line): Mount[] => {
    const [mine, theirs] = line.split(' - ', 2);
    const left = mine?.trim().split(' ') ?? [];
    const right = theirs?.trim().split(' ') ?? [];
    const [id, on, device, root, point, options] = left;
    const [type, source, superOptions] = right;
    if (!device || !root || !point || options === undefined || !type || source === undefined) return [];
    return [
      {
        id: id!,
        on: on!,
        device,
        root: unescapeOctal(root),
        point: unescapeOctal(point),
        type,
        source: unescapeOctal(source),
        options: optionsOf([options, superOptions ?? ''].join(',')),
      },
    ];
  });
}

/** Options by mount point from mountstats, where the kernel always prints the four cache times. */
export function parseMountstats(text: string): Map<string, ReadonlyMap<string, string>> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  let point: string | undefined;
  for (const line of text.split('\n')) {
    const device = /^device \S+ mounted on (\S+) with fstype/.exec(line);
    if (device) point = unescapeOctal(device[1]!);
    const options = /^\s+opts:\s*(\S+)/.exec(line);
    if (options && point !== undefined) found.set(point, optionsOf(options[1]!));
  }
  return found;
}

/** Whether a later mount, on a folder above it, hides this one: then that one is not among those that it stands on. */
function hidden(mounts: readonly Mount[], mount: Mount): boolean {
  const carries = new Set<Mount>();
  for (let at: Mount | undefined = mount; at && !carries.has(at); ) {
    carries.add(at);
    const { on }: Mount = at;
    at = mounts.find((m) => m.id !== undefined && m.id === on);
  }
  return mounts
    .slice(mounts.indexOf(mount) + 1)
    .some((m) => m.point !== '/' && isInside(mount.point, m.point) && !carries.has(m));
}

/**
 * The mount that holds `path` (already resolved, absolute): the longest mount point above it; of equal ones the last.
 * `device` (`major:minor` from stat) decides where it is known and some mount has it.
 */
export function mountHolding(mounts: readonly Mount[], path: string, device?: string): Mount | undefined {
  const above = mounts.filter((m) => within(path, m.point));
  const same = above.filter((m) => m.device === device);
  return (same.length > 0 ? same : above.filter((m) => !hidden(above, m))).reduce<Mount | undefined>(
    (best, m) => (best === undefined || m.point.length >= best.point.length ? m : best),
    undefined,
  );
}

export interface NfsCaching {
  /** `all` (the kernel's default), `pos` or `none`. */
  readonly lookupcache: string;
  /** Seconds the client may believe an old directory listing; the kernel's default is 60. */
  readonly acdirmax: number;
  readonly noac: boolean;
}

export const isNfs = (mount: Mount): boolean => mount.type === 'nfs' || mount.type === 'nfs4';

/** Effective caching of an NFS mount: what is shown, else the kernel's default. */
export function nfsCaching(options: ReadonlyMap<string, string>): NfsCaching {
  const noac = options.has('noac');
  const shown = options.get('acdirmax') ?? options.get('actimeo');
  const lookup = options.get('lookupcache') ?? 'all';
  return {
    lookupcache: lookup === 'positive' ? 'pos' : lookup,
    acdirmax: noac ? 0 : shown === undefined ? 60 : Number(shown),
    noac,
  };
}

/** Of one NFS file system a client has mounted, by /proc/fs/nfsfs/volumes: the server's own identity of it. */
export interface NfsVolume {
  /** The server's address, as hexadecimal digits. */
  readonly server: string;
  readonly fsid: string;
}

/** By the device of the mount (`major:minor`). */
export function parseNfsVolumes(text: string): Map<string, NfsVolume> {
  const found = new Map<string, NfsVolume>();
  for (const [, server, device, fsid] of text.matchAll(
    /^v\d+[ \t]+([0-9a-f]+)[ \t]+[0-9a-f]+[ \t]+(\d+:\d+)[ \t]+([0-9a-f]+:[0-9a-f]+)(?:[ \t]|$)/gm,
  ))
    found.set(device!, { server: server!, fsid: fsid! });
  return found;
}
