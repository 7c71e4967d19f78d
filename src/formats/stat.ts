/** The raw mode `stat -c %f` prints, in hexadecimal. */

export interface Mode {
  /** `regular file`, `directory`, … */
  readonly type: string;
  /** Permission bits, setuid, setgid and sticky included. */
  readonly bits: number;
}

/** By the four bits above the permissions (S_IFMT, inode(7)). */
const TYPES: Readonly<Record<number, string>> = {
  1: 'FIFO',
  2: 'character device',
  4: 'directory',
  6: 'block device',
  8: 'regular file',
  12: 'socket',
};

export function modeOf(hexadecimal: string): Mode {
  const raw = Number.parseInt(hexadecimal, 16);
  return { type: TYPES[raw >> 12] ?? 'special file', bits: raw & 0o7777 };
}
