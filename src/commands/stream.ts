/** Pipes, devices and files that are open already, where a report goes. */

import { closeSync, constants, openSync } from 'node:fs';
import { resolve } from 'node:path';

/** The number of an open file of this process that a path names. */
export function descriptorOf(file: string): number | undefined {
  const path = resolve(file);
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const [, number] = new RegExp(`^/(?:dev|proc/(?:self|${process.pid}))/fd/(\\d+)$`).exec(path) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Milliseconds that a pipe may be without a reader, and between two looks. */
const PATIENCE_MS = 5000;
const NAP_MS = 50;
const NAP = new Int32Array(new SharedArrayBuffer(4));

/** Opens a pipe when somebody reads from it, or a device. Throws ENXIO when nobody does. */
export function openStream(file: string): number {
  for (const until = Date.now() + PATIENCE_MS; ; Atomics.wait(NAP, 0, 0, NAP_MS)) {
    try {
      const probe = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        // one that waits where the reader is slow
        return openSync(file, 'w');
      } finally {
        closeSync(probe);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO' || Date.now() > until) throw error;
    }
  }
}
