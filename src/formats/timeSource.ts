/**
 * What a node's own time daemon says: chrony, ntpd, systemd-timesyncd, OpenNTPD, linuxptp. A daemon can call itself
 * synchronised long after its only server was lost, so the reach of its sources and the age of the last sample count
 * as well. Source: docs/sources.md F2.
 */

export interface TimeSource {
  /**
   * `itself`: it follows its own clock and calls that synchronised. `lost`: it was synchronised, and its source no
   * longer answers. `silent`: the daemon does not answer.
   */
  readonly state: 'synchronised' | 'unsynchronised' | 'itself' | 'lost' | 'silent';
  /** In words. */
  readonly said: string;
  readonly stratum?: number;
  /** The daemon's own bound of its error, milliseconds: |offset| + root dispersion + root delay / 2. */
  readonly errorMs?: number;
  /** How far the clock is from what it follows, milliseconds; that may be wrong itself, so this bounds nothing. */
  readonly offsetMs?: number;
  /** Name or address of what it follows. */
  readonly source?: string;
}

/** Reference ids of a clock that follows itself: 127.127.1.0 and 127.127.1.1. */
const OWN_CLOCK = /^7F7F01\d\d$/i;
const LEAPS = ['Normal', 'Insert second', 'Delete second'];
/** Stratum from which a clock is too far from any reference; 16 means unsynchronised. */
const LAST_STRATUM = 14;
/** Seconds of root distance above which chrony itself no longer selects a source (maxdistance). */
const MOST_DISTANCE = 3;
/** A source that missed so many polls is lost; a short poll gets an hour nevertheless. */
const POLLS = 8;
const LEAST_SECONDS = 3600;

const silent = (by: string, text: string): TimeSource => ({
  state: 'silent',
  said: `${by}: ${text.trim().split('\n')[0]?.slice(0, 200) || 'no answer'}`,
});

const ago = (seconds: number): string =>
  seconds < 7200
    ? `${Math.round(seconds / 60)} minutes`
    : seconds < 172_800
      ? `${Math.round(seconds / 3600)} hours`
      : `${Math.round(seconds / 86_400)} days`;

/** Whether the last good sample, so many seconds old, is too old for this poll interval. */
const stale = (age: number, poll: number): boolean => age > Math.max(LEAST_SECONDS, POLLS * poll);

interface ChronySource {
  /** `*` selected, `+` combined, `?` unreachable, … */
  readonly state: string;
  readonly address: string;
  readonly pollSeconds: number;
  /** The last eight polls as bits. */
  readonly reach: number;
}

