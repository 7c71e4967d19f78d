/** The command line. The only file that prints or sets the exit code; each command is a module of its own. */

import yargs, { type Argv } from 'yargs';
import { productNames } from './load/productNames.js';
import { UsageError } from './model/inventory.js';
import { ASKING, GATE, RENDERING, SELECTION, SINCE } from './options.js';
import { plain } from './plain.js';
import { version } from './version.js';

/** What a command gives back: text for standard output, and the exit code. */
export interface Outcome {
  readonly text?: string;
  /** For standard error, after the text. */
  readonly note?: string;
  readonly exitCode?: number;
}

const inventories = <T>(y: Argv<T>) =>
  y.positional('inventory', { type: 'string', array: true, describe: 'inventory files (default ./ha-preflight.yml)' });

const selection = <T>(y: Argv<T>) => y.options(SELECTION);
const asking = <T>(y: Argv<T>) => y.options(ASKING);
const rendering = <T>(y: Argv<T>, format = 'terminal') => y.options(RENDERING).default('format', format);
const output = <T>(y: Argv<T>) => rendering(y).options(GATE);
const since = <T>(y: Argv<T>) => y.options(SINCE);

/** What follows `--` is files, whatever they begin with. yargs would leave it out without a word. */
function operands(argv: readonly string[]): string[] {
  const at = argv.indexOf('--');
  if (at < 0) return [...argv];
  return [...argv.slice(0, at), ...argv.slice(at + 1).map((a) => (/^-./.test(a) ? `./${a}` : a))];
}

