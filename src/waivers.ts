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

const complaint = (
  cluster: Cluster,
  waiver: Waiver,
  message: string,
  remediation = `remove the waiver of ${waiver.check} from ${cluster.file ?? 'the inventory'}, or renew it with a reason`,
): Verdict => ({
  id: 'waivers',
  title: 'Every waiver is in force and needed',
  status: 'fail',
  severity: 'warning',
  proof: 'declared',
  nodes: waiver.nodes ?? [],
  message,
  requirements: [],
  remediation,
  fingerprint: fingerprint(
    cluster.name,
    'waivers',
    `${waiver.check} ${(waiver.nodes ?? []).join(' ')} ${waiver.until}`,
  ),
});

/** What is wrong with a waiver that is in force, if anything. */
function trouble(waiver: Waiver, verdicts: readonly Verdict[], cluster: Cluster): Verdict[] {
  const own = verdicts.filter((v) => v.id === waiver.check);
  if (own.some((v) => covers(waiver, v))) return [];
  // a failure that is also on other nodes is one failure, and not all of it was accepted
  const { nodes = [] } = waiver;
  const partly = own.filter((v) => v.status === 'fail' && v.nodes.some((n) => nodes.includes(n)));
  const more = [...new Set(partly.flatMap((v) => v.nodes).filter((n) => !nodes.includes(n)))].join(', ');
  if (partly.length > 0)
    return [
      complaint(
        cluster,
        waiver,
        `the waiver of ${waiver.check} covers nothing: the failure is on ${more} as well`,
        `mend ${more}, or add it to the nodes of the waiver in ${cluster.file ?? 'the inventory'}`,
      ),
    ];
  // what did not run, or could not be seen, may be broken still
  if (own.length === 0 || own.some((v) => v.status === 'unknown')) return [];
  return [
    complaint(
      cluster,
      waiver,
      `the waiver of ${waiver.check} covers nothing: the failure is mended, or on other nodes`,
    ),
  ];
}

/** Verdicts with their waivers, and one verdict for each waiver that is expired or covers nothing. */
export function applyWaivers(verdicts: readonly Verdict[], cluster: Cluster, now: Date): Verdict[] {
  const valid = cluster.waivers.filter((w) => !expired(w, now));
  const waived = verdicts.map((v): Verdict => {
    const w = valid.find((x) => covers(x, v));
    return w ? { ...v, waiver: { reason: w.reason, until: w.until, ...(w.by !== undefined && { by: w.by }) } } : v;
  });
  const complaints = cluster.waivers.flatMap((w) =>
    expired(w, now)
      ? [complaint(cluster, w, `the waiver of ${w.check} expired on ${w.until} (${w.reason})`)]
      : trouble(w, verdicts, cluster),
  );
  return unique([...waived, ...complaints]);
}
