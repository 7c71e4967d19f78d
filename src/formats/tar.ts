/** Archives of a few files in the form of POSIX ustar: 512-byte blocks, a header before each file, two empty blocks last. */

const BLOCK = 512;
const MAX_NAME = 100;

export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A number in octal digits, closed by a NUL. */
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

const sumOf = (header: Uint8Array): number =>
  // the field of the sum itself counts as blanks
  header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);

function headerOf(name: string, size: number, seconds: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number): void => header.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put(octal(0o600, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(size, 12), 124);
  put(octal(seconds, 12), 136);
  put('0', 156);
  put('ustar\0', 257);
  put('00', 263);
  put(octal(sumOf(header), 7), 148);
  put(' ', 155);
  return header;
}

/** Files in this order, all of one time: the same files give the same bytes. Names are ASCII and short. */
export function tarOf(files: readonly TarFile[], seconds: number): Uint8Array {
  const parts = files.flatMap(({ name, data }) => {
    if (!/^[\x21-\x7e]+$/.test(name) || name.length > MAX_NAME) throw new Error(`no name for an archive: ${name}`);
    return [headerOf(name, data.length, seconds), data, new Uint8Array((BLOCK - (data.length % BLOCK)) % BLOCK)];
  });
  const all = [...parts, new Uint8Array(2 * BLOCK)];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const textAt = (block: Uint8Array, from: number, length: number): string => {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder('latin1').decode(end < 0 ? field : field.subarray(0, end));
};

/** The regular files of an archive, in order; what they hold is not copied. Throws for anything that is not a whole archive. */
export function filesOf(bytes: Uint8Array): TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; ; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw new Error('the archive ends too early');
    if (header.every((byte) => byte === 0)) return files;
    const digits = textAt(header, 124, 12).trim();
    const sum = textAt(header, 148, 8).trim();
    if (!/^[0-7]+$/.test(digits) || !/^[0-7]+$/.test(sum) || Number.parseInt(sum, 8) !== sumOf(header))
      throw new Error('a header of the archive is damaged');
    const size = Number.parseInt(digits, 8);
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw new Error('the archive ends too early');
    const prefix = textAt(header, 345, 155);
    const type = textAt(header, 156, 1);
    const name = `${prefix === '' ? '' : `${prefix}/`}${textAt(header, 0, MAX_NAME)}`;
    if (type === '0' || type === '') files.push({ name, data });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
