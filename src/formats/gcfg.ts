/**
 * The Git-style format of Connect and Package Manager (go-gcfg): names without case, repeated sections add up, the
 * last value wins, `;` and `#` start a comment anywhere outside quotes, backslash escapes and continues, a bare name
 * is `true`. Source: docs/sources.md 4.2 (Connect 1.7.6 appendix, go-gcfg grammar).
 */

import type { Config, Setting } from './settings.js';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t', b: '\b' };

/** `[Section "Sub"]` becomes `section "Sub"`: the section's case is ignored, the subsection's is not. */
const sectionName = (name: string, sub: string | undefined): string =>
  sub === undefined ? name.toLowerCase() : `${name.toLowerCase()} "${sub.replace(/\\(.)/g, '$1')}"`;

/** Reads a value from `at` (after the `=`); returns it with the index of the line end that closes it. */
function readValue(text: string, at: number): { value: string; end: number; unclosed: boolean } {
  let value = '';
  let quoted = false;
  /** Length of `value` up to the last character that trimming must keep. */
  let keep = 0;
  let i = at;
  for (; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') {
      const next = text[i + 1];
      if (next === '\n' || (next === '\r' && text[i + 2] === '\n')) {
        i += next === '\r' ? 2 : 1;
        continue;
      }
      if (next === undefined) break;
      value += ESCAPES[next] ?? `\\${next}`;
      keep = value.length;
      i++;
    } else if (c === '\n') break;
    else if (c === '"') {
      quoted = !quoted;
      keep = value.length;
    } else if (!quoted && (c === ';' || c === '#')) {
      while (i < text.length && text[i] !== '\n') i++;
      break;
    } else if (!quoted && /\s/.test(c)) {
      if (value !== '') value += c;
    } else {
      value += c;
      keep = value.length;
    }
  }
  return { value: value.slice(0, keep), end: i, unclosed: quoted };
}

/** Keys come out as `section.key`, lower case. A value holds its lines' continuation; a bare name is `true`. */
export function gcfg(source: string): Config {
  const text = source.replace(/^\uFEFF/, '');
  const settings: Setting[] = [];
  const remarks: string[] = [];
  let section = '';
  let line = 1;
  let i = 0;
  const to = (end: number): void => {
    for (let k = i; k < end; k++) if (text[k] === '\n') line++;
    i = end;
  };
  while (i < text.length) {
    const eol = text.indexOf('\n', i) < 0 ? text.length : text.indexOf('\n', i);
    const here = text.slice(i, eol).replace(/\r$/, '');
    const header = /^\s*\[\s*([A-Za-z][\w-]*)\s*(?:"((?:[^"\\]|\\.)*)"\s*)?\]\s*(?:[;#].*)?$/.exec(here);
    const name = /^(\s*)([A-Za-z][\w-]*)[ \t]*(=|[;#].*$|$)/.exec(here);
    if (header) {
      section = sectionName(header[1]!, header[2]);
      to(eol + 1);
    } else if (name) {
      const key = `${section}.${name[2]!.toLowerCase()}`;
      if (name[3] === '=') {
        const at = line;
        const { value, end, unclosed } = readValue(text, i + name[0].length);
        if (unclosed) remarks.push(`line ${at}: a quote is not closed`);
        settings.push({ key, value, line: at });
        to(end + 1);
      } else {
        settings.push({ key, value: 'true', line });
        to(eol + 1);
      }
      if (section === '') remarks.push(`line ${settings.at(-1)!.line}: a setting before any [section]`);
    } else {
      if (!/^\s*([;#].*)?$/.test(here)) remarks.push(`line ${line}: neither a [section] nor a setting`);
      to(eol + 1);
    }
  }
  return { settings, remarks };
}

/** go-gcfg's booleans. */
export const isTrue = (value: string): boolean => /^(true|yes|on|1)$/i.test(value.trim());
