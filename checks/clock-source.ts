import { command, defineCheck, everyNode, type Finding, sift, withFix } from 'ha-preflight';
import { clock, type NodeTime } from 'ha-preflight/collectors/clock';

/** A second: file locks and sessions of the products are wrong by then. */
const MOST_ERROR_MS = 1000;

/** What is wrong with a node's own synchronisation. */
function trouble({ state, said, daemons, errorMs = 0, offsetMs = 0 }: NodeTime) {
  if (state === 'itself') return { problem: 'the clock follows only itself', observed: said };
  if (state === 'lost') return { problem: 'the clock has lost its time source', observed: said };
  if (state !== 'synchronised') return { problem: 'the clock is not synchronised', observed: said };
  if (errorMs > MOST_ERROR_MS)
    return { problem: `the clock may be wrong by ${(errorMs / 1000).toFixed(1)} s, by its own daemon`, observed: said };
  if (offsetMs > MOST_ERROR_MS)
    return {
      problem: `the clock is ${(offsetMs / 1000).toFixed(1)} s away from what it follows, by its own daemon`,
      observed: said,
    };
  return daemons.length > 1
    ? { problem: `${daemons.join(' and ')} both set the clock`, observed: daemons.join(', ') }
    : undefined;
}

/** Shows what keeps a daemon from its servers. */
const LOOK: Readonly<Record<string, string>> = {
  chrony: 'chronyc sources -v; chronyc tracking',
  ntpd: 'ntpq -pn',
  openntpd: 'ntpctl -s all',
  systemd: 'timedatectl timesync-status',
  ptp: "pmc -u -b 0 'GET TIME_STATUS_NP'",
};
/** Processes that are not called as the daemon is, and units that are not called as the process is. */
const PROCESS = new Map([['systemd', 'systemd-timesyn']]);
const UNIT = new Map([
  ['systemd-timesyn', 'systemd-timesyncd'],
  ['ntp-daemon', 'ntpd-rs'],
]);

/** Of two daemons the one that was asked stays, if it keeps the time. */
function remedy({ state, daemons, by, units }: NodeTime): string | undefined {
  if (by === 'systemd' && daemons.length === 0) return 'sudo timedatectl set-ntp true';
  const other = daemons.find((name) => !name.startsWith(PROCESS.get(by) ?? by));
  return state === 'synchronised' && other !== undefined
    ? command`sudo systemctl disable --now ${units?.[other] ?? UNIT.get(other) ?? other}`
    : LOOK[by];
}

export default defineCheck({
  id: 'clock-source',
  title: 'NTP keeps every clock',
  severity: 'warning',
  tags: ['time'],
  requirements: ['RSPM-02', 'CONN-12'],
  rationale:
    'Clocks that agree today drift apart without a common source. chrony reports that it is synchronised although it only follows its own clock, and for days after it lost its last server, so the reach of its sources and the age of the last sample count as well. ' +
    'Two time daemons on one node work against each other.',
  needs: { clock },
  judge(nodes) {
    const { seen, findings } = sift(
      nodes.map((n) => ({ node: n.node, fact: n.clock.source })),
      'source unseen',
    );
    if (seen.length === 0) return findings;
    const finding: Finding = everyNode([...new Set(seen.map((s) => s.value.said))].join('; '), seen, trouble, {
      expected: 'synchronised to an NTP server',
      details: seen.map((s) => `${s.node}: ${s.value.said}`),
    });
    const of = new Map(seen.map(({ node, value }) => [node, value]));
    const note = 'the same time servers on every node';
    return [...findings, withFix(finding, (node) => remedy(of.get(node)!), note)];
  },
  remediation:
    'sudo timedatectl set-ntp true; timedatectl    # on the nodes named: starts chrony, ntpd or systemd-timesyncd, with the same time servers on every node',
});
