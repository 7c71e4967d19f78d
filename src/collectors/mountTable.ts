/** The mounts of a node, and what shows which server and service is behind each: the answer to `TABLES`. */

import { parseFstab } from '../formats/fstab.js';
import { type Mount, type NfsVolume, parseMountinfo, parseMountstats, parseNfsVolumes } from '../formats/mountinfo.js';
import { type StorageService, storageService } from '../formats/storageService.js';

export interface MountTable {
  readonly mounts: readonly Mount[];
  readonly stats: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly volumes: ReadonlyMap<string, NfsVolume>;
  /** Of each mount, what is behind it. */
  readonly service: (mount: Mount) => StorageService;
  /** Of a node tree, where it lies on this machine: paths and devices of the tree are not this machine's. */
  readonly tree?: string;
}

export function mountTable(text: string): MountTable {
  // the kernel's tables first, then parts behind a line that begins with `=`
  const [kernel = '', ...more] = text.split(/^=(?=fstab$|processes$|efs$|tree$)/m);
  const part = (name: string): string | undefined =>
    more.find((m) => m.startsWith(`${name}\n`))?.slice(name.length + 1);
  // evidence of earlier releases has the tree behind the kernel's tables
  const tree = (part('tree') ?? kernel)
    .trimEnd()
    .split('\n')
    .findLast((l) => l.startsWith('/'));
  const fstab = new Map(parseFstab(part('fstab') ?? '').map((e) => [e.point, e.type]));
  const processes = (part('processes') ?? '').split('\n').filter(Boolean);
  return {
    // one is numbered, the others are not
    mounts: parseMountinfo(kernel.replace(/^\D.*$/gm, '')),
    stats: parseMountstats(kernel),
    volumes: parseNfsVolumes(kernel),
    service: (mount) => {
      const fstabType = fstab.get(mount.point);
      return storageService(mount, {
        ...(fstabType !== undefined && { fstabType }),
        processes,
        efsDirectory: part('efs') !== undefined,
      });
    },
    ...(tree !== undefined && { tree }),
  };
}
