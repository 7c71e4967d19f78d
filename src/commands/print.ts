/** Standard output, whoever reads it. */

import { plain } from '../plain.js';

/** Prints all of it; a reader that has gone (`| head`) is not an error. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        process.exitCode = 4;
        process.stderr.write(`ha-preflight: standard output could not be written: ${plain(error.message)}\n`);
      }
      resolve();
    });
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve());
  });
}
