#!/usr/bin/env node
/** Entry point. `--version` answers without loading anything, and `--help` mostly does. */

import { readFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { version } from './version.js';

/** Prints what is known before anything is loaded. False: it cannot be had, or nobody takes it. */
function print(text: () => string): boolean {
  try {
    writeSync(1, text());
    return true;
  } catch {
    return false;
  }
}

/** The help as it was when the program was built. Error: there is none of this width. */
const help = (): string =>
  readFileSync(new URL(`help-${Math.min(100, process.stdout.columns ?? 80)}.txt`, import.meta.url), 'utf8');

const [word, ...more] = process.argv.slice(2);
const alone = more.length === 0;
const printed =
  (alone && word === '--version' && print(() => `${version}\n`)) ||
  (alone && (word === '--help' || word === '-h') && print(help));
if (!printed) {
  // an account that is only a number, as in a container, may have no home; what looks for one then finds nothing in /
  try {
    homedir();
  } catch {
    process.env.HOME = '/';
  }
  const { plain } = await import('./plain.js');
  const { isPlugin } = await import('./commands/plugin.js');
  const say = (words: string): boolean => process.stderr.write(`ha-preflight: internal error: ${plain(words)}\n`);
  // 4 would be no state of a monitoring plugin
  const internal = isPlugin(process.argv) ? 3 : 4;
  // when something ends the process before the result is printed (process.exit in a plugin, say), the gate has not passed
  let over = false;
  process.on('exit', (code) => {
    if (over || code === 130 || code === internal) return;
    process.exitCode = internal;
    say('the process ended too early, perhaps by process.exit in a plugin');
  });
  process.on('uncaughtException', (error: Partial<Error> | null | undefined) => {
    const debug = process.argv.includes('--debug') && error?.stack;
    say(debug || `${error?.message ?? String(error)}\nrun again with --debug and report it`);
    process.exit(internal);
  });
  const { main } = await import('./cli.js');
  await main(process.argv.slice(2));
  over = true;
  // nothing that a plugin left running keeps us
  setTimeout(() => process.exit(), 1000).unref();
}
