/** Number and noun that agree, for every sentence with a number in it. */

/** `1 node`, `3 nodes`; `count(2, 'directory', 'directories')` where an s does not do. */
export const count = (n: number, noun: string, plural = `${noun}s`): string => `${n} ${n === 1 ? noun : plural}`;

/** `verb(1, 'agrees', 'agree')`: the form that follows `n` of something. */
export const verb = (n: number, one: string, many: string): string => (n === 1 ? one : many);
