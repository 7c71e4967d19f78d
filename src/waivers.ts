/** Accepted failures: shown and counted, out of the gate; an expired or unused one is itself a finding. Pure. */

import { fingerprint, unique } from './judge.js';
import type { Cluster, Waiver } from './model/inventory.js';
import { UsageError } from './model/inventory.js';
import type { Verdict } from './model/verdict.js';

/** A waiver holds to the end of its day, UTC. */
const expired = (waiver: Waiver, now: Date): boolean =>
  now.getTime() >= Date.parse(`${waiver.until}T00:00:00Z`) + 86_400_000;

const covers = (waiver: Waiver, verdict: Verdict): boolean =>
  waiver.check === verdict.id &&
  verdict.status === 'fail' &&
  (waiver.nodes === undefined || (verdict.nodes.length > 0 && verdict.nodes.every((n) => waiver.nodes!.includes(n))));

/** UsageError when a waiver names a check there is none of. */
export function checkWaivers(cluster: Cluster, ids: ReadonlySet<string>): void {
  const stranger = cluster.waivers.find((w) => !ids.has(w.check));
  if (stranger)
    throw new UsageError(
      `${cluster.file ?? cluster.name}: a waiver names check ${stranger.check}, which does not exist: see ha-preflight list`,
    );
}

const complaint = (cluster: Cluster, waiver: Waiver, message: string): Verdict => ({
  id: 'waivers',
  title: 'Every waiver is in force and needed',
  status: 'fail',
  severity: 'warning',
  proof: 'declared',
  nodes: waiver.nodes ?? [],
  message,
  requirements: [],
  remediation: `remove the waiver of ${waiver.check} from ${cluster.file ?? 'the inventory'}, or renew it with a reason`,
  fingerprint: fingerprint(
    cluster.name,
    'waivers',
    `${waiver.check} ${(waiver.nodes ?? []).join(' ')} ${waiver.until}`,
  ),
});

/** Verdicts with their waivers, and one verdict for each waiver that is expired or covers nothing. */
export function applyWaivers(verdicts: readonly Verdict[], cluster: Cluster, now: Date): Verdict[] {
  const valid = cluster.waivers.filter((w) => !expired(w, now));
  const waived = verdicts.map((v): Verdict => {
    const w = valid.find((x) => covers(x, v));
    return w ? { ...v, waiver: { reason: w.reason, until: w.until, ...(w.by !== undefined && { by: w.by }) } } : v;
  });
  const ran = new Set(verdicts.map((v) => v.id));
  const complaints = cluster.waivers.flatMap((w) => {
    if (expired(w, now)) return [complaint(cluster, w, `the waiver of ${w.check} expired on ${w.until} (${w.reason})`)];
    const used = verdicts.some((v) => covers(w, v)) || !ran.has(w.check);
    return used
      ? []
      : [complaint(cluster, w, `the waiver of ${w.check} covers nothing: the failure is mended, or on other nodes`)];
  });
  return unique([...waived, ...complaints]);
}
