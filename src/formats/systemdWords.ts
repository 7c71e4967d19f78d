/**
 * Words and specifiers of systemd's unit files. Source: systemd src/basic/extract-word.c, src/shared/specifier.c,
 * systemd.syntax(7); measured on systemd 252 (docs/sources.md 10.4).
 */

import { isBlank, SYSTEMD_BLANKS } from './blanks.js';

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

/** Half a surrogate, or a code point that Unicode keeps free: in no text that systemd takes for UTF-8. */
export const hasNoCharacter = (text: string): boolean =>
  /[^\0-\x7f]/.test(text) && /[\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(text);

/** A byte above ASCII, as in texts that were collected: half a surrogate, until `joined` knows its neighbours. */
const byteText = (value: number): string => String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);
/** A half that is not a byte. */
const NOT_UTF8 = '\udfff';

/**
 * The escape behind a backslash at `at`: its text, and how many characters it takes; undefined when unknown. `\x` and
 * octal numbers are bytes, `\u` and `\U` are characters; only `\U` checks that there is such a character.
 */
function unescaped(text: string, at: number): { text: string; length: number } | undefined {
  const letter = LETTERS[text[at] ?? ''];
  if (letter !== undefined) return { text: letter, length: 1 };
  const [whole, hex, octal, short, long] =
    /^(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(text.slice(at, at + 9)) ?? [];
  if (whole === undefined) return undefined;
  const value = Number.parseInt(hex ?? octal ?? short ?? long!, octal === undefined ? 16 : 8);
  if (value === 0 || value > 0x10ffff) return undefined;
  const { length } = whole;
  if (hex !== undefined || octal !== undefined) return { text: byteText(value), length };
  const character = String.fromCodePoint(value);
  if (!hasNoCharacter(character)) return { text: character, length };
  return long === undefined ? { text: NOT_UTF8, length } : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that are UTF-8 together become their characters; others stay halves. */
const joined = (word: string): string =>
  word.replace(/[\udc80-\udcff]+/gu, (bytes) => {
    try {
      return utf8.decode(Uint8Array.from(bytes, (half) => half.charCodeAt(0) - 0xdc00));
    } catch {
      return bytes;
    }
  });

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
    if (quote === '' && isBlank(c, SYSTEMD_BLANKS)) {
      if (word !== undefined) words.push(joined(word));
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
  return { words: word === undefined ? words : [...words, joined(word)] };
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
