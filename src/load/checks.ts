/** The registry: a folder of files, one check each. Ours and a plugin's are loaded by the very same function. */

import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { AnyCheck, Needs } from '../check.js';
import { UsageError } from '../model/inventory.js';
import { namesIn, SRC } from '../place.js';
import { type Catalogue, catalogueOf } from '../products/index.js';
import { type Brought, fromModule, together } from './module.js';
import { fence, loading } from './plugin.js';
import { sharePackage } from './pluginImports.js';
import { builtIn } from './products.js';
import { didYouMean } from './suggest.js';

const BUILT_IN = join(SRC, '..', 'checks');

const AT_ONCE = 4;

/** Every `.js` file of a folder that does not begin with `_`; its name must be the id. */
async function fromFolder(folder: string): Promise<Brought> {
  const files = namesIn(folder)
    .filter((f) => /\.m?js$/.test(f) && !f.startsWith('_') && !/\.test\.m?js$/.test(f))
    .sort();
  const loaded: [string, Brought][] = [];
  // a few at once: a process may have few files open
  for (let at = 0; at < files.length; at += AT_ONCE)
    loaded.push(
      ...(await Promise.all(
        files
          .slice(at, at + AT_ONCE)
          .map(async (f): Promise<[string, Brought]> => [f, await fromModule(join(folder, f))]),
      )),
    );
  for (const [file, { checks, products }] of loaded) {
    const id = basename(file).replace(/\.m?js$/, '');
    if (checks.length === 1 && products.length === 0 && checks[0]!.id !== id)
      throw new UsageError(`${join(folder, file)}: the id is ${checks[0]!.id}; a check's file is named after its id`);
  }
  return together(loaded.map(([, brought]) => brought));
}

/** `where`: a folder or file (absolute), or a package name resolved from `base`. */
async function fromPlugin(where: string, base: string): Promise<Brought> {
  if (where.startsWith('/')) {
    const kind = statSync(where, { throwIfNoEntry: false });
    if (!kind) throw new UsageError(`plugin ${where} does not exist`);
    if (!kind.isDirectory() && !kind.isFile()) throw new UsageError(`plugin ${where} is neither a file nor a folder`);
    const brought = await (kind.isDirectory() ? fromFolder(where) : fromModule(where));
    if (brought.checks.length + brought.products.length === 0) {
      const typed = namesIn(where).some((f) => /(?<!\.d)\.m?ts$/.test(f));
      throw new UsageError(
        `plugin ${where} has no checks: a check is a file ID.js in that folder${typed ? '; what is there is TypeScript: build it, and name the folder of the build' : ''}`,
      );
    }
    return brought;
  }
  try {
    return await fromModule(createRequire(join(base, 'x.js')).resolve(where));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`plugin ${where} is not installed where ${base} can find it`);
  }
}

/** An id that two of the named sources bring. */
function* twice(kind: string, sources: readonly (readonly [name: string, ids: readonly string[]])[]): Iterable<string> {
  const known = new Map<string, string>();
  for (const [name, ids] of sources)
    for (const id of ids) {
      const other = known.get(id);
      if (other) yield `${kind} ${id} comes from ${other} and from ${name}: rename one`;
      known.set(id, name);
    }
}

/** Two collectors of one id would answer for each other. */
function* sameQuestions(ours: readonly AnyCheck[], theirs: readonly AnyCheck[]): Iterable<string> {
  const known = new Map<string, { collector: unknown; check: string }>();
  const told = new Set<string>();
  for (const check of [...ours, ...theirs])
    for (const collector of Object.values(check.needs as Needs)) {
      const other = known.get(collector.id);
      if (!other) known.set(collector.id, { collector, check: check.id });
      else if (other.collector !== collector && !told.has(collector.id)) {
        told.add(collector.id);
        yield `two collectors have the id ${collector.id}, of the checks ${other.check} and ${check.id}: rename the one in the plugin`;
      }
    }
}

/** A check that is for no product that there is would never run, and nobody would notice. */
function* strangeProducts(theirs: readonly AnyCheck[], known: readonly string[]): Iterable<string> {
  for (const { id, products = [] } of theirs)
    for (const product of products.filter((p) => !known.includes(p)))
      yield `check ${id} is for the product ${product}, which does not exist${didYouMean(product, known) || `: expected ${known.join(', ')}`}`;
}

export interface Registry {
  readonly checks: readonly AnyCheck[];
  readonly catalogue: Catalogue;
}

let builtInChecks: Promise<Brought> | undefined;
/** Loaded once, however many clusters there are. */
const ourChecks = (): Promise<Brought> => (builtInChecks ??= fromFolder(BUILT_IN));

/** The built-in checks and products, and those of the named plugins. UsageError: one that cannot be loaded, an id twice. */
export async function loadRegistry(plugins: readonly string[] = [], base = process.cwd()): Promise<Registry> {
  const ours = await ourChecks();
  if (plugins.length === 0) return { checks: ours.checks, catalogue: builtIn };
  const again = plugins.find((p, i) => plugins.indexOf(p) < i);
  if (again !== undefined) throw new UsageError(`plugin ${again} is listed twice`);
  sharePackage();
  const theirs = await loading(plugins, () => Promise.all(plugins.map((p) => fromPlugin(p, base))));
  const { checks, products, requirements } = together(theirs);
  const sources = <T>(own: readonly string[], of: (b: Brought) => readonly T[], id: (t: T) => string) =>
    [['ha-preflight', own], ...theirs.map((b, i) => [plugins[i]!, of(b).map(id)])] as [string, string[]][];
  const [clash] = [
    ...twice(
      'check',
      sources(
        ours.checks.map((c): string => c.id),
        (b) => b.checks,
        (c) => c.id,
      ),
    ),
    ...twice(
      'product',
      sources(
        [...builtIn.profiles.keys()],
        (b) => b.products,
        (p) => p.product,
      ),
    ),
  ];
  if (clash !== undefined) throw new UsageError(clash);
  const catalogue = catalogueOf([...builtIn.profiles.values(), ...products], requirements);
  const wrong = [...sameQuestions(ours.checks, checks), ...strangeProducts(checks, [...catalogue.profiles.keys()])];
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  return { checks: [...ours.checks, ...checks.map(fence(ours.checks))], catalogue };
}

/** The checks alone. */
export const loadChecks = async (plugins: readonly string[] = [], base?: string): Promise<readonly AnyCheck[]> =>
  (await loadRegistry(plugins, base)).checks;

/** Those named by id or tag, less those skipped. UsageError names what nothing is called. */
export function select(checks: readonly AnyCheck[], only: readonly string[], skipped: readonly string[]): AnyCheck[] {
  const names = new Set(checks.flatMap((c) => [c.id, ...(c.tags ?? [])]));
  const stranger = [...only, ...skipped].find((n) => !names.has(n));
  if (stranger !== undefined)
    throw new UsageError(
      `no check or tag has the name ${stranger}${didYouMean(stranger, names) || ': see ha-preflight list'}`,
    );
  const named = (check: AnyCheck, list: readonly string[]): boolean =>
    [check.id, ...(check.tags ?? [])].some((n) => list.includes(n));
  const selected = checks.filter((c) => (only.length === 0 || named(c, only)) && !named(c, skipped));
  if (selected.length === 0) throw new UsageError('--only and --skip leave no check to run');
  return selected;
}
