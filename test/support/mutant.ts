/**
 * For `node --import`: in this process one thing is wrong. A check, MUTANT_CHECK, judges as MUTANT_KIND says; or the
 * files below MUTANT_FILES, or MUTANT_ONLY of them, are loaded in the place of the compiled ones, and our blocks in that of
 * node:test. The files themselves are left as they are.
 */

import { register } from 'node:module';
import type { AnyCheck } from '../../src/check.js';
import type { Finding } from '../../src/model/verdict.js';

type Mutant = (findings: readonly Finding[], nodes: readonly { node: string }[]) => readonly Finding[];

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'every finding passes': (findings) => findings.map((f) => ({ ...f, status: 'pass' })),
  'no fail is reported': (findings, nodes) => {
    const rest = findings.filter((f) => f.status !== 'fail');
    return rest.length > 0 ? rest : [{ status: 'pass', message: 'all is well', nodes: nodes.map((n) => n.node) }];
  },
};

/** The kind that changes nothing: the test must pass with it, or its failures tell nothing. */
export const UNCHANGED = 'unchanged';

export const mutated = (check: AnyCheck, kind: string): AnyCheck => ({
  ...check,
  judge: (nodes, context) => {
    const findings = [check.judge(nodes, context)].flat() as readonly Finding[];
    return MUTANTS[kind]?.(findings, nodes) ?? findings;
  },
});

const useHook = (hook: string) => register(`data:text/javascript,${encodeURIComponent(hook)}`);

const { MUTANT_CHECK: id, MUTANT_KIND: kind, MUTANT_FILES: folder, MUTANT_ONLY: only } = process.env;
if (id !== undefined && kind !== undefined)
  useHook(`export async function load(url, context, next) {
    if (!url.endsWith(${JSON.stringify(`/checks/${id}.js`)})) return next(url, context);
    const source = \`import check from \${JSON.stringify(url + '?whole')};
      import { mutated } from ${JSON.stringify(import.meta.url)};
      export default mutated(check, ${JSON.stringify(kind)});\`;
    return { format: 'module', source, shortCircuit: true };
  }`);

if (folder !== undefined)
  useHook(`import { existsSync, readFileSync } from 'node:fs';
  const dist = ${JSON.stringify(new URL('../../', import.meta.url).href)};
  const only = ${JSON.stringify(only ?? '')};
  export const resolve = (specifier, context, next) =>
    specifier === 'node:test' ? { url: dist + 'test/support/blocks.js', shortCircuit: true } : next(specifier, context);
  export async function load(url, context, next) {
    const name = url.startsWith(dist) ? url.slice(dist.length) : '';
    const file = new URL(name, ${JSON.stringify(folder)});
    if (!name || (only && name !== only) || !existsSync(file)) return next(url, context);
    return { format: 'module', source: readFileSync(file, 'utf8'), shortCircuit: true };
  }`);
