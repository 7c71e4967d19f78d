/** The command line. The only file that prints or sets the exit code; each command is a module of its own. */

import yargs, { type Argv } from 'yargs';
import { type CommandName, commandOf, OPTIONS, takenBy } from './commands/options.js';
import type { Outcome } from './commands/outcome.js';
import { isPlugin } from './commands/plugin.js';
import { didYouMean } from './load/suggest.js';
import { UsageError } from './model/inventory.js';
import { plain } from './plain.js';
import { list } from './relations.js';
import { version } from './version.js';

const inventories = <T>(y: Argv<T>) =>
  y.positional('inventory', {
    type: 'string',
    array: true,
    defaultDescription: 'ha-preflight.yml',
    describe: 'Inventory files',
  });

/** Examples of one command, each with what it is for. */
const examples = <T>(y: Argv<T>, ...lines: readonly (readonly [string, string])[]): Argv<T> =>
  y.example(lines.map(([command, purpose]): [string, string] => [`ha-preflight ${command}`, purpose]));

const EXIT_CODES =
  'Exit codes: 0 the gate passed, 1 it failed, 2 bad usage or inventory (nothing was contacted), 3 a critical check is unknown, 4 internal error, 130 interrupted.';

const REPORT_CODES = `${EXIT_CODES} With --format nagios: 0 ok, 1 warning, 2 critical, 3 unknown, and 3 for bad usage and internal errors.`;

/** Words after `--` are files, even when they begin with a dash. yargs would drop them without an error. */
function operands(argv: readonly string[]): string[] {
  const at = argv.indexOf('--');
  if (at < 0) return [...argv];
  return [...argv.slice(0, at), ...argv.slice(at + 1).map((a) => (/^-./.test(a) ? `./${a}` : a))];
}

