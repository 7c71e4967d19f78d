/** Text from another machine, made safe to print. */

/**
 * One line of at most `max` characters without control characters, terminal escapes, or marks that reorder text: a
 * server's words end up in a terminal and in tickets.
 */
export function oneLine(text: string, max = 200): string {
  const line = text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd\ud800-\udfff]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > max ? `${line.slice(0, max)}...` : line;
}

/** An error's own words, fit to print. */
export const wordsOf = (error: unknown): string => oneLine(String((error as Error | undefined)?.message ?? error));
