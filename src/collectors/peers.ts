/** Whether the node reaches the ports of other nodes. Opens connections and closes them; nothing is sent. */

import { defineCollector, living, shell } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { LISTED as LIST_NODES, listsNodes } from './clusterState.js';
import { OPENING_SECONDS, type Opened, openedFrom, opening, type Target } from './opening.js';

export interface Peer {
  /** Its name in the inventory; absent where the product itself gave the address. */
  readonly node?: string;
  readonly address: string;
  readonly port: number;
  /** Which program listens there. */
  readonly of: 'product' | 'launcher';
  readonly state: Opened;
}

/** So many next nodes of the inventory are tried: in a ring of them every node is tried by several. */
const NEXT = 8;
/** So many addresses of the product's own list. */
const LISTED = 16;

const others = ({ cluster, node }: Asking): readonly { name: string; host: string }[] => {
  const at = cluster.nodes.findIndex((n) => n.name === node);
  return [...cluster.nodes.slice(at + 1), ...cluster.nodes.slice(0, at)].slice(0, NEXT);
};

type PeerTarget = Target & Omit<Peer, 'state'>;

function targets(asking: Asking, found: Found): readonly PeerTarget[] {
  const { port, launcher } = settingsOf(found);
  const launcherPort = launcher && 'value' in launcher ? launcher.value.port : undefined;
  return others(asking).flatMap(({ name, host }): PeerTarget[] => [
    ...(Number.isInteger(port) ? [{ word: name, node: name, address: host, port, of: 'product' } as const] : []),
    ...(launcherPort === undefined
      ? []
      : [{ word: `=launcher:${name}`, node: name, address: host, port: launcherPort, of: 'launcher' } as const]),
  ]);
}

/** The addresses that the nodes give each other, as three words each: what the answer begins with, host, port. */
const LIST = shell`printf '%s\n' "$listed" | awk '$1 ~ /^[0-9]+$/ { p = $3 ~ /^[0-9]+$/ ? $3 : $4; if (p ~ /^[0-9]+$/ && n++ < ${LISTED}) print "=listed:" $2 ":" p, $2, p }'`;

export const peers = defineCollector<readonly Peer[], Found>({
  id: 'peers',
  requests: (asking, found) => {
    // where the product is not started, its neighbours' turn has not come either
    if (found.running.length === 0 || others(asking).length === 0) return {};
    const listed = listsNodes(asking, found);
    return {
      ports: {
        ...(listed && { base: [LIST_NODES] }),
        script: living('peers', opening(targets(asking, found), listed ? LIST : undefined)),
        timeoutSeconds: OPENING_SECONDS + 5,
      },
    };
  },
  parse({ ports }, asking, found) {
    const opened = openedFrom(ports?.stdout ?? '');
    const named = targets(asking, found).flatMap(({ word, ...target }): Peer[] => {
      const state = opened.get(word);
      return state === undefined ? [] : [{ ...target, state }];
    });
    const listed = [...opened].flatMap(([word, state]): Peer[] => {
      const [, address, port] = /^=listed:(.+):(\d{1,5})$/.exec(word) ?? [];
      return address === undefined ? [] : [{ address, port: Number(port), of: 'product', state }];
    });
    return [...named, ...listed];
  },
});
