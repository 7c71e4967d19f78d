/** What became of each verdict between two reports. Verdicts are the same when cluster and fingerprint are. Pure. */

import { type Report, severityRank } from './model/report.js';
import type { Verdict } from './model/verdict.js';

/** mended: was wrong and now passes; unseen: was wrong, and this time could not be checked. */
export const CHANGES = ['new', 'worse', 'mended', 'unseen', 'unchanged'] as const;
export type Change = (typeof CHANGES)[number];

export interface Changed {
  readonly change: Change;
  readonly cluster: string;
  /** What made it worse, in a few words. */
  readonly why?: string;
  readonly before?: Verdict;
  readonly after?: Verdict;
}

/** A waived fail is out of the gate, so it counts as one that passes. */
const rank = ({ status, waiver }: Verdict): number => (status === 'fail' && !waiver ? 2 : status === 'unknown' ? 1 : 0);
const word = ({ status, waiver }: Verdict): string => (status === 'fail' && waiver ? 'waived' : status);

/** Why a verdict is worse than before; undefined: it is not. */
function worse(before: Verdict, after: Verdict): string | undefined {
  if (rank(after) > rank(before)) return `${word(before)} before, ${word(after)} now`;
  if (rank(after) === 0 || rank(after) < rank(before)) return undefined;
  if (severityRank[after.severity] < severityRank[before.severity])
    return `${before.severity} before, ${after.severity} now`;
  const more = after.nodes.filter((node) => !before.nodes.includes(node));
  return more.length > 0 ? `also on ${more.join(', ')}` : undefined;
}

/** Whether a verdict says that some of these nodes were not seen; one about no node is about them all. */
const blindTo = ({ status, nodes }: Verdict, about: readonly string[]): boolean =>
  status === 'unknown' && (nodes.length === 0 || about.length === 0 || nodes.some((node) => about.includes(node)));

/**
 * Whether some of these nodes were not looked at this time: a check could not see them, or skipped them and says nothing
 * else of them.
 */
function overlooked(nodes: readonly string[], verdicts: readonly Verdict[]): boolean {
  const judged = verdicts.filter(({ status }) => status === 'pass' || status === 'fail').flatMap((v) => v.nodes);
  const skipped = (verdict: Verdict): boolean =>
    verdict.status === 'skip' && verdict.nodes.some((node) => nodes.includes(node) && !judged.includes(node));
  return verdicts.some((verdict) => blindTo(verdict, nodes) || skipped(verdict));
}

/** Of a verdict, all that its check says; each list is made once, for reports of many verdicts. */
export function ofCheck(verdicts: readonly Verdict[]): (verdict: Verdict) => readonly Verdict[] {
  const byId = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const those = byId.get(verdict.id);
    if (those) those.push(verdict);
    else byId.set(verdict.id, [verdict]);
  }
  return ({ id }) => byId.get(id) ?? [];
}

/** Whether what was wrong passes: the check looked, and at each node of it. `its`: all that the check says now. */
export function passes(before: Verdict, after: Verdict | undefined, its: readonly Verdict[]): boolean {
  if (after === undefined)
    return its.some(({ status }) => status === 'pass' || status === 'fail') && !overlooked(before.nodes, its);
  if (after.status !== 'pass') return false;
  // a pass of the others says nothing of the node that failed
  const left = after.nodes.length === 0 ? [] : before.nodes.filter((node) => !after.nodes.includes(node));
  return left.length === 0 || !overlooked(left, its);
}

function became(before: Verdict, after: Verdict | undefined, its: readonly Verdict[]): Change {
  if (after !== undefined && worse(before, after) !== undefined) return 'worse';
  if (rank(before) === 0 || (after !== undefined && rank(after) >= rank(before))) return 'unchanged';
  if (passes(before, after, its)) return 'mended';
  return after?.status === 'fail' ? 'unchanged' : 'unseen';
}

