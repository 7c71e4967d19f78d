/** A program that lists nodes: run once for each command line, without a shell, bounded in time and output. */

import { spawnSync } from 'node:child_process';

import { UsageError } from '../../model/inventory.js';

/** Milliseconds that a program may take: a dynamic inventory asks a cloud. */
export const LIMIT_MS = 60_000;
/** Bytes that a program may print: `--list` of a cloud has hundreds of variables for each host. */
const MAX_BYTES = 64_000_000;
const SHOWN = 500;

export interface Printed {
  readonly text: string;
  /** `: ` and its standard error in a line; empty when it said nothing there. */
  readonly said: string;
}

/** The last lines of standard error in one, those that say error before a page of usage; without control characters. */
function lastWords(stderr: Buffer | null): string {
  const lines = (stderr ?? Buffer.alloc(0))
    .toString('utf8')
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]+/g, ' ').trim())
    .filter(Boolean);
  // the log of kubectl stands before its own sentence
  const words = lines.filter((line) => !/^[EWIF]\d{4} \d\d:/.test(line));
  const errors = words.filter((line) => /\berror\b/i.test(line));
  const shown = [errors, words, lines].find((some) => some.length > 0) ?? [];
  const text = shown.slice(-3).join('; ');
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

const asked = new Map<string, Printed>();

/** What a program printed. UsageError with its standard error when it fails. Inventories of one run may share a program: it is run once. */
export function outputOf(argv: readonly string[], folder: string, limitMs = LIMIT_MS): Printed {
  const key = JSON.stringify([folder, argv]);
  const known = asked.get(key);
  if (known !== undefined) return known;
  const output = run(argv, folder, limitMs);
  asked.set(key, output);
  return output;
}

function run([program = '', ...args]: readonly string[], folder: string, limitMs: number): Printed {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_BYTES,
  });
  const words = lastWords(stderr);
  const said = words === '' ? '' : `: ${words}`;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT' || code === 'EACCES')
    throw new UsageError(`"${program}" was not found on this machine, or may not be executed`);
  if (code === 'ETIMEDOUT') throw new UsageError(`"${program}" did not end within ${limitMs / 1000} s${said}`);
  if (code === 'ENOBUFS') throw new UsageError(`"${program}" printed more than ${MAX_BYTES / 1e6} MB`);
  if (error) throw new UsageError(`"${program}" could not be started (${code ?? error.message})`);
  if (status !== 0)
    throw new UsageError(
      `"${program}" ${status === null ? `was ended by ${signal}` : `failed with exit code ${status}`}${said || ', without a message'}`,
    );
  return { text: stdout.toString('utf8').replace(/^\ufeff/, ''), said };
}
