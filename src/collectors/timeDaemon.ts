/**
 * Which time daemon runs on the node, and what it says. The daemon that runs is asked, not the client that is
 * installed: chronyc is in many images where systemd-timesyncd keeps the time. One that runs and refuses this account
 * is asked again with sudo, and is otherwise not known. Source: docs/sources.md F2.
 */

import { chronyTracking, ntpqPeers, openntpd, ptpStatus, type TimeSource, timedatectl } from '../formats/timeSource.js';
import { living, shell } from '../model/collector.js';
import type { Fact, Response } from '../model/evidence.js';
import { SET_SUDO } from '../remedy.js';

export interface NodeTime extends TimeSource {
  /** Who says so: `chrony`, `ntpd`, `systemd`, `openntpd` or `ptp`. */
  readonly by: string;
  /** Time daemons that run. */
  readonly daemons: readonly string[];
  /** Their units, as systemd calls them here: ntpd's is `ntp`, `ntpsec` or `ntpd`. */
  readonly units?: Readonly<Record<string, string>>;
}

/**
 * Daemons by the names of their processes; one in a container on this host is not the host's. Where no process shows
 * (hidepid), by the active units. Then the words of the first of them, each part behind a line that begins with `=`.
 * In a file tree: `/.fake-tracking`, and the sources of chrony in `/.fake-sources`.
 */
export const TIME_DAEMON = living(
  'tracking',
  shell`nl='
'
boxed() { v=; while read -r l; do case $l in *docker*|*kubepods*|*libpod*|*lxc*|*containerd*|*crio*) return 0;; */system.slice/*.service) v=\${l##*/};; esac; done <"$1"; return 1; } 2>/dev/null
! boxed /proc/self/cgroup || boxed() { v=; return 1; }
add() { case " $d " in *" $1 "*) ;; *) d="$d $1";; esac; }
d=; u=; for c in /proc/[0-9]*/comm; do read -r n <"$c" || continue
  case $n in chronyd|ntpd|ntpd-ng|ntp-daemon|openntpd|systemd-timesyn|ptp4l|phc2sys) ;; *) continue;; esac
  boxed "\${c%comm}cgroup" && continue
  if [ $n = chronyd ]; then l=; read -r l <"\${c%comm}cmdline"
    # some shells leave the NUL bytes out, others end there
    case $l in *-x*|*chronyd) case $nl$(tr '\0' '\n' <"\${c%comm}cmdline")$nl in *"$nl-x$nl"*) n=chronyd-x;; esac;; esac; fi
  [ $n = ntpd ] && ! command -v ntpq >/dev/null 2>&1 && command -v ntpctl >/dev/null 2>&1 && n=openntpd
  add $n; [ -n "$v" ] && u="$u $n=$v"; done 2>/dev/null
[ -n "$d" ] || [ ! -d /run/systemd/system ] || { set -- chronyd=chronyd chronyd=chrony ntpd=ntpd ntpd=ntp ntpd=ntpsec openntpd=openntpd systemd-timesyn=systemd-timesyncd
for s in $(systemctl is-active chronyd chrony ntpd ntp ntpsec openntpd systemd-timesyncd 2>/dev/null); do
  [ "$s" = active ] && { add "\${1%%=*}"; u="$u $1"; }; shift; done; }
echo "=daemons$d"; [ -z "$u" ] || echo "=units$u"
both() { o=$("$@" 2>&1 chronyc -n -c -m tracking sources); r=$?
# a release that knows no -m
case $o in *[Uu]sage*|*'nvalid option'*|*nrecogni*) o=$( { "$@" chronyc -n -c tracking; } 2>&1) && o=$o$nl$( { "$@" chronyc -n -c sources; } 2>&1); r=$?;; esac; return $r; }
# before systemd 239 there is neither show nor show-timesync
flag() { timedatectl show 2>&1 | grep -sE 'NTP|not been booted' || timedatectl 2>&1 | sed -nE 's/^.*synchronized: /NTPSynchronized=/p; s/^.*(time on|service active|NTP enabled): /NTP=/p'; }
said() { case $o in *"$nl"*) s=\${o#*"$nl"};; *) s=;; esac; printf '=chrony\n%s\n=sources\n%s\n' "\${o%%"$nl"*}" "$s"; }
chrony() { both; case $o in 50[0-9]\ *) k=$o; both S || o=$k;; esac; said; }
case "$d " in
*"chronyd "*) chrony;;
*openntpd*) o=$(ntpctl -s status 2>&1) || o=$(S ntpctl -s status 2>&1); printf '=openntpd\n%s\n' "$o";;
*ntpd*) echo =ntpd; ntpq -pn 2>&1; ntpq -c 'rv 0 rootdelay,rootdisp,offset' 2>/dev/null;;
*systemd-timesyn*) echo =systemd; flag
  timedatectl show-timesync -p ServerName -p ServerAddress -p NTPMessage -p PollIntervalMaxUSec 2>/dev/null || systemctl show -p StatusText systemd-timesyncd 2>/dev/null
  f=/run/systemd/timesync/synchronized; [ -e $f ] && echo "Age=$(( $(date +%s) - $(stat -c %Y $f) ))";;
*chronyd-x*) chrony;;
*ptp4l*) echo =ptp; S pmc -u -b 0 'GET TIME_STATUS_NP' 2>&1;;
*) if both && [ -n "$o" ]; then said; else if grep -qsw hypervisor /proc/cpuinfo; then echo =guest; fi; echo =systemd; flag; fi;;
esac; :`,
  ['sources'],
);

