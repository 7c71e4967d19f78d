/** What a module of a plugin brings, or what is wrong with it. */

import { basename } from 'node:path';
import type { AnyCheck } from '../check.js';
import { UsageError } from '../model/inventory.js';
import { SEVERITIES } from '../model/verdict.js';
import { SRC } from '../place.js';
import { defineProduct, type ProductSpec } from '../products/define.js';
import type { Profile } from '../products/profile.js';
import type { Document } from '../requirements/requirement.js';
import { importFile } from './importFile.js';
import { isMap } from './isMap.js';

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
    [
      check.paramItems === undefined ||
        (isMap(check.paramItems) && Object.values(check.paramItems).every((item) => item?.form instanceof RegExp)),
      'paramItems must hold forms of items',
    ],
    [typeof check.judge === 'function', 'judge must be a function'],
    [text(check.rationale), 'rationale must be a text'],
    [text(check.remediation), 'remediation must be a text'],
  ];
  return rules.flatMap(([good, flaw]) => (good ? [] : [flaw]));
}

/** What an error says; anything can be thrown. */
const words = (error: unknown): string => String((error as Partial<Error> | null | undefined)?.message ?? error);

/** Where in a plugin it happened, as far as the error tells: ` (x.js line 3)`, or how to find out. */
function lineOf(error: unknown): string {
  const [, path, line] =
    /(?:file:\/\/|\(|^)(\/[^\s()]+\.[cm]?js):(\d+)/m.exec(String((error as Partial<Error> | null)?.stack)) ?? [];
  if (path !== undefined && !path.startsWith(`${SRC}/`)) return ` (${basename(path)} line ${line})`;
  // of what does not parse Node keeps the place to itself
  return error instanceof SyntaxError ? '; node --check FILE shows the line' : '';
}

/** What a module brings. */
export interface Brought {
  readonly checks: readonly AnyCheck[];
  readonly products: readonly Profile[];
  readonly requirements: readonly Document[];
}

export const together = (all: readonly Brought[]): Brought => ({
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
export async function fromModule(file: string): Promise<Brought> {
  let exported: unknown;
  try {
    exported = ((await importFile(file)) as { default?: unknown }).default;
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${words(error)}${lineOf(error)}`);
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
