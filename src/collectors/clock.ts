/**
 * The node's clock against this machine's, as an interval that cannot lie: every sample brackets the node's reading
 * between our send and receive, and path asymmetry can move it only inside. Source: DOMAIN F1.
 */

import { defineCollector, shell } from '../model/check.js';
import { NotSeen } from '../model/evidence.js';

export interface Clock {
  /** Milliseconds the node is ahead of this machine: the truth lies between. */
  readonly low: number;
  readonly high: number;
  /** Smallest and median round trip, milliseconds. */
  readonly bestRoundTrip: number;
  readonly medianRoundTrip: number;
  readonly samples: number;
  /** What the node says of its own synchronisation, for people. */
  readonly source: string;
}

/**
 * Answers one reading of the clock a line; by bash's own variable where it has one, since a process costs a millisecond.
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
export AHEAD DATE
if command -v bash >/dev/null 2>&1; then
  exec bash --norc -c '[ -n "$EPOCHREALTIME" ] || eval "$DATE"
    echo ready; while IFS= read -r n; do t=$EPOCHREALTIME; echo "$n $((\${t%.*} + AHEAD)).\${t#*.}"; done'
else eval "$DATE"; fi`;

/** chrony first; what else there is only when it is not there. */
const SOURCE = shell`[ -n "$R" ] && { echo tree; exit 0; }
if command -v chronyc >/dev/null 2>&1; then t=$(chronyc -c tracking 2>&1); printf 'chrony %s\n' "$t"
elif command -v ntpq >/dev/null 2>&1; then ntpq -pn 2>&1 | sed 's/^/ntp /'
elif command -v timedatectl >/dev/null 2>&1; then timedatectl show 2>&1 | grep -s NTPSynchronized; fi; :`;

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

const describeSource = (text: string): string => {
  const [first = ''] = text.trim().split('\n');
  if (first.startsWith('chrony ')) {
    const f = first.slice(7).split(',');
    if (f.length < 14) return `chronyd does not answer (${first.slice(7)})`;
    return f[13] === 'Not synchronised'
      ? 'chrony: not synchronised'
      : f[0] === '7F7F0101'
        ? 'chrony: synchronised only to itself'
        : `chrony: synchronised to ${f[1] || f[0]}, stratum ${f[2]}`;
  }
  if (first.startsWith('ntp ')) return /^ntp \*/m.test(text) ? 'ntpd: synchronised' : 'ntpd: no peer selected';
  if (first.startsWith('NTPSynchronized='))
    return first.endsWith('yes') ? 'kernel: synchronised' : 'kernel: not synchronised';
  return first === 'tree' ? 'the clock of a file tree' : 'no time daemon seen';
};

export const clock = defineCollector<Clock>({
  id: 'clock',
  requests: {
    pingpong: { script: LOOP, pingPong: 20 },
    source: { script: SOURCE, timeoutSeconds: 5 },
  },
  parse({ pingpong, source }) {
    const samples = samplesOf(pingpong!.stdout);
    if (samples.length < 20)
      throw new NotSeen(`only ${samples.length} of the node's clock readings arrived; at least 20 are needed`);
    const low = Math.max(...samples.map((s) => s.read - s.received));
    const high = Math.min(...samples.map((s) => s.read + s.grain - s.sent));
    if (low > high) throw new NotSeen('the clock was stepped while it was read; run the check again');
    const trips = samples.map((s) => s.received - s.sent).sort((a, b) => a - b);
    return {
      low,
      high,
      bestRoundTrip: trips[0]!,
      medianRoundTrip: trips[trips.length >> 1]!,
      samples: samples.length,
      source: describeSource(source!.stdout),
    };
  },
});
