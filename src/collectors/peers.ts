/** Whether the node reaches the ports of other nodes. Opens connections and closes them; nothing is sent. */

import { defineCollector, living, raw, shell } from '../model/collector.js';
import type { Asking } from '../model/evidence.js';
import { type Found, settingsOf } from '../products/profile.js';
import { listsNodes, PROGRAM } from './clusterState.js';

const STATES = ['open', 'refused', 'silent', 'nameless'] as const;

export interface Peer {
  /** Its name in the inventory; absent where the product itself gave the address. */
  readonly node?: string;
  readonly address: string;
  readonly port: number;
  /** Which program listens there. */
  readonly of: 'product' | 'launcher';
  /** `nameless`: the node cannot resolve the address. */
  readonly state: (typeof STATES)[number];
}

/** So many next nodes of the inventory are tried: in a ring of them every node is tried by several. */
const NEXT = 8;
/** So many addresses of the product's own list. */
const LISTED = 16;
const SECONDS = 3;

const others = ({ cluster, node }: Asking): readonly { name: string; host: string }[] => {
  const at = cluster.nodes.findIndex((n) => n.name === node);
  return [...cluster.nodes.slice(at + 1), ...cluster.nodes.slice(0, at)].slice(0, NEXT);
};

interface Target extends Omit<Peer, 'state'> {
  /** What its answer begins with. */
  readonly word: string;
}

function targets(asking: Asking, found: Found): readonly Target[] {
  const { port, launcher } = settingsOf(found);
  const launcherPort = launcher && 'value' in launcher ? launcher.value.port : undefined;
  return others(asking).flatMap(({ name, host }): Target[] => [
    { word: name, node: name, address: host, port, of: 'product' },
    ...(launcherPort === undefined
      ? []
      : [{ word: `=launcher:${name}`, node: name, address: host, port: launcherPort, of: 'launcher' } as const]),
  ]);
}

/**
 * bash can open connections itself. One process opens them all at the same time; what has not answered when it is ended
 * is silent.
 */
const OPEN = `try() { e=$( { : <"/dev/tcp/$2/$3"; } 2>&1 ); r=$?
case $r:$e in 0:*) s=open;; *'timed out'*|*unreachable*|*'No route'*) s=silent;; *refused*) s=refused;; *) s=nameless;; esac; echo "$1 $s"; }
while [ $# -gt 2 ]; do try "$1" "$2" "$3" & shift 3; done; wait`;

/** The addresses that the nodes give each other, as three words each: what the answer begins with, host, port. */
const LIST = shell`S ${PROGRAM} list-nodes 2>/dev/null | awk '$1 ~ /^[0-9]+$/ { p = $3 ~ /^[0-9]+$/ ? $3 : $4; if (p ~ /^[0-9]+$/ && n++ < ${LISTED}) print "=listed:" $2 ":" p, $2, p }'`;

export const peers = defineCollector<readonly Peer[], Found>({
  id: 'peers',
  requests: (asking, found) => {
    // where the product is not started, its neighbours' turn has not come either
    if (found.running.length === 0) return {};
    const words = targets(asking, found).flatMap(({ word, address, port }) => [word, address, String(port)]);
    const listed = raw(listsNodes(asking, found) ? `; set -f; set -- "$@" $(${LIST})` : '');
    return {
      ports: {
        script: living(
          'peers',
          shell`command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1 || exit 0
set -- ${words}${listed}; echo =tried; for t; do echo "=try $t"; done; timeout -s KILL ${SECONDS} bash -c ${OPEN} bash "$@" 2>/dev/null; :`,
        ),
        timeoutSeconds: SECONDS + 5,
      },
    };
  },
  parse({ ports }, asking, found) {
    const lines = (ports?.stdout ?? '').split('\n');
    const said = new Map(lines.map((l): [string, string] => [l.split(' ')[0]!, l.split(' ')[1] ?? '']));
    const tried = new Set(lines.flatMap((l) => (l.startsWith('=try ') ? [l.slice(5)] : [])));
    const stateOf = (word: string): Peer['state'] | undefined => {
      const state = said.get(word) ?? (tried.has(word) ? 'silent' : undefined);
      return STATES.find((s) => s === state);
    };
    const named = targets(asking, found).flatMap(({ word, ...target }): Peer[] => {
      const state = stateOf(word);
      return state === undefined ? [] : [{ ...target, state }];
    });
    const words = new Set([...said.keys(), ...tried]);
    const listed = [...words].flatMap((word): Peer[] => {
      const [, address, port] = /^=listed:(.+):(\d{1,5})$/.exec(word) ?? [];
      const state = stateOf(word);
      return address === undefined || state === undefined
        ? []
        : [{ address, port: Number(port), of: 'product', state }];
    });
    return [...named, ...listed];
  },
});
