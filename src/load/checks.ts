/** The registry: a folder of files, one check each. Ours and a plugin's are loaded by the very same function. */

import { readdirSync, statSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyCheck } from '../check.js';
import { UsageError } from '../model/inventory.js';
import { SEVERITIES } from '../model/verdict.js';
import { defineProduct, type ProductSpec } from '../products/define.js';
import { type Catalogue, catalogueOf } from '../products/index.js';
import type { Profile } from '../products/profile.js';
import type { Document } from '../requirements/requirement.js';
import { fence, loading } from './plugin.js';
import { builtIn } from './products.js';

const BUILT_IN = join(import.meta.dirname, '..', '..', 'checks');

/** A plugin's file may import `ha-preflight` wherever it lies: what its own folder cannot resolve, ours does. */
const HOOK = `export async function resolve(specifier, context, next) {
  try { return await next(specifier, context); } catch (error) {
    if (specifier !== 'ha-preflight' && !specifier.startsWith('ha-preflight/')) throw error;
    return next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} });
  }
}`;

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Its questions are asked as they stand, or a function makes them. */
function isCollector(value: unknown): boolean {
  const { id, parse, requests } = (value ?? {}) as { id?: unknown; parse?: unknown; requests?: unknown };
  const asks = (r: unknown): boolean => typeof (r as { script?: unknown } | null)?.script === 'string';
  return (
    typeof id === 'string' &&
    typeof parse === 'function' &&
    (typeof requests === 'function' || (isMap(requests) && Object.values(requests).every(asks)))
  );
}

/** Its questions follow from the inventory and what the nodes say. */
function isProbe(value: unknown): boolean {
  const { via, questions, parse } = (value ?? {}) as { via?: unknown; questions?: unknown; parse?: unknown };
  return typeof via === 'string' && typeof questions === 'function' && typeof parse === 'function';
}

/** What is wrong with an object that should be a check, each a sentence. */
function flaws(check: Partial<AnyCheck>): string[] {
  const list = (value: unknown): boolean => Array.isArray(value) && value.every((v) => typeof v === 'string');
  const text = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const rules: [boolean, string][] = [
    [/^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(check.id)), 'id must be kebab-case'],
    [text(check.title), 'title must be a text'],
    [SEVERITIES.includes(check.severity as never), `severity must be one of ${SEVERITIES.join(', ')}`],
    [list(check.requirements), 'requirements must be a list of ids (it may be empty)'],
    [check.products === undefined || list(check.products), 'products must be a list of ids'],
    [check.when === undefined || typeof check.when === 'function', 'when must be a function of the profile'],
    [
      typeof check.needs === 'object' && check.needs !== null && Object.values(check.needs).every(isCollector),
      'needs must hold collectors (see defineCollector)',
    ],
    [check.tags === undefined || list(check.tags), 'tags must be a list of words'],
    [
      check.asks === undefined || (isMap(check.asks) && Object.values(check.asks).every(isProbe)),
      'asks must hold probes (see defineProbe)',
    ],
    [check.proof === undefined || ['measured', 'declared'].includes(check.proof), 'proof must be measured or declared'],
    [check.minimumNodes === undefined || Number.isInteger(check.minimumNodes), 'minimumNodes must be a whole number'],
    [check.params === undefined || isMap(check.params), 'params must be a mapping of thresholds'],
    [typeof check.judge === 'function', 'judge must be a function'],
    [text(check.rationale), 'rationale must be a text'],
    [text(check.remediation), 'remediation must be a text'],
  ];
  return rules.flatMap(([good, flaw]) => (good ? [] : [flaw]));
}

/** What an error says; anything can be thrown. */
const words = (error: unknown): string => String((error as Partial<Error> | null | undefined)?.message ?? error);

/** What a module brings. */
interface Brought {
  readonly checks: readonly AnyCheck[];
  readonly products: readonly Profile[];
  readonly requirements: readonly Document[];
}

const together = (all: readonly Brought[]): Brought => ({
  checks: all.flatMap((b) => b.checks),
  products: all.flatMap((b) => b.products),
  requirements: all.flatMap((b) => b.requirements),
});

function checkedCheck(check: Partial<AnyCheck>, file: string): AnyCheck {
  if (typeof check !== 'object' || check === null)
    throw new UsageError(`${file}: the default export is not a check (see defineCheck)`);
  let wrong: string[];
  try {
    wrong = flaws(check);
  } catch (error) {
    throw new UsageError(`${file}: ${words(error)}`);
  }
  if (wrong.length > 0) throw new UsageError(`${file}: ${String(check.id ?? 'the check')}: ${wrong.join('; ')}`);
  return check as AnyCheck;
}

