/** Reads the small text files a run is configured with; every error is one sentence. */

import { closeSync, constants, openSync, readSync } from 'node:fs';

import { UsageError } from '../model/inventory.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: a part of the path is not a folder',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'you may not read this file',
  EPERM: 'you may not read this file',
  ELOOP: 'too many symbolic links',
};

/** Why a file cannot be read, without the jargon of the system call. */
export const fileError = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  return REASONS[code] ?? `cannot be read (${code || String(error)})`;
};

/** Seconds a pipe (`<(command)`, /dev/stdin) or a device may stay silent. */
const PATIENCE = 10;
const NAP = new Int32Array(new SharedArrayBuffer(4));

/** As `readSync`; a pipe or device that has nothing yet is waited for, but not for ever. */
function readSome(handle: number, chunk: Buffer, what: string): number {
  for (const until = Date.now() + PATIENCE * 1000; ; ) {
    try {
      return readSync(handle, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      if (Date.now() > until) throw new UsageError(`${what}: a pipe or device that sent nothing for ${PATIENCE} s`);
      Atomics.wait(NAP, 0, 0, 10);
    }
  }
}

/** Standard input, where a command takes a file. */
export const STDIN = '-';

/** Bytes of a file, never more than `limit` (bytes). `what` begins the message of the `UsageError`. */
export function readBytes(path: string, limit: number, what: string): Buffer {
  const chunks: Buffer[] = [];
  readChunks(path, limit, what, (chunk) => chunks.push(Buffer.from(chunk)) > 0);
  return Buffer.concat(chunks);
}

/** The same piece by piece, until `use` has enough and returns false; a piece is overwritten by the next. */
export function readChunks(path: string, limit: number, what: string, use: (chunk: Buffer) => boolean): void {
  let handle: number | undefined;
  try {
    // without it a FIFO that nobody writes to is never opened
    handle = path === STDIN ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const chunk = Buffer.alloc(65536);
    for (let size = 0; ; ) {
      const read = readSome(handle, chunk, what);
      if (read === 0) return;
      size += read;
      if (size > limit) throw new UsageError(`${what}: larger than ${limit} bytes`);
      if (!use(chunk.subarray(0, read))) return;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${what}: ${fileError(error)}`);
  } finally {
    if (handle !== undefined && handle !== 0) closeSync(handle);
  }
}

/** Text of a file in UTF-8, with its BOM. Throws `UsageError` for any other encoding. */
export const readText = (path: string, limit: number, what: string): string =>
  textOf(readBytes(path, limit, what), what);

function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    throw new UsageError(
      `${what}: not text in UTF-8; ${packed ? 'a bundle of ha-preflight is for judge, report and fix' : 'save it in that encoding'}`,
    );
  }
}

/** A file of JSON. Throws `UsageError` for anything else. */
export function readJson(path: string, limit: number): unknown {
  const name = path === STDIN ? 'standard input' : path;
  return parseJson(readBytes(path, limit, name), name);
}

/** The value of bytes that are JSON; `name` begins the message of the `UsageError`, what is wanted instead ends it. */
export function parseJson(bytes: Uint8Array, name: string, wanted?: string): unknown {
  const text = textOf(bytes, name).replace(/^\ufeff/, '');
  if (text === '') throw new UsageError(`${name}: empty`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name}: not JSON: ${(error as Error).message}${wanted === undefined ? '' : `; ${wanted}`}`);
  }
}
