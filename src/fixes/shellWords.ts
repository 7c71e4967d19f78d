/** What both the script and the playbook have a shell read. Pure. */

import { word } from '../remedy.js';

/** In single quotes nothing has a meaning but the quote itself. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same, but as it is where that needs no quotes. */
export const plainly = (text: string): string => word(text) ?? quoted(text);

/**
 * Whether a line that is to be added sets a key that the last section of the file sets already: of two the last would
 * count, or neither. Exits 1 where it does not. `as`: the program that gives the right to read the file, if one is needed.
 */
export function alreadySet(line: string, path: string, as: 'sudo ' | '' = ''): string {
  const [key = '', ...rest] = line.split('=');
  const pattern = `^ *${key.trim().replaceAll('.', '\\.')}${rest.length > 0 ? ' *=' : '$'}`;
  return `${as}tac ${plainly(path)} | sed '/^ *\\[/q' | grep -qi ${quoted(pattern)}`;
}
