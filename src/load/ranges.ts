/** Node names in short, as reports print them: `wb[1-3,7].example.com` is four nodes. */

/** Nodes that one inventory may name with ranges. */
export const MAX_NODES = 10_000;

type Wrong = { readonly wrong: string };
/** Digits that a number of 53 bits can hold. */
const MAX_DIGITS = 15;
/** Characters of the longest text that is looked at; no host name comes near. */
const MAX_LENGTH = 1000;
const BRACKETS = /\[([^[\]]*)\]/;

/** Numbers of `1-3` as they are written, or what is wrong and what to write; `sketch` shows it in its place. */
function numbers(part: string, sketch: (range: string) => string): string[] | Wrong {
  const [, from = '', to] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  if (from === '' || Math.max(from.length, to?.length ?? 0) > MAX_DIGITS) {
    const [, first, last] = /^(\d+)(?::|\.\.|(?!-)\p{Pd})(\d+)$/u.exec(part) ?? [];
    const most = /^\d+(-\d+)?$/.test(part) ? `numbers of at most ${MAX_DIGITS} digits` : 'numbers, such as wb[1-3,7]';
    return { wrong: `expected ${first === undefined ? most : sketch(`${first}-${last}`)}` };
  }
  if (to === undefined) return [from];
  const [first, last] = [Number(from), Number(to)];
  if (first > last) return { wrong: `expected the smaller number of the range first: ${sketch(`${to}-${from}`)}` };
  const padded = [from, to].some((digits) => digits.length > 1 && digits.startsWith('0'));
  const width = Math.max(from.length, to.length);
  if (padded && from.length !== to.length) {
    const both = `${from.padStart(width, '0')}-${to.padStart(width, '0')}`;
    return {
      wrong: `expected numbers of the same length in a range with leading zeros: ${sketch(both)}, or ${sketch(`${first}-${last}`)}`,
    };
  }
  if (last - first >= MAX_NODES)
    return {
      wrong: `expected at most ${MAX_NODES} nodes in a range, such as ${sketch(`${first}-${first + MAX_NODES - 1}`)}`,
    };
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(padded ? width : 0, '0'));
}

/**
 * All names that a text stands for: itself when it has no range. Several ranges in one name are all combinations, the
 * last one changing first. Brackets of an IPv6 address (`[::1]:22`) are left alone.
 */
export function expandRanges(text: string): readonly string[] | Wrong {
  const found = text.length > MAX_LENGTH ? null : BRACKETS.exec(text);
  if (!found) return [text];
  const before = text.slice(0, found.index);
  const rest = text.slice(found.index + found[0].length);
  const after = expandRanges(rest);
  if ('wrong' in after) return after;
  const inside = found[1]!;
  // around a range only an IPv6 address has brackets
  if (/\[[^\]:]*$/.test(before)) return { wrong: 'expected no brackets inside brackets: write several items' };
  if (/^[^:]*:[^:]*:/.test(inside)) return after.map((end) => `${before}[${inside}]${end}`);
  const values: string[] = [];
  for (const part of inside.split(',')) {
    const some = numbers(part.trim(), (range) => `${before}[${range}]${rest}`);
    if ('wrong' in some) return some;
    values.push(...some);
    if (values.length * after.length > MAX_NODES)
      return { wrong: `expected at most ${MAX_NODES} nodes: write fewer, or several inventories` };
  }
  return values.flatMap((value) => after.map((end) => `${before}${value}${end}`));
}

/** Words of `a, wb[1-3,7]`: a comma in brackets does not separate. */
export const splitNodes = (text: string): string[] =>
  text
    .split(/,(?![^[\]]*\])/)
    .map((name) => name.trim())
    .filter(Boolean);
