/** Text for people: made safe, wrapped, with node names folded. Shared by the reporters; pure. */

import type { Report } from '../model/report.js';
import { spelledBytes } from '../model/words.js';

/** Control characters, marks that reorder or hide text, lone surrogates: nothing of these reaches a reader. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

const spell = (char: string): string => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`;

/** What CI servers take for a command in the log of a step: GitHub's `::error::`, however indented; `##[`, `##vso[` anywhere. */
const COMMAND = /(?<=^|\s):(?=:[a-z][\w-]*(?:::|\s+[\w-]+=))|(?<=#)#(?=(?:vso|teamcity)?\[)/gi;

/**
 * One line, safe to print whoever wrote it: line breaks and tabs are spaces; any other control character, escape
 * sequence or bidirectional mark is escaped (`\u001b`), so that a difference made of them stays visible.
 */
export const safe = (text: string): string =>
  spelledBytes(text)
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(UNSAFE, spell)
    .replaceAll(COMMAND, spell);

/** The safe lines of a text, without empty ones at its ends. */
export const safeLines = (text: string): string[] =>
  text
    .trim()
    .split(/\r\n|[\r\n]/)
    .map(safe);

/** One character that takes two columns. */
const isWide = (char: string): boolean =>
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u.test(
    char,
  );

/** Columns a safe text takes on a terminal. */
export function columns(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += /\p{M}/u.test(char) ? 0 : isWide(char) ? 2 : 1;
  return width;
}

/** At most `max` characters, none of them cut in half, with an ellipsis when something is missing. */
export const clip = (text: string, max: number): string =>
  text.length > max
    ? `${text
        .slice(0, max - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`
    : text;

const COMMANDS = /^(?:::|##|[=+@]|-\d)/;

/** A word in pieces of at most `room`, cut behind a comma or slash where there is one. */
function pieces(word: string, room: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (columns(rest) > room) {
    let end = 0;
    let used = 0;
    for (const char of rest) {
      used += columns(char);
      if (used > room) break;
      end += char.length;
    }
    const cut = Math.max(rest.lastIndexOf(',', end - 1), rest.lastIndexOf('/', end - 1)) + 1;
    let at = cut > end / 2 ? cut : Math.max(end, 1);
    // a line that begins with one of these means something to CI servers, in cells and in a log
    while (at > 2 && COMMANDS.test(rest.slice(at))) at -= /[\udc00-\udfff]/.test(rest[at - 1]!) ? 2 : 1;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...parts, rest];
}

/** A text in lines of at most `width` columns, broken between words; a word that is longer is cut. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(width, 10);
  if (columns(text) <= room) return text === '' ? [] : [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/).filter(Boolean)) {
    const [first, ...rest] = pieces(word, room);
    if (line !== '' && columns(line) + 1 + columns(first!) > room) {
      lines.push(line);
      line = first!;
    } else line = line === '' ? first! : `${line} ${first!}`;
    for (const piece of rest) {
      lines.push(line);
      line = piece;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Wraps behind a label; the lines that follow are indented to it. */
export function labelled(label: string, text: string, width: number): string[] {
  const indent = ' '.repeat(label.length);
  return wrap(text, width - label.length).map((line, i) => (i === 0 ? label : indent) + line);
}

/** Wraps behind an indent; the lines that follow are indented by two more. */
export const hanging = (text: string, width: number, indent = ''): string[] =>
  wrap(text, width - 2 - indent.length).map((line, i) => (i === 0 ? indent : `${indent}  `) + line);

interface Numbered {
  readonly name: string;
  readonly digits: string;
  readonly value: number;
}

/** Groups in order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

/** Each once, in order of first appearance. */
export const distinct = (values: readonly string[]): string[] => [...new Set(values)];

/** The number that distinguishes nodes: the last one in the first label; in an IPv4 address the last part. */
function numberIn(name: string): { before: string; digits: string; after: string } | undefined {
  const label = /^[\d.]+$/.test(name) ? name : name.split('.')[0]!;
  const match = /^(.*?)(\d{1,9})(\D*)$/.exec(label);
  if (!match || /[[\],]/.test(name)) return undefined;
  return { before: match[1]!, digits: match[2]!, after: match[3]! + name.slice(label.length) };
}

function ranges(numbers: readonly Numbered[]): string {
  const sorted = [...numbers].sort((a, b) => a.value - b.value);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1]!.value === sorted[j]!.value + 1) j++;
    parts.push(i === j ? sorted[i]!.digits : `${sorted[i]!.digits}-${sorted[j]!.digits}`);
    i = j + 1;
  }
  return parts.join(',');
}

/** Node names in short: `wb[1-3,7], db`. Fewer than three of a kind are written out. */
export function fold(names: readonly string[]): string {
  const parsed = distinct(names).map((name) => {
    const { before = name, digits = '', after = '' } = numberIn(name) ?? {};
    return { name, digits, value: Number(digits), before, after };
  });
  const families = groupBy(parsed, ({ before, digits, after }) => JSON.stringify([before, after, digits === '']));
  // 01 and 1 are two names: where numbers are padded, only those of one length make a set
  const sets = families.flatMap((family) =>
    family.some(({ digits }) => digits.startsWith('0'))
      ? groupBy(family, ({ digits }) => String(digits.length))
      : [family],
  );
  const short = sets.flatMap((set) => {
    const { before, after } = set[0]!;
    const inOrder = [...set].sort((a, b) => a.value - b.value);
    return set.length < 3 ? inOrder.map(({ name }) => name) : [`${before}[${ranges(set)}]${after}`];
  });
  return short.map(safe).join(', ');
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/**
 * A report whose sentences name nodes in short too: `wb1, wb2, wb3 and wb5` becomes `wb[1-3,5]`, wherever three or
 * more of its own nodes stand in a list.
 */
export function foldNames(report: Report): Report {
  const names = distinct(report.cluster.nodes.map(({ name }) => name)).filter((name) => name !== '');
  if (names.length < 3) return report;
  const one = `(?:${names
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')})`;
  const lists = new RegExp(`(?<![\\w.@/-])${one}(?:(?:, | and )${one}){2,}(?![\\w@/-]|\\.\\w)`, 'g');
  const short = (text: string): string => text.replaceAll(lists, (found) => fold(found.split(/, | and /)));
  return {
    ...report,
    verdicts: report.verdicts.map((verdict) => ({
      ...verdict,
      message: short(verdict.message),
      ...(verdict.observed !== undefined && { observed: short(verdict.observed) }),
      ...(verdict.expected !== undefined && { expected: short(verdict.expected) }),
      ...(verdict.details && { details: verdict.details.map(short) }),
    })),
  };
}

export { count } from '../model/words.js';
