/** Numbers and nouns that agree, and bytes that are not text, for every sentence with one in it. */

/** `1 node`, `3 nodes`; `count(2, 'directory', 'directories')` where an s does not do. */
export const count = (n: number, noun: string, plural = `${noun}s`): string => `${n} ${n === 1 ? noun : plural}`;

/** `verb(1, 'agrees', 'agree')`: the form that follows `n` of something. */
export const verb = (n: number, one: string, many: string): string => (n === 1 ? one : many);

/** Bytes that are not UTF-8, each half a surrogate since `gather/lib/bytes.ts` read it, as `\\xff`. */
export const spelledBytes = (text: string): string =>
  text.replaceAll(/[\udc80-\udcff]/gu, (half) => `\\x${(half.charCodeAt(0) - 0xdc00).toString(16)}`);
