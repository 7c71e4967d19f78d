/** What an asker of services gets. */

import type { Cluster, SecretSource } from '../../model/inventory.js';
import type { Reach } from './reach.js';

/** What a question may need to be asked. */
export interface ServiceContext {
  readonly cluster: Cluster;
  readonly secret: (source: SecretSource) => string;
  /** The nodes that answered, to be reached again. */
  readonly reach: Reach;
  /** No node can be reached from here: another program carried the questions there and the answers back. */
  readonly relayed?: true;
  /** Milliseconds that a node may take, by `--timeout`; many requests to one server take no longer together. */
  readonly timeoutMs?: number;
  /** Ends what is being asked; what it left behind is cleaned up first. */
  readonly signal?: AbortSignal;
}

/** The inventory's `database.url`, or one of `database.urls` by name. */
export function databaseUrl({ cluster, secret }: ServiceContext, name: string): string {
  const source = name === 'url' ? cluster.database.url : cluster.database.urls?.[name];
  if (!source) throw new Error('not in the inventory');
  return secret(source);
}
