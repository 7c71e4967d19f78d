/** The output of a Nagios plugin, which Icinga, Checkmk and others read too: one line, performance data, then findings. */

import { type Report, type Reporter, type Reports, severityRank } from '../model/report.js';
import type { Severity, Verdict } from '../model/verdict.js';
import { counting, firstFix, summaryLine, unknownsOf, unreachedOf, unwaived, waivedLines } from './gate.js';
import { clip, count, distinct, fold, safe } from './text.js';

/** By exit code. */
const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;
type State = 0 | 1 | 2 | 3;
const [OK, WARNING, CRITICAL, UNKNOWN] = [0, 1, 2, 3] as const;
/** Least first. Two clusters, one critical and one unknown, are critical. */
const ORDER: readonly State[] = [OK, WARNING, UNKNOWN, CRITICAL];

/** Nagios keeps 8192 bytes of everything, older agents 1024 of the first line. */
const NAMES = 200;
const CLUSTERS = 600;
const LINE = 300;
const LINES = 20;

/** One line that cannot begin performance data, nor markup on a web page. */
const plugin = (text: string): string =>
  safe(text).replaceAll(/\||<(?=[a-z!/?])/gi, (char) => (char === '|' ? '\\u007c' : '\\u003c'));

const idsOf = (verdicts: readonly Verdict[]): string[] => distinct(verdicts.map(({ id }) => id));
const failsOf = (report: Report, severity: Severity): Verdict[] =>
  unwaived(counting(report)).filter((verdict) => verdict.severity === severity);

/** Critical unknowns, unless the gate allows them. A gate that failed does not say whether it would: then they count. */
function blindOf(report: Report): Verdict[] {
  const { gate } = report;
  if (gate.result === 'unknown' && gate.exitCode === 0) return [];
  return counting(report).filter(({ status, severity }) => status === 'unknown' && severity === 'critical');
}

function stateOf(report: Report): State {
  if (failsOf(report, 'critical').length > 0) return CRITICAL;
  if (report.gate.reason !== undefined || blindOf(report).length > 0) return UNKNOWN;
  return failsOf(report, 'warning').length > 0 ? WARNING : OK;
}

/** What is kept of each cluster. */
interface Seen {
  readonly state: State;
  readonly asked: boolean;
  readonly numbers: Readonly<Record<string, number>>;
}

const seen = (report: Report): Seen => ({
  state: stateOf(report),
  asked: report.verdicts.length > 0,
  numbers: {
    critical: idsOf(failsOf(report, 'critical')).length,
    warning: idsOf(failsOf(report, 'warning')).length,
    ...report.summary,
    unreached: unreachedOf(report),
    time: report.durationMs,
  },
});

/** Clusters for which a check was selected, by their places; all of them where that is so of none. The worst come first. */
function clustersOf(report: Report | Reports): (Seen & { readonly at: number })[] {
  const all = ('reports' in report ? report.reports : [report]).map((one, at) => ({ at, ...seen(one) }));
  const asked = all.filter((one) => one.asked);
  return (asked.length > 0 ? asked : all).sort((a, b) => ORDER.indexOf(b.state) - ORDER.indexOf(a.state));
}

const worst = (report: Report | Reports, clusters: readonly Seen[]): State =>
  [...clusters.map(({ state }) => state), ...(report.gate.reason === undefined ? [] : [UNKNOWN])].reduce(
    (a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a),
    OK,
  );

/** The exit code of the plugin. */
export const nagiosExitCode = (report: Report | Reports): State => worst(report, clustersOf(report));

/** What a plugin says that could not run. */
export const nagiosError = (words: string): string =>
  `HA-PREFLIGHT UNKNOWN - ${words.split('\n').map(plugin).join('\n')}`;

/** `2 critical checks failed on wb2: key-file, shared-keys`. */
function because(what: string, verb: string, verdicts: readonly Verdict[]): string {
  const nodes = distinct(verdicts.flatMap((verdict) => verdict.nodes));
  const on = nodes.length === 0 ? '' : ` on ${clip(fold(nodes), NAMES)}`;
  const ids = idsOf(verdicts);
  return `${count(ids.length, `${what} check`)} ${verb}${on}: ${clip(ids.join(', '), NAMES)}`;
}

