/** Version tokens as the products print them. Source: docs/sources.md F5, 4.1. */

/** What can follow the numbers of a version: `+561.pro2`, `-9`, `~rc1`, `^20240901`, `_2` (Debian policy 5.6.12, RPM). */
const REST = /^[0-9A-Za-z.+~^_-]*/;

/**
 * The complete token (epoch, build and `.proN` included), never a prefix; undefined when the text holds none.
 * `pattern` finds where it begins.
 */
export function versionToken(pattern: RegExp, text: string): string | undefined {
  const m = pattern.exec(text);
  if (m?.[1] === undefined) return undefined;
  const start = m.index + m[0].lastIndexOf(m[1]);
  const end = start + m[1].length;
  // by hand: an expression that ends at `start` would be tried from every place before it
  let from = start;
  if (text[start - 1] === ':') {
    let digits = start - 1;
    while (digits > 0 && /[0-9]/.test(text[digits - 1]!)) digits--;
    if (digits < start - 1 && text[digits - 1] !== '.') from = digits;
  }
  let to = end + REST.exec(text.slice(end))![0].length;
  while (to > end && /[.+~^_-]/.test(text[to - 1]!)) to--;
  return text.slice(from, to);
}

const plain = (token: string): string => token.replace(/^[0-9]+:/, '').replace(/[^0-9A-Za-z~^]+/g, '.');

/**
 * Whether the token a program prints and the one of its package can be one version: a package has an epoch and a
 * release that the program leaves out, and `-` where the program has `+`.
 */
export function sameVersion(program: string, installed: string): boolean {
  const [a, b] = [plain(program), plain(installed)];
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Numbers of a version, for ranges: `2023.09.1+494.pro2` is [2023, 9, 1]. */
export const numbersOf = (version: string): number[] =>
  (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').filter(Boolean).map(Number);

/** Negative, zero or positive like a sort function; missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
