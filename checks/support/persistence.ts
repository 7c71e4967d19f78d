/** What mounts a directory after a reboot, by the meaning of /etc/fstab and not by its text. Used by `mount-persistence`. */

import { command } from 'ha-preflight';
import { type MountUnits, unitName } from 'ha-preflight/collectors/mountUnits';
import type { Held } from 'ha-preflight/collectors/storagePlace';
import { fileSystemKind } from 'ha-preflight/formats/fileSystems';
import { type FstabEntry, isAutomount } from 'ha-preflight/formats/fstab';
import { addressOf, foldHost } from 'ha-preflight/formats/hostName';
import { isNfs, type Mount } from 'ha-preflight/formats/mountinfo';
import { tidyPath, within } from 'ha-preflight/formats/paths';

/** Types of fstab that a helper mounts as another one. */
const FAMILY: Readonly<Record<string, string>> = {
  nfs: 'nfs',
  nfs4: 'nfs',
  efs: 'nfs',
  s3files: 'nfs',
  aznfs: 'nfs',
  cifs: 'smb',
  smb2: 'smb',
  smb3: 'smb',
  smbfs: 'smb',
  'ceph-fuse': 'ceph',
};
const HELPERS: ReadonlySet<string> = new Set(['efs', 's3files', 'aznfs', 'auto', 'none', 'fuse', 'bind']);
const familyOf = (type: string): string => {
  const name = type.replace(/^fuse\./, '');
  return FAMILY[name] ?? name;
};

/** `host:/path`, `//host/path` and `[address]:/path`. */
function remote(source: string): { host: string; path: string } | undefined {
  const m = /^(?:\/\/([^/]+)(\/.*)|\[([^\]]+)\]:(\/.*)|([^:/]+):(\/.*))$/.exec(source);
  const host = m?.[1] ?? m?.[3] ?? m?.[5];
  // a Lustre server has its network behind it
  return host === undefined
    ? undefined
    : { host: foldHost(host.replace(/@(tcp|o2ib)\d*$/, '')), path: tidyPath(m![2] ?? m![4] ?? m![6]!) };
}

/** What is mounted at boot, and the place that says so. */
type Entry = Pick<FstabEntry, 'source' | 'type'> & Partial<Pick<FstabEntry, 'options'>> & { readonly place: string };

/** Whether an entry mounts what is mounted now: `other` says what it mounts instead, `unclear` why it is not known. */
export type Kept = { readonly kept: true } | { readonly other: string } | { readonly unclear: string };

/** Whether something mounts a folder, or one above it, that is bound to another place. */
function mountsAbove(path: string, { fstab, units, autofs }: MountUnits): boolean {
  const points = [...fstab.map((e) => e.point), ...autofs].filter((point) => point !== '/');
  const folders = tidyPath(path)
    .split('/')
    .slice(1)
    .map((_, i, all) => `/${all.slice(0, i + 1).join('/')}`);
  return folders.some((folder) => points.includes(folder) || unitsOf(folder).some((name) => units.includes(name)));
}

function comparedTo(entry: Entry, { mount, options, service }: Held, units: MountUnits): Kept {
  const { servers } = units;
  const shown = `${entry.source} (${entry.type})`;
  const unclear = `${entry.place} has ${shown}, and ${mount.source} (${mount.type}) is mounted`;
  if (entry.options?.has('bind') || entry.options?.has('rbind'))
    return mountsAbove(entry.source, units)
      ? { kept: true }
      : {
          unclear: `${entry.place} binds ${entry.source}, and no entry of /etc/fstab, unit or automounter that mounts it is found`,
        };
  if (HELPERS.has(entry.type)) {
    const id = /\b(fs-[0-9a-f]+)\b/.exec(entry.source)?.[1];
    return id !== undefined && service?.id !== undefined && id !== service.id ? { other: shown } : { kept: true };
  }
  if (fileSystemKind(entry.type, entry.source).sharing === 'local') return { other: shown };
  const sameFamily = familyOf(entry.type) === familyOf(mount.type);
  const [a, b] = [remote(entry.source), remote(mount.source)];
  if (!a || !b) return sameFamily ? { kept: true } : { unclear };
  const address = options.get('addr') ?? options.get('mountaddr') ?? addressOf(b.host);
  const literal = addressOf(a.host);
  const known = literal === undefined ? (servers.get(a.host) ?? []) : [literal];
  const sameHost = a.host === b.host || a.host === address;
  if (!sameHost && (address === undefined || known.length === 0))
    return { unclear: `${unclear}: whether they are one server is not known: getent hosts ${a.host}` };
  if (!sameHost && !known.includes(addressOf(address!) ?? address!)) return { other: shown };
  // one server can export one folder by two protocols, under different names
  if (!sameFamily) return { unclear };
  return a.path === b.path ? { kept: true } : { other: shown };
}

