/**
 * Words and specifiers of systemd's unit files. Source: systemd src/basic/extract-word.c, src/shared/specifier.c,
 * systemd.syntax(7); measured on systemd 252 (docs/sources.md 10.4).
 */

import { isBlank } from './blanks.js';

/** What a specifier stands for, by its letter. */
export type Specifiers = Readonly<Record<string, string>>;

const LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The escape behind a backslash at `at`: its character, and how many characters it takes; undefined when unknown. */
function unescaped(text: string, at: number): { text: string; length: number } | undefined {
  const letter = LETTERS[text[at] ?? ''];
  if (letter !== undefined) return { text: letter, length: 1 };
  const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/.exec(
    text.slice(at, at + 9),
  );
  if (!code) return undefined;
  const value = code[4] ? Number.parseInt(code[4], 8) : Number.parseInt((code[1] ?? code[2] ?? code[3])!, 16);
  return value === 0 || value > 0x10ffff ? undefined : { text: String.fromCodePoint(value), length: code[0].length };
}

export interface Words {
  readonly words: readonly string[];
  /** Why the rest of the line does not count. */
  readonly error?: string;
}

/**
 * Splits at blanks; quotes may begin anywhere in a word and are removed; escapes count in and outside quotes. An unknown
 * escape ends the line, unless `lenient` (command lines) keeps it as it is written.
 */
export function unitWords(text: string, lenient = false): Words {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote === '' && isBlank(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= '';
    if (c === '\\') {
      const meant = unescaped(text, i + 1);
      if (meant) {
        word += meant.text;
        i += meant.length;
      } else if (lenient && i + 1 < text.length) word += c + text[++i];
      else return { words, error: `"\\${text[i + 1] ?? ''}" is not an escape` };
    } else if (c === quote) quote = '';
    else if (quote === '' && (c === '"' || c === "'")) quote = c;
    else word += c;
  }
  if (quote !== '') return { words, error: 'a quote is not closed' };
  return { words: word === undefined ? words : [...words, word] };
}

/** The specifiers systemd knows; one that is not in `known` depends on the machine. */
const SPECIFIERS = /[aAbBcCdDEfgGhHiIjJlLmMnNopPqrRsStTuUvVwWyY]/;
/** A masked value is left alone; then `%` and its character. */
const PERCENT = /%masked:[0-9a-f]{64}%|%(.)/gs;

export interface Expanded {
  readonly text: string;
  /** Specifiers whose value is not known here, still as written. */
  readonly unknown: readonly string[];
  /** `%` and a letter or digit that is not a specifier: systemd ignores the item. */
  readonly invalid?: string;
}

/** `%%` becomes `%`, `%n` the unit's name and so on. A `%` at the end, or before any other character, stays. */
export function expandSpecifiers(text: string, known: Specifiers): Expanded {
  const unknown: string[] = [];
  let invalid: string | undefined;
  const expanded = text.replace(PERCENT, (whole, letter = '') => {
    if (letter === '%') return '%';
    if (!/[A-Za-z0-9]/.test(letter)) return whole;
    if (Object.hasOwn(known, letter)) return known[letter]!;
    if (SPECIFIERS.test(letter)) unknown.push(whole);
    else invalid ??= whole;
    return whole;
  });
  return { text: expanded, unknown, ...(invalid !== undefined && { invalid }) };
}

const unescapeName = (text: string): string =>
  text
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** What the unit's name alone decides, and the directories every system manager has. */
export function unitSpecifiers(unit: string): Specifiers {
  const name = unit.replace(/\.[a-z]+$/, '');
  const at = name.indexOf('@');
  const [prefix, instance] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)];
  const final = prefix.slice(prefix.lastIndexOf('-') + 1);
  return {
    n: unit,
    N: name,
    p: prefix,
    P: unescapeName(prefix),
    i: instance,
    I: unescapeName(instance),
    j: final,
    J: unescapeName(final),
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
    u: 'root',
    U: '0',
    g: 'root',
    G: '0',
    h: '/root',
  };
}
