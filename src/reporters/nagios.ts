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

/** Clusters for which a check was selected; all of them where that is so of none. */
function clustersOf(report: Report | Reports): readonly Report[] {
  if (!('reports' in report)) return [report];
  const asked = report.reports.filter(({ verdicts }) => verdicts.length > 0);
  return asked.length > 0 ? asked : report.reports;
}

const worst = (states: readonly State[]): State =>
  states.reduce((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), OK);

/** The exit code of the plugin. */
export const nagiosExitCode = (report: Report | Reports): State =>
  worst([...clustersOf(report).map(stateOf), ...(report.gate.reason === undefined ? [] : [UNKNOWN])]);

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
function performance(reports: readonly Report[]): string {
  const sum = (of: (report: Report) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const checks = (severity: Severity) => sum((report) => idsOf(failsOf(report, severity)).length);
  return [
    `critical=${checks('critical')};;0;0`,
    `warning=${checks('warning')};0;;0`,
    ...(['pass', 'fail', 'waived', 'unknown', 'skip'] as const).map(
      (status) => `${status}=${sum(({ summary }) => summary[status])};;;0`,
    ),
    `unreached=${sum(unreachedOf)};;;0`,
    `time=${(sum(({ durationMs }) => durationMs) / 1000).toFixed(3)}s;;;0`,
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
      return [said, ...(fix === undefined ? [] : [`  fix: ${fix}`])];
    }),
    ...unknownsOf(counting(report)).map(({ ids, nodes, message }) => `unknown ${placed(ids, nodes)}: ${message}`),
    ...waivedLines(report).map((line) => `waived ${line}`),
  ];
}

/** Nothing is left out silently. */
function some(lines: readonly string[]): string[] {
  const rest = lines.length - LINES;
  return rest > 0 ? [...lines.slice(0, LINES), `and ${count(rest, 'more line')} in the other formats`] : [...lines];
}

export const nagios: Reporter = (report) => {
  const reports = [...clustersOf(report)].sort((a, b) => ORDER.indexOf(stateOf(b)) - ORDER.indexOf(stateOf(a)));
  const first = (words: string): string =>
    `HA-PREFLIGHT ${STATES[nagiosExitCode(report)]} - ${plugin(words)} | ${performance(reports)}`;
  const whole = (words: string, lines: readonly string[]): string =>
    [first(words), ...lines.map((line) => clip(plugin(line), LINE))].join('\n');
  if (!('reports' in report)) return whole(wordsOf(report), [...some(findings(report)), summaryLine(report)]);
  const named = reports.map((one) => `${one.cluster.name} ${STATES[stateOf(one)]}: ${wordsOf(one)}`);
  const { reason } = report.gate;
  const words = [...(reason === undefined ? [] : [reason]), ...named].join('; ');
  return whole(
    `${count(reports.length, 'cluster')}: ${clip(words, CLUSTERS)}`,
    some(reports.flatMap((one) => [`cluster ${one.cluster.name}: ${summaryLine(one)}`, ...findings(one)])),
  );
};
