/** What the commands share: inventories of the arguments, report files. */

import { existsSync } from 'node:fs';
import { objectPlace } from '../gather/services/objectStore.js';
import { adHocCluster, loadInventory } from '../load/inventory.js';
import { builtIn } from '../load/products.js';
import { splitNodes } from '../load/ranges.js';
import { loadReports } from '../load/report.js';
import { didYouMean, nearest } from '../load/suggest.js';
import { type Cluster, type Product, UsageError } from '../model/inventory.js';
import type { Report, ReporterOptions, Reports } from '../model/report.js';
import { plain } from '../plain.js';
import { reporters } from '../reporters/index.js';
import { jsonPieces } from '../reporters/json.js';
import { nagiosExitCode } from '../reporters/nagios.js';
import { placeless } from './notes.js';
import { COMMANDS } from './options.js';
import type { Outcome } from './outcome.js';
import { type ReportFile, reserve, storedTarget, target } from './reportFile.js';
import { wantsColor, wantsLinks } from './screen.js';
import { shard } from './shard.js';

export interface InventoryArgs {
  readonly inventory?: string[] | undefined;
  readonly nodes?: string | undefined;
  readonly product?: Product | undefined;
  readonly sudo?: boolean | undefined;
  readonly shard?: string | undefined;
  /** The command, where one is named. */
  readonly _?: readonly (string | number)[];
}

/** A word that is not a file, and may be meant as a command: without a command the words are inventories. */
function mistyped([first = '', second]: readonly string[], { _: named = [] }: InventoryArgs): string[] {
  if (named.length > 0 || !/^[a-z-]+$/i.test(first) || existsSync(first)) return [];
  const word = first.toLowerCase();
  const command = COMMANDS.find((name) => name === second);
  const near = nearest(word, COMMANDS);
  const hint =
    word === 'version'
      ? ': write ha-preflight --version'
      : word === 'help'
        ? `: write ha-preflight ${command === undefined ? '' : `${command} `}--help`
        : near === undefined
          ? ': see ha-preflight --help'
          : `; did you mean ${near}?`;
  return [`no command is called ${first}${hint}`];
}

const DEFAULT_INVENTORY = 'ha-preflight.yml';

/** What a newcomer reads who has no inventory yet. */
const HOW_TO_BEGIN = `${DEFAULT_INVENTORY}: no such file, and no inventory was named. To begin:
  ha-preflight init                     write an inventory: asks for the nodes
  ha-preflight check --nodes wb1,wb2    audit these nodes without one
  ha-preflight demo                     see a report without a cluster`;

/** The inventories of the arguments, or the one of this folder. UsageError where there is neither. */
export function inventoriesOf(given: readonly string[] = []): readonly string[] {
  if (given.length > 0) return given;
  if (!existsSync(DEFAULT_INVENTORY)) throw new UsageError(HOW_TO_BEGIN);
  return [DEFAULT_INVENTORY];
}
/** At once, for what belongs to no report. */
export const say = (note: string): void => void process.stderr.write(`${plain(note)}\n`);

