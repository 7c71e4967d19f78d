/**
 * The Git-style format of Connect and Package Manager, by the rules of the public library: names without case, repeated
 * sections add up, the last value wins, `;` and `#` start a comment anywhere outside quotes. What the library and the
 * products' own documents both refuse is an error; a comment character that ends an unquoted value is a remark, because
 * Connect's document takes it for a part of the value. Source: go-gcfg/gcfg scanner/scanner.go, read.go (2020-07-13);
 * docs.posit.co/connect/admin/appendix/configuration (docs/sources.md 4.2, 10.3).
 */

import { gcfgValue, skipGap } from './gcfgValue.js';
import { type Refusal, type Setting, type StrictConfig, strictConfig } from './settings.js';

/** How a byte that is not UTF-8 comes here (gather/lib/bytes.ts). */
const NOT_UTF8 = /[\udc80-\udcff]/u;

/** A name begins with a letter; letters, digits and dashes follow. */
const NAME = /\p{L}[\p{L}\p{Nd}-]*/uy;

/** The name that begins at `at`; `''` when none does. */
function nameAt(text: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? '';
}

/** `[Section "Sub"]` becomes `section "Sub"`: the section's case is ignored, the subsection's is not. */
function readHeader(line: string): { section: string; error?: string } {
  let i = skipGap(line, 1);
  const name = nameAt(line, i);
  if (name === '') return { section: '', error: 'the section name does not begin with a letter' };
  let section = name.toLowerCase();
  i = skipGap(line, i + name.length);
  let error: string | undefined;
  if (line[i] === '"') {
    let sub = '';
    for (i++; i < line.length && line[i] !== '"'; i++) {
      if (line[i] === '\\') {
        i++;
        if (line[i] !== '\\' && line[i] !== '"') error = 'only \\\\ and \\" are escapes in the name of a subsection';
      }
      sub += line[i] ?? '';
    }
    if (sub === '') error ??= 'the name of the subsection is empty';
    section += ` "${sub}"`;
    i = skipGap(line, i + 1);
  }
  if (line[i] !== ']')
    error ??= 'a section header is [Name] or [Name "Sub"], with letters, digits and dashes in the name';
  else if (!/^(|[;#].*)$/s.test(line.slice(skipGap(line, i + 1))))
    error ??= 'something other than a comment behind the ]';
  return { section, ...(error !== undefined && { error }) };
}

/**
 * Keys come out as `section.key`, lower case. A value holds its lines' continuation. A bare name has the value `true`
 * and is marked: the product takes it for a boolean, empties a list, and refuses it for text and numbers.
 */
export function gcfg(source: string): StrictConfig {
  const text = source.replace(/^\uFEFF/, '');
  const settings: Setting[] = [];
  const errors: Refusal[] = [];
  const remarks: string[] = [];
  let section: string | undefined;
  let line = 1;
  let i = 0;
  const refuse = (what: string): void => void errors.push({ line, what });
  /** Goes to the line behind `end`. */
  const next = (end: number): void => {
    for (const character of text.slice(i, end + 1)) {
      if (character === '\0') refuse('a NUL character');
      if (NOT_UTF8.test(character)) refuse('a byte that is not UTF-8');
      if (character === '\n') line++;
    }
    i = end + 1;
  };
  while (i < text.length) {
    const newline = text.indexOf('\n', i);
    const end = newline < 0 ? text.length : newline;
    const start = skipGap(text, i);
    const name = nameAt(text, start);
    const behind = skipGap(text, start + name.length);
    if (text[start] === '[') {
      const header = readHeader(text.slice(start, end));
      section = header.section;
      if (header.error !== undefined) refuse(header.error);
    } else if (name !== '' && section === undefined) refuse('a setting before any [section]');
    const key = `${section ?? ''}.${name.toLowerCase()}`;
    if (name !== '' && text[behind] === '=') {
      const { value, end: valueEnd, error, cut } = gcfgValue(text, behind + 1);
      if (error !== undefined) refuse(error);
      if (cut) remarks.push(`line ${line}: ${cut} begins a comment here, so the value ends before it`);
      settings.push({ key, value, line, ...(cut && { cut }) });
      next(valueEnd);
      continue;
    }
    const last = behind >= end || text[behind] === ';' || text[behind] === '#';
    if (name !== '' && last) settings.push({ key, value: 'true', line, bare: true });
    else if (!last && text[start] !== '[')
      refuse(
        name === '' ? 'neither a [section] nor a setting' : `no = behind "${name}", or a character no name may have`,
      );
    next(end);
  }
  return strictConfig(settings, errors, remarks);
}

/** A boolean as the library reads it; undefined for any other word. */
export function gcfgBoolean(value: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(value)) return true;
  return /^(false|no|off|0)$/i.test(value) ? false : undefined;
}

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A length of time in nanoseconds, as a plain number is one: `1m15s` (docs/sources.md 10.3); undefined for any other text. */
export function gcfgDuration(value: string): number | undefined {
  if (!/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined;
  return [...value.matchAll(/([\d.]+)(\D+)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * NANOSECONDS[unit!]!,
    0,
  );
}
