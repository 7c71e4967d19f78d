/** The result of a run in one line, the same in every format that people read. */

import { type Gate, type Report, severityRank } from '../model/report.js';
import type { Severity, Verdict } from '../model/verdict.js';
import { count, distinct, fold, groupBy, safe, safeLines } from './text.js';

/** Fails that no waiver covers. */
export const unwaived = (verdicts: readonly Verdict[]): Verdict[] =>
  verdicts.filter(({ status, waiver }) => status === 'fail' && waiver === undefined);
export const failing = (report: Report): Verdict[] => unwaived(report.verdicts);

/** What counts: everything, or what is new or worse than the older report the gate looks back to. */
export function counting({ gate: { baseline }, verdicts }: Report): readonly Verdict[] {
  if (baseline === undefined) return verdicts;
  const counted = new Set(baseline.counted);
  return verdicts.filter(({ fingerprint }) => counted.has(fingerprint));
}

const SHOWN = 3;

/** `a, b, c and 2 more`: checks, the critical ones first. */
function named(verdicts: readonly Verdict[]): string {
  const worst = [...verdicts].sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  const ids = distinct(worst.map(({ id }) => safe(id)));
  const shown = ids.length > SHOWN + 1 ? [...ids.slice(0, SHOWN), `${ids.length - SHOWN} more`] : ids;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** What was not judged on nodes that were reached, which nodes were not, and how many there are. */
function rest({ cluster: { nodes }, verdicts, gate }: Report): string {
  const lost = nodes.filter(({ reached }) => !reached).map(({ name }) => name);
  const blind = verdicts.filter(
    (v) => v.status === 'unknown' && (v.nodes.length === 0 || v.nodes.some((name) => !lost.includes(name))),
  );
  const unjudged = blind.length === 0 || gate.result === 'unknown' ? '' : `; not judged: ${named(blind)}`;
  return `${unjudged}${lost.length === 0 ? '' : `; not reached: ${fold(lost)}`}; ${count(nodes.length, 'node')}`;
}

/** The result in one line: what failed and where, what was not judged, how many nodes, the exit code. */
export function gateLine(report: Report): string {
  const { gate } = report;
  const verdicts = counting(report);
  const fails = unwaived(verdicts);
  const { baseline } = gate;
  const since = baseline
    ? `; counts only what is new (${baseline.new}) or worse (${baseline.worse}) since ${safe(baseline.startedAt.slice(0, 16).replace('T', ' '))} UTC`
    : '';
  const end = `${rest(report)}${since} (exit ${gate.exitCode})`;
  const on = (list: readonly Verdict[]): string => {
    // as the inventory has them
    const order = report.cluster.nodes.map(({ name }) => name);
    const nodes = distinct(list.flatMap(({ nodes: names }) => names)).sort(
      (a, b) => order.indexOf(a) - order.indexOf(b),
    );
    return `${nodes.length === 0 ? '' : ` on ${fold(nodes)}`}: ${named(list)}`;
  };
  const checks = (list: readonly Verdict[], severity: Severity): number =>
    distinct(list.filter((v) => v.severity === severity).map(({ id }) => id)).length;
  const warnings = checks(fails, 'warning');
  if (gate.result === 'fail') {
    const counted = fails.filter(({ severity }) => severityRank[severity] <= severityRank[gate.failOn]);
    const critical = checks(counted, 'critical');
    const parts = [
      ...(critical > 0 ? [`${critical} critical`] : []),
      ...(gate.failOn === 'warning' && warnings > 0 ? [`${warnings} warning`] : []),
    ];
    const total = distinct(counted.map(({ id, severity }) => `${severity} ${id}`)).length;
    return `FAIL: ${parts.join(' and ')} check${total === 1 ? '' : 's'} failed${on(counted)}${end}`;
  }
  if (gate.reason !== undefined) return `UNKNOWN: ${safe(gate.reason)}${end}`;
  if (gate.result === 'unknown') {
    const blind = verdicts.filter(({ status, severity }) => status === 'unknown' && severity === 'critical');
    const allowed = gate.exitCode === 0 ? ', which is allowed' : '';
    return `UNKNOWN: ${count(checks(blind, 'critical'), 'critical check')} could not be judged${on(blind)}${allowed}${end}`;
  }
  const warned = warnings > 0 ? `, ${count(warnings, 'warning')}` : '';
  const { waived } = report.summary;
  const accepted = waived > 0 ? `, ${count(waived, 'failure')} waived` : '';
  const before = failing(report).length - fails.length;
  const known = before > 0 ? `, ${count(before, 'failure')} known` : '';
  return `PASS: no ${gate.failOn === 'warning' ? '' : 'critical '}${accepted ? 'other ' : ''}check ${baseline ? 'newly ' : ''}failed${warned}${known}${accepted}${end}`;
}

/** Nodes that were not judged are counted whatever the gate allows. */
export function summaryLine({ summary: { pass, fail, waived, unknown, skip, unreached = 0 } }: Report): string {
  const lost = unreached > 0 ? `; ${count(unreached, 'node')} not judged` : '';
  return `${pass} passed, ${fail} failed, ${waived} waived, ${unknown} unknown, ${skip} skipped${lost}`;
}

export function allGates(reports: readonly Report[], gate: Gate): string {
  const gates = reports.map((report) => ({ result: report.gate.result, name: safe(report.cluster.name) }));
  const parts = (['fail', 'unknown', 'pass'] as const).flatMap((result) => {
    const names = gates.filter((one) => one.result === result).map(({ name }) => name);
    return names.length === 0 ? [] : [`${names.length} ${result}${result === 'pass' ? '' : ` (${names.join(', ')})`}`];
  });
  const reason = gate.reason === undefined ? '' : `; ${safe(gate.reason)}`;
  return `${gate.result.toUpperCase()}: ${count(gates.length, 'cluster')}: ${parts.join(', ')}${reason} (exit ${gate.exitCode})`;
}

/** `wb-prod: workbench, 3 nodes, all reached`. */
export function clusterLine({ cluster }: Report): string {
  const lost = cluster.nodes.filter(({ reached }) => !reached).length;
  const product = cluster.edition === undefined ? cluster.product : `${cluster.product} ${cluster.edition}`;
  return `${safe(cluster.name)}: ${safe(product)}, ${count(cluster.nodes.length, 'node')}${lost === 0 ? ', all reached' : `, ${lost} not reached`}`;
}

/** How many nodes were not judged; reports of older versions do not say it. */
export const unreachedOf = ({ summary, cluster }: Report): number =>
  summary.unreached ?? cluster.nodes.filter(({ reached }) => !reached).length;

/** The first command that fixes it, for formats with room for one line, and behind it what it must not be run without. */
export function firstFix({ fixes = [], remediation = '' }: Verdict): string | undefined {
  const [first] = fixes.flatMap(({ commands, note }) => {
    const [line, ...more] = commands.flatMap(safeLines).filter((text) => text !== '');
    const rest = more.length > 0 ? [`then ${count(more.length, 'more command')}`] : [];
    const remark = [...rest, ...(note === undefined ? [] : safeLines(note))].join('; ');
    return line === undefined ? [] : [remark === '' ? line : `${line}    # ${remark}`];
  });
  return first ?? safeLines(remediation).find((text) => text !== '');
}

/** Unknowns by their reason: the checks, the nodes and what is missing. */
export const unknownsOf = (verdicts: readonly Verdict[]): { ids: string; nodes: string; message: string }[] =>
  groupBy(
    verdicts.filter(({ status }) => status === 'unknown'),
    ({ message }) => message,
  ).map((group) => ({
    ids: distinct(group.map(({ id }) => safe(id))).join(', '),
    nodes: fold(group.flatMap(({ nodes }) => nodes)),
    message: safe(group[0]!.message),
  }));

/** Fails that a waiver covers, one line each: accepted is not hidden. */
export const waivedLines = ({ verdicts }: Report): string[] =>
  verdicts.flatMap(({ status, id, nodes, waiver }) =>
    status === 'fail' && waiver !== undefined
      ? [
          `${safe(id)}${nodes.length === 0 ? '' : ` on ${fold(nodes)}`}, until ${safe(waiver.until)}: ${safe(waiver.reason)}`,
        ]
      : [],
  );
