/** What makes a finding the same from run to run. Pure. */

import { createHash } from 'node:crypto';
import type { Cluster } from './model/inventory.js';
import type { Verdict } from './model/verdict.js';

/** What a fingerprint says of a cluster: products side by side may fail the same check each. */
export const identityOf = ({ name, sideBySide, product }: Cluster): string =>
  sideBySide ? `${name} ${product}` : name;

/** Stable from run to run: check, subject and cluster. */
export const fingerprint = (cluster: string, id: string, subject: string): string =>
  createHash('sha256')
    .update(JSON.stringify([cluster, id, subject]))
    .digest('hex')
    .slice(0, 16);

/** Fingerprints are unique in a report: a second finding on one subject gets a number. */
export function unique(verdicts: readonly Verdict[]): Verdict[] {
  const used = new Map<string, number>();
  return verdicts.map((v) => {
    const n = (used.get(v.fingerprint) ?? 0) + 1;
    used.set(v.fingerprint, n);
    return n === 1 ? v : { ...v, fingerprint: `${v.fingerprint}-${n}` };
  });
}
