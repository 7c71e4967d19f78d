/** Whether the node reaches the product's port on other nodes. Opens a connection and closes it; nothing is sent. */

import { defineCollector, living, shell } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';

export interface Peer {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  /** `nameless`: the node cannot resolve the address, which the inventory chose for us and not for it. */
  readonly state: 'open' | 'refused' | 'silent' | 'nameless';
}

/** So many next nodes of the inventory are tried: in a ring of them every node is tried by several. */
const NEXT = 8;
const SECONDS = 3;

const others = ({ cluster, node }: Asking): readonly { name: string; host: string }[] => {
  const at = cluster.nodes.findIndex((n) => n.name === node);
  return [...cluster.nodes.slice(at + 1), ...cluster.nodes.slice(0, at)].slice(0, NEXT);
};

/** bash can open connections itself; the time limit distinguishes a closed port from a firewall. */
const TRY = shell`try() { if ! command -v bash >/dev/null 2>&1 || ! command -v timeout >/dev/null 2>&1; then echo "$1 cannot"; return; fi
e=$(timeout ${SECONDS} bash -c ': <"/dev/tcp/$0/$1"' "$2" "$3" 2>&1); r=$?
case $r:$e in 0:*) echo "$1 open";; 124:*|*'timed out'*|*unreachable*|*'No route'*) echo "$1 silent";; *refused*) echo "$1 refused";; *) echo "$1 nameless";; esac; }`;

export const peers = defineCollector<readonly Peer[], Found>({
  id: 'peers',
  requests: (asking, found) => {
    // where the product is not started, its neighbours' turn has not come either
    if (found.running.length === 0) return {};
    const { port } = settingsOf(found);
    const tries = others(asking).map(({ name, host }) => shell`try ${name} ${host} ${port} &`);
    return {
      ports: { script: living('peers', [TRY, ...tries, 'wait'].join('\n')), timeoutSeconds: SECONDS + 2 },
    };
  },
  parse({ ports }, asking, found) {
    const said = new Map(
      (ports?.stdout ?? '').split('\n').map((l): [string, string] => [l.split(' ')[0]!, l.split(' ')[1] ?? '']),
    );
    return others(asking).flatMap(({ name, host }): Peer[] => {
      const state = said.get(name);
      return state === 'open' || state === 'refused' || state === 'silent' || state === 'nameless'
        ? [{ node: name, address: host, port: settingsOf(found).port, state }]
        : [];
    });
  },
});