/** Nodes that a check could not see at all. An unknown with a subject says nothing about the rest of the check. */
const lost = ({ status, subject, nodes }: Verdict): boolean =>
  status === 'unknown' && subject === undefined && nodes.length > 0;

/** All nodes that were lost. `old`: what the check said. */
const lostNodes = (old: readonly Verdict[]): string[] => [...new Set(old.filter(lost).flatMap(({ nodes }) => nodes))];

/**
 * The fingerprint of nodes that a check could not see contains them all, so it changes when another joins them or one
 * answers again. Of such a verdict of now: what it continues, with all nodes that were lost before.
 */
function continued(after: Verdict, old: readonly Verdict[]): Verdict | undefined {
  if (!lost(after)) return undefined;
  const before = old.find((v) => lost(v) && v.nodes.some((node) => after.nodes.includes(node)));
  return before && { ...before, nodes: lostNodes(old) };
}

/** Something of a node that the check could not see at all before. */
function lostBefore(after: Verdict, old: readonly Verdict[]): boolean {
  if (after.status !== 'unknown' || after.nodes.length === 0) return false;
  const nodes = lostNodes(old);
  return after.nodes.every((node) => nodes.includes(node));
}

/** By fingerprint. Where a document has a cluster twice, the worst counts, as it does for the gate of a merge. */
function byFingerprint(verdicts: readonly Verdict[]): Map<string, Verdict> {
  const worst = new Map<string, Verdict>();
  for (const verdict of verdicts) {
    const other = worst.get(verdict.fingerprint);
    if (!other || rank(verdict) >= rank(other)) worst.set(verdict.fingerprint, verdict);
  }
  return worst;
}

/** Of one cluster. */
function changesOf(
  cluster: string,
  old: readonly Verdict[],
  now: readonly Verdict[],
): { present: Changed[]; gone: Changed[] } {
  const was = byFingerprint(old);
  const is = byFingerprint(now);
  const [wasOf, isOf] = [ofCheck(old), ofCheck(now)];
  const present = [...is.values()].map((after): Changed => {
    const before = was.get(after.fingerprint) ?? continued(after, wasOf(after));
    if (!before) {
      const known = rank(after) === 0 || lostBefore(after, wasOf(after));
      return { change: known ? 'unchanged' : 'new', cluster, after };
    }
    const why = worse(before, after);
    const change = became(before, after, isOf(after));
    return { change, cluster, ...(why !== undefined && { why }), before, after };
  });
  const gone = [...was.values()]
    .filter((before) => !is.has(before.fingerprint) && rank(before) > 0)
    .filter((before) => !isOf(before).some((after) => continued(after, [before])))
    .map((before): Changed => ({ change: became(before, undefined, isOf(before)), cluster, before }));
  return { present, gone };
}

/** Where the reports of each cluster are. */
function placesOf(reports: readonly Report[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, { cluster }] of reports.entries())
    places.set(cluster.name, [...(places.get(cluster.name) ?? []), at]);
  return places;
}

/**
 * In the order of the reports: first what is there now, then what has gone. Of each list one cluster at a time is looked
 * at, so the reports may be read as they are needed.
 */
export function* changesBetween(old: readonly Report[], now: readonly Report[]): Iterable<Changed> {
  const [were, are] = [placesOf(old), placesOf(now)];
  const verdicts = (reports: readonly Report[], at: readonly number[] = []): Verdict[] =>
    at.flatMap((i) => reports[i]!.verdicts);
  const left = new Map<string, Changed[]>();
  for (const [cluster, places] of are) {
    const { present, gone } = changesOf(cluster, verdicts(old, were.get(cluster)), verdicts(now, places));
    yield* present;
    left.set(cluster, gone);
  }
  for (const [cluster, places] of were) yield* left.get(cluster) ?? changesOf(cluster, verdicts(old, places), []).gone;
}

/** All of them. */
export const diffReports = (old: readonly Report[], now: readonly Report[]): Changed[] => [...changesBetween(old, now)];
