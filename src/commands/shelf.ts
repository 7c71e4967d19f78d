/** Values of a run that would be too many to hold: the first stay in memory, the others wait in a file of this process. */

import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What most runs have, and no file is made for. */
const IN_MEMORY = 32;

export interface Shelf<T> {
  /** Takes a value that is plain data: it comes back as JSON gives it back. */
  add(value: T): void;
  /** All of them in order; one that waits in the file is read when it is looked at, and each time anew. */
  readonly all: readonly T[];
}

/** A file without a name: nothing is left of it, however this process ends. Undefined where none can be made. */
function nameless(): number | undefined {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-'));
    try {
      return openSync(join(folder, 'shelf'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    return undefined;
  }
}

/** `revive`: makes of what JSON gives back the value that was added, where it is more than that. */
export function shelf<T>(revive: (value: unknown) => T = (value) => value as T): Shelf<T> {
  const all: T[] = [];
  let file: number | undefined;
  let end = 0;
  /** Where it stands, or undefined: it stays in memory. */
  const put = (value: T): { at: number; length: number } | undefined => {
    if (all.length < IN_MEMORY) return undefined;
    file ??= nameless();
    if (file === undefined) return undefined;
    const bytes = Buffer.from(JSON.stringify(value));
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, end + done);
    } catch {
      // the disk is full
      return undefined;
    }
    end += bytes.length;
    return { at: end - bytes.length, length: bytes.length };
  };
  return {
    all,
    add(value) {
      const place = put(value);
      if (place === undefined) {
        all.push(value);
        return;
      }
      const get = (): T => {
        const bytes = Buffer.alloc(place.length);
        for (let done = 0; done < place.length; ) {
          const read = readSync(file!, bytes, done, place.length - done, place.at + done);
          if (read === 0) throw new Error('the file of this run was cut');
          done += read;
        }
        return revive(JSON.parse(bytes.toString('utf8')));
      };
      Object.defineProperty(all, all.length, { get, enumerable: true, configurable: true });
    },
  };
}
