import {
  command,
  defineCheck,
  everyNode,
  type Fact,
  type Finding,
  fail,
  list,
  pass,
  unknown,
  verb,
  withFix,
} from 'ha-preflight';
import { clock, type NodeTime } from 'ha-preflight/collectors/clock';
import { lockTimes } from 'ha-preflight/collectors/lockTimes';
import { type NtpSample, timeServers } from 'ha-preflight/probes/ntp';
import { type StorageTrial, storageTrials, TRIAL } from 'ha-preflight/probes/storage';
import { relayedFinding } from './support/relayedClocks.js';

/** An interval of milliseconds that contains the truth. */
interface Reading {
  readonly node: string;
  readonly low: number;
  readonly high: number;
}

/** How far apart two clocks are at least, and at most. */
const atLeast = (a: Reading, b: Reading): number => Math.max(0, a.low - b.high, b.low - a.high);
const atMost = (a: Reading, b: Reading): number => Math.max(a.high - b.low, b.high - a.low);

const ms = (value: number): string =>
  Math.abs(value) >= 1000 ? `${(value / 1000).toFixed(3)} s` : `${value.toFixed(1)} ms`;
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${ms(Math.abs(value))}`;
const middle = (r: Reading): number => (r.low + r.high) / 2;
const bound = (r: Reading): number => (r.high - r.low) / 2;

/** The largest set of clocks that agree within `limit`: these are believed. */
function agreeing(readings: readonly Reading[], limit: number, reference: string | undefined): Reading[] {
  const sets = readings.map((a) => readings.filter((b) => b.low >= a.low && atLeast(a, b) < limit));
  const wanted = sets.filter((s) => reference === undefined || s.some((r) => r.node === reference));
  return (wanted.length > 0 ? wanted : sets).reduce((best, s) => (s.length > best.length ? s : best), []);
}

/** Between the nodes themselves. */
function amongNodes(
  readings: readonly Reading[],
  warnMs: number,
  maxMs: number,
  reference: string | undefined,
): Finding {
  const pairs = readings.flatMap((a, i) =>
    readings.slice(i + 1).map((b) => ({ a, b, least: atLeast(a, b), most: atMost(a, b) })),
  );
  const worst = pairs.reduce((x, y) => (y.least > x.least ? y : x));
  const widest = pairs.reduce((x, y) => (y.most > x.most ? y : x));
  const nodes = readings.map((r) => r.node);
  const limit = worst.least >= maxMs ? maxMs : worst.least >= warnMs ? warnMs : undefined;
  const zero = middle([...readings].sort((x, y) => middle(x) - middle(y))[readings.length >> 1]!);
  const details = [...readings]
    .sort((x, y) => Math.abs(middle(y) - zero) - Math.abs(middle(x) - zero))
    .map((r) => `${r.node}: ${signed(middle(r) - zero)} ± ${ms(bound(r))} from the median clock`);
  const apart = `${ms((worst.least + worst.most) / 2)} ± ${ms((worst.most - worst.least) / 2)}`;
  if (limit !== undefined) {
    const good = agreeing(readings, limit, reference);
    const trusted = good.length * 2 > readings.length || good.some((r) => r.node === reference);
    const deviants = trusted ? readings.filter((r) => !good.includes(r)) : readings;
    return fail(
      trusted
        ? `the ${verb(deviants.length, 'clock', 'clocks')} of ${list(deviants.map((r) => r.node))} ${verb(deviants.length, 'is', 'are')} off by ${apart}`
        : `the clocks of ${worst.a.node} and ${worst.b.node} differ by ${apart}, and no majority shows which is right`,
      {
        nodes: deviants.map((r) => r.node),
        observed: apart,
        expected: `less than ${ms(limit)} between any two nodes`,
        details,
        ...(limit < maxMs && { severity: 'warning' as const }),
      },
    );
  }
  if (widest.most <= maxMs)
    return pass(`the clocks differ by at most ${ms(widest.most)} (${widest.a.node} and ${widest.b.node})`, {
      nodes,
      observed: ms(widest.most),
      expected: `at most ${ms(maxMs)}`,
      details,
    });
  const needed = maxMs / 2;
  return unknown(
    `the network is too slow: the clocks of ${widest.a.node} and ${widest.b.node} could differ by ${ms(widest.most)}; run ha-preflight from a machine nearer to the nodes (readings within ± ${ms(needed)} are needed)`,
    {
      nodes: [widest.a.node, widest.b.node],
      details,
    },
  );
}

/** Each node against one time server. Both are measured from here, so the clock of this machine cancels out. */
function againstServer(
  server: string,
  answer: Fact<readonly NtpSample[]> | undefined,
  readings: readonly Reading[],
  warnMs: number,
  maxMs: number,
  slow: string,
): Finding {
  const about = { subject: `ntp ${server}`, severity: 'warning' as const };
  if (answer === undefined) return unknown(`time server ${server} was not asked`, about);
  if ('unseen' in answer) return unknown(answer.unseen, about);
  const best = answer.value.reduce((a, b) => (b.bound < a.bound ? b : a));
  if (best.unsynchronised) return unknown(`time server ${server} reports that it is not synchronised`, about);
  const truth: Reading = { node: server, low: best.offset - best.bound, high: best.offset + best.bound };
  const off = readings.filter((r) => atLeast(r, truth) >= warnMs);
  const details = readings.map(
    (r) => `${r.node}: ${signed(middle(r) - middle(truth))} ± ${ms(bound(r) + bound(truth))} from ${server}`,
  );
  if (off.length > 0) {
    const most = Math.max(...off.map((r) => atLeast(r, truth)));
    return fail(
      `the ${verb(off.length, 'clock', 'clocks')} of ${list(off.map((r) => r.node))} ${verb(off.length, 'differs', 'differ')} from time server ${server} by at least ${ms(most)}`,
      {
        ...about,
        nodes: off.map((r) => r.node),
        expected: `less than ${ms(warnMs)}`,
        details,
      },
    );
  }
  const vague = readings.filter((r) => atMost(r, truth) > maxMs);
  if (vague.length > 0)
    return unknown(`${slow} to compare ${list(vague.map((r) => r.node))} with time server ${server}`, {
      ...about,
      nodes: vague.map((r) => r.node),
      details,
    });
  return pass(
    `all clocks are within ${ms(Math.max(...readings.map((r) => atMost(r, truth))))} of time server ${server}`,
    {
      ...about,
      nodes: readings.map((r) => r.node),
      details,
    },
  );
}

/** A file server dates files by its own clock, and nodes compute the age of locks by their own clocks. */
const FILE_SERVER_MS = 1000;

const fileServers = (trials: Fact<StorageTrial> | undefined): Finding[] =>
  trials === undefined || 'unseen' in trials
    ? []
    : Object.entries(trials.value).flatMap(([setting, { clocks }]) => fileServer(setting, Object.entries(clocks)));

type Interval = Readonly<Record<'low' | 'high', number>>;
const leastOff = ({ low, high }: Interval): number => Math.max(low, -high);
const mostOff = ({ low, high }: Interval): number => Math.max(high, -low);

function fileServer(setting: string, clocks: readonly (readonly [node: string, value: Interval])[]): Finding[] {
  const nodes = clocks.map(([node, value]) => ({ node, value }));
  const about = {
    subject: `file server ${setting}`,
    severity: 'warning' as const,
    requirements: ['X-02'],
    expected: `less than ${ms(FILE_SERVER_MS)}`,
  };
  const vague = nodes.filter((n) => leastOff(n.value) < FILE_SERVER_MS && mostOff(n.value) >= FILE_SERVER_MS);
  const judged = nodes.filter((n) => !vague.includes(n));
  return [
    ...(judged.length > 0
      ? [
          everyNode(
            `the file server of ${setting} dates files within ${ms(FILE_SERVER_MS)} of the nodes`,
            judged,
            (clock) =>
              leastOff(clock) >= FILE_SERVER_MS
                ? {
                    problem: `the file server of ${setting} dates files ${ms(leastOff(clock))} ${clock.low > 0 ? 'ahead' : 'behind'}`,
                    observed: `${signed((clock.low + clock.high) / 2)}`,
                  }
                : undefined,
            {
              ...about,
              remediation: 'chronyc tracking    # on the file server, whose clock is judged here',
            },
          ),
        ]
      : []),
    ...(vague.length > 0
      ? [
          unknown(
            `the file server of ${setting} was too slow: its clock and that of ${list(vague.map((n) => n.node))} could differ by ${ms(Math.max(...vague.map((n) => mostOff(n.value))))}`,
            { ...about, subject: `${about.subject} slow`, nodes: vague.map((n) => n.node) },
          ),
        ]
      : []),
  ];
}

const MAKESTEP = 'sudo chronyc makestep';
/** Sets the clock at once, by the daemon that keeps it. */
const step = ({ by, units }: NodeTime): string | undefined =>
  by === 'systemd'
    ? 'sudo systemctl restart systemd-timesyncd'
    : /ntpd$/.test(by)
      ? command`sudo systemctl restart ${units?.[by] ?? by}`
      : MAKESTEP;
const LOOK_FIRST = 'after a look at its sources (chronyc sources -v; timedatectl timesync-status; ntpq -pn)';

export default defineCheck({
  id: 'clock-skew',
  title: 'The clocks of all nodes agree',
  severity: 'critical',
  tags: ['time'],
  severityFor: { deployr: 'warning' },
  requirements: ['RSPM-01', 'CONN-11', 'CONN-33', 'WB-06', 'DEPLOYR-28', 'X-02'],
  rationale:
    'Locks, leases and cookies carry the time of one node and are judged by the clock of another: with a difference of 10 s a live Workbench lock can look stale, with 30 s it does. ' +
    'Each clock is read at least 20 times over the open connection, which gives an interval that contains the true difference however slow the network is. Whether a node calls itself synchronised is judged by clock-source, because a node can say so and be wrong.',
  needs: { clock, lockTimes },
  minimumNodes: 2,
  asks: { timeServers, storageTrials },
  judge(nodes, { cluster, services }) {
    const { warnSkewMs, maxSkewMs, servers } = cluster.time;
    const readings = nodes.map((n): Reading => ({ node: n.node, low: n.clock.low, high: n.clock.high }));
    const sources = nodes.map(
      ({ node, clock: c }) =>
        `${node}: ${'value' in c.source ? c.source.value.said : c.source.unseen}; ${c.relayed ? 'relayed within' : 'round trip'} ${ms(c.bestRoundTrip)}`,
    );
    // a lock that another clock calls stale is taken from its owner
    const margin = Math.min(...nodes.map((n) => n.lockTimes.marginMs ?? Number.POSITIVE_INFINITY));
    const most = Math.min(maxSkewMs, margin);
    const among = (of: readonly Reading[]): Finding =>
      amongNodes(of, Math.min(warnSkewMs, most), most, cluster.reference);
    const relayed = nodes.some((n) => n.clock.relayed);
    const pairs = relayed ? relayedFinding(nodes, among) : among(readings);
    const slow = relayed ? 'the answers were relayed, too slowly' : 'the network is too slow';
    const because =
      margin < maxSkewMs ? [`file-locks leaves a margin of ${ms(margin)}: (timeout-interval - refresh-rate) / 2`] : [];
    const findings = [
      { ...pairs, details: [...(pairs.details ?? []), ...because, ...sources] },
      ...servers.map((s) => againstServer(s, services.timeServers.get(s), readings, warnSkewMs, maxSkewMs, slow)),
    ];
    const stepOf = ({ source }: { source: Fact<NodeTime> }) => ('value' in source ? step(source.value) : MAKESTEP);
    const steps = new Map(nodes.map((n) => [n.node, stepOf(n.clock)]));
    return [
      ...findings.map((f) => withFix(f, (node) => steps.get(node), LOOK_FIRST)),
      ...fileServers(services.storageTrials.get(TRIAL)),
    ];
  },
  remediation: 'sudo chronyc makestep    # on the nodes named, after: chronyc sources -v; chronyc tracking',
});
