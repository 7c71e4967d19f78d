/** The registry: a folder of files, one check each. Ours and a plugin's are loaded by the very same function. */

import { readdirSync, statSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyCheck } from '../model/check.js';
import { PRODUCTS, UsageError } from '../model/inventory.js';
import { SEVERITIES } from '../model/verdict.js';

const BUILT_IN = join(import.meta.dirname, '..', '..', 'checks');

/** A plugin's file may import `ha-preflight` wherever it lies: what its own folder cannot resolve, ours does. */
const HOOK = `export async function resolve(specifier, context, next) {
  try { return await next(specifier, context); } catch (error) {
    if (specifier !== 'ha-preflight' && !specifier.startsWith('ha-preflight/')) throw error;
    return next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} });
  }
}`;

/** What is wrong with an object that should be a check, each a sentence. */
function flaws(check: Partial<AnyCheck>): string[] {
  const list = (value: unknown): boolean => Array.isArray(value) && value.every((v) => typeof v === 'string');
  const text = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const rules: [boolean, string][] = [
    [/^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(check.id)), 'id must be kebab-case'],
    [text(check.title), 'title must be a sentence'],
    [SEVERITIES.includes(check.severity as never), `severity must be one of ${SEVERITIES.join(', ')}`],
    [list(check.requirements), 'requirements must be a list of ids (it may be empty)'],
    [
      list(check.products) && (check.products as string[]).every((p) => PRODUCTS.includes(p as never)),
      `products must name some of ${PRODUCTS.join(', ')}`,
    ],
    [
      typeof check.needs === 'object' &&
        check.needs !== null &&
        Object.values(check.needs).every((c) => typeof (c as { parse?: unknown })?.parse === 'function'),
      'needs must hold collectors',
    ],
    [typeof check.judge === 'function', 'judge must be a function'],
    [text(check.rationale), 'rationale must be a text'],
    [text(check.remediation), 'remediation must be a text'],
  ];
  return rules.flatMap(([good, flaw]) => (good ? [] : [flaw]));
}

/** A module's checks: its default export is one, a list, or `{ checks }`. */
async function fromModule(file: string): Promise<AnyCheck[]> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${(error as Error).message}`);
  }
  const several = (exported as { checks?: unknown } | undefined)?.checks ?? exported;
  const checks = (Array.isArray(several) ? several : [several]) as Partial<AnyCheck>[];
  for (const check of checks) {
    if (typeof check !== 'object' || check === null)
      throw new UsageError(`${file}: the default export is no check (see defineCheck)`);
    const wrong = flaws(check);
    if (wrong.length > 0) throw new UsageError(`${file}: ${String(check.id ?? 'the check')}: ${wrong.join('; ')}`);
  }
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
    if (!kind) throw new UsageError(`plugin ${where} is not there`);
    return kind.isDirectory() ? fromFolder(where) : fromModule(where);
  }
  try {
    return await fromModule(createRequire(join(base, 'x.js')).resolve(where));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`plugin ${where} is not installed where ${base} could find it: npm install ${where}`);
  }
}

/** Built-in checks and those of the named plugins, by id. UsageError: a plugin that cannot be loaded, an id twice. */
export async function loadChecks(plugins: readonly string[] = [], base = process.cwd()): Promise<AnyCheck[]> {
  if (plugins.length > 0) register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
  const sources = await Promise.all([fromFolder(BUILT_IN), ...plugins.map((p) => fromPlugin(p, base))]);
  const known = new Map<string, string>();
  sources.forEach((checks, i) => {
    const source = i === 0 ? 'ha-preflight' : plugins[i - 1]!;
    for (const { id } of checks) {
      const other = known.get(id);
      if (other) throw new UsageError(`check ${id} comes from ${other} and from ${source}: rename one`);
      known.set(id, source);
    }
  });
  return sources.flat();
}

/** Those named by id or tag, less those skipped. UsageError names what nothing is called. */
export function select(checks: readonly AnyCheck[], only: readonly string[], skipped: readonly string[]): AnyCheck[] {
  const names = new Set(checks.flatMap((c) => [c.id, ...(c.tags ?? [])]));
  const stranger = [...only, ...skipped].find((n) => !names.has(n));
  if (stranger !== undefined) throw new UsageError(`no check or tag is called ${stranger}: see ha-preflight list`);
  const named = (check: AnyCheck, list: readonly string[]): boolean =>
    [check.id, ...(check.tags ?? [])].some((n) => list.includes(n));
  return checks.filter((c) => (only.length === 0 || named(c, only)) && !named(c, skipped));
}
