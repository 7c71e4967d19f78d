/** Files that are written whole or not at all. */

import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bucketExists, type ObjectPlace, putObject } from '../gather/services/objectStore.js';
import { UsageError } from '../model/inventory.js';
import { descriptorOf, openStream } from './stream.js';

/** What is written; in pieces, where it may be longer than a string can be. */
export type Text = string | Uint8Array | Iterable<string>;

const piecesOf = (text: Text): Iterable<string | Uint8Array> =>
  typeof text === 'string' || text instanceof Uint8Array ? [text] : text;

/** A file that is whole or not there: written to a draft next to its place, then renamed. A device or pipe is written to as it is. */
export interface ReportFile {
  readonly format: string;
  /** Why it could not be written (a full disk), or undefined; what stood there before then still does. Never throws. */
  readonly write: (text: Text) => string | undefined | Promise<string | undefined>;
  readonly abandon: () => void;
}

const drafts = new Set<string>();
// a second Ctrl-C ends the program at once
process.once('exit', () => {
  for (const draft of drafts) rmSync(draft, { force: true });
});
let made = 0;

/** Files of this run that are open: one that is named twice would hold only the last of the two. */
const claimed = new Set<string>();

const MOST_LINKS = 40;

/** Where a path leads, through links, whether there is something at its end or not. */
function placeOf(file: string): string {
  let path = file;
  for (let i = 0; i < MOST_LINKS; i++) {
    const whole = join(realpathSync(dirname(resolve(path))), basename(resolve(path)));
    if (!lstatSync(whole, { throwIfNoEntry: false })?.isSymbolicLink()) return whole;
    path = resolve(dirname(whole), readlinkSync(whole));
  }
  throw new Error('too many symbolic links');
}

/** An object is sent whole. */
const stored = (text: Text): string | Uint8Array =>
  typeof text === 'string' || text instanceof Uint8Array
    ? text
    : Buffer.concat([...text].map((piece) => Buffer.from(piece)));

/** The same for an object: `s3://BUCKET/KEY`. UsageError: no key, or the bucket is not there or not for us. */
export async function storedTarget(format: string, address: string, place: ObjectPlace): Promise<ReportFile> {
  if (place.key === '' || place.key.endsWith('/'))
    throw new UsageError(`${address}: expected a key, such as ${address.replace(/\/*$/, '')}/report.json`);
  await bucketExists(place);
  return { format, write: (text) => putObject(place, stored(text)), abandon: () => {} };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'this is a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  ENXIO: 'nobody reads from this pipe',
};

/** Why a file cannot be written, without the jargon of the system call. */
export function reason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

const read = new Set<string>();
const inodeOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

/** No report takes the place of these: what the run reads. */
export function reserve(files: readonly string[]): void {
  for (const file of files) {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isFile()) read.add(inodeOf(there));
  }
}

/** Where a shell sent standard output to a file, what is there already stays, and so does what follows. */
const appended = (format: string, file: string, fd: number): ReportFile => ({
  format,
  write: (text) =>
    attempt(file, () => {
      for (const piece of piecesOf(text)) writeFileSync(fd, piece);
    }),
  abandon() {},
});

/** Opens `file` for later, so that one that cannot be written is found before anything is contacted. UsageError. */
export function target(format: string, file: string, mode = 0o644): ReportFile {
  if (file === '-') throw new UsageError('- is not a file: write /dev/stdout, or ./- for a file of that name');
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    // to rename over /dev/null would be to replace it
    if (there && !there.isFile()) return direct(format, file, openStream(file), () => {});
    const fd = there && descriptorOf(file);
    if (fd !== undefined) return appended(format, file, fd);
    if (/\/$/.test(file)) throw new Error('this names a folder, expected a file');
    // two hard links are two names of one file
    const key = there && there.nlink > 1 ? inodeOf(there) : placeOf(file);
    if (claimed.has(key)) throw new Error('it is named twice, and would hold only the last');
    if (there && read.has(inodeOf(there))) throw new Error('this run reads it');
    const opened = there ? existing(format, file, there, key) : fresh(format, file, key, mode);
    claimed.add(key);
    return opened;
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${reason(error)}`);
  }
}

/** A short name: that of the report may already be as long as a name can be. */
function draftIn(folder: string, mode: number): { readonly draft: string; readonly fd: number } {
  const draft = join(folder, `.ha-preflight.${process.pid}.${++made}.tmp`);
  const fd = openSync(draft, 'wx', mode);
  drafts.add(draft);
  return { draft, fd };
}

function fresh(format: string, file: string, place: string, mode: number): ReportFile {
  // a name that is too long is found now
  closeSync(openSync(place, 'wx', mode));
  rmSync(place);
  const { draft, fd } = draftIn(dirname(place), mode);
  return beside(format, file, place, draft, fd);
}

/** Keeps who owns the file and who may read it; where that cannot be given to a draft, the file itself is written. */
function existing(format: string, file: string, { mode, uid, gid, nlink }: Stats, key: string): ReportFile {
  const place = placeOf(file);
  accessSync(place, constants.W_OK);
  const asItIs = (): ReportFile => direct(format, file, openSync(place, 'r+'), () => claimed.delete(key));
  // a draft would take the place of one of its names only, and leave the others behind
  if (nlink > 1) return asItIs();
  let opened: ReturnType<typeof draftIn> | undefined;
  try {
    opened = draftIn(dirname(place), 0o600);
    const own = statSync(opened.draft);
    if (own.uid !== uid || own.gid !== gid) fchownSync(opened.fd, uid, gid);
    fchmodSync(opened.fd, mode & 0o7777);
    return beside(format, file, place, opened.draft, opened.fd);
  } catch {
    if (opened) drop(opened.draft, opened.fd);
    return asItIs();
  }
}

function drop(draft: string, fd?: number): void {
  if (fd !== undefined) closeSync(fd);
  rmSync(draft, { force: true });
  drafts.delete(draft);
}

function attempt(file: string, write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    return `${file} could not be written: ${(error as Error).message}`;
  }
}

function direct(format: string, file: string, fd: number, done: () => void): ReportFile {
  return {
    format,
    write: (text) =>
      attempt(file, () => {
        done();
        if (statSync(file, { throwIfNoEntry: false })?.isFile()) ftruncateSync(fd);
        for (const piece of piecesOf(text)) writeFileSync(fd, piece);
        closeSync(fd);
      }),
    abandon() {
      done();
      closeSync(fd);
    },
  };
}

function beside(format: string, file: string, place: string, draft: string, fd: number): ReportFile {
  return {
    format,
    write(text) {
      claimed.delete(place);
      const trouble = attempt(file, () => {
        for (const piece of piecesOf(text)) writeFileSync(fd, piece);
        closeSync(fd);
        renameSync(draft, place);
      });
      drop(draft);
      return trouble;
    },
    abandon() {
      claimed.delete(place);
      drop(draft, fd);
    },
  };
}
