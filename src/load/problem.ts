/** What is wrong with a file, where, and how it is shown: position, sentence, the line and a caret. */

import { UsageError } from '../model/inventory.js';

/** One thing wrong at one place. `offset` counts UTF-16 units from the start of the text (without its BOM). */
export interface Excerpt {
  readonly offset: number;
  /** What was found, what is expected. Never holds a secret. */
  readonly message: string;
  /** What of the line is not to be shown. */
  readonly hidden?: Span;
}

/** A part of the text that is not to be shown, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const MAX_SHOWN = 50;
const EXCERPT_WIDTH = 100;
/** In a text that cannot be parsed, only the lines show where a secret may be. */
const SECRET_IN_LINE =
  /(?:pass\w{0,20}|pw|pwd|secret\w{0,20}|token|credentials?|accesskey\w{0,20})["']?\s{0,20}[:=]\s*/i;
/** Up to the last `@`: a password may hold what ends a host. */
const USER_INFO = /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\r\n]*@/gi;
const KEY_IN_LINE = /^\s*(?:- +)?["']?[\w-]+["']?\s*:/;

/** Takes user and password out of every URL of a text. */
export const hideUserInfo = (text: string): string => text.replaceAll(USER_INFO, '$1****@');

/** The same of what was found; what is expected is ours. */
function hideFound(message: string): string {
  const at = message.lastIndexOf(', expected ');
  return at < 0 ? hideUserInfo(message) : hideUserInfo(message.slice(0, at)) + message.slice(at);
}

/** Offsets at which the lines of a text begin; CR, LF and CRLF end a line. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** One-based line and column. */
export function lineAndColumn(
  starts: readonly number[],
  offset: number,
): { readonly line: number; readonly column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low]! + 1 };
}

const clean = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, ' ');

function excerpt(
  text: string,
  start: number,
  column: number,
  hidden: readonly Span[],
): { line: string; caret: number } {
  const rest = text.slice(start);
  let line = rest.slice(0, /[\r\n]|$/.exec(rest)!.index);
  const cuts = hidden
    .filter((span) => span.start < start + line.length && span.end > start)
    .map((span) => Math.max(span.start - start, 0));
  // a line without a key goes on with the value of the last one
  const before = KEY_IN_LINE.test(line)
    ? undefined
    : text
        .slice(0, start)
        .split(/\r\n|[\r\n]/)
        .findLast((l) => KEY_IN_LINE.test(l));
  if (before !== undefined && SECRET_IN_LINE.test(before)) cuts.push(0);
  const secret = SECRET_IN_LINE.exec(line);
  if (secret) cuts.push(secret.index + secret[0].length);
  const url = line.search(USER_INFO);
  if (url >= 0) cuts.push(line.indexOf('://', url) + 3);
  const cut = Math.min(...cuts, line.length);
  if (cut < line.length) line = `${line.slice(0, cut)}****`;
  const caret = Math.min(column - 1, cut);
  const from = caret > EXCERPT_WIDTH - 20 ? caret - 40 : 0;
  return { line: clean(line.slice(from, from + EXCERPT_WIDTH)), caret: caret - from };
}

/**
 * Every problem as `file:line:column: message` with the line and a caret below, in order of position, each once.
 * Beyond 50 they are only counted.
 */
export function showProblems(
  fileName: string,
  text: string,
  problems: readonly Excerpt[],
  hidden: readonly Span[] = [],
): string[] {
  const starts = lineStarts(text);
  const seen = new Set<string>();
  const shown: string[] = [];
  let more = 0;
  for (const { offset, message, hidden: own } of [...problems].sort((a, b) => a.offset - b.offset)) {
    const { line, column } = lineAndColumn(starts, offset);
    const head = clean(`${fileName}:${line}:${column}: ${hideFound(message)}`);
    if (seen.has(head)) continue;
    seen.add(head);
    if (shown.length >= MAX_SHOWN) {
      more++;
      continue;
    }
    const source = excerpt(text, starts[line - 1]!, column, own ? [...hidden, own] : hidden);
    const gutter = String(line);
    shown.push(`${head}\n  ${gutter} | ${source.line}\n  ${' '.repeat(gutter.length)} | ${' '.repeat(source.caret)}^`);
  }
  return more > 0 ? [...shown, `${clean(fileName)}: ${more} more errors`] : shown;
}

/** Throws all problems of a file as one error. Does nothing when there is none. */
export function throwProblems(
  fileName: string,
  text: string,
  problems: readonly Excerpt[],
  hidden: readonly Span[] = [],
): void {
  if (problems.length > 0) throw new UsageError(showProblems(fileName, text, problems, hidden).join('\n'));
}
