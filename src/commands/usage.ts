/** What is wrong with a command line, in terms of the command at hand. */

import { didYouMean } from '../load/suggest.js';
import { UsageError } from '../model/inventory.js';
import { list } from '../relations.js';
import { type CommandName, commandOf, OPTIONS, takenBy } from './options.js';

/** Words after `--` are files, even when they begin with a dash. yargs would drop them without an error. */
export function operands(argv: readonly string[]): string[] {
  const at = argv.indexOf('--');
  if (at < 0) return [...argv];
  return [...argv.slice(0, at), ...argv.slice(at + 1).map((a) => (/^-./.test(a) ? `./${a}` : a))];
}

/** UsageError for an option that holds one value and was given two: yargs makes a list of them. */
export function refuseRepeated(given: Readonly<Record<string, unknown>>, command: CommandName): void {
  const options = OPTIONS[command] as Readonly<Record<string, { readonly array?: boolean }>>;
  const twice = Object.keys(options).find((name) => options[name]!.array !== true && Array.isArray(given[name]));
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once: give it once`);
}

interface Kind {
  readonly type?: string;
  readonly alias?: string;
}

const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Options that may stand without a value. */
const BARE = ['shard'];
/** Commands for which - is standard input or output. */
const READ_STDIN: readonly CommandName[] = ['init', 'fix'];

type Options = readonly (readonly [name: string, kind: Kind])[];

/** The option that a word names, and what it says behind `=`. */
function optionIn(word: string, options: Options): { known?: string; option?: Kind; given?: string | undefined } {
  const [, long, short, given] = /^(?:--([A-Za-z][\w-]*)|-([A-Za-z]+))(?:=(.*))?$/s.exec(word) ?? [];
  const name = long === undefined ? short?.at(-1) : dashed(long);
  const found = name === undefined ? undefined : options.find(([full, { alias }]) => name === full || name === alias);
  return found ? { known: found[0], option: found[1], given } : {};
}

/** Whether the word after this one is its value. */
function takesNext(word: string, options: Options): boolean {
  const { option, given } = optionIn(word, options);
  return option !== undefined && option.type !== 'boolean' && given === undefined;
}

/**
 * UsageError for an option without its value, and for a switch with one: yargs takes the default, and `--fail-on "$LEVEL"`
 * of a pipeline where the variable is not set would be another gate than the one meant.
 */
export function refuseValueless(argv: readonly string[], command: CommandName): void {
  const options = Object.entries(OPTIONS[command] as Readonly<Record<string, Kind>>);
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  for (const [i, word] of words.entries()) {
    const isValue = takesNext(words[i - 1] ?? '', options);
    if (word === '-' && !isValue && !READ_STDIN.includes(command))
      throw new UsageError(`-: ${command} does not read standard input, expected a file`);
    if (word === '' && !isValue) throw new UsageError(`an argument is empty: see ha-preflight ${command} --help`);
    if (isValue) continue;
    const { known, option, given } = optionIn(word, options);
    if (known === undefined || option === undefined || BARE.includes(known)) continue;
    if (option.type === 'boolean') {
      if (given !== undefined && !/^(true|false)$/.test(given))
        throw new UsageError(`--${known}=${given}: --${known} is given without a value`);
      continue;
    }
    const value = given ?? words[i + 1];
    if (value === undefined || (given === undefined && /^-[^\d]/.test(value)) || /^[\s,]*$/.test(value))
      throw new UsageError(`--${known} needs a value: see ha-preflight ${command} --help`);
  }
}

/** What yargs says of a wrong command line, in terms of the command at hand. */
export function misuse(message: string, argv: readonly string[]): string {
  const command = commandOf(argv);
  const help = `see ha-preflight ${command} --help`;
  const missing = /^Not enough non-option arguments/.test(message);
  if (missing) return `${command} needs more arguments: ${help}`;
  const [, option = '', given = '', choices = ''] =
    /^Invalid values:\n {2}Argument: (\S+), Given: (.*), Choices: (.*)$/.exec(message) ?? [];
  if (option !== '') {
    const words = choices.split(', ').map((word) => word.replaceAll('"', ''));
    const wrong = given.replaceAll('"', '');
    return `--${option} ${wrong}${didYouMean(wrong, words) || `: use ${list(words).replace(' and ', ' or ')}`}`;
  }
  const [, names] = /^Unknown arguments?: (.*)$/.exec(message) ?? [];
  if (names === undefined) return message;
  const written = (name: string): string | undefined =>
    argv.find((word) => /^-/.test(word) && word.replace(/^-+(?:no-)?/, '').replace(/=.*/s, '') === name);
  const all = new Set(names.split(', '));
  // yargs names --no-such as noSuch, too
  return [...all]
    .filter((name) => dashed(name) === name || !all.has(dashed(name)))
    .map((name) => {
      const option = written(name)?.replace(/=.*/s, '');
      if (option === undefined) return `${command} does not take the argument ${name}: ${help}`;
      const others = takenBy(name).filter((other) => other !== command);
      if (others.length > 0) return `${command} does not take ${option}: only ${list(others)} can use this option`;
      const known = Object.keys(OPTIONS[command]).map((other) => `--${other}`);
      return `${command} does not take ${option}${didYouMean(option, known) || `: ${help}`}`;
    })
    .join('\n');
}

/** What ended a command that did not end by itself, in words, and the exit code for it. */
export function failure(error: Error, argv: readonly string[]): { readonly exitCode: 2 | 4; readonly words: string } {
  if (error instanceof UsageError || error.name === 'YError') return { exitCode: 2, words: error.message };
  const more = argv.includes('--debug') ? error.stack : 'run again with --debug and report it';
  return { exitCode: 4, words: `internal error (a bug in ha-preflight): ${error.message}\n${more}` };
}
