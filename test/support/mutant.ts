/**
 * For `node --import`: in this process the check MUTANT_CHECK judges as MUTANT_KIND says. Its file is left as it is;
 * whoever imports it gets it wrapped.
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

const { MUTANT_CHECK: id, MUTANT_KIND: kind } = process.env;
if (id !== undefined && kind !== undefined) {
  const hook = `export async function load(url, context, next) {
    if (!url.endsWith(${JSON.stringify(`/checks/${id}.js`)})) return next(url, context);
    const source = \`import check from \${JSON.stringify(url + '?whole')};
      import { mutated } from ${JSON.stringify(import.meta.url)};
      export default mutated(check, ${JSON.stringify(kind)});\`;
    return { format: 'module', source, shortCircuit: true };
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
