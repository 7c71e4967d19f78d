/**
 * The node's clock against this machine's, as an interval that cannot lie: every sample brackets the node's reading
 * between our send and receive, and path asymmetry can move it only inside. Source: docs/sources.md F1.
 */

import { defineCollector, shell } from '../model/collector.js';
import { type Fact, NotSeen } from '../model/evidence.js';
import { type NodeTime, nodeTime, TIME_DAEMON } from './timeDaemon.js';

export interface Clock {
  /** Milliseconds the node is ahead of this machine: the truth lies between. */
  readonly low: number;
  readonly high: number;
  /** Smallest and median round trip, milliseconds. */
  readonly bestRoundTrip: number;
  readonly medianRoundTrip: number;
  readonly samples: number;
  /** Read once, by a script that another program ran: between its writing and the arrival of its answer. */
  readonly relayed?: true;
  /** Only where relayed: milliseconds the node is ahead of the reference clocks that its time daemon follows, by that daemon's own bound. */
  readonly own?: { readonly low: number; readonly high: number };
  /** What the node says of its own synchronisation; it can say so and be wrong. */
  readonly source: Fact<NodeTime>;
}

export type { NodeTime };

/**
 * Answers one reading of the clock a line; by bash's own variable where it has one, since a process costs a millisecond.
 * That variable is another each time it is read; one of the environment's is not.
 * A file tree has no clock: it can only pretend one (`.fake-clock`, whole seconds ahead), as the demo and tests do.
 */
const LOOP = shell`
ahead=0
if [ -n "$R" ] && ! [ -d "$R/proc/self/fd" ]; then
  [ -f "$R/.fake-clock" ] || { echo 'a file tree has no clock'; exit 0; }
  read -r ahead <"$R/.fake-clock"
fi
AHEAD=$ahead
DATE='echo ready; while IFS= read -r n; do t=$(date +%s.%N); echo "$n $((\${t%.*} + AHEAD)).\${t#*.}"; done'
READ='echo ready; while IFS= read -r n; do t=$EPOCHREALTIME; echo "$n $((\${t%.*} + AHEAD)).\${t#*.}"; done'
export AHEAD DATE READ
if [ "$EPOCHREALTIME" != "$EPOCHREALTIME" ]; then eval "$READ"
elif command -v bash >/dev/null 2>&1; then exec bash --norc -c '[ -n "$EPOCHREALTIME" ] || eval "$DATE"; eval "$READ"'
else eval "$DATE"; fi`;

/** First line of an answer that came by a relay; one sample follows. */
export const RELAYED = 'relayed';

interface Sample {
  /** Milliseconds since the epoch by this machine: sent, received. */
  readonly sent: number;
  readonly received: number;
  /** Milliseconds since the epoch by the node. */
  readonly read: number;
  /** How coarse the reading is, milliseconds. */
  readonly grain: number;
}

/** One sample a line: sent, received, the node's words. */
const samplesOf = (text: string): Sample[] =>
  text.split('\n').flatMap((line) => {
    const m = /^([\d.]+) ([\d.]+) (\d+)[.,]?(\d*)/.exec(line);
    if (!m) return [];
    const decimals = m[4] ?? '';
    // split, since milliseconds since 1970 with nine decimals do not fit a double
    const read = Number(m[3]) * 1000 + Number(`0.${decimals || '0'}`) * 1000;
    return [
      {
        sent: Number(m[1]),
        received: Number(m[2]),
        read,
        grain: decimals === '' ? 1000 : 10 ** (3 - Math.min(decimals.length, 6)),
      },
    ];
  });

/** What a synchronised daemon answers for; others answer for nothing. */
function ownBound(source: Fact<NodeTime>): Pick<Clock, 'own'> {
  if ('unseen' in source || source.value.state !== 'synchronised' || source.value.errorMs === undefined) return {};
  return { own: { low: -source.value.errorMs, high: source.value.errorMs } };
}

export const clock = defineCollector<Clock>({
  id: 'clock',
  requests: {
    pingpong: { script: LOOP, pingPong: 20 },
    source: { script: TIME_DAEMON, timeoutSeconds: 5, allowExit: 'any', optional: true },
  },
  parse({ pingpong, source }) {
    const samples = samplesOf(pingpong!.stdout);
    const relayed = pingpong!.stdout.startsWith(`${RELAYED}\n`);
    const needed = relayed ? 1 : 20;
    if (samples.length < needed)
      throw new NotSeen(`only ${samples.length} of the node's clock readings arrived; at least ${needed} are needed`);
    const low = Math.max(...samples.map((s) => s.read - s.received));
    const high = Math.min(...samples.map((s) => s.read + s.grain - s.sent));
    if (low > high) throw new NotSeen('the clock jumped while it was read: run the check again');
    const trips = samples.map((s) => s.received - s.sent).sort((a, b) => a - b);
    const time = nodeTime(source!, samples.at(-1)!.read / 1000);
    return {
      low,
      high,
      bestRoundTrip: trips[0]!,
      medianRoundTrip: trips[trips.length >> 1]!,
      samples: samples.length,
      source: time,
      ...(relayed && { relayed, ...ownBound(time) }),
    };
  },
});
