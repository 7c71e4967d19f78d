/** Which version of the product each node has. Pure. */

import { versions } from './collectors/versions.js';
import { factOn, foundOn } from './facts.js';
import type { Evidence } from './model/evidence.js';
import type { Plan } from './plan.js';

export interface InstalledVersion {
  readonly node: string;
  readonly product?: string;
  readonly program?: string;
  readonly package?: string;
  /** Why none is known. */
  readonly reason?: string;
}

export function installedVersions(plan: Plan, evidence: Evidence): InstalledVersion[] {
  return plan.cluster.nodes.map(({ name: node }): InstalledVersion => {
    const record = evidence.nodes[node];
    if (!record?.reached) return { node, reason: record?.reason ?? 'was not asked' };
    const installed = foundOn(plan, record.answers, node);
    if ('unseen' in installed) return { node, reason: installed.unseen };
    const { product } = installed.value;
    const fact = factOn(plan, versions, record.answers, node);
    if ('unseen' in fact) return { node, product, reason: fact.unseen };
    const { program, package: inDatabase } = fact.value;
    return {
      ...{ node, product },
      ...(program !== undefined && { program }),
      ...(inDatabase !== undefined && { package: inDatabase }),
    };
  });
}