/** Parses and runs; never throws. Usage errors end with 2, internal errors with 4. */
export async function main(argv: readonly string[]): Promise<void> {
  const completing = argv[0] === '--get-yargs-completions';
  if (completing && (await completed(argv.slice(1)))) return;
  let outcome: Promise<Outcome> = Promise.resolve({});
  const run = (command: () => Promise<Outcome>): void => {
    outcome = command();
    // awaited below; yargs must not see the rejection first
    outcome.catch(() => {});
  };
  // help without a command shows the commands, not the options of the default one
  const overview = argv.length > 0 && argv.every((word) => word === '--help' || word === '-h');
  const parser = yargs(operands(argv))
    .scriptName('ha-preflight')
    // the language of the terminal would translate half of the help
    .locale('en')
    .updateStrings({ 'Positionals:': 'Arguments:', 'Show help': 'Show this help' })
    // `--only keys prod.yml` names one tag and one inventory
    .parserConfiguration({ 'greedy-arrays': false })
    .usage(
      `ha-preflight [command] [inventory..]

Audit whether a cluster is highly available: ask every node over SSH, and judge the answers by the vendor's checklist. Without a command, check is run.`,
    )
    .command(
      ['check [inventory..]', ...(overview ? [] : ['$0'])],
      'Audit the cluster of each inventory',
      (y) =>
        examples(
          inventories(y).options(OPTIONS.check),
          ['check prod.yml', 'Audit the cluster of one inventory'],
          ['check --nodes ops@wb1,ops@wb2 --sudo', 'Audit two nodes without an inventory'],
          ['check prod.yml --only keys,clock-skew', 'Run the checks tagged keys, and clock-skew'],
          [
            'check prod.yml --report junit=r.xml --baseline old.json',
            'Run in a pipeline: fail on what is new or worse',
          ],
        ).epilogue(REPORT_CODES),
      (a) => run(async () => (await import('./commands/check.js')).check(a)),
    )
    .command(
      'plan [inventory..]',
      'Print every command that would run on a node; contact nothing',
      (y) =>
        examples(
          inventories(y).options(OPTIONS.plan),
          ['plan prod.yml', 'Print all commands'],
          ['plan prod.yml --only clock-skew', 'Print what one check needs'],
          ['plan prod.yml --sudoers', 'Print a file for /etc/sudoers.d'],
        ),
      (a) => run(async () => (await import('./commands/plan.js')).plan(a)),
    )
    .command(
      'settings [inventory..]',
      'Show the settings in force on each node, and where each comes from',
      (y) =>
        examples(
          inventories(y).options(OPTIONS.settings),
          ['settings prod.yml', 'Show all settings'],
          ['settings prod.yml --match database', 'Show those whose name contains database'],
        ).epilogue('Exit codes: 0 every node answered, 2 bad usage or inventory, 3 a node could not be read.'),
      (a) => run(async () => (await import('./commands/settings.js')).settings(a)),
    )
    .command(
      'gather [inventory..]',
      'Ask the nodes and save their answers as evidence',
      (y) =>
        examples(inventories(y).options(OPTIONS.gather), [
          'gather prod.yml -o evidence.json',
          'Save evidence, to judge it here or on another machine',
        ]).epilogue(
          'Exit codes: 0 the evidence was saved, 2 bad usage or inventory, 4 internal error, 130 interrupted.',
        ),
      (a) => run(async () => (await import('./commands/gather.js')).gather(a)),
    )
    .command(
      'judge <evidence..>',
      'Judge saved evidence; contact nothing',
      (y) =>
        examples(
          y
            .positional('evidence', {
              type: 'string',
              array: true,
              demandOption: true,
              describe: 'Files that gather wrote',
            })
            .options(OPTIONS.judge),
          ['judge evidence.json', 'Judge what gather saved'],
          ['judge evidence.json --format html > report.html', 'Write a page for a browser'],
        ).epilogue(REPORT_CODES),
      (a) => run(async () => (await import('./commands/judge.js')).judge(a)),
    )
    .command(
      'list',
      'List the checks, or the requirements they come from',
      (y) =>
        examples(
          y.options(OPTIONS.list),
          ['list', 'List all checks'],
          ['list --requirements', "List the vendors' requirements"],
        ),
      (a) => run(async () => (await import('./commands/list.js')).list(a)),
    )
    .command(
      'explain <id>',
      'Explain one check or requirement: why, what is asked, how to fix or waive it',
      (y) =>
        examples(
          y
            .positional('id', {
              type: 'string',
              demandOption: true,
              describe: 'Check or requirement, as list prints it',
            })
            .options(OPTIONS.explain),
          ['explain clock-skew', 'Explain a check'],
          ['explain RSPM-01', 'Explain a requirement'],
        ),
      (a) => run(async () => (await import('./commands/explain.js')).explain(a.id, a.plugin)),
    )
    .command(
      'validate [inventory..]',
      'Find all errors of inventories, with line and column; contact nothing',
      (y) =>
        examples(inventories(y).options(OPTIONS.validate), ['validate prod.yml test.yml', 'Validate two inventories']),
      (a) => run(async () => (await import('./commands/validate.js')).validate(a)),
    )
    .command(
      'init [file]',
      'Write a commented inventory; ask for its contents at a terminal',
      (y) =>
        examples(
          y
            .positional('file', {
              type: 'string',
              defaultDescription: 'ha-preflight.yml',
              describe: 'New file; an existing one is never overwritten; - is standard output',
            })
            .options(OPTIONS.init),
          ['init', 'Ask what to write, then write ha-preflight.yml'],
          ['init prod.yml --nodes wb1,wb2 --user ops --sudo', 'Write an inventory of two nodes'],
          ['init prod.yml --from-ansible hosts --group workbench', 'Take the nodes from Ansible'],
        ),
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
      'Show what is new, worse or fixed between two JSON reports',
      (y) =>
        examples(
          y
            .positional('old', { type: 'string', demandOption: true, describe: 'The older JSON report' })
            .positional('new', { type: 'string', demandOption: true, describe: 'The newer JSON report' })
            .options(OPTIONS.diff),
          ['diff old.json new.json', 'Compare two runs'],
        ).epilogue('Exit codes: 0 nothing is new or worse, 1 something is, 2 bad usage, 4 internal error.'),
      (a) => run(async () => (await import('./commands/diff.js')).diff(a)),
    )
    .command(
      'merge <reports..>',
      'Join JSON reports into one document; exit with the code of the worst gate',
      (y) =>
        examples(
          y
            .positional('reports', { type: 'string', array: true, demandOption: true, describe: 'JSON reports' })
            .options(OPTIONS.merge),
          ['merge a.json b.json > all.json', 'Join the reports of two clusters'],
          ['merge *.json --format html > all.html', 'Write one page of all clusters'],
        ).epilogue(REPORT_CODES),
      (a) => run(async () => (await import('./commands/merge.js')).merge(a)),
    )
    .command(
      'report <file>',
      'Print a saved JSON report in another format',
      (y) =>
        examples(
          y.positional('file', { type: 'string', demandOption: true, describe: 'JSON report' }).options(OPTIONS.report),
          ['report report.json --verbose', 'Read a report, with what passed'],
          ['report report.json --format markdown', 'Print it for a ticket'],
        ).epilogue(
          'Exit codes: 0 whatever the gate was, 2 bad usage, 4 internal error. With --format nagios: 0 ok, 1 warning, 2 critical, 3 unknown.',
        ),
      (a) => run(async () => (await import('./commands/merge.js')).report(a)),
    )
    .command(
      'demo',
      'Audit a small cluster with planted faults, made on this machine',
      (y) =>
        examples(
          y.options(OPTIONS.demo),
          ['demo', 'See a report within seconds'],
          ['demo --keep demo', 'Keep the cluster, to fix a fault and audit again'],
        ).epilogue('Exit codes: 0 exactly the planted faults were found, 1 others, 2 bad usage, 4 internal error.'),
      (a) => run(async () => (await import('./commands/demo.js')).demo(a)),
    )
    .command(
      'new-check <id>',
      'Write a new check and its test; TypeScript where a tsconfig.json is, else JavaScript',
      (y) =>
        examples(
          y
            .positional('id', {
              type: 'string',
              demandOption: true,
              describe: 'A noun in kebab-case, such as disk-space',
            })
            .options(OPTIONS['new-check']),
          ['new-check disk-space', 'Write checks/disk-space and its test'],
        ),
      (a) => run(async () => (await import('./commands/newCheck.js')).newCheck(a.id, a.dir)),
    )
    // yargs' own command would run the default command too; so its name is never used, and ours calls it
    .completion('--', false)
    .command(
      'completion',
      'Print a completion script for bash or zsh',
      (y) => examples(y, ['completion >> ~/.bashrc', 'Complete commands, options and checks in bash']),
      () => {
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
    .example([
      ['ha-preflight demo', 'See a report without a cluster'],
      ['ha-preflight init', 'Write an inventory'],
      ['ha-preflight check', 'Audit the cluster of ha-preflight.yml'],
    ])
    .epilogue(`ha-preflight COMMAND --help shows the options of a command.\n\n${EXIT_CODES}`)
    // a template and a person gave the same option: which of them holds must not be a guess
    .check((given) => {
      refuseRepeated(given, commandOf(argv));
      return true;
    })
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(misuse(message, argv));
    });
  try {
    await parser.parse();
    const { text, note, exitCode = 0 } = await outcome;
    process.exitCode = exitCode;
    if (text !== undefined) await print(text);
    if (note !== undefined) process.stderr.write(`${plain(note)}\n`);
  } catch (error) {
    // a shell that completes a half-typed word must not get an error message
    if (completing) return;
    const usage = error instanceof UsageError || (error as Error).name === 'YError';
    const plugin = isPlugin(argv);
    process.exitCode = plugin ? 3 : usage ? 2 : 4;
    const words = usage
      ? (error as Error).message
      : `internal error (a bug in ha-preflight): ${(error as Error).message}\n${process.argv.includes('--debug') ? (error as Error).stack : 'run again with --debug and report it'}`;
    // monitoring shows what is on standard output
    if (plugin) process.stdout.write(`${(await import('./reporters/nagios.js')).nagiosError(words)}\n`);
    // an error with its place stands at the beginning of its line, where editors look for it
    const prefix = /^\S+:\d+:\d+: /.test(words) ? '' : 'ha-preflight: ';
    process.stderr.write(`${prefix}${plain(words)}\n`);
  }
}