function wordsOf(report: Report): string {
  const { gate, summary } = report;
  const state = stateOf(report);
  if (state === CRITICAL) return because('critical', 'failed', failsOf(report, 'critical'));
  if (state === UNKNOWN) return gate.reason ?? because('critical', 'could not be judged', blindOf(report));
  if (state === WARNING) return because('warning', 'failed', failsOf(report, 'warning'));
  const lost = unreachedOf(report);
  const unknown = summary.unknown > 0 ? `, ${summary.unknown} unknown` : '';
  const waived = summary.waived > 0 ? `, ${count(summary.waived, 'failure')} waived` : '';
  const since = gate.baseline ? ' newly' : '';
  return `no check${since} failed on ${count(report.cluster.nodes.length - lost, 'node')}${unknown}${waived}`;
}

/** `label=value;warn;crit;min`; labels are ours alone. */
function performance(clusters: readonly Seen[]): string {
  const sum = (name: string): number => clusters.reduce((total, { numbers }) => total + (numbers[name] ?? 0), 0);
  return [
    `critical=${sum('critical')};;0;0`,
    `warning=${sum('warning')};0;;0`,
    ...['pass', 'fail', 'waived', 'unknown', 'skip', 'unreached'].map((name) => `${name}=${sum(name)};;;0`),
    `time=${(sum('time') / 1000).toFixed(3)}s;;;0`,
  ].join(' ');
}

const placed = (id: string, nodes: string): string => (nodes === '' ? id : `${id} on ${clip(nodes, NAMES)}`);

/** The lines after the first: worst first, each fail with its fix. */
function findings(report: Report): string[] {
  const fails = unwaived(counting(report)).sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  return [
    ...fails.flatMap((verdict) => {
      const fix = firstFix(verdict);
      const said = `${verdict.severity} ${placed(safe(verdict.id), fold(verdict.nodes))}: ${safe(verdict.message)}`;
      // a bar would begin performance data, and written in another way it is a different command
      return [said, ...(fix === undefined || fix.includes('|') ? [] : [`  fix: ${fix}`])];
    }),
    ...unknownsOf(counting(report)).map(({ ids, nodes, message }) => `unknown ${placed(ids, nodes)}: ${message}`),
    ...waivedLines(report).map((line) => `waived ${line}`),
  ];
}

/** Nothing is left out silently. `more`: lines that were not made. */
function some(lines: readonly string[], more = 0): string[] {
  const rest = lines.length - LINES + more;
  return rest > 0 ? [...lines.slice(0, LINES), `and ${count(rest, 'more line')} in the other formats`] : [...lines];
}

/** Names and reasons of the clusters as far as they are shown, and their findings. */
function severalOf(reports: readonly Report[], clusters: readonly { at: number; state: State }[]) {
  let named = '';
  const lines: string[] = [];
  let more = 0;
  for (const { at, state } of clusters) {
    const one = reports[at]!;
    if (named.length <= CLUSTERS) named += `${named && '; '}${one.cluster.name} ${STATES[state]}: ${wordsOf(one)}`;
    const own = [`cluster ${one.cluster.name}: ${summaryLine(one)}`, ...findings(one)];
    const room = Math.max(0, LINES - lines.length);
    lines.push(...own.slice(0, room));
    more += own.length - Math.min(room, own.length);
  }
  return { named, lines, more };
}

export const nagios: Reporter = (report) => {
  const clusters = clustersOf(report);
  const whole = (words: string, lines: readonly string[]): string =>
    [
      `HA-PREFLIGHT ${STATES[worst(report, clusters)]} - ${plugin(words)} | ${performance(clusters)}`,
      ...lines.map((line) => clip(plugin(line), LINE)),
    ].join('\n');
  if (!('reports' in report)) return whole(wordsOf(report), [...some(findings(report)), summaryLine(report)]);
  const { named, lines, more } = severalOf(report.reports, clusters);
  const { reason } = report.gate;
  const words = reason === undefined ? named : `${reason}; ${named}`;
  return whole(`${count(clusters.length, 'cluster')}: ${clip(words, CLUSTERS)}`, some(lines, more));
};
