/** The command line. Only this file and `print` print or set the exit code; each command is a separate module. */

import yargs, { type Argv } from 'yargs';
import { COMMAND_CODES, EXAMPLES, EXIT_CODES, FIRST_STEPS, USAGE } from './commands/helpTexts.js';
import { type CommandName, commandOf, OPTIONS } from './commands/options.js';
import type { Outcome } from './commands/outcome.js';
import { isPlugin } from './commands/plugin.js';
import { print } from './commands/print.js';
import { spareHelp, spareStacks } from './commands/spared.js';
import { failure, misuse, operands, refuseRepeated, refuseValueless } from './commands/usage.js';
import { UsageError } from './model/inventory.js';
import { plain } from './plain.js';
import { version } from './version.js';

const DEFAULT_FILE = 'ha-preflight.yml';
const inventories = <T>(y: Argv<T>) =>
  y.positional('inventory', {
    type: 'string',
    array: true,
    defaultDescription: DEFAULT_FILE,
    describe: 'Inventory files',
  });

const optional = <T, K extends string>(y: Argv<T>, name: K, describe: string) =>
  y.positional(name, { type: 'string', defaultDescription: DEFAULT_FILE, describe });

/** An argument that must be given, and one of which there may be several. */
const one = <T, K extends string>(y: Argv<T>, name: K, describe: string) =>
  y.positional(name, { type: 'string', demandOption: true, describe });
const several = <T, K extends string>(y: Argv<T>, name: K, describe: string) =>
  y.positional(name, { type: 'string', array: true, demandOption: true, describe });

/** A command with its examples and exit codes below its options. */
function withHelp<T>(y: Argv<T>, name: CommandName): Argv<T> {
  const shown = y.example(EXAMPLES[name].map(([words, purpose]) => [`ha-preflight ${words}`, purpose]));
  const codes = COMMAND_CODES[name];
  return codes === undefined ? shown : shown.epilogue(codes);
}

type Run = (command: () => Promise<Outcome>) => void;

/** Every command but `completion`. `overview`: the options of the default one are not shown. */
const withCommands = (y: Argv, run: Run, overview: boolean): Argv =>
  y
    .command(
      ['check [inventory..]', ...(overview ? [] : ['$0'])],
      'Audit the cluster of each inventory',
      (y) => withHelp(inventories(y).options(OPTIONS.check), 'check'),
      (a) => run(async () => (await import('./commands/check.js')).check(a)),
    )
    .command(
      'plan [inventory..]',
      'Print every command that would run on a node; contact nothing',
      (y) => withHelp(inventories(y).options(OPTIONS.plan), 'plan'),
      (a) => run(async () => (await import('./commands/plan.js')).plan(a)),
    )
    .command(
      'settings [inventory..]',
      'Show the settings in force on each node, and where each comes from',
      (y) => withHelp(inventories(y).options(OPTIONS.settings), 'settings'),
      (a) => run(async () => (await import('./commands/settings.js')).settings(a)),
    )
    .command(
      'gather [inventory..]',
      'Ask the nodes and save their answers as evidence',
      (y) => withHelp(inventories(y).options(OPTIONS.gather), 'gather'),
      (a) => run(async () => (await import('./commands/gather.js')).gather(a)),
    )
    .command(
      'bundle [inventory..]',
      'Audit, and write evidence, report and settings into one file for a ticket',
      (y) => withHelp(inventories(y).options(OPTIONS.bundle), 'bundle'),
      (a) => run(async () => (await import('./commands/bundle.js')).bundle(a)),
    )
    .command(
      'relay [inventory]',
      'Audit through another program that reaches the nodes, one step at a time',
      (y) => withHelp(optional(y, 'inventory', 'Inventory file').options(OPTIONS.relay), 'relay'),
      (a) => run(async () => (await import('./commands/relay.js')).relay(a)),
    )
    .command(
      'judge <evidence..>',
      'Judge saved evidence; contact nothing',
      (y) => withHelp(several(y, 'evidence', 'Files that gather or bundle wrote').options(OPTIONS.judge), 'judge'),
      (a) => run(async () => (await import('./commands/judge.js')).judge(a)),
    )
    .command(
      'list',
      'List the checks, or the requirements they come from',
      (y) => withHelp(y.options(OPTIONS.list), 'list'),
      (a) => run(async () => (await import('./commands/list.js')).list(a)),
    )
    .command(
      'explain <id>',
      'Explain one check or requirement: why, what is asked, how to fix or waive it',
      (y) => withHelp(one(y, 'id', 'Check or requirement, as list prints it').options(OPTIONS.explain), 'explain'),
      (a) => run(async () => (await import('./commands/explain.js')).explain(a.id, a.plugin)),
    )
    .command(
      'validate [inventory..]',
      'Find all errors of inventories, with line and column; contact nothing',
      (y) => withHelp(inventories(y).options(OPTIONS.validate), 'validate'),
      (a) => run(async () => (await import('./commands/validate.js')).validate(a)),
    )
    .command(
      'init [file]',
      'Write a commented inventory; ask for its contents at a terminal',
      (y) =>
        withHelp(
          optional(y, 'file', 'New file; an existing one is never overwritten; - is standard output').options(
            OPTIONS.init,
          ),
          'init',
        ),
      // yargs makes an empty string of a lone -
      (a) =>
        run(async () =>
          (await import('./commands/init.js')).init({
            ...a,
            file: a.file === '' ? '-' : (a.file ?? DEFAULT_FILE),
          }),
        ),
    )
    .command(
      'diff <old> <new>',
      'Show what is new, worse or fixed between two JSON reports',
      (y) =>
        withHelp(
          one(one(y, 'old', 'The older JSON report'), 'new', 'The newer JSON report').options(OPTIONS.diff),
          'diff',
        ),
      (a) => run(async () => (await import('./commands/diff.js')).diff(a)),
    )
    .command(
      'merge <reports..>',
      'Join JSON reports into one document; exit with the code of the worst gate',
      (y) => withHelp(several(y, 'reports', 'JSON reports').options(OPTIONS.merge), 'merge'),
      (a) => run(async () => (await import('./commands/merge.js')).merge(a)),
    )
    .command(
      'report <file>',
      'Print a saved JSON report in another format',
      (y) => withHelp(one(y, 'file', 'JSON report').options(OPTIONS.report), 'report'),
      (a) => run(async () => (await import('./commands/merge.js')).report(a)),
    )
    .command(
      'fix <file>',
      'Write the fixes of a report as a script or playbook to review; run nothing',
      (y) => withHelp(one(y, 'file', 'JSON report; - is standard input').options(OPTIONS.fix), 'fix'),
      // yargs makes an empty string of a lone -
      (a) => run(async () => (await import('./commands/fix.js')).fix({ ...a, file: a.file === '' ? '-' : a.file })),
    )
    .command(
      'demo',
      'Audit a small cluster with planted faults, made on this machine',
      (y) => withHelp(y.options(OPTIONS.demo), 'demo'),
      (a) => run(async () => (await import('./commands/demo.js')).demo(a)),
    )
    .command(
      'new-check <id>',
      'Write a new check and its test; TypeScript where a tsconfig.json is, else JavaScript',
      (y) =>
        withHelp(one(y, 'id', 'A noun in kebab-case, such as disk-space').options(OPTIONS['new-check']), 'new-check'),
      (a) => run(async () => (await import('./commands/newCheck.js')).newCheck(a.id, a.dir)),
    );

