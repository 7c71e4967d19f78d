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

/** Where, how, and with what; `text`: put in place of the junk. */
export type Spoil = readonly [path: readonly number[], how: number, what: number, text?: string | undefined];

export const spoil: fc.Arbitrary<Spoil> = fc.tuple(
  fc.array(fc.nat(997), { minLength: 1, maxLength: 8 }),
  fc.nat(6),
  fc.nat(997),
);

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** The part of a text with this number, for another. */
const within = (text: string, which: number, other: string): string => {
  const parts = text.split(/([\s=:,"[\]{}]+)/);
  return parts.map((part, i) => (i === which % parts.length ? other : part)).join('');
};

/** A copy with one part replaced, removed, renamed or added; what is not on the way there is shared with the original. */
export function spoiled(document: unknown, [path, how, what, text]: Spoil): unknown {
  const [step = 0, ...deeper] = path;
  if (!isTree(document)) return document;
  const copy = (Array.isArray(document) ? [...document] : { ...document }) as Record<string, unknown>;
  const own = (name: string, value: unknown): unknown =>
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  const keys = Object.keys(copy);
  const key = keys[step % keys.length]!;
  const old = copy[key];
  if (deeper.length > 0 && isTree(old)) {
    own(key, spoiled(old, [deeper, how, what, text]));
    return copy;
  }
  const junk = text ?? structuredClone(JUNK[what % JUNK.length]);
  // often of the same type: what a schema alone cannot refuse
  const alike = JUNK.filter((j) => typeof j === typeof old && Array.isArray(j) === Array.isArray(old));
  if (how > 3 && typeof old === 'string' && text !== undefined) own(key, within(old, what, text));
  else if (how > 3) own(key, alike.length > 0 ? structuredClone(alike[what % alike.length]) : junk);
  else if (how === 0) own(key, junk);
  else if (how === 1) delete copy[key];
  else if (how === 2 && !Array.isArray(copy)) {
    delete copy[key];
    own(KEYS[what % KEYS.length]!, old);
  } else own(Array.isArray(copy) ? String(copy.length) : KEYS[what % KEYS.length]!, junk);
  return copy;
}
