/** Bundles: a compressed archive of the evidence of a run and what was made of it. Nothing in it becomes a file here. */

import { gunzipSync, gzipSync } from 'node:zlib';
import { filesOf, type TarFile, tarOf } from '../formats/tar.js';
import { UsageError } from '../model/inventory.js';

const FOLDER = 'ha-preflight-bundle/';
/** The file that is judged. */
export const EVIDENCE = 'evidence.json';
/** The file that is read where a report is wanted. */
export const REPORT = 'report.json';

export const isBundle = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The same files and the same second give the same bytes. */
export const packed = (files: readonly TarFile[], seconds: number): Uint8Array =>
  gzipSync(
    tarOf(
      files.map(({ name, data }) => ({ name: FOLDER + name, data })),
      seconds,
    ),
    { level: 9 },
  );

/** Bytes of the whole archive, which may be far more than those of the file. */
const MAX_UNPACKED = 400_000_000;

/** One file of a bundle. */
export function partOf(bytes: Uint8Array, name: string, what: string): Uint8Array {
  let files: TarFile[];
  try {
    files = filesOf(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `${what}: larger than ${MAX_UNPACKED} bytes when it is unpacked`
        : `${what}: not a bundle of ha-preflight: ${message}`,
    );
  }
  const found = files.filter((file) => file.name === FOLDER + name);
  if (found.length !== 1)
    throw new UsageError(`${what}: not a bundle of ha-preflight: ${found.length} files called ${FOLDER}${name}`);
  return found[0]!.data;
}