/** The clusters the arguments name. UsageError for every error of every file at once. */
export function clusters(args: InventoryArgs): Cluster[] {
  if (args.nodes !== undefined) {
    if (args.shard !== undefined)
      throw new UsageError('--shard is for a run with inventories: --nodes makes one cluster');
    if (args.inventory && args.inventory.length > 0)
      throw new UsageError('--nodes is for a run without an inventory: give one or the other');
    return [adHocCluster(splitNodes(args.nodes), args)];
  }
  if (args.product !== undefined) throw new UsageError('--product goes with --nodes; in an inventory write product:');
  if (args.sudo !== undefined)
    throw new UsageError('--sudo goes with --nodes; in an inventory write connection: { sudo: true }');
  const files = inventoriesOf(args.inventory);
  reserve(files);
  const errors: string[] = [];
  const loaded = shard(files, args.shard).flatMap((f) => {
    try {
      return [loadInventory(f, say)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      errors.push(error.message);
      return [];
    }
  });
  if (errors.length > 0) throw new UsageError([...mistyped(files, args), ...errors].join('\n'));
  return loaded;
}

/** The reports of `--baseline`. UsageError when one of the clusters is not in it: then all would be new. */
export function baseline(file: string | undefined, names: readonly string[]): readonly Report[] | undefined {
  if (file === undefined) return undefined;
  const reports = loadReports(file);
  const absent = names.find((name) => !reports.some(({ cluster }) => cluster.name === name));
  if (absent !== undefined)
    throw new UsageError(
      `--baseline ${file}: no report of cluster ${absent}; the file has ${reports.map(({ cluster }) => cluster.name).join(', ')}`,
    );
  return reports;
}

const known = (format: string): string => {
  const names = Object.keys(reporters);
  if (!names.includes(format))
    throw new UsageError(`unknown format ${format}${didYouMean(format, names) || `: use ${names.join(', ')}`}`);
  return format;
};

export interface OutputArgs {
  readonly format: string;
  readonly report: readonly string[];
  readonly verbose?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** The report files asked for. UsageError for a format that does not exist, that of standard output included. */
export function formatsOf({ format, report }: Pick<OutputArgs, 'format' | 'report'>) {
  known(format);
  return report.map((spec) => {
    const at = spec.indexOf('=');
    if (at < 1 || at === spec.length - 1)
      throw new UsageError(`--report ${spec}: expected FORMAT=FILE, such as junit=report.xml`);
    // elsewhere a comma goes between values
    if (Object.hasOwn(reporters, /,([a-z]+)=/.exec(spec)?.[1] ?? ''))
      throw new UsageError(`--report ${spec}: expected one FORMAT=FILE; repeat the option for more files`);
    return { format: known(spec.slice(0, at)), file: spec.slice(at + 1) };
  });
}

/** Checks formats and opens report files; UsageError before anything is contacted. */
export async function outputs({ format, report }: OutputArgs): Promise<ReportFile[]> {
  const opened: ReportFile[] = [];
  try {
    for (const { format: wanted, file } of formatsOf({ format, report })) {
      const place = objectPlace(file);
      opened.push(place ? await storedTarget(wanted, file, place) : target(wanted, file));
    }
  } catch (error) {
    for (const t of opened) t.abandon();
    throw error;
  }
  return opened;
}

/**
 * The report for standard output, and every report file. A file that could not be written is said, and is exit 4. Of a
 * monitoring plugin the exit code is part of the format.
 */
export async function deliver(
  report: Report | Reports,
  args: OutputArgs,
  targets: readonly ReportFile[],
): Promise<Outcome> {
  const sarif = [args.format, ...targets.map(({ format }) => format)].includes('sarif');
  const options = {
    ...(sarif && { explain: await (await import('./manual.js')).ruleHelp() }),
    width: Math.max(40, Math.min(process.stdout.columns ?? 80, 120)),
    verbosity: args.quiet ? -1 : args.verbose ? 1 : 0,
  };
  const troubles: string[] = [];
  for (const t of targets) {
    const trouble = await t.write(inFormat(t.format, report, { ...options, color: false }, '\n'));
    if (trouble !== undefined) troubles.push(trouble);
  }
  const notes = [...troubles, ...(sarif ? placeless(report) : [])];
  const screen = {
    color: wantsColor(process.stdout, process.env),
    ...(wantsLinks(process.stdout, process.env) && { link: (id: string) => builtIn.requirements.get(id)?.address }),
  };
  return {
    text: inFormat(args.format, report, { ...options, ...screen }),
    ...(notes.length > 0 && { note: notes.join('\n') }),
    ...exitCodeOf(args.format, report, troubles.length > 0),
  };
}

/** Of several reports JSON comes in pieces. */
function inFormat(
  format: string,
  report: Report | Reports,
  options: ReporterOptions,
  end = '',
): string | Iterable<string> {
  if (format !== 'json' || !('reports' in report)) return `${reporters[format]!(report, options)}${end}`;
  return (function* () {
    yield* jsonPieces(report);
    yield end;
  })();
}

/** The code of a format or of a file that was lost; none: that of the command. A plugin that is critical stays so. */
function exitCodeOf(format: string, report: Report | Reports, lost: boolean): Pick<Outcome, 'exitCode'> {
  if (format !== 'nagios') return lost ? { exitCode: 4 } : {};
  const state = nagiosExitCode(report);
  return { exitCode: lost && state !== 2 ? 3 : state };
}