/** `chronyc -n -c sources`: one line per source. */
const chronySources = (text: string): ChronySource[] =>
  text.split('\n').flatMap((line) => {
    const f = line.trim().split(',');
    return f.length >= 10 && /^[\^=#]$/.test(f[0]!) && /^[0-7]+$/.test(f[5]!)
      ? [{ state: f[1]!, address: f[2]!, pollSeconds: 2 ** Number(f[4]), reach: Number.parseInt(f[5]!, 8) }]
      : [];
  });

/**
 * `chronyc -c tracking`: one line of 14 fields; without a server it still ends with 0 and says `Not synchronised`.
 * `sources` (of `chronyc -n -c sources`) and `now` (the node's clock, seconds) show a source that was lost.
 */
export function chronyTracking(text: string, sources = '', now?: number): TimeSource {
  const line = text.split('\n').find((l) => l.split(',').length >= 14);
  if (line === undefined) return silent('chrony', text);
  const fields = line.split(',').map((f) => f.trim());
  const [refid = '', source = ''] = fields;
  const leap = fields[13] ?? '';
  const stratum = Number(fields[2]);
  const [reference, offset, delay, dispersion, interval] = [3, 4, 10, 11, 12].map((i) => Number(fields[i]));
  const errorMs = (Math.abs(offset!) + dispersion! + delay! / 2) * 1000;
  const more = {
    ...(Number.isInteger(stratum) && { stratum }),
    ...(Number.isFinite(errorMs) && { errorMs }),
    ...(source !== '' && { source }),
  };
  const name = source || refid;
  if (OWN_CLOCK.test(refid)) return { state: 'itself', said: 'chrony: follows its own clock', ...more };
  if (!LEAPS.includes(leap) || /^0*$/.test(refid) || !(stratum >= 1))
    return { state: 'unsynchronised', said: `chrony: ${leap || 'not synchronised'}`.toLowerCase(), ...more };
  if (stratum > LAST_STRATUM)
    return { state: 'unsynchronised', said: `chrony: stratum ${stratum}, too far from any reference clock`, ...more };
  const listed = chronySources(sources);
  const followed = listed.filter((s) => /[*+]/.test(s.state) && s.reach !== 0);
  if (listed.length > 0 && followed.length === 0) {
    const marks = listed.filter((s) => s.reach !== 0).map((s) => s.state);
    const why =
      marks.length === 0
        ? 'no source answers (reach 0)'
        : `none of the sources that answer is selected (marked ${[...new Set(marks)].join(' ')})`;
    return { state: 'lost', said: `chrony: still names ${name}, but ${why}`, ...more };
  }
  const poll = followed.length > 0 ? Math.max(...followed.map((s) => s.pollSeconds)) : interval!;
  const age = (now ?? reference!) - reference!;
  if (stale(age, poll))
    return { state: 'lost', said: `chrony: the last sample of ${name} is ${ago(age)} old`, ...more };
  if (dispersion! + delay! / 2 > MOST_DISTANCE)
    return {
      state: 'lost',
      said: `chrony: the root distance to ${name} has grown to ${(dispersion! + delay! / 2).toFixed(1)} s`,
      ...more,
    };
  return { state: 'synchronised', said: `chrony: synchronised to ${name}, stratum ${stratum}`, ...more };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
/** The columns `when` and `poll`: seconds, or minutes, hours and days with a letter; `-` is never. */
const secondsOf = (text: string): number => {
  const m = /^(\d+)([smhd]?)$/.exec(text);
  return m ? Number(m[1]) * UNITS[m[2]!]! : 0;
};

/** `ntpq -c 'rv 0 rootdelay,rootdisp,offset'`, in milliseconds; undefined without all three. */
function ntpqRoot(text: string): number | undefined {
  const [delay, dispersion, offset] = ['rootdelay', 'rootdisp', 'offset'].map((name) =>
    Number(new RegExp(`\\b${name}=([+-]?[\\d.]+)`).exec(text)?.[1] ?? Number.NaN),
  );
  const bound = Math.abs(offset!) + dispersion! + delay! / 2;
  return Number.isFinite(bound) ? bound : undefined;
}

/**
 * `ntpq -pn`, and what `rv` says of the root where it follows: the peer marked `*` (or `o`, with a pulse per second) is the one it follows. Offsets are milliseconds.
 * The column refid is the reference of the *server*: `.LOCL.` there is the server's clock, not the node's.
 */
export function ntpqPeers(text: string): TimeSource {
  const peers = text.split('\n').flatMap((l) => {
    const fields = l.slice(1).trim().split(/\s+/);
    return fields.length >= 10 && /^\d+$/.test(fields[2]!) ? [{ mark: l[0]!, fields }] : [];
  });
  if (peers.length === 0) return silent('ntpd', text);
  const chosen = peers.find((p) => p.mark === '*' || p.mark === 'o');
  if (!chosen) return { state: 'unsynchronised', said: `ntpd: follows none of ${peers.length} servers` };
  const [source = '', refid, , , when = '', poll = '', reach] = chosen.fields;
  const stratum = Number(chosen.fields[2]) + 1;
  if (/^127\.127\.1\.|^LOCAL\(/.test(source))
    return { state: 'itself', said: 'ntpd: follows its own clock', stratum, source };
  const errorMs = ntpqRoot(text);
  const offset = Number(chosen.fields[8]);
  const more = {
    stratum,
    source,
    ...(errorMs !== undefined && { errorMs }),
    ...(Number.isFinite(offset) && { offsetMs: Math.abs(offset) }),
  };
  if (Number(reach) === 0) return { state: 'lost', said: `ntpd: ${source} no longer answers (reach 0)`, ...more };
  const age = secondsOf(when);
  if (stale(age, secondsOf(poll)))
    return { state: 'lost', said: `ntpd: the last sample of ${source} is ${ago(age)} old`, ...more };
  if (stratum > LAST_STRATUM)
    return { state: 'unsynchronised', said: `ntpd: stratum ${stratum}, too far from any reference clock`, ...more };
  const note = refid === '.LOCL.' ? '; that server follows its own clock' : '';
  return { state: 'synchronised', said: `ntpd: synchronised to ${source}, stratum ${stratum}${note}`, ...more };
}

/** A length of time as systemd writes it, `34min 8s`: seconds. */
const LENGTHS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400, w: 604_800 };
const lengthOf = (text: string): number =>
  [...text.matchAll(/([\d.]+)(s|min|h|d|w)(?![a-z])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * LENGTHS[unit!]!,
    0,
  );

/** timesyncd polls at least this often, in seconds, unless it is configured otherwise. */
const TIMESYNCD_POLL = 2048;

/** How timesyncd says in `systemctl show -p StatusText` that a server has answered it; it has other words for servers that did not. */
const SERVED = /^(?:Synchronized to|Contacted|Initial (?:clock )?synchronization to) time server.* \((.+)\)/;

/**
 * `timedatectl show`, and of timesyncd `show-timesync` or its status: the first is the kernel's own flag, which chrony and ntpd set
 * as well. `age`: seconds since timesyncd's last success, by the file it touches.
 */
export function timedatectl(text: string, age = 0): TimeSource {
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim();
  const synchronised = value('NTPSynchronized');
  if (synchronised === undefined) return silent('systemd', text);
  const stratum = Number(/\bStratum=(\d+)/.exec(value('NTPMessage') ?? '')?.[1] ?? Number.NaN);
  const server = value('ServerName') || value('ServerAddress') || SERVED.exec(value('StatusText') ?? '')?.[1];
  const more = { ...(Number.isInteger(stratum) && { stratum }), ...(server && { source: server }) };
  if (synchronised !== 'yes')
    return {
      state: 'unsynchronised',
      said: `systemd: not synchronised (NTP ${value('NTP') === 'yes' ? 'on' : 'off'})`,
      ...more,
    };
  if (stale(age, Math.max(TIMESYNCD_POLL, lengthOf(value('PollIntervalMaxUSec') ?? ''))))
    return { state: 'lost', said: `systemd-timesyncd: the last answer is ${ago(age)} old`, ...more };
  return {
    state: 'synchronised',
    said: server ? `systemd-timesyncd: synchronised to ${server}` : 'systemd: the kernel clock is synchronised',
    ...more,
  };
}

/** `ntpctl -s status` of OpenNTPD: `4/4 peers valid, clock synced, stratum 3`; it stays synced when no peer is left. */
export function openntpd(text: string): TimeSource {
  const said = /^.*\bclock (un)?synced\b.*$/m.exec(text);
  if (!said) return silent('OpenNTPD', text);
  const stratum = /\bstratum (\d+)/.exec(said[0])?.[1];
  const offset = /\bclock offset is ([+-]?[\d.]+)ms\b/.exec(said[0])?.[1];
  const none = /\b0\/\d+ (peers|sensors) valid\b/.test(text) && !/[1-9]\d*\/\d+ (peers|sensors) valid\b/.test(text);
  return {
    state: said[1] !== undefined ? 'unsynchronised' : none ? 'lost' : 'synchronised',
    said: `OpenNTPD: ${said[0].trim()}`,
    ...(stratum !== undefined && { stratum: Number(stratum) }),
    ...(offset !== undefined && { offsetMs: Math.abs(Number(offset)) }),
  };
}

/** `pmc 'GET TIME_STATUS_NP'` of linuxptp: whether a grandmaster is there, and how far away its time is (nanoseconds). */
export function ptpStatus(text: string): TimeSource {
  const present = /\bgmPresent\s+(true|false)/.exec(text)?.[1];
  const offset = /\bmaster_offset\s+([+-]?\d+)/.exec(text)?.[1];
  const master = /\bgmIdentity\s+(\S+)/.exec(text)?.[1];
  // the grandmaster itself has none above it, so "false" alone condemns nothing
  return present === 'true'
    ? {
        state: 'synchronised',
        said: `ptp4l: follows the grandmaster ${master ?? ''}`.trim(),
        ...(offset !== undefined && { offsetMs: Math.abs(Number(offset)) / 1e6 }),
      }
    : silent('ptp4l', present === undefined ? text : 'no grandmaster is present');
}
