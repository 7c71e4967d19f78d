/** Tries from a node which TCP ports open. Nothing is sent. Used by `peers` and `packageService`. */

import { raw, shell } from '../model/collector.js';

const STATES = ['open', 'refused', 'silent', 'nameless'] as const;
/** `silent`: no answer in time, or no way there; `nameless`: the node cannot resolve the name. */
export type Opened = (typeof STATES)[number];

export interface Target {
  /** What its answer begins with: one word. */
  readonly word: string;
  readonly address: string;
  readonly port: number;
}

/** Seconds until what has not answered is silent. */
export const OPENING_SECONDS = 3;

/** bash can open connections itself; one process opens them all at the same time. */
const OPEN = `try() { e=$( { : <"/dev/tcp/$2/$3"; } 2>&1 ); r=$?
case $r:$e in 0:*) s=open;; *'timed out'*|*unreachable*|*'No route'*) s=silent;; *refused*) s=refused;; *) s=nameless;; esac; echo "$1 $s"; }
while [ $# -gt 2 ]; do try "$1" "$2" "$3" & shift 3; done; wait`;

/** The script; prints nothing where the node has not the means. `further` prints more targets, as three words each. */
export const opening = (targets: readonly Target[], further?: string): string => {
  const words = targets.flatMap(({ word, address, port }) => [word, address, String(port)]);
  const listed = raw(further === undefined ? '' : `; set -f; set -- "$@" $(${further})`);
  return shell`command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1 || exit 0
set -- ${words}${listed}; n=0; for t; do [ $n != 0 ] || echo "=try $t"; n=$(( (n + 1) % 3 )); done; timeout -s KILL ${OPENING_SECONDS} bash -c ${OPEN} bash "$@" 2>/dev/null; :`;
};

/** Of each word that was tried, what came of it. */
export function openedFrom(text: string): ReadonlyMap<string, Opened> {
  const opened = new Map<string, Opened>();
  for (const line of text.split('\n')) {
    const [word = '', state] = line.split(' ');
    const known = STATES.find((s) => s === state);
    if (word === '=try' && state && !opened.has(state)) opened.set(state, 'silent');
    else if (known) opened.set(word, known);
  }
  return opened;
}