/** File systems that a separate service mounts, or a cluster manager, and what shows it. */
const MOUNTED_BY: Readonly<Record<string, string>> = {
  gpfs: 'Spectrum Scale mounts its file systems itself: mmlsfs all -A',
  beegfs: 'beegfs-client mounts what beegfs-mounts.conf names: systemctl is-enabled beegfs-client',
  acfs: 'Oracle Clusterware can mount it: srvctl config filesystem',
  ...Object.fromEntries(
    ['gfs2', 'ocfs2', 'vxfs'].map((type) => [type, 'a cluster manager can mount it: crm_mon -1, or hastatus -sum']),
  ),
};

/** The units of systemd that mount it: at boot, and on demand. */
const unitsOf = (point: string): [mount: string, automount: string] => [
  `${unitName(point)}.mount`,
  `${unitName(point)}.automount`,
];

/** The entry that mounts it at boot, unless a unit of the site does in its place. */
export const entryOf = (point: string, { fstab, sources }: MountUnits): FstabEntry | undefined =>
  sources?.has(unitsOf(point)[0]) ? undefined : fstab.findLast((e) => e.point === point);

/** In fstab, below an automounter, or in a unit of systemd; undefined when it was mounted by hand. */
export function persistence(held: Held, units: MountUnits): Kept | undefined {
  const { mount } = held;
  // of two entries for one mount point the last is on top
  const atBoot = units.fstab.findLast((e) => e.point === mount.point);
  const names = unitsOf(mount.point);
  const needed = (units.pulls ?? []).some((w) => names.includes(w) || (w.startsWith('/') && within(w, mount.point)));
  const started =
    names.some((name) => units.units.includes(name)) ||
    (needed && names.some((name) => units.disabled?.includes(name)));
  const pulled = needed ? units.notAtBoot?.findLast((e) => e.point === mount.point) : undefined;
  const entry = atBoot ?? pulled;
  // a unit of the site beats what systemd makes of fstab
  const own = units.sources?.get(names[0]);
  if (own?.source && (entry || started))
    return comparedTo({ type: mount.type, ...own, place: `/etc/systemd/system/${names[0]}` }, held, units);
  if (entry) return comparedTo({ ...entry, place: `/etc/fstab line ${entry.line}` }, held, units);
  if (started || units.autofs.some((a) => within(mount.point, a))) return { kept: true };
  const absent = `no entry of /etc/fstab mounts ${mount.point} (${mount.type}) at boot`;
  const by = MOUNTED_BY[mount.type];
  if (by !== undefined) return { unclear: `${absent}; ${by}` };
  const bare = names.find((name) => units.withoutInstall?.includes(name));
  if (bare !== undefined)
    return {
      unclear: `${absent}, and ${bare} has no [Install] section: it is mounted only where another unit needs it: systemctl list-dependencies --reverse ${bare}`,
    };
  const above = held.above?.[0];
  return above && crossing(held, above) === 'possible'
    ? {
        unclear: `${absent}; the NFS client can have mounted it by itself inside ${above.point}, where the server refers to it (exportfs -v on the server: crossmnt, nohide, refer)`,
      }
    : undefined;
}

