/**
 * Trimming as the products do it: ASCII blanks only. JavaScript's own `trim` also removes a byte-order mark and a
 * no-break space, which boost, systemd and libpq keep as part of a key.
 */

const BLANKS = ' \t\n\r\v\f';

export const isBlank = (character: string | undefined): boolean =>
  character !== undefined && character !== '' && BLANKS.includes(character);

/** Text without the blanks at both ends. */
export function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

/** Words between blanks. */
export const blankWords = (text: string): string[] => text.split(/[ \t\n\r\v\f]+/).filter((word) => word !== '');
