/** The registry: a folder of files, one check each. Ours and a plugin's are loaded by the very same function. */

import { readdirSync, statSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyCheck } from '../model/check.js';
import { PRODUCTS, UsageError } from '../model/inventory.js';
import { SEVERITIES } from '../model/verdict.js';
import { fence, loading } from './plugin.js';

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

/** What is wrong with an object that should be a check, each a sentence. */
function flaws(check: Partial<AnyCheck>): string[] {
  const list = (value: unknown): boolean => Array.isArray(value) && value.every((v) => typeof v === 'string');
  const text = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const rules: [boolean, string][] = [
    [/^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(check.id)), 'id must be kebab-case'],
    [text(check.title), 'title must be a text'],
    [SEVERITIES.includes(check.severity as never), `severity must be one of ${SEVERITIES.join(', ')}`],
    [list(check.requirements), 'requirements must be a list of ids (it may be empty)'],
    [
      list(check.products) && (check.products as string[]).every((p) => PRODUCTS.includes(p as never)),
      `products must name some of ${PRODUCTS.join(', ')}`,
    ],
    [
      typeof check.needs === 'object' && check.needs !== null && Object.values(check.needs).every(isCollector),
      'needs must hold collectors (see defineCollector)',
    ],
    [check.tags === undefined || list(check.tags), 'tags must be a list of words'],
    [check.asks === undefined || typeof check.asks === 'function', 'asks must be a function'],
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

/** A module's checks: its default export is one, a list, or `{ checks }`. */
async function fromModule(file: string): Promise<AnyCheck[]> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${words(error)}`);
  }
  const several = (exported as { checks?: unknown } | undefined)?.checks ?? exported;
  const checks = (Array.isArray(several) ? several : [several]) as Partial<AnyCheck>[];
  for (const check of checks) {
    if (typeof check !== 'object' || check === null)
      throw new UsageError(`${file}: the default export is not a check (see defineCheck)`);
    let wrong: string[];
    try {
      wrong = flaws(check);
    } catch (error) {
      throw new UsageError(`${file}: ${words(error)}`);
    }
    if (wrong.length > 0) throw new UsageError(`${file}: ${String(check.id ?? 'the check')}: ${wrong.join('; ')}`);
  }
  if (checks.length === 0) throw new UsageError(`${file}: the default export is an empty list of checks`);
  return checks as AnyCheck[];
}

/** Every `.js` file of a folder that does not begin with `_`; its name must be the id. */
async function fromFolder(folder: string): Promise<AnyCheck[]> {
  const files = readdirSync(folder)
    .filter((f) => /\.m?js$/.test(f) && !f.startsWith('_') && !/\.test\.m?js$/.test(f))
    .sort();
  const loaded = await Promise.all(
    files.map(async (f): Promise<[string, AnyCheck[]]> => [f, await fromModule(join(folder, f))]),
  );
  for (const [file, checks] of loaded) {
    const id = basename(file).replace(/\.m?js$/, '');
    if (checks.length === 1 && checks[0]!.id !== id)
      throw new UsageError(`${join(folder, file)}: the id is ${checks[0]!.id}; a check's file is named after its id`);
  }
  return loaded.flatMap(([, checks]) => checks);
}

/** `where`: a folder or file (absolute), or a package name resolved from `base`. */
async function fromPlugin(where: string, base: string): Promise<AnyCheck[]> {
  if (where.startsWith('/')) {
    const kind = statSync(where, { throwIfNoEntry: false });
    if (!kind) throw new UsageError(`plugin ${where} does not exist`);
    if (!kind.isDirectory() && !kind.isFile()) throw new UsageError(`plugin ${where} is neither a file nor a folder`);
    const checks = await (kind.isDirectory() ? fromFolder(where) : fromModule(where));
    if (checks.length === 0)
      throw new UsageError(`plugin ${where} has no checks: a check is a file ID.js in that folder`);
    return checks;
  }
  try {
    return await fromModule(createRequire(join(base, 'x.js')).resolve(where));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`plugin ${where} is not installed where ${base} can find it: npm install ${where}`);
  }
}

/** Built-in checks and those of the named plugins, by id. UsageError: a plugin that cannot be loaded, an id twice. */
export async function loadChecks(plugins: readonly string[] = [], base = process.cwd()): Promise<AnyCheck[]> {
  const ours = await fromFolder(BUILT_IN);
  if (plugins.length === 0) return ours;
  const twice = plugins.find((p, i) => plugins.indexOf(p) < i);
  if (twice !== undefined) throw new UsageError(`plugin ${twice} is listed twice`);
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
  const theirs = await loading(plugins, () => Promise.all(plugins.map((p) => fromPlugin(p, base))));
  const known = new Map(ours.map(({ id }): [string, string] => [id, 'ha-preflight']));
  theirs.forEach((checks, i) => {
    for (const { id } of checks) {
      const other = known.get(id);
      if (other) throw new UsageError(`check ${id} comes from ${other} and from ${plugins[i]!}: rename one`);
      known.set(id, plugins[i]!);
    }
  });
  return [...ours, ...theirs.flat().map(fence(ours))];
}

/** Those named by id or tag, less those skipped. UsageError names what nothing is called. */
export function select(checks: readonly AnyCheck[], only: readonly string[], skipped: readonly string[]): AnyCheck[] {
  const names = new Set(checks.flatMap((c) => [c.id, ...(c.tags ?? [])]));
  const stranger = [...only, ...skipped].find((n) => !names.has(n));
  if (stranger !== undefined) throw new UsageError(`no check or tag has the name ${stranger}: see ha-preflight list`);
  const named = (check: AnyCheck, list: readonly string[]): boolean =>
    [check.id, ...(check.tags ?? [])].some((n) => list.includes(n));
  return checks.filter((c) => (only.length === 0 || named(c, only)) && !named(c, skipped));
}
