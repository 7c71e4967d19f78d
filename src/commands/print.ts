/** Standard output, whoever reads it. */

import { plain } from '../plain.js';

/** Prints all of it, a piece after the other; a reader that has gone (`| head`) is not an error. */
export async function print(text: string | Iterable<string>): Promise<void> {
  let gone = false;
  let last = '';
  const put = (piece: string): Promise<void> =>
    new Promise((resolve) => {
      const lost = (error: NodeJS.ErrnoException): void => {
        gone = true;
        if (error.code !== 'EPIPE') {
          process.exitCode = 4;
          process.stderr.write(`ha-preflight: standard output could not be written: ${plain(error.message)}\n`);
        }
        resolve();
      };
      process.stdout.once('error', lost);
      process.stdout.write(piece, (error) => {
        // of one that failed the event follows
        if (error) return;
        process.stdout.off('error', lost);
        resolve();
      });
    });
  for (const piece of typeof text === 'string' ? [text] : text) {
    if (gone) return;
    last = piece;
    await put(piece);
  }
  if (!gone && !last.endsWith('\n')) await put('\n');
}