/** UsageError for an option that holds one value and was given two: yargs makes a list of them. */
function refuseRepeated(given: Readonly<Record<string, unknown>>, command: CommandName): void {
  const options = OPTIONS[command] as Readonly<Record<string, { readonly array?: boolean }>>;
  const twice = Object.keys(options).find((name) => options[name]!.array !== true && Array.isArray(given[name]));
  if (twice !== undefined) throw new UsageError(`--${twice} is given more than once: give it once`);
}

/** What yargs says of a wrong command line, in terms of the command at hand. */
function misuse(message: string, argv: readonly string[]): string {
  const command = commandOf(argv);
  const help = `see ha-preflight ${command} --help`;
  const missing = /^Not enough non-option arguments/.test(message);
  if (missing) return `${command} needs more arguments: ${help}`;
  const [, names] = /^Unknown arguments?: (.*)$/.exec(message) ?? [];
  if (names === undefined) return message;
  const written = (name: string): string | undefined =>
    argv.find((word) => /^-/.test(word) && word.replace(/^-+(?:no-)?/, '').replace(/=.*/s, '') === name);
  return [...new Set(names.split(', '))]
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

/** Prints what our own completion knows; false: the parser is to be asked. */
async function completed(line: readonly string[]): Promise<boolean> {
  const words = await (await import('./commands/complete.js')).complete(line);
  if (words && words.length > 0) await print(words.join('\n'));
  return words !== undefined;
}

/** Prints all of it; a reader that has gone (`| head`) is not an error. */
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
