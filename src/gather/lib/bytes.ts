/**
 * Text of a node whose bytes need not be UTF-8: names of files, and what is in them. Each byte that no UTF-8 has becomes
 * U+DC00 plus its value, half a surrogate, as in Python's `surrogateescape` (PEP 383): two names that differ stay
 * different, and what is sent back to the node is the name that it gave. Reporters show `\xff`.
 */

import { isUtf8 } from 'node:buffer';

const ESCAPE = 0xdc00;

/** Bytes of the sequence that a first byte promises. */
const lengthBy = (first: number): number => (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);

export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; ) {
    const end = i + lengthBy(bytes[i]!);
    // one ASCII character, or a sequence that is whole
    if (bytes[i]! < 0x80 || (end <= bytes.length && isUtf8(bytes.subarray(i, end)))) {
      i = end;
      continue;
    }
    parts.push(bytes.toString('utf8', start, i), String.fromCharCode(ESCAPE + bytes[i]!));
    start = ++i;
  }
  return parts.join('') + bytes.toString('utf8', start);
}

/** The bytes that `textOf` made this text of. */
export function bytesOf(text: string): Buffer {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text);
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, i) => (i % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - ESCAPE))),
  );
}