type Parser = (text: string, sources: string, now: number | undefined) => TimeSource;
const PARSERS: Readonly<Record<string, Parser>> = {
  // with sudo's warnings before it, tracking is not the first line
  chrony: (text, sources, now) => chronyTracking(`${text}${sources}`, sources, now),
  ntpd: ntpqPeers,
  systemd: (text) => timedatectl(text, Number(/^Age=(\d+)$/m.exec(text)?.[1] ?? 0)),
  openntpd,
  ptp: ptpStatus,
};
/** The process each of them speaks for. */
const PROCESS: Readonly<Record<string, RegExp>> = {
  chrony: /^chronyd/,
  ntpd: /^ntpd/,
  systemd: /^systemd-timesyn/,
  openntpd: /^openntpd$/,
  ptp: /^ptp4l$/,
};
/** The command that settles what a daemon did not tell. */
const ASK: Readonly<Record<string, string>> = {
  chrony: 'chronyc tracking, chronyc sources',
  ntpd: 'ntpq -pn',
  systemd: 'timedatectl timesync-status',
  openntpd: 'ntpctl -s status',
  ptp: "pmc -u -b 0 'GET TIME_STATUS_NP'",
};

/** How a shell says that a program is missing. */
const MISSING =
  /\b(?:chronyc|ntpq|ntpctl|pmc)(?=: (?:command )?not found)|(?<=not found: )(?:chronyc|ntpq|ntpctl|pmc)\b/;

/** Text behind each line `=name`, up to the next of them. */
function parts(stdout: string): Map<string, string> {
  const found = new Map<string, string>();
  let name = '';
  for (const line of stdout.split('\n')) {
    const head = /^=([a-z]+)( .*)?$/.exec(line);
    if (head) name = head[1]!;
    found.set(name, `${found.get(name) ?? ''}${head ? (head[2] ?? '') : `${line}\n`}`);
  }
  return found;
}