/** Parses and runs; never throws. Usage errors end with 2, our own bugs with 4. */
export async function main(argv: readonly string[]): Promise<void> {
  const completing = argv[0] === '--get-yargs-completions';
  if (completing && (await completed(argv.slice(1)))) return;
  let outcome: Promise<Outcome> = Promise.resolve({});
  const run = (command: () => Promise<Outcome>): void => {
    outcome = command();
    // awaited below; yargs must not see the rejection first
    outcome.catch(() => {});
  };
  const parser = yargs(operands(argv))
    .scriptName('ha-preflight')
    // `--only keys prod.yml` names one tag and one inventory
    .parserConfiguration({ 'greedy-arrays': false })
    .usage(
      "$0 [command] [inventory..]\n\nTells whether a cluster really is highly available: asks every node over SSH, judges by the vendor's checklist.",
    )
    .command(
      ['check [inventory..]', '$0'],
      'audit the cluster of each inventory',
      (y) =>
        since(output(asking(selection(inventories(y)))))
          .option('save-evidence', { type: 'string', describe: 'also save what was gathered, for judge' })
          .option('active', {
            type: 'boolean',
            default: false,
            describe: 'allow tests that write on shared storage and into the bucket',
          }),
      (a) => run(async () => (await import('./commands/check.js')).check(a)),
    )
    .command(
      'plan [inventory..]',
      'every command, by node; nothing is contacted',
      (y) =>
        selection(inventories(y)).option('sudoers', {
          type: 'boolean',
          default: false,
          describe: 'print instead the least that sudo has to allow on a node',
        }),
      (a) => run(async () => (await import('./commands/plan.js')).plan(a)),
    )
    .command(
      'gather [inventory..]',
      'ask the nodes, save the evidence',
      (y) =>
        asking(selection(inventories(y)))
          .option('output', {
            alias: 'o',
            type: 'string',
            default: 'evidence.json',
            describe: 'file, written with mode 0600',
          })
          .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'no progress' }),
      (a) => run(async () => (await import('./commands/gather.js')).gather(a)),
    )
    .command(
      'judge <evidence..>',
      'judge saved evidence',
      (y) => since(output(selection(y.positional('evidence', { type: 'string', array: true, demandOption: true })))),
      (a) => run(async () => (await import('./commands/judge.js')).judge(a)),
    )
    .command(
      'list',
      'the checks',
      (y) =>
        y
          .option('requirements', {
            type: 'boolean',
            default: false,
            describe: "the vendors' requirements and their checks",
          })
          .option('format', { choices: ['text', 'json', 'markdown'] as const, default: 'text' as const }),
      (a) => run(async () => (await import('./commands/list.js')).list(a)),
    )
    .command(
      'explain <id>',
      'one check or requirement, as a manual page: why, source, what is asked, how to mend, waive, run it',
      (y) => y.positional('id', { type: 'string', demandOption: true }),
      (a) => run(async () => (await import('./commands/explain.js')).explain(a.id)),
    )
    .command(
      'validate [inventory..]',
      'errors of inventories, with line and column',
      (y) => inventories(y),
      (a) => run(async () => (await import('./commands/validate.js')).validate(a)),
    )
    .command(
      'init [file]',
      'write a commented inventory; asks at a terminal, never overwrites, - is standard output',
      (y) =>
        y
          .positional('file', { type: 'string', describe: 'default ha-preflight.yml' })
          .option('nodes', { type: 'string', describe: 'comma-separated, as [user@]host[:port]' })
          .option('product', { choices: productNames, describe: 'detected when left out' })
          .option('user', { type: 'string', describe: 'who logs in on the nodes' })
          .option('sudo', { type: 'boolean', describe: 'read with sudo -n what only root can' })
          .option('cluster', { type: 'string', describe: 'name of the cluster' })
          .option('from-ansible', {
            type: 'string',
            describe: 'Ansible inventory: INI, YAML or the JSON of ansible-inventory --list',
          })
          .option('group', { type: 'string', describe: 'with --from-ansible: only the hosts of this group' }),
      // yargs makes an empty string of a lone -
      (a) =>
        run(async () =>
          (await import('./commands/init.js')).init({
            ...a,
            file: a.file === '' ? '-' : (a.file ?? 'ha-preflight.yml'),
          }),
        ),
    )
    .command(
      'diff <old> <new>',
      'what is new, worse or mended between two JSON reports; exit 1 when something is new or worse',
      (y) =>
        y
          .positional('old', { type: 'string', demandOption: true })
          .positional('new', { type: 'string', demandOption: true })
          .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
      (a) => run(async () => (await import('./commands/diff.js')).diff(a)),
    )
    .command(
      'merge <reports..>',
      'one JSON report of many; exit code of the worst gate',
      (y) => rendering(y.positional('reports', { type: 'string', array: true, demandOption: true }), 'json'),
      (a) => run(async () => (await import('./commands/merge.js')).merge(a)),
    )
    .command(
      'report <file>',
      'a saved JSON report in another format',
      (y) => rendering(y.positional('file', { type: 'string', demandOption: true })),
      (a) => run(async () => (await import('./commands/merge.js')).report(a)),
    )
    .command(
      'demo',
      'a cluster with planted faults on this machine, audited end to end',
      (y) => output(y).option('keep', { type: 'string', describe: 'leave the cluster in this folder' }),
      (a) => run(async () => (await import('./commands/demo.js')).demo(a)),
    )
    .command(
      'new-check <id>',
      'a new check and its test; TypeScript where a tsconfig.json is, else JavaScript',
      (y) =>
        y
          .positional('id', { type: 'string', demandOption: true })
          .option('dir', { type: 'string', default: '.', describe: 'folder of the plugin or of this repository' }),
      (a) => run(async () => (await import('./commands/newCheck.js')).newCheck(a.id, a.dir)),
    )
    // yargs' own command would run the default command too; so its name is never used, and ours calls it
    .completion('--', false)
    .command(
      'completion',
      'script for bash or zsh: append it to ~/.bashrc or ~/.zshrc',
      (y) => y,
      () => {
        // its types know no arguments
        const { showCompletionScript } = parser as unknown as Record<string, (name: string, command: string) => void>;
        showCompletionScript!.call(parser, 'ha-preflight', 'completion');
      },
    )
    .option('debug', { type: 'boolean', describe: 'of an internal error, also where it happened' })
    .version(version)
    .help()
    .alias('help', 'h')
    .strict()
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .epilogue(
      'Exit codes: 0 gate passed, 1 failed, 2 bad usage or inventory (nothing contacted), 3 a critical check is unknown, 4 internal error, 130 interrupted.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    });
  try {
    await parser.parse();
    const { text, note, exitCode = 0 } = await outcome;
    process.exitCode = exitCode;
    if (text !== undefined) await print(text);
    if (note !== undefined) process.stderr.write(`${plain(note)}\n`);
  } catch (error) {
    // whatever is half typed, a shell that completes it gets no complaint
    if (completing) return;
    const usage = error instanceof UsageError || (error as Error).name === 'YError';
    process.exitCode = usage ? 2 : 4;
    const words = usage
      ? (error as Error).message
      : `internal error: ${(error as Error).message}\n${process.argv.includes('--debug') ? (error as Error).stack : 'run again with --debug and report it'}`;
    // an error with its place stands at the beginning of its line, where editors look for it
    const prefix = /^\S+:\d+:\d+: /.test(words) ? '' : 'ha-preflight: ';
    process.stderr.write(`${prefix}${plain(words)}\n`);
  }
}

/** Prints what our own completion knows; false: the parser is to be asked. */
async function completed(line: readonly string[]): Promise<boolean> {
  const words = await (await import('./commands/complete.js')).complete(line);
  if (words && words.length > 0) await print(words.join('\n'));
  return words !== undefined;
}

/** Whole, whoever reads it; a reader that has gone (`| head`) is no error. */
function print(text: string): Promise<void> {
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
