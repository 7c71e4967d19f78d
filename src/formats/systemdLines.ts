/**
 * The lines of a unit file or drop-in: sections, assignments, continuation. Source: systemd src/shared/conf-parser.c,
 * systemd.syntax(7).
 */

import { SYSTEMD_BLANKS, trimBlanks } from './blanks.js';
import { hasNoCharacter } from './systemdWords.js';

/** A file of a unit, as it was collected. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

export interface Assignment {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** 1-based, of the first of the lines a value is continued over. */
  readonly line: number;
}

/** An odd number of backslashes at the end: the last of them is not escaped itself. */
function isContinued(line: string): boolean {
  let backslashes = 0;
  while (line[line.length - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

const trimmed = (text: string): string => trimBlanks(text, SYSTEMD_BLANKS);

/** Lines without comments and with their continuations: a backslash at the end becomes a blank. */
function* joinedLines(text: string): Generator<{ text: string; line: number }> {
  let pieces: string[] = [];
  let line = 1;
  for (const [i, source] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|[\n\r\0]/)
    .entries()) {
    if (/^[ \t]*[#;]/.test(source)) continue;
    if (pieces.length === 0) line = i + 1;
    const continued = isContinued(source);
    pieces.push(continued ? `${source.slice(0, -1)} ` : source);
    if (continued) continue;
    yield { text: trimmed(pieces.join('')), line };
    pieces = [];
  }
  yield { text: trimmed(pieces.join('')), line };
}

export interface UnitText {
  readonly assignments: readonly Assignment[];
  /** Where systemd gives the file up, and why: a main file counts for nothing then, a drop-in up to that line. */
  readonly broken?: { readonly line: number; readonly what: string };
}

/** Assignments in order; what systemd ignores with a warning is left out. */
export function unitAssignments(text: string): UnitText {
  const assignments: Assignment[] = [];
  let section = '';
  for (const { text: content, line } of joinedLines(text)) {
    if (hasNoCharacter(content)) return { assignments, broken: { line, what: 'not UTF-8' } };
    if (content.startsWith('[')) {
      if (!content.endsWith(']')) return { assignments, broken: { line, what: 'half a section header' } };
      section = content.slice(1, -1);
      continue;
    }
    const at = content.indexOf('=');
    if (at < 0) continue;
    const [name, value] = [trimmed(content.slice(0, at)), trimmed(content.slice(at + 1))];
    assignments.push({ section, name, value, line });
  }
  return { assignments };
}
