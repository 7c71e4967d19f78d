/** Version tokens as the products print them. Source: docs/sources.md F5, 4.1. */

/** The complete token (build and `.proN` included), never a prefix; undefined when the text holds none. */
export const versionToken = (pattern: RegExp, text: string): string | undefined => pattern.exec(text)?.[1];

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
