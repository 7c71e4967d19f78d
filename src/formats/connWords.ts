/** `keyword=value` connection texts. Source: postgres src/interfaces/libpq/fe-connect.c (conninfo_parse). */

import { isBlank, trimBlanks } from './blanks.js';
import type { Refused } from './connTypes.js';

/** One value: up to a blank, or in single quotes; a backslash escapes the next character. */
function readValue(text: string, at: number): { value: string; end: number } | Refused {
  const quoted = text[at] === "'";
  let value = '';
  let i = quoted ? at + 1 : at;
  for (; i < text.length && !(quoted ? text[i] === "'" : isBlank(text[i])); i++) {
    if (text[i] === '\\') i++;
    value += text[i] ?? '';
  }
  if (quoted && i >= text.length) return { refused: 'a quote is not closed' };
  return { value, end: i + 1 };
}

/**
 * Keywords and values; the last one of a name counts. Blanks may stand around the `=`, so an empty value takes the next
 * word: `host= port=1` is the host `port=1`. `keywordOf` gives the keyword of a name.
 */
export function connWords(text: string, keywordOf = (name: string): string => name): Map<string, string> | Refused {
  const settings = new Map<string, string>();
  let i = 0;
  const skip = (): void => {
    while (isBlank(text[i])) i++;
  };
  for (skip(); i < text.length; skip()) {
    const equals = text.indexOf('=', i);
    const name = trimBlanks(text.slice(i, equals < 0 ? undefined : equals));
    if (equals < 0 || /[ \t\n\r\v\f]/.test(name)) return { refused: 'a word without =' };
    i = equals + 1;
    skip();
    const read = readValue(text, i);
    if ('refused' in read) return read;
    settings.set(keywordOf(name), read.value);
    i = read.end;
  }
  return settings;
}
