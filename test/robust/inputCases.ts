/** Faults that are not a node's; each has its test in this folder. */

import type { Row } from './rows.js';

export const STUCK_MOUNT = 'the file server of a hard NFS mount is gone';

export const INPUT_CASES: readonly Row[] = [
  {
    group: 'A node',
    fault: STUCK_MOUNT,
    verdict:
      'unknown, naming the file system that does not answer: `file-locking`, `free-space`, `mount-persistence`, `nfs-mount-options`, `nfs-version`, `shared-directories`, `storage-kind`; the rest is measured',
  },
];
