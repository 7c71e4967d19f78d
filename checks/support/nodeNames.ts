/** Names by which Workbench's own lists may mean a node of the inventory. Used by `cluster-state` and `peer-ports`. */

import type { Cluster, EffectiveSettings } from 'ha-preflight';
import { sameHost } from 'ha-preflight/formats/hostName';

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

export const knownNodes = (nodes: readonly Named[], cluster: Cluster): Known[] =>
  cluster.nodes.map(({ name, host }) => {
    const seen = nodes.find((n) => n.node === name);
    const given = ['load-balancer:www-host-name', 'rserver.conf:www-address'].map((k) => seen?.effective.get(k)?.value);
    return { node: name, names: [name, host, seen?.host.name, ...given].filter((n) => n !== undefined).map(sameHost) };
  });
