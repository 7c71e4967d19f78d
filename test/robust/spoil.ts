/** Changes one part of a document, chosen by a path of numbers: what a disk, an editor or a stranger could do to a saved file. */

import fc from 'fast-check';

const JUNK: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  1e308,
  '',
  'x',
  '\u001b[2J',
  '\ud800',
  '__proto__',
  [],
  [null],
  [[]],
  {},
  { unseen: 7 },
  { exit: 0, stdout: 7 },
  { toString: 1, valueOf: 1, length: -1 },
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
];
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'length', 'unseen', ''];

/** Where, how, and with what. */
export type Spoil = readonly [path: readonly number[], how: number, what: number];

export const spoil: fc.Arbitrary<Spoil> = fc.tuple(
  fc.array(fc.nat(997), { minLength: 1, maxLength: 8 }),
  fc.nat(6),
  fc.nat(997),
);

/** A copy with one part replaced, removed, renamed or added. */
export function spoiled(document: unknown, [path, how, what]: Spoil): unknown {
  const copy = structuredClone(document);
  let at = copy as Record<string, unknown>;
  for (const [i, step] of path.entries()) {
    const keys = Object.keys(at);
    if (keys.length === 0) break;
    const key = keys[step % keys.length]!;
    const next = at[key];
    if (i < path.length - 1 && typeof next === 'object' && next !== null && Object.keys(next).length > 0) {
      at = next as Record<string, unknown>;
      continue;
    }
    const junk = structuredClone(JUNK[what % JUNK.length]);
    const own = (name: string, value: unknown): unknown =>
      Object.defineProperty(at, name, { value, enumerable: true, configurable: true, writable: true });
    // often of the same type: what a schema alone cannot refuse
    const alike = JUNK.filter((j) => typeof j === typeof next && Array.isArray(j) === Array.isArray(next));
    if (how > 3) own(key, alike.length > 0 ? structuredClone(alike[what % alike.length]) : junk);
    else if (how === 0) own(key, junk);
    else if (how === 1) delete at[key];
    else if (how === 2 && !Array.isArray(at)) {
      delete at[key];
      own(KEYS[what % KEYS.length]!, next);
    } else own(Array.isArray(at) ? String(at.length) : KEYS[what % KEYS.length]!, junk);
    break;
  }
  return copy;
}