/** The fields without which a product cannot be looked for. */
function checkedProduct(spec: Partial<ProductSpec>, file: string): Profile {
  const { product, title, documents, root, traces, texts, settings } = spec ?? {};
  const rules: [boolean, string][] = [
    [/^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(product)), 'product must be an id in kebab-case'],
    [typeof title === 'string' && title !== '', 'title must be a name'],
    [Array.isArray(documents) && documents.every(isDocument), 'documents must be a list of { title, rows }'],
    [typeof root === 'string' && root.startsWith('/'), 'root must be an absolute path'],
    [Array.isArray(traces) && traces.length > 0, 'traces must be a list of paths'],
    [Array.isArray(texts), 'texts must be a list of { pattern, format }'],
    [settings === undefined || typeof settings === 'function', 'settings must be a function'],
  ];
  const wrong = rules.flatMap(([good, flaw]) => (good ? [] : [flaw]));
  if (wrong.length > 0) throw new UsageError(`${file}: ${String(product ?? 'the product')}: ${wrong.join('; ')}`);
  return defineProduct(spec as ProductSpec);
}

const isDocument = (value: unknown): value is Document => {
  const { title, rows } = (value ?? {}) as Partial<Document>;
  return typeof title === 'string' && Array.isArray(rows) && rows.every((r) => Array.isArray(r) && r.length >= 4);
};

/** What a module brings: its default export is a check, a list of checks, or `{ products, checks, requirements }`. */
async function fromModule(file: string): Promise<Brought> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${words(error)}`);
  }
  // a check has products and requirements too, and a judge
  const parts =
    isMap(exported) && !('judge' in exported || 'id' in exported) ? (exported as Partial<Brought>) : undefined;
  const several = parts && (parts.checks ?? parts.products ?? parts.requirements) !== undefined;
  const checks: unknown[] = several ? [parts.checks ?? []].flat() : [exported].flat();
  const brought = {
    checks: checks.map((check) => checkedCheck(check as Partial<AnyCheck>, file)),
    products: several ? [parts.products ?? []].flat().map((product) => checkedProduct(product, file)) : [],
    requirements: several ? [parts.requirements ?? []].flat() : [],
  };
  if (!brought.requirements.every(isDocument))
    throw new UsageError(`${file}: requirements must be a list of documents, each { title, rows }`);
  if (brought.checks.length + brought.products.length + brought.requirements.length === 0)
    throw new UsageError(`${file}: the default export is an empty list of checks`);
  return brought;
}

const AT_ONCE = 4;

/** Every `.js` file of a folder that does not begin with `_`; its name must be the id. */
async function fromFolder(folder: string): Promise<Brought> {
  const files = readdirSync(folder)
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
    if (brought.checks.length + brought.products.length === 0)
      throw new UsageError(`plugin ${where} has no checks: a check is a file ID.js in that folder`);
    return brought;
  }
  try {
    return await fromModule(createRequire(join(base, 'x.js')).resolve(where));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`plugin ${where} is not installed where ${base} can find it: npm install ${where}`);
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

export interface Registry {
  readonly checks: readonly AnyCheck[];
  readonly catalogue: Catalogue;
}

/** The built-in checks and products, and those of the named plugins. UsageError: one that cannot be loaded, an id twice. */
export async function loadRegistry(plugins: readonly string[] = [], base = process.cwd()): Promise<Registry> {
  const ours = await fromFolder(BUILT_IN);
  if (plugins.length === 0) return { checks: ours.checks, catalogue: builtIn };
  const again = plugins.find((p, i) => plugins.indexOf(p) < i);
  if (again !== undefined) throw new UsageError(`plugin ${again} is listed twice`);
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
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
  return {
    checks: [...ours.checks, ...checks.map(fence(ours.checks))],
    catalogue: catalogueOf([...builtIn.profiles.values(), ...products], requirements),
  };
}

/** The checks alone. */
export const loadChecks = async (plugins: readonly string[] = [], base?: string): Promise<readonly AnyCheck[]> =>
  (await loadRegistry(plugins, base)).checks;

/** Those named by id or tag, less those skipped. UsageError names what nothing is called. */
export function select(checks: readonly AnyCheck[], only: readonly string[], skipped: readonly string[]): AnyCheck[] {
  const names = new Set(checks.flatMap((c) => [c.id, ...(c.tags ?? [])]));
  const stranger = [...only, ...skipped].find((n) => !names.has(n));
  if (stranger !== undefined) throw new UsageError(`no check or tag has the name ${stranger}: see ha-preflight list`);
  const named = (check: AnyCheck, list: readonly string[]): boolean =>
    [check.id, ...(check.tags ?? [])].some((n) => list.includes(n));
  const selected = checks.filter((c) => (only.length === 0 || named(c, only)) && !named(c, skipped));
  if (selected.length === 0) throw new UsageError('--only and --skip leave no check to run');
  return selected;
}
