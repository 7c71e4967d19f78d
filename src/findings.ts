/** One check over all nodes: what it may see, and why its pass may not be one. Pure. */

import type { AnyCheck, Context } from './check.js';
import type { Answers, Fact } from './model/evidence.js';
import { type Finding, STATUSES, type Status, unknown } from './model/verdict.js';
import { askedOf, keyOf, type Probe } from './probes/probe.js';
import { groupsOf, list } from './relations.js';

export interface NodeFacts {
  readonly node: string;
  /** Why nothing can be said about the node; it was not reached. */
  readonly unreached?: string;
  /** By the collector's id. */
  readonly facts: ReadonlyMap<string, Fact<unknown>>;
}

/** What cannot be judged, as one unknown finding for each reason. Reasons that differ only in seconds waited are one. */
export function blindFindings(blind: readonly { node: string; reason: string }[]): Finding[] {
  const timeless = (reason: string): string => reason.replace(/\b\d+ s\b/g, 's');
  return groupsOf(blind.map(({ node, reason }) => ({ node, key: timeless(reason), shown: reason }))).map(
    ({ shown, nodes }) =>
      unknown(`${list(nodes)}: ${shown}`, { nodes, subject: `unseen ${[...nodes].sort().join(' ')}` }),
  );
}

/** A reason that came from outside may be empty. */
const worded = (finding: Finding): Finding =>
  finding.message.trim() === '' ? { ...finding, message: 'no reason was given' } : finding;

/** The findings of a check; a result that is not a finding is a bug of the check. */
function understood(result: unknown): readonly Finding[] {
  const findings: unknown[] = Array.isArray(result) ? result : [result];
  const sound = (f: Partial<Finding> | null | undefined): boolean =>
    STATUSES.includes(f?.status as Status) &&
    typeof f?.message === 'string' &&
    (f.nodes === undefined || Array.isArray(f.nodes));
  return findings.map((f) =>
    sound(f as Finding)
      ? worded(f as Finding)
      : unknown('the check itself failed (a bug in the check): returned something that is not a finding', {
          subject: 'crash',
        }),
  );
}

/** Whether a service that the check asks gave an answer. */
function answered(check: AnyCheck, services: Answers): boolean {
  const vias = Object.values((check.asks ?? {}) as Record<string, Probe<unknown>>).map((p) => keyOf(p.via, ''));
  return Object.entries(services).some(
    ([key, a]) => vias.some((via) => key.startsWith(via)) && typeof a === 'object' && a && !('unseen' in a),
  );
}

/** Nodes of which a finding may speak: all of the cluster, and those of them that the check could see. */
interface Known {
  readonly all: ReadonlySet<string>;
  readonly seen: ReadonlySet<string>;
}

/**
 * A pass needs something that was compared: a finding without nodes, or with a node that was not seen, is not a pass. What
 * an answer says of a node that the cluster does not have is nothing about the cluster.
 */
function honest(finding: Finding, { all, seen }: Known, check: AnyCheck, services: Answers): Finding {
  const nodes = finding.nodes ?? [];
  const strangers = nodes.filter((n) => !all.has(n));
  if (strangers.length > 0) {
    const ours = nodes.filter((n) => all.has(n));
    // a node that deviates does so, whoever is named beside it
    if (finding.status === 'fail' && ours.length > 0) return { ...finding, nodes: ours };
    return {
      status: 'unknown',
      message: `an answer is about ${list(strangers)}, not a node of this cluster (${finding.message})`,
      nodes: ours,
      ...(finding.subject !== undefined && { subject: finding.subject }),
    };
  }
  if (finding.status !== 'pass') return finding;
  if (nodes.length === 0 && !answered(check, services))
    return { ...finding, status: 'unknown', message: `nothing was compared (${finding.message})` };
  const outsider = nodes.find((n) => !seen.has(n));
  return outsider === undefined
    ? finding
    : { ...finding, status: 'unknown', message: `${outsider} could not be judged (${finding.message})` };
}

/** The nodes of which all that the check needs was seen, by its names for it; of the others the first reason. */
function sightOf(check: AnyCheck, nodes: readonly NodeFacts[]) {
  const needed = Object.entries(check.needs as Record<string, { id: string }>);
  const seen: { node: string }[] = [];
  const blind: { node: string; reason: string }[] = [];
  for (const { node, facts, unreached } of nodes) {
    const values: { node: string; [name: string]: unknown } = { node };
    let reason = unreached;
    for (const [name, { id }] of needed) {
      const fact = facts.get(id) ?? { unseen: 'was not asked' };
      if ('unseen' in fact) reason ??= fact.unseen;
      else values[name] = fact.value;
    }
    if (reason === undefined) seen.push(values);
    else blind.push({ node, reason });
  }
  return { seen, blind };
}

/** What the judge gives back. A bug of the check says nothing of the cluster: it is unknown, in such words. */
function judged(
  check: AnyCheck,
  seen: readonly { node: string }[],
  context: Context<Record<string, unknown>>,
): unknown {
  try {
    return check.judge(seen as never, context as never);
  } catch (error) {
    const words = String((error as Error | undefined)?.message ?? error);
    return unknown(`the check itself failed (a bug in the check): ${words}`, {
      nodes: seen.map((s) => s.node),
      subject: 'crash',
    });
  }
}

/** One check over all nodes: findings about the nodes it could see, and an unknown for the others. `testCheck` runs this too. */
export function findingsOf(
  check: AnyCheck,
  nodes: readonly NodeFacts[],
  {
    services,
    ...about
  }: Pick<Context<unknown>, 'cluster' | 'product' | 'profile' | 'now' | 'release'> & { readonly services: Answers },
): readonly Finding[] {
  const all = nodes.map((n) => n.node);
  const { minimumNodes = 1 } = check;
  if (nodes.length < minimumNodes) {
    const message = 'the inventory has only one node, so there is nothing to compare';
    return [{ status: 'skip', message, nodes: all }];
  }
  const { seen, blind } = sightOf(check, nodes);
  if (seen.length < minimumNodes) {
    const reason = 'no other node could be asked, so there is nothing to compare with';
    return blindFindings([...blind, ...seen.map(({ node }) => ({ node, reason }))]);
  }
  const asks = Object.entries((check.asks ?? {}) as Record<string, Probe<unknown>>);
  const result = judged(check, seen, {
    ...about,
    params: { ...check.params, ...about.cluster.params[check.id] },
    unseen: blind.map((b) => b.node),
    services: Object.fromEntries(asks.map(([name, probe]) => [name, askedOf(probe, services)])),
  });
  const names = seen.map((s) => s.node);
  const known = { all: new Set(all), seen: new Set(names) };
  const findings = [...understood(result).map((f) => honest(f, known, check, services)), ...blindFindings(blind)];
  // without a word it would be missing from the report, and who looks for it would take that for good
  return findings.length > 0
    ? findings
    : [unknown('the check said nothing of any node', { nodes: names, subject: 'crash' })];
}
