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

/**
 * bash can open connections itself, all at once; it writes each error by one line, which ends with the path and the reason.
 * The time limit distinguishes a closed port from a firewall; some `timeout` ends bash alone. A name that cannot be
 * resolved is an invalid argument; any other error, as of a bash without /dev/tcp, says nothing of the target.
 */
const TRY = raw(
  'trap "kill \\$(jobs -p) 2>/dev/null; exit" TERM; while [ $# -gt 2 ]; do { : <"/dev/tcp/$2/$3" && echo "$1 open"; } & shift 3; done; wait',
);

/** What gives a node the means. */
export const INSTALL_MEANS = 'install timeout there, and a bash that can open connections';

/** The script; prints nothing where the node has not the means, and nothing of a target that bash did not try. `further` prints more targets, as three words each. */
export const opening = (targets: readonly Target[], further?: string): string => {
  const words = targets.flatMap(({ word, address, port }) => [word, address, String(port)]);
  const listed = raw(further === undefined ? '' : `; set -f; set -- "$@" $(${further})`);
  return shell`command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1 || exit 0
set -- ${words}${listed}; nl='
'
o=$nl$(timeout ${OPENING_SECONDS} bash -c '${TRY}' bash "$@" 2>&1); late=$?
while [ $# -gt 2 ]; do e="/dev/tcp/$2/$3: "
  case $o in *"$nl$1 open"*) e=open;; *"$e"*) e=\${o#*"$e"}; e=\${e%%"$nl"*};; *) [ $late = 124 ] || [ $late = 143 ] || late=; e=\${late:+silent};; esac
  case $e in open) ;; silent|*'timed out'*|*unreachable*|*'No route'*) e=silent;; *refused*) e=refused;;
    *'Invalid argument'*) e=nameless;; *) e=;; esac
  [ -z "$e" ] || echo "$1 $e"; shift 3; done`;
};

/** Of each word that was tried, what came of it. */
export const openedFrom = (text: string): ReadonlyMap<string, Opened> =>
  new Map(
    text.split('\n').flatMap((line): [string, Opened][] => {
      const [word = '', state] = line.split(' ');
      const known = STATES.find((s) => s === state);
      return known === undefined ? [] : [[word, known]];
    }),
  );
