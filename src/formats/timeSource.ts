/** What a node's own time daemon says: chrony, ntpd, systemd-timesyncd. Source: docs/sources.md F2. */

export interface TimeSource {
  /** `itself`: it follows its own clock and calls that synchronised. `silent`: the daemon does not answer. */
  readonly state: 'synchronised' | 'unsynchronised' | 'itself' | 'silent';
  /** In words. */
  readonly said: string;
  readonly stratum?: number;
  /** The daemon's own bound of its error, milliseconds: |offset| + root dispersion + root delay / 2. */
  readonly errorMs?: number;
  /** Name or address of what it follows. */
  readonly source?: string;
}

/** Reference ids of a clock that follows itself: 127.127.1.0 and 127.127.1.1. */
const OWN_CLOCK = /^7F7F01\d\d$/i;
const LEAPS = ['Normal', 'Insert second', 'Delete second'];

/** `chronyc -c tracking`: one line of 14 fields; without a server it still ends with 0 and says `Not synchronised`. */
export function chronyTracking(text: string): TimeSource {
  const line = text.split('\n').find((l) => l.split(',').length >= 14);
  if (line === undefined)
    return { state: 'silent', said: `chrony: ${text.trim().split('\n')[0]?.slice(0, 200) || 'no answer'}` };
  const fields = line.split(',').map((f) => f.trim());
  const [refid = '', source = ''] = fields;
  const leap = fields[13] ?? '';
  const stratum = Number(fields[2]);
  const [offset, delay, dispersion] = [fields[4], fields[10], fields[11]].map(Number);
  const errorMs = (Math.abs(offset!) + dispersion! + delay! / 2) * 1000;
  const more = {
    ...(Number.isInteger(stratum) && { stratum }),
    ...(Number.isFinite(errorMs) && { errorMs }),
    ...(source !== '' && { source }),
  };
  if (OWN_CLOCK.test(refid)) return { state: 'itself', said: 'chrony: follows its own clock', ...more };
  if (!LEAPS.includes(leap) || /^0*$/.test(refid) || !(stratum >= 1 && stratum <= 15))
    return { state: 'unsynchronised', said: `chrony: ${leap || 'not synchronised'}`.toLowerCase(), ...more };
  return { state: 'synchronised', said: `chrony: synchronised to ${source || refid}, stratum ${stratum}`, ...more };
}

/** `ntpq -pn`: the peer marked `*` (or `o`, with a pulse per second) is the one it follows. Offsets are milliseconds. */
export function ntpqPeers(text: string): TimeSource {
  const peers = text.split('\n').flatMap((l) => {
    const fields = l.slice(1).trim().split(/\s+/);
    return fields.length >= 10 && /^\d+$/.test(fields[2]!) ? [{ mark: l[0]!, fields }] : [];
  });
  if (peers.length === 0)
    return { state: 'silent', said: `ntpd: ${text.trim().split('\n')[0]?.slice(0, 200) || 'no answer'}` };
  const chosen = peers.find((p) => p.mark === '*' || p.mark === 'o');
  if (!chosen) return { state: 'unsynchronised', said: `ntpd: follows none of ${peers.length} servers` };
  const [source, refid] = chosen.fields;
  const stratum = Number(chosen.fields[2]) + 1;
  if (/^127\.127\.1\./.test(source!) || refid === '.LOCL.')
    return { state: 'itself', said: 'ntpd: follows its own clock', stratum, source: source! };
  const [delay, offset, jitter] = chosen.fields.slice(-3).map(Number);
  const errorMs = Math.abs(offset!) + delay! / 2 + jitter!;
  return {
    state: 'synchronised',
    said: `ntpd: synchronised to ${source}, stratum ${stratum}`,
    stratum,
    source: source!,
    ...(Number.isFinite(errorMs) && { errorMs }),
  };
}

/** `timedatectl show`: the kernel's own flag, which chrony and ntpd set as well. */
export function timedatectl(text: string): TimeSource {
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim();
  const synchronised = value('NTPSynchronized');
  if (synchronised === undefined)
    return { state: 'silent', said: `systemd: ${text.trim().split('\n')[0]?.slice(0, 200) || 'no answer'}` };
  return synchronised === 'yes'
    ? { state: 'synchronised', said: 'systemd: the kernel clock is synchronised' }
    : { state: 'unsynchronised', said: `systemd: not synchronised (NTP ${value('NTP') === 'yes' ? 'on' : 'off'})` };
}
