/** Whether the node reaches the product's port on other nodes. Opens a connection and closes it; nothing is sent. */

import { defineCollector, living, raw, shell } from '../model/collector.js';
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

/**
 * bash can open connections itself, all at once; it writes each error by one line, which ends with the path and the reason.
 * The time limit distinguishes a closed port from a firewall; some `timeout` ends bash alone.
 */
const TRY = raw(
  'trap "kill \\$(jobs -p) 2>/dev/null; exit" TERM; while [ $# -gt 0 ]; do { : <"/dev/tcp/$2/$3" && echo "$1 open"; } & shift 3; done; wait',
);

const script = (tries: readonly (readonly string[])[]): string => shell`set -- ${tries.flat()}; nl='
'
command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1 || exit 0
o=$nl$(timeout ${SECONDS} bash -c '${TRY}' bash "$@" 2>&1); late=$?
while [ $# -gt 0 ]; do e="/dev/tcp/$2/$3: "
  case $o in *"$nl$1 open"*) e=open;; *"$e"*) e=\${o#*"$e"}; e=\${e%%"$nl"*};; *) [ $late = 124 ] || [ $late = 143 ] || late=; e=\${late:+silent};; esac
  case $e in open) ;; silent|*'timed out'*|*unreachable*|*'No route'*) e=silent;; *refused*) e=refused;; *) e=nameless;; esac
  echo "$1 $e"; shift 3; done`;

export const peers = defineCollector<readonly Peer[], Found>({
  id: 'peers',
  requests: (asking, found) => {
    // where the product is not started, its neighbours' turn has not come either
    if (found.running.length === 0 || others(asking).length === 0) return {};
    const { port } = settingsOf(found);
    const tries = others(asking).map(({ name, host }) => [name, host, String(port)]);
    return {
      ports: { script: living('peers', script(tries)), timeoutSeconds: SECONDS + 2 },
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
