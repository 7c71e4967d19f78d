/** The answer to `foundScript`, taken apart; nothing in it is decided yet. */

import type { UnitFile } from '../formats/systemdLines.js';
import { NotSeen } from '../model/evidence.js';
import type { TreeEntry } from '../products/installed.js';
import { headOf, unmasked } from './foundHead.js';
import { entryOf, type Listed, leadsAway, linkAt, listedOf, unseenEntry } from './foundListing.js';

export interface Answered {
  readonly running: readonly { readonly name: string; readonly pid: number }[];
  readonly root: string;
  /** Of the server's process and of the host. */
  readonly places: { readonly home?: string; readonly user?: string; readonly hostname?: string };
  /** Processes of other accounts are not visible (hidepid). */
  readonly hidden?: true;
  /** What sudo said when it refused everything. */
  readonly refused?: string;
  /** Account of the running server. */
  readonly account?: string;
  /** Variables of the running server; absent where they could not be read. */
  readonly environment?: readonly string[];
  /** Arguments of the running server, its name first. */
  readonly arguments?: readonly string[];
  /** Files of the unit and files of variables, as far as they could be read. */
  readonly units: readonly UnitFile[];
  readonly unread: readonly string[];
  /** Lines of these files whose secret is a placeholder. */
  readonly unitPlaceholders: ReadonlyMap<string, readonly number[]>;
  readonly texts: ReadonlyMap<string, string>;
  readonly cut: ReadonlyMap<string, readonly number[]>;
  readonly unencoded: ReadonlyMap<string, readonly number[]>;
  readonly wrapped: ReadonlyMap<string, readonly number[]>;
  readonly placeholders: ReadonlyMap<string, readonly number[]>;
  readonly directories: readonly Listed[];
  /** Files that an option could name, by absolute path; one that could not be looked at has nobody's owner and mode. */
  readonly moved: ReadonlyMap<string, TreeEntry>;
  /** The paths that were looked at. */
  readonly named: ReadonlySet<string>;
  /** What to say of those that a link out of a tree of files is on the way to. */
  readonly strayed: ReadonlyMap<string, string>;
}

/** Parts of a list of lines that begin with one of `=NAME WORDS`, each with the lines behind it. */
function* parts(lines: readonly string[], name: string): Iterable<[words: string, lines: string[]]> {
  let current: [string, string[]] | undefined;
  for (const line of lines) {
    if (line.startsWith(`=${name} `)) {
      if (current) yield current;
      current = [line.slice(name.length + 2), []];
    } else current?.[1].push(line);
  }
  if (current) yield current;
}

const without = <T>(prefix: string, byPath: ReadonlyMap<string, T>): Map<string, T> =>
  new Map(
    [...byPath].flatMap(([path, value]): [string, T][] =>
      path.startsWith(`${prefix}/`) ? [[path.slice(prefix.length), value]] : [],
    ),
  );

/** What is masked comes twice where an awk gave up: the first time is left out. */
function lastOf(lines: readonly string[]): readonly string[] {
  const [from, again, to] = ['=environment', '=again', '=tree'].map((name) => lines.indexOf(name)) as [
    number,
    number,
    number,
  ];
  return again < 0 || (again > to && to >= 0)
    ? lines
    : [...lines.slice(0, from < 0 || from > again ? again : from), ...lines.slice(again + 1)];
}

/** Puts the digests, which come behind the texts, where each belongs; not where one is missing. Only what is masked has lines `@`. */
function digested(lines: readonly string[]): readonly string[] {
  const [from, to] = [lines.indexOf('=digests'), lines.indexOf('=tree')];
  if (from < 0 || to < from) return lines;
  const [masked, digests] = [lines.slice(0, from), lines.slice(from + 1, to)];
  if (digests.length !== masked.filter((l) => l === '@').length) return lines;
  let next = 0;
  return [...masked.map((l) => (l === '@' ? digests[next++]! : l)), ...lines.slice(to)];
}

/** Undefined when the product is not on the node. NotSeen when the answer is not whole. */
export function answerOf(stdout: string): Answered | undefined {
  const lines = digested(lastOf(stdout.split('\n')));
  const head = headOf(lines);
  if (!head) return undefined;
  const { value, running } = head;
  const sections = ['environment', 'arguments', 'units', 'texts', 'tree', 'moved', 'end'];
  // names in the listing may hold any line: before it the first counts, behind it the last
  const starts = sections.map((name, i) => (i < 5 ? lines.indexOf(`=${name}`) : lines.lastIndexOf(`=${name}`)));
  if (starts.some((at, i) => at < 0 || at < (starts[i - 1] ?? 0)))
    throw new NotSeen('the node stopped answering while its configuration was read');
  const section = (name: string): string[] => {
    const i = sections.indexOf(name);
    return lines.slice(starts[i]! + 1, starts[i + 1]);
  };
  const prefix = value('prefix') ?? '';
  const plain = (given: readonly string[]): string[] => (unmasked(given).files.get('') ?? '').split('\n').slice(0, -1);
  const environment = section('environment');
  const words = section('arguments');
  const units = section('units');
  const told = unmasked(units);
  const texts = unmasked(section('texts'));
  const variables = unmasked(environment);
  const places = { home: value('home'), user: value('user'), hostname: value('host') };
  const named = [...parts(section('moved'), 'named')];
  const awayUnits = units.flatMap((line, i): [string, string][] => {
    const link = line.startsWith('=unread ') ? linkAt(units, i + 1) : undefined;
    return link ? [[line.slice(8 + prefix.length), leadsAway(link)]] : [];
  });
  const strayed = named.flatMap(([path, said]): [string, string][] =>
    said.flatMap((_, i): [string, string][] => {
      const link = linkAt(said, i);
      return link ? [[path, leadsAway(link)]] : [];
    }),
  );
  const moved = named.flatMap(([path, said]): [string, TreeEntry][] => {
    const entry = said.map((line) => entryOf(line)).find((e) => e !== undefined) ?? unseenEntry(path, said);
    return entry ? [[path, { ...entry, at: path }]] : [];
  });
  return {
    running,
    root: value('root') ?? '/',
    ...(value('hidden') && { hidden: true }),
    ...(value('refused') && { refused: value('refused')! }),
    ...(value('account') && { account: value('account')! }),
    places: Object.fromEntries(Object.entries(places).filter(([, v]) => v)),
    ...(environment.includes('=process') && { environment: plain(environment) }),
    ...(words.length > 0 && { arguments: plain(words) }),
    units: units
      .filter((l) => l.startsWith('=unit '))
      .map((l) => ({ path: l.slice(6 + prefix.length), text: told.files.get(l.slice(6)) ?? '' })),
    unread: units.filter((l) => l.startsWith('=unread ')).map((l) => l.slice(8 + prefix.length)),
    unitPlaceholders: without(prefix, told.placeholders),
    texts: without(prefix, texts.files),
    cut: without(prefix, texts.cut),
    unencoded: without(prefix, texts.unencoded),
    wrapped: without(prefix, texts.wrapped),
    placeholders: new Map([...without(prefix, texts.placeholders), ...variables.placeholders]),
    directories: [...parts(section('tree'), 'dir')].map(([path, said]) => listedOf(path, said, prefix)),
    moved: new Map(moved),
    named: new Set(named.map(([path]) => path)),
    strayed: new Map([...strayed, ...awayUnits]),
  };
}
