/** The file format of EnvironmentFile=, which is not a shell's. Source: systemd src/basic/env-file.c, systemd.exec(5). */

import { isBlank, SYSTEMD_BLANKS, trimBlanks } from './blanks.js';
import { isVariableName } from './systemdUnit.js';

/** What stands in the quotes that open at `at`, and the index of the closing one; they may span lines. */
function readQuoted(text: string, at: number): { value: string; end: number } {
  const quote = text[at]!;
  let value = '';
  let i = at + 1;
  for (; i < text.length && text[i] !== quote; i++) {
    if (quote === "'" || text[i] !== '\\') value += text[i];
    else {
      const next = text[++i] ?? '';
      if (next !== '\n') value += '"\\`$'.includes(next) ? next : `\\${next}`;
    }
  }
  return { value, end: i };
}

const endsLine = (character: string | undefined): boolean =>
  character === undefined || character === '\n' || character === '\r';

/** Reads one value from `at`. Quotes count only at its beginning and directly behind other quotes. */
function readValue(text: string, at: number): { value: string; end: number } {
  let value = '';
  /** Length of `value` without the blanks at its end. */
  let keep = 0;
  let quotesCount = true;
  let i = at;
  for (; !endsLine(text[i]); i++) {
    const c = text[i]!;
    if (quotesCount && isBlank(c, SYSTEMD_BLANKS)) continue;
    if (quotesCount && (c === '"' || c === "'")) {
      const quoted = readQuoted(text, i);
      value += quoted.value;
      i = quoted.end;
    } else {
      quotesCount = false;
      if (c !== '\\') value += c;
      else if (!endsLine(text[++i])) value += text[i];
      if (isBlank(c, SYSTEMD_BLANKS)) continue;
    }
    keep = value.length;
  }
  return { value: value.slice(0, keep), end: i };
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  /** 1-based. */
  readonly line: number;
}

/** Variables in order; names systemd would not take (`export A`) are left out. Later ones beat earlier ones. */
export function environmentFile(text: string): EnvironmentVariable[] {
  const found: EnvironmentVariable[] = [];
  let line = 1;
  let i = 0;
  const next = (end: number): void => {
    for (; i < end; i++) if (text[i] === '\n') line++;
  };
  while (i < text.length) {
    if (isBlank(text[i], SYSTEMD_BLANKS)) {
      next(i + 1);
      continue;
    }
    let end = i;
    const comment = text[i] === '#' || text[i] === ';';
    while (!endsLine(text[end]) && (comment || text[end] !== '=')) end++;
    if (text[end] !== '=') {
      next(end);
      continue;
    }
    const name = trimBlanks(text.slice(i, end), SYSTEMD_BLANKS);
    const { value, end: valueEnd } = readValue(text, end + 1);
    if (isVariableName(name)) found.push({ name, value, line });
    next(valueEnd);
  }
  return found;
}