/** Parses and runs; never throws. Usage errors end with 2, internal errors with 4. */
export async function main(argv: readonly string[]): Promise<void> {
  const completing = argv[0] === '--get-yargs-completions';
  if (completing && (await (await import('./commands/complete.js')).completed(argv.slice(1)))) return;
  let outcome: Promise<Outcome> = Promise.resolve({});
  const run: Run = (command) => {
    outcome = command();
    // awaited below; yargs must not see the rejection first
    outcome.catch(() => {});
  };
  // help without a command shows the commands, not the options of the default one
  const overview = argv.length > 0 && argv.every((word) => word === '--help' || word === '-h');
  const parser = withCommands(
    spareStacks(() => yargs(operands(argv)))
      .scriptName('ha-preflight')
      // the language of the terminal would translate half of the help
      .locale('en')
      .updateStrings({ 'Positionals:': 'Arguments:', 'Show help': 'Show this help' })
      // `--only keys prod.yml` names one tag and one inventory
      .parserConfiguration({ 'greedy-arrays': false })
      .usage(USAGE),
    run,
    overview,
  )
    // yargs' own command would run the default command too; so its name is never used, and ours calls it
    .completion('--', false)
    .command(
      'completion',
      'Print a completion script for your shell: bash, zsh or fish',
      (y) => withHelp(y, 'completion'),
      async () => {
        const text = (await import('./commands/complete.js')).scriptFor(process.env.SHELL);
        if (text !== undefined) return run(async () => ({ text }));
        // its types know no arguments
        const { showCompletionScript } = parser as unknown as Record<string, (name: string, command: string) => void>;
        showCompletionScript!.call(parser, 'ha-preflight', 'completion');
      },
    )
    .option('debug', { type: 'boolean', describe: 'Show where an internal error happened' })
    .version(version)
    .describe('version', 'Show the version')
    .help()
    .alias('help', 'h')
    .group(['debug', 'help', 'version'], 'General:')
    .strict()
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .example(FIRST_STEPS)
    .epilogue(`ha-preflight COMMAND --help shows the options of a command.\n\n${EXIT_CODES}`)
    // a template and a person gave the same option, or a variable was empty: what holds must not be a guess
    .check((given) => {
      refuseRepeated(given, commandOf(argv));
      refuseValueless(argv, commandOf(argv));
      return true;
    })
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(misuse(message, argv));
    });
  spareHelp(parser);
  try {
    await parser.parse();
    const { text, note, exitCode = 0 } = await outcome;
    process.exitCode = exitCode;
    if (text !== undefined) await print(text);
    if (note !== undefined) process.stderr.write(`${plain(note)}\n`);
  } catch (error) {
    // a shell that completes a half-typed word must not get an error message
    if (completing) return;
    const { exitCode, words } = failure(error as Error, argv);
    const plugin = isPlugin(argv);
    process.exitCode = plugin ? 3 : exitCode;
    // monitoring shows what is on standard output
    if (plugin) process.stdout.write(`${(await import('./reporters/nagios.js')).nagiosError(words)}\n`);
    // an error with its place stands at the beginning of its line, where editors look for it
    const prefix = /^\S+:\d+:\d+: /.test(words) ? '' : 'ha-preflight: ';
    process.stderr.write(`${prefix}${plain(words)}\n`);
  }
}
