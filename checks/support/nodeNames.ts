/** Names by which Workbench's own lists may mean a node of the inventory. Used by `cluster-state` and `peer-ports`. */

import type { Cluster, EffectiveSettings } from 'ha-preflight';
import { addressOf, sameHost, shortHost } from 'ha-preflight/formats/hostName';
import type { ListedNode } from 'ha-preflight/formats/listNodes';

interface Named {
  readonly node: string;
  readonly effective: EffectiveSettings;
  readonly host: { readonly name: string };
}

export interface Known {
  readonly node: string;
  readonly names: readonly string[];
}

export const knows = (n: Known, name: string | undefined): boolean =>
  name !== undefined && n.names.includes(sameHost(name));

export const isOf = (row: ListedNode, node: Known): boolean => knows(node, row.host) || knows(node, row.ipv4);

const label = (name: string): string => shortHost(name.toLowerCase());

/** A node can be listed by any of its addresses, or by its name with another domain. */
export const mayBe = ({ host }: { readonly host: string }, { names }: Known): boolean =>
  addressOf(host) !== undefined || names.map(label).includes(label(host));

export const knownNodes = (nodes: readonly Named[], cluster: Cluster): Known[] =>
  cluster.nodes.map(({ name, host }) => {
    const seen = nodes.find((n) => n.node === name);
    const given = ['load-balancer:www-host-name', 'rserver.conf:www-address'].map((k) => seen?.effective.get(k)?.value);
    return { node: name, names: [name, host, seen?.host.name, ...given].filter((n) => n !== undefined).map(sameHost) };
  });
