/** Small products, a collector and checks, judged as in production: for the rules that no check decides for itself. */

import { type AnyCheck, type Context, defineCheck } from '../../src/check.js';
import { versions } from '../../src/collectors/versions.js';
import { type Judged, judge } from '../../src/judge.js';
import { defineCollector } from '../../src/model/collector.js';
import { type Answers, type Evidence, type NodeEvidence, NotSeen } from '../../src/model/evidence.js';
import { bareCluster, type Cluster } from '../../src/model/inventory.js';
import { type Finding, pass } from '../../src/model/verdict.js';
import type { AnyCollector, Plan } from '../../src/plan.js';
import { catalogueOf } from '../../src/products/index.js';
import type { Found, Profile } from '../../src/products/profile.js';

const profile = (product: string, rows: Profile['documents'][number]['rows']) =>
  ({
    product,
    documents: [{ title: product, rows }],
    packages: [product],
    versionCommand: [product],
    version: /(\d+)/,
  }) as unknown as Profile;
const catalogue = catalogueOf([
  profile('alpha', [
    ['A-1', 'must', '', ''],
    ['A-OLD', 'must', '', '', { until: '2' }],
    ['A-NEW', 'must', '', '', { from: '2' }],
  ]),
  profile('beta', [['B-1', 'must', '', '']]),
]);
const discovery = defineCollector<Found>({
  id: 'found',
  requests: { product: { script: '' } },
  parse({ product }) {
    const found = catalogue.profiles.get(product!.stdout);
    if (!found) throw new NotSeen('no product found');
    return { product: found.product, profile: found, running: [] } as unknown as Found;
  },
});
const word = defineCollector({ id: 'word', requests: { say: { script: '' } }, parse: ({ say }) => say!.stdout });

export const said = (stdout: string) => ({ exit: 0, stdout, stderr: '' });
/** `alpha yes 1.2 1.3`: the product, any word, and the versions of its program and its package; `-` is not answered. */
function nodeOf(text: string): NodeEvidence {
  const [product = '', spoken = '', program = '-', installed = '-'] = text.split(' ');
  const answer = (stdout: string) => (stdout.endsWith('-') ? { unseen: 'timed out' } : said(stdout));
  return {
    reached: true,
    answers: {
      'found.product': said(product),
      'word.say': answer(spoken),
      'versions.program': program === '-' ? { exit: 127, stdout: '', stderr: '' } : said(program),
      'versions.package': said(installed === '-' ? '' : `${product} ${installed}\n`),
    },
  };
}
export const closed: NodeEvidence = { reached: false, reason: 'the port is closed', answers: {} };

type Judging = (nodes: readonly { readonly node: string }[], context: Context<object>) => unknown;
/** A check that needs the word of each node. */
export const checkOf = (judging: Judging, over: object = {}): AnyCheck =>
  defineCheck({
    id: 'word',
    title: 'All is well',
    severity: 'critical',
    requirements: [],
    rationale: '',
    remediation: 'sudo repair',
    needs: { word },
    judge: judging as AnyCheck['judge'],
    ...over,
  });
export const says = (finding: Finding, over: object = {}): AnyCheck => checkOf(() => finding, over);
export const allPass = checkOf((nodes) => pass('well', { nodes: nodes.map((n) => n.node) }));

/** By name; undefined: a node that was not asked. */
export type Nodes = Readonly<Record<string, string | NodeEvidence | undefined>>;
export function judged(
  checks: AnyCheck | readonly AnyCheck[],
  nodes: Nodes = { a: 'alpha yes' },
  { services = {}, ...over }: Partial<Cluster> & { readonly services?: Answers } = {},
): Judged {
  const cluster = bareCluster(Object.keys(nodes), over);
  const needed = [checks].flat().flatMap((c): AnyCollector[] => Object.values(c.needs));
  const collectors = [...new Set([...needed, versions])];
  const plan: Plan = { cluster, catalogue, discovery, checks: [checks].flat(), collectors };
  const evidence = Object.entries(nodes).flatMap(([name, n]) =>
    n === undefined ? [] : [[name, typeof n === 'string' ? nodeOf(n) : n]],
  );
  return judge(plan, {
    startedAt: '2026-11-01T00:00:00.000Z',
    nodes: Object.fromEntries(evidence),
    services,
  } as unknown as Evidence);
}
