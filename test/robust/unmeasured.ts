/** Which answers a pass needs, read from the plan alone. */

import { foundOn } from '../../src/facts.js';
import type { Asking, Evidence, Fact } from '../../src/model/evidence.js';
import type { Verdict } from '../../src/model/verdict.js';
import { type AnyCollector, type Plan, requestsOf } from '../../src/plan.js';
import type { Found } from '../../src/products/profile.js';

const known = new WeakMap<object, Fact<Found>>();
function cached(record: object, make: () => Fact<Found>): Fact<Found> {
  const fact = known.get(record) ?? make();
  known.set(record, fact);
  return fact;
}

/** Why this pass does not count, or undefined: said without the product's own rule of what is unknown. */
export function unmeasured(plan: Plan, evidence: Evidence, verdict: Verdict): string | undefined {
  const check = plan.checks.find((c) => c.id === verdict.id)!;
  if (
    verdict.nodes.length === 0 &&
    !Object.values(evidence.services).some((a) => typeof a === 'object' && !('unseen' in a))
  )
    return 'nothing was compared';
  for (const node of verdict.nodes) {
    const record = evidence.nodes[node];
    if (!record?.reached) return `${node} was not reached`;
    const asking: Asking = { cluster: plan.cluster, node };
    const installed = cached(record, () => foundOn(plan, record.answers, node));
    const value = 'value' in installed ? installed.value : undefined;
    for (const collector of Object.values<AnyCollector>(check.needs)) {
      if (!value && typeof collector.requests === 'function') return `the product on ${node} is not known`;
      const requests =
        collector.id === 'found'
          ? {}
          : (requestsOf(collector, value ? { ...asking, product: value.product } : asking, value) ?? {});
      for (const [name, request] of Object.entries(requests)) {
        const answer = record.answers[`${collector.id}.${name}`];
        if (request.optional) continue;
        if (typeof answer !== 'object' || 'unseen' in answer || answer.truncated)
          return `${collector.id}.${name} of ${node} was not answered`;
      }
    }
  }
  return undefined;
}
