/**
 * How nodes relate: most HA requirements are "the same everywhere", "different everywhere", "at least one". Stated
 * once, with consensus: unanimous; a majority and its named outliers; a tie (two nodes that differ are a tie, unless
 * the inventory names a `reference`). Pure.
 */

import type { Fact } from './model/evidence.js';
import { type Finding, fail, pass, skip, unknown } from './model/verdict.js';

/** One node's value: `key` is compared, `shown` is for people (never a secret or its digest). */
export interface Has {
  readonly node: string;
  readonly key: string;
  readonly shown?: string;
}

export interface Group {
  readonly key: string;
  readonly shown: string;
  readonly nodes: readonly string[];
}

export type Consensus =
  | { readonly kind: 'unanimous'; readonly group: Group }
  | { readonly kind: 'outliers'; readonly right: Group; readonly wrong: readonly Group[] }
  | { readonly kind: 'tie'; readonly groups: readonly Group[] };

/** Groups in order of size, then of first node. */
export function groupsOf(values: readonly Has[]): Group[] {
  const groups = new Map<string, { key: string; shown: string; nodes: string[] }>();
  for (const { node, key, shown } of values) {
    const group = groups.get(key) ?? { key, shown: shown ?? key, nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.nodes.length - a.nodes.length);
}

/** Which value is right. A majority is more than half of the nodes; the reference, where it was seen, is always right. */
export function consensus(values: readonly Has[], reference?: string): Consensus {
  const groups = groupsOf(values);
  const [largest] = groups;
  if (largest && groups.length === 1) return { kind: 'unanimous', group: largest };
  const right =
    groups.find((g) => reference !== undefined && g.nodes.includes(reference)) ??
    (largest && largest.nodes.length * 2 > values.length ? largest : undefined);
  return right ? { kind: 'outliers', right, wrong: groups.filter((g) => g !== right) } : { kind: 'tie', groups };
}

/** What is related, directly or through others, in one group. The order of the items makes no difference to who is with whom. */
export function connected<T>(items: readonly T[], related: (a: T, b: T) => boolean): T[][] {
  let groups: T[][] = [];
  for (const item of items) {
    const near = groups.filter((group) => group.some((other) => related(other, item)));
    groups = [...groups.filter((group) => !near.includes(group)), [...near.flat(), item]];
  }
  return groups;
}

/** `wb1, wb2 and wb3`. */
export const list = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Who has what; only who agrees with whom where the value is not to be shown. */
const sides = (groups: readonly Group[]): string =>
  groups.map((g) => (g.shown === '' ? list(g.nodes) : `${list(g.nodes)}: ${g.shown}`)).join('; ');

type Extra = Partial<Omit<Finding, 'status' | 'message' | 'nodes'>>;

/** Less than two values agree with anything: no relation holds of them, and none is broken. */
function tooFew(what: string, values: readonly { node: string }[], extra: Extra): Finding | undefined {
  const [only] = values;
  if (!only) return nothing(what, extra);
  return values.length > 1
    ? undefined
    : skip(`${what}: nothing to compare ${only.node} with`, { nodes: [only.node], ...extra });
}

const nothing = (what: string, extra: Extra): Finding =>
  unknown(what === '' ? 'nothing was compared' : `nothing was compared (${what})`, extra);

/** "The same on every node": pass, the outliers, or a tie. `what` begins a sentence: "The version". */
export function same(what: string, values: readonly Has[], reference: string | undefined, extra: Extra = {}): Finding {
  const few = tooFew(what, values, extra);
  if (few) return few;
  const result = consensus(values, reference);
  if (result.kind === 'unanimous')
    return pass(
      `${what} is the same on ${values.length} nodes${result.group.shown === '' ? '' : `: ${result.group.shown}`}`,
      { nodes: result.group.nodes, ...extra },
    );
  if (result.kind === 'tie') {
    const hint =
      reference === undefined
        ? 'no majority: set reference: to the right node in the inventory'
        : `no majority, and the reference ${reference} is not among these nodes`;
    return fail(`${what} differs: ${sides(result.groups)} (${hint})`, {
      nodes: values.map((v) => v.node),
      observed: sides(result.groups),
      expected: 'the same on every node',
      ...extra,
    });
  }
  const nodes = result.wrong.flatMap((g) => g.nodes);
  return fail(`${what} on ${list(nodes)} differs from ${list(result.right.nodes)}`, {
    nodes,
    observed: sides(result.wrong),
    expected:
      result.right.shown === ''
        ? `as on ${list(result.right.nodes)}`
        : `${result.right.shown} (as on ${list(result.right.nodes)})`,
    ...extra,
  });
}

/** "Different on every node": names all nodes that share a value. */
export function distinct(what: string, values: readonly Has[], extra: Extra = {}): Finding {
  const few = tooFew(what, values, extra);
  if (few) return few;
  const shared = groupsOf(values).filter((g) => g.nodes.length > 1);
  if (shared.length === 0)
    return pass(`${what} is different on each of ${values.length} nodes`, {
      nodes: values.map((v) => v.node),
      ...extra,
    });
  const nodes = shared.flatMap((g) => g.nodes);
  return fail(`${what} is the same on ${shared.map((g) => list(g.nodes)).join(', and on ')}`, {
    nodes,
    observed: sides(shared),
    expected: 'different on each node',
    ...extra,
  });
}

/** "At least one node": fails naming all when none does. */
export function atLeastOne(
  what: string,
  values: readonly { node: string; holds: boolean }[],
  extra: Extra = {},
): Finding {
  if (values.length === 0) return nothing(what, extra);
  const nodes = values.map((v) => v.node);
  const holding = values.filter((v) => v.holds).map((v) => v.node);
  return holding.length > 0
    ? pass(`${what} on ${list(holding)}`, { nodes, ...extra })
    : fail(`${what} on no node`, { nodes, expected: 'at least one node', ...extra });
}

/** A node's problem, or undefined when all is well. */
export interface Problem {
  readonly problem: string;
  readonly observed?: string;
}

/** "Holds on every node by itself": one fail naming the deviants with what is wrong on each, else one pass. */
export function everyNode<T>(
  good: string,
  values: readonly { readonly node: string; readonly value: T }[],
  judge: (value: T, node: string) => Problem | undefined,
  extra: Extra = {},
): Finding {
  if (values.length === 0) return nothing(good, extra);
  const bad = values.flatMap(({ node, value }) => {
    const problem = judge(value, node);
    return problem ? [{ node, ...problem }] : [];
  });
  if (bad.length === 0) return pass(good, { nodes: values.map((v) => v.node), ...extra });
  const [first] = bad;
  const alike = bad.every((b) => b.problem === first!.problem);
  return fail(
    alike
      ? `${first!.problem} (${list(bad.map((b) => b.node))})`
      : bad.map((b) => `${b.node}: ${b.problem}`).join('; '),
    {
      nodes: bad.map((b) => b.node),
      observed: bad.map((b) => `${b.node}: ${b.observed ?? b.problem}`).join('; '),
      ...extra,
    },
  );
}

/** As `everyNode`, where there is nothing to say of nodes that are right: one fail, or nothing. */
export function faults<T>(
  values: readonly { readonly node: string; readonly value: T }[],
  judge: (value: T, node: string) => Problem | undefined,
  extra: Extra = {},
): Finding[] {
  const finding = everyNode('', values, judge, extra);
  return finding.status === 'fail' ? [finding] : [];
}

/** Splits facts of one subject; what could not be seen becomes one `unknown` finding naming nodes and reasons. */
export function sift<T>(
  facts: readonly { readonly node: string; readonly fact: Fact<T> }[],
  subject: string,
): { seen: { node: string; value: T }[]; findings: Finding[] } {
  const seen = facts.flatMap(({ node, fact }) => ('value' in fact ? [{ node, value: fact.value }] : []));
  const blind = facts.flatMap(({ node, fact }) => ('unseen' in fact ? [{ node, reason: fact.unseen }] : []));
  if (blind.length === 0) return { seen, findings: [] };
  const reasons = groupsOf(blind.map((b) => ({ node: b.node, key: b.reason })));
  const message = reasons.map((r) => `${list(r.nodes)}: ${r.key}`).join('; ');
  return { seen, findings: [unknown(message, { nodes: blind.map((b) => b.node), subject })] };
}
