/** Values of the Git-style format, with quotes, escapes and continuation. Source: go-gcfg/gcfg scanner/scanner.go. */

/** What stands behind a backslash, inside quotes. */
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t' };

/** The format's blanks: a form feed, for one, is not among them. */
export const isGap = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\r';

/** Index of the first character at or after `at` that is not blank. */
export function skipGap(text: string, at: number): number {
  while (isGap(text[at])) at++;
  return at;
}

export interface GcfgValue {
  readonly value: string;
  /** Index of the line end that closes the value. */
  readonly end: number;
  /** Why the product refuses it. */
  readonly error?: string;
  /** The comment character that ends an unquoted value. */
  readonly cut?: '#' | ';';
}

/** What a backslash at `at` stands for, and how many characters follow it. */
function escaped(text: string, at: number, quoted: boolean): { text: string; length: number } | { error: string } {
  const carriageReturn = text[at + 1] === '\r' && !quoted ? 1 : 0;
  const next = text[at + 1 + carriageReturn] ?? '';
  if (!quoted && next === '\n') return { text: '', length: 1 + carriageReturn };
  if (!quoted && next !== '"')
    return { error: 'a backslash outside quotes that ends neither the line nor escapes a "' };
  const character = ESCAPES[next];
  return character === undefined
    ? { error: `\\${next} in quotes is not an escape` }
    : { text: character, length: 1 + carriageReturn };
}

/** Reads a value from `at`, the character behind the `=`. */
export function gcfgValue(text: string, at: number): GcfgValue {
  let value = '';
  let quoted = false;
  /** Length of `value` up to the last character that trimming must keep. */
  let keep = 0;
  let error: string | undefined;
  let cut: GcfgValue['cut'];
  /** The last character that is not blank closed a quote: a comment behind it cuts nothing. */
  let closed = false;
  let i = skipGap(text, at);
  for (; i < text.length && text[i] !== '\n'; i++) {
    const c = text[i]!;
    if (!quoted && (c === ';' || c === '#')) {
      if (keep > 0 && !closed) cut = c;
      break;
    }
    if (!quoted && isGap(c)) {
      value += c;
      continue;
    }
    closed = c === '"' && quoted;
    if (c === '"') quoted = !quoted;
    else if (c === '\\') {
      const meant = escaped(text, i, quoted);
      if ('error' in meant) {
        error ??= meant.error;
        value += c;
      } else {
        value += meant.text;
        i += meant.length;
      }
    } else value += c;
    keep = value.length;
  }
  if (quoted) error ??= 'a quote is not closed';
  const end = text.indexOf('\n', i);
  return {
    value: value.slice(0, keep).replaceAll('\r', ''),
    end: end < 0 ? text.length : end,
    ...(error !== undefined && { error }),
    ...(cut && { cut }),
  };
}
