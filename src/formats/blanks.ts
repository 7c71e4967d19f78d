/**
 * Trimming as the products do it: ASCII blanks only. JavaScript's own `trim` also removes a byte-order mark and a
 * no-break space, which boost, systemd and libpq keep as part of a key.
 */

const BLANKS = ' \t\n\r\v\f';
/** Those of systemd: a vertical tab or form feed is part of a word. */
export const SYSTEMD_BLANKS = ' \t\n\r';

export const isBlank = (character: string | undefined, blanks = BLANKS): boolean =>
  character !== undefined && character !== '' && blanks.includes(character);

/** Text without the blanks at both ends. */
export function trimBlanks(text: string, blanks = BLANKS): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start], blanks)) start++;
  while (end > start && isBlank(text[end - 1], blanks)) end--;
  return text.slice(start, end);
}

/** Words between blanks. */
export const blankWords = (text: string): string[] => text.split(/[ \t\n\r\v\f]+/).filter((word) => word !== '');
