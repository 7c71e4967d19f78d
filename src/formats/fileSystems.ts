/**
 * What kind of file system a mount is. Source: systemd src/basic/mountpoint-util.c (fstype_is_network) and general
 * documentation of the others. A type that is not in the table is unknown: a proof on the nodes decides, not the table. docs/sources.md 10.7.
 */

export interface FileSystemKind {
  /** `unfit`: shared, but it lacks what the products need. */
  readonly sharing: 'shared' | 'unfit' | 'local' | 'unknown';
  readonly reason?: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const SHARED = words(
  `nfs nfs4 ceph ceph-fuse lustre glusterfs pvfs2 ocfs2 gfs gfs2 afs sshfs ncp ncpfs gpfs beegfs wekafs acfs panfs scoutfs
  juicefs mfs quobyte`,
);
const LOCAL = words(
  'ext2 ext3 ext4 xfs btrfs zfs f2fs tmpfs ramfs overlay squashfs vfat exfat ntfs erofs fuse-overlayfs fuseblk',
);
const SMB = words('cifs smb2 smb3 smbfs');
const OBJECT_STORES = words('s3fs mountpoint-s3 goofys blobfuse blobfuse2 gcsfuse rclone');
const DAV = words('davfs davfs2');

const UNKNOWN: Readonly<Record<string, string>> = {
  vxfs: 'VxFS can be local or a cluster file system',
  '9p': 'shared only among the guests of one host',
  virtiofs: 'shared only among the guests of one host',
  vboxsf: 'shared only among the guests of one host',
  vmhgfs: 'shared only among the guests of one host',
  autofs: 'an automounter: the directory below it decides',
};

/** Drivers that show the plain type `fuse`, by what their source field looks like. */
const BY_SOURCE: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^(mountpoint-s3|s3fs|goofys|blobfuse2?|gcsfuse|rclone)\b/, 's3fs'],
  [/^https?:\/\//, 'davfs'],
];

/** `type` and `source` as in mountinfo; `fuse.X` counts as X. */
export function fileSystemKind(type: string, source = ''): FileSystemKind {
  const plain = type === 'fuse' ? BY_SOURCE.find(([pattern]) => pattern.test(source))?.[1] : undefined;
  const name = plain ?? type.replace(/^fuse\./, '');
  if (SMB.has(name)) return { sharing: 'unfit', reason: 'SMB does not keep owners, mode 0600 and hard links' };
  if (OBJECT_STORES.has(name)) return { sharing: 'unfit', reason: 'an object store has no locks and no rename' };
  if (DAV.has(name)) return { sharing: 'unfit', reason: 'WebDAV keeps neither owners nor locks' };
  if (SHARED.has(name)) return { sharing: 'shared' };
  if (LOCAL.has(name)) return { sharing: 'local' };
  return { sharing: 'unknown', reason: UNKNOWN[name] ?? `the file system type ${type} is not known` };
}
