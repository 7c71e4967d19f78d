/** Clusters of one name in one run: what is asked of their nodes in separate runs cannot be compared. */

import { identityOf } from '../fingerprint.js';
import type { Cluster } from '../model/inventory.js';

/** The first that is there twice, both times; undefined where each is there once. */
export function twice(clusters: readonly Cluster[]): readonly [Cluster, Cluster] | undefined {
  const known = new Map<string, Cluster>();
  for (const cluster of clusters) {
    const other = known.get(identityOf(cluster));
    if (other) return [other, cluster];
    known.set(identityOf(cluster), cluster);
  }
  return undefined;
}
