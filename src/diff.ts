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
 * The fingerprint of a node that a check could not see contains all such nodes, so it changes when some of them answer
 * again. Nodes that are still missing are not new. An unknown with a subject says nothing about the rest of the check.
 */
function lostBefore(after: Verdict, verdicts: readonly Verdict[]): boolean {
  const lost = verdicts.filter(
    ({ id, status, subject }) => id === after.id && status === 'unknown' && subject === undefined,
  );
  const nodes = new Set(lost.flatMap((verdict) => verdict.nodes));
  return after.status === 'unknown' && after.nodes.length > 0 && after.nodes.every((node) => nodes.has(node));
}

/** `others`: the other verdicts of the check; without a pass or fail among them, the fault may still be there. */
function became(before: Verdict, after: Verdict | undefined, others: readonly Verdict[]): Change {
  if (after === undefined) {
    if (rank(before) === 0) return 'unchanged';
    const looked = others.some(({ status }) => status === 'pass' || status === 'fail');
    return looked && !others.some((other) => blindTo(other, before.nodes)) ? 'mended' : 'unseen';
  }
  if (worse(before, after) !== undefined) return 'worse';
  if (rank(after) >= rank(before)) return 'unchanged';
  if (after.status === 'pass') return 'mended';
  return after.status === 'fail' ? 'unchanged' : 'unseen';
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
  const present = [...is.values()].map((after): Changed => {
    const before = was.get(after.fingerprint);
    if (!before) {
      const known = rank(after) === 0 || lostBefore(after, old);
      return { change: known ? 'unchanged' : 'new', cluster, after };
    }
    const why = worse(before, after);
    return { change: became(before, after, []), cluster, ...(why !== undefined && { why }), before, after };
  });
  const gone = [...was.values()]
    .filter((before) => !is.has(before.fingerprint) && rank(before) > 0)
    .map((before): Changed => {
      const others = now.filter(({ id }) => id === before.id);
      return { change: became(before, undefined, others), cluster, before };
    });
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