/**
 * Whether a mount inside one of NFS is the client's own doing: it makes one where the server has a separate file system, or
 * refers to another server. Version 4 always does where the server exports the folder; of version 3 the export decides.
 */
function crossing({ mount }: Held, above: Mount): 'certain' | 'possible' | undefined {
  const [inner, outer] = [remote(mount.source), remote(above.source)];
  if (!inner || !outer || !isNfs(mount) || !isNfs(above) || mount.root !== '/' || above.root !== '/') return undefined;
  const version4 = [mount, above].every((m) => m.type === 'nfs4' || m.options.get('vers')?.startsWith('4'));
  if (inner.host !== outer.host) return version4 ? 'possible' : undefined;
  if (inner.path !== tidyPath(`${outer.path}/${mount.point.slice(above.point.length)}`)) return undefined;
  return version4 ? 'certain' : 'possible';
}

/** The mount that must be there at boot: that of the directory, or one above it which brings it along. */
export function bringing(held: Held, units: MountUnits): Held {
  const [above, ...more] = held.above ?? [];
  if (!above || persistence(held, units) || crossing(held, above) !== 'certain') return held;
  return bringing({ ...held, mount: above, options: above.options, above: more }, units);
}

/** Options with which remote-fs.target does not wait for the mount: of `bg` systemd makes `nofail`. */
const UNORDERED = ['nofail', 'bg'];
const unordered = ({ point }: Mount, units: MountUnits): boolean =>
  UNORDERED.some((option) => entryOf(point, units)?.options.has(option));

/**
 * Whether systemd starts the service (`unit`) after the mount, or after all network mounts, or after what mounts on demand:
 * its own automounts are before local-fs.target, and so before every service (systemd.automount(5)). `perhaps`: after all
 * network mounts, of which an entry with nofail is one only for some releases of systemd.
 */
export function waited({ mount }: Held, mountUnits: MountUnits, unit: string): 'yes' | 'perhaps' | 'no' {
  const { waitsFor, autofs, fstab, units } = mountUnits;
  if (waitsFor === undefined) return 'no';
  const options = fstab.findLast((e) => e.point === mount.point)?.options ?? new Map<string, string>();
  const forIt =
    isAutomount(options) ||
    options.get('x-systemd.before') === `${unit}.service` ||
    units.includes(unitsOf(mount.point)[1]) ||
    waitsFor.some(
      (w) =>
        unitsOf(mount.point).includes(w) ||
        (w === 'autofs.service' && autofs.some((a) => within(mount.point, a))) ||
        (w.startsWith('/') && within(w, mount.point)),
    );
  if (forIt) return 'yes';
  if (!waitsFor.includes('remote-fs.target')) return 'no';
  return unordered(mount, mountUnits) && options.get('x-systemd.before') !== 'remote-fs.target' ? 'perhaps' : 'yes';
}

/** Options of a mount that its entry in /etc/fstab repeats; the kernel shows many more. */
const KEPT = [
  'vers',
  'sec',
  'xprtsec',
  'proto',
  'port',
  'noresvport',
  'nconnect',
  'lookupcache',
  'actimeo',
  'acdirmax',
  'noac',
] as const;

/**
 * Adds what is mounted to /etc/fstab; a space in a name would end a field there. Undefined for a mount that the kernel
 * shows in a different way than mount(8) takes it: by a helper (EFS), with credentials (SMB, CephFS), a part of a mount.
 */
export function fstabLine({ mount: { source, point, type, root }, options }: Held): string | undefined {
  if (!/^nfs4?$/.test(type) || /^(?:127\.|localhost:|\[?::1)/.test(source) || root !== '/') return undefined;
  const kept = KEPT.flatMap((name) => {
    const value = options.get(name);
    return value === undefined || (name === 'proto' && value === 'tcp')
      ? []
      : [value === '' ? name : `${name}=${value}`];
  });
  const fields = [source, point, type, ['_netdev', ...kept].join(','), '0', '0'];
  return fields.some((field) => /\s/.test(field))
    ? undefined
    : command`echo ${fields.join(' ')} | sudo tee -a /etc/fstab`;
}
