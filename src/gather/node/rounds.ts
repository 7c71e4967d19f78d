/** What a node is asked after its first round. Pure. */

import { foundOn } from '../../facts.js';
import type { Requests } from '../../model/collector.js';
import type { Answers, Asking } from '../../model/evidence.js';
import { collectorsFor, type Plan, roundTwo } from '../../plan.js';

export interface SecondRound {
  /** Asked together, in one script. */
  readonly batch: Requests;
  /** Lines there and back, each on a separate shell. */
  readonly exchanges: Requests;
}

/** The second round of a node, given its answers of the first. */
export function secondRound(plan: Plan, node: string, answers: Answers): SecondRound {
  const asking: Asking = { cluster: plan.cluster, node };
  const installed = foundOn(plan, answers, node);
  const value = 'value' in installed ? installed.value : undefined;
  const entries = Object.entries(
    roundTwo(collectorsFor(plan, value?.profile), value ? { ...asking, product: value.product } : asking, value),
  );
  return {
    batch: Object.fromEntries(entries.filter(([, r]) => r.pingPong === undefined)),
    exchanges: Object.fromEntries(entries.filter(([, r]) => r.pingPong !== undefined)),
  };
}