/** Why the answer of a daemon shows nothing of the clock; undefined where it does. `names`: the daemons that run. */
function doubtOf(
  by: string,
  answer: TimeSource,
  names: readonly string[],
  part: ReadonlyMap<string, string>,
): string | undefined {
  const silent = answer.state === 'silent';
  // only chronyd itself refuses by this number, also where its process is hidden
  const refused = silent && /\b501 Not authori[sz]ed/.test(answer.said);
  const spoken = names.map((n) => n.replace(/-x$/, '')).join(', ') || (refused ? 'chronyd' : '');
  const runs = refused || names.some((n) => PROCESS[by]!.test(n));
  const synchronised = answer.state === 'synchronised';
  if ((silent || by === 'systemd') && !runs && names.length > 0)
    return `${spoken} keeps the time and was not asked: look at it on the node${names.includes('ntp-daemon') ? ' (ntp-ctl status)' : ''}`;
  if (by === 'ptp' && synchronised && !names.includes('phc2sys'))
    return `${answer.said}, and phc2sys does not run: with hardware time stamps, the default, ptp4l sets only the clock of the network card; ps -C ptp4l -o args shows -S, or the file with time_stamping`;
  const [missing] = silent && runs ? (MISSING.exec(answer.said) ?? []) : [];
  if (missing !== undefined)
    return `${spoken} runs, and ${missing}, which asks it, is not installed: install it on the node, or chrony; clock-skew measures the clock`;
  if (silent && runs)
    return `${spoken} runs, but told this account nothing (${answer.said}): ${ASK[by]} as root; ${SET_SUDO}`;
  if (silent) return `no time daemon was found running (${answer.said}): install and enable chrony`;
  if (by !== 'systemd') return undefined;
  // the flag of the kernel outlives who set it, and timesyncd writes down when it was answered
  const answered = answer.source !== undefined || /^Age=/m.test(part.get(by)!);
  if (runs)
    return synchronised && !answered
      ? 'systemd-timesyncd runs, but names no server and no answer since the node was started, and the synchronised flag of the kernel can be older: timedatectl timesync-status on the node'
      : undefined;
  const guest = part.has('guest');
  return synchronised || guest
    ? `no time daemon was found running${guest ? '; the host of this virtual machine may keep its clock' : ': the synchronised flag of the kernel outlives the daemon'}; clock-skew measures the clock`
    : undefined;
}

/** `now`: the node's own clock, seconds. Unseen where no program on the node reports it. */
export function nodeTime({ exit, stdout, stderr }: Response, now: number): Fact<NodeTime> {
  if (exit !== 0) return { unseen: stderr.trim() || 'the node gave no answer' };
  // a tree may hold nothing but chrony's own line, written once: how old its sample is says nothing
  const bare = stdout !== '' && !stdout.startsWith('=');
  const part = parts(bare ? `=daemons\n=chrony\n${stdout}` : stdout);
  if (/has not been booted/.test(part.get('systemd') ?? ''))
    return {
      unseen: 'systemd does not run on the node, as in a container: the host keeps the clock; clock-skew measures it',
    };
  const by = Object.keys(PARSERS).find((name) => part.has(name));
  if (by === undefined) return { unseen: 'no program on the node reports time synchronisation: install chrony' };
  const names = (part.get('daemons') ?? '').trim().split(/\s+/).filter(Boolean);
  const answer = PARSERS[by]!(part.get(by)!, part.get('sources') ?? '', bare ? undefined : now);
  const doubt = doubtOf(by, answer, names, part);
  if (doubt !== undefined) return { unseen: doubt };
  // `chronyd -x` only serves time, and linuxptp can set a clock that chrony reads: neither is a second master
  const daemons = names.filter((n) => !/^(chronyd-x|ptp4l|phc2sys)$/.test(n));
  // of two names of one unit the alias comes first
  const pairs = [...(part.get('units') ?? '').matchAll(/(\S+?)=([\w@.-]+?)(?:\.service)?(?=\s|$)/g)];
  const units = pairs.length > 0 && { units: Object.fromEntries(pairs.map(([, name, unit]) => [name!, unit!])) };
  return { value: { ...answer, by, daemons, ...units } };
}
