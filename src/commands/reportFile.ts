/** Files that are written whole or not at all. */

import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { UsageError } from '../model/inventory.js';

/** A file that is whole or not there: written to a draft next to its place, then renamed. A device or pipe is written to as it is. */
export interface ReportFile {
  readonly format: string;
  /** Why it could not be written (a full disk), or undefined; what stood there before then still does. Never throws. */
  readonly write: (text: string) => string | undefined;
  readonly abandon: () => void;
}

const drafts = new Set<string>();
// a second Ctrl-C ends the program at once
process.once('exit', () => {
  for (const draft of drafts) rmSync(draft, { force: true });
});

/** Opens `file` for later, so that one that cannot be written is found before anything is contacted. UsageError. */
export function target(format: string, file: string, mode = 0o644): ReportFile {
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    // to rename over /dev/null would be to replace it
    if (there && !there.isFile()) return direct(format, file, openSync(file, 'w'));
    // a link stays one
    const place = there ? realpathSync(file) : file;
    const draft = `${place}.${process.pid}.tmp`;
    const fd = openSync(draft, 'wx', mode);
    drafts.add(draft);
    return beside(format, file, place, draft, fd);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function attempt(file: string, write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return `${file} could not be written: ${(error as Error).message}`;
  }
}

function direct(format: string, file: string, fd: number): ReportFile {
  return {
    format,
    write: (text) =>
      attempt(file, () => {
        writeFileSync(fd, text);
        closeSync(fd);
      }),
    abandon: () => closeSync(fd),
  };
}

function beside(format: string, file: string, place: string, draft: string, fd: number): ReportFile {
  const drop = (): void => {
    rmSync(draft, { force: true });
    drafts.delete(draft);
  };
  return {
    format,
    write(text) {
      const trouble = attempt(file, () => {
        writeFileSync(fd, text);
        closeSync(fd);
        renameSync(draft, place);
      });
      drop();
      return trouble;
    },
    abandon() {
      closeSync(fd);
      drop();
    },
  };
}
