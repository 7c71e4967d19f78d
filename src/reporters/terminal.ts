/** The page an operator reads at three in the morning: what failed, on which nodes, and the command that mends it. */

import { type Gate, type Report, type Reporter, type ReporterOptions, severityRank } from '../model/report.js';
import type { Severity, Verdict } from '../model/verdict.js';
import { type Block, failBlocks, passLines, skipLines, unknownBlocks, waivedBlocks } from './terminalBlocks.js';
import { clip, count, distinct, fold, groupBy, labelled, safe } from './text.js';

const SGR = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;
/** Which words stand out, and how. Every one of them also reads without colour. */
const COLORS: Readonly<Record<string, keyof typeof SGR>> = {
  FAIL: 'red',
  UNKNOWN: 'yellow',
  WAIVED: 'cyan',
  ADVICE: 'cyan',
  SKIP: 'dim',
  PASS: 'green',
  Mend: 'bold',
};

/** Colours the word a line begins with; the text has been made safe and wrapped before. */
function paint(line: string, color: boolean): string {
  const [whole, indent = '', word = ''] = /^(| {2})([A-Z]\w+)(?=[: ])/.exec(line) ?? [];
  const style = COLORS[word];
  if (!color || whole === undefined || style === undefined || (indent !== '' && word !== 'Mend')) return line;
  return `${indent}\u001b[${SGR[style]}m${word}\u001b[0m${line.slice(whole.length)}`;
}

function header({ cluster, startedAt, durationMs }: Report, width: number): string[] {
  const lost = cluster.nodes.filter(({ reached }) => !reached);
  const product = cluster.edition === undefined ? cluster.product : `${cluster.product} ${cluster.edition}`;
  const what = `${safe(cluster.name)}: ${safe(product)}, ${count(cluster.nodes.length, 'node')}${lost.length === 0 ? ', all reached' : `, ${lost.length} not reached`}`;
  const when = `${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${(durationMs / 1000).toFixed(1)} s`;
  const lines = labelled('', `${what} (${safe(when)})`, width);
  for (const group of groupBy(lost, ({ reason = 'no reason given' }) => reason)) {
    const who = fold(group.map(({ name }) => name));
    lines.push(
      ...labelled('  not reached: ', clip(`${who}: ${safe(group[0]!.reason ?? 'no reason given')}`, 160), width),
    );
  }
  for (const { name, reason, reached } of cluster.nodes) {
    if (reached && reason !== undefined)
      lines.push(...labelled('  note: ', `${safe(name)}: ${clip(safe(reason), 200)}`, width));
  }
  return lines;
}

const failing = (report: Report): Verdict[] =>
  report.verdicts.filter(({ status, waiver }) => status === 'fail' && waiver === undefined);

function gateLine(report: Report): string {
  const { gate, verdicts } = report;
  const fails = failing(report);
  const end = `(exit ${gate.exitCode})`;
  const on = (list: readonly Verdict[]): string => {
    const nodes = distinct(list.flatMap(({ nodes: names }) => names));
    return nodes.length === 0 ? '' : ` on ${fold(nodes)}`;
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
    return `FAIL: ${parts.join(' and ')} check${total === 1 ? '' : 's'} failed${on(counted)} ${end}`;
  }
  if (gate.result === 'unknown') {
    const blind = verdicts.filter(({ status, severity }) => status === 'unknown' && severity === 'critical');
    const allowed = gate.exitCode === 0 ? ', which is allowed' : '';
    return `UNKNOWN: ${count(checks(blind, 'critical'), 'critical check')} could not be judged${on(blind)}${allowed} ${end}`;
  }
  const warned = warnings > 0 ? `, ${count(warnings, 'warning')}` : '';
  return `PASS: no ${gate.failOn === 'warning' ? '' : 'critical '}check failed${warned} ${end}`;
}

function summaryLine({ summary: { pass, fail, waived, unknown, skip } }: Report): string {
  return `${pass} passed, ${fail} failed, ${waived} waived, ${unknown} unknown, ${skip} skipped`;
}

function page(report: Report, options: ReporterOptions): string[] {
  const { width, verbosity } = options;
  const lost = new Set(report.cluster.nodes.filter(({ reached }) => !reached).map(({ name }) => name));
  const fails = failing(report).sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  const of = (status: Verdict['status']): Verdict[] => report.verdicts.filter((verdict) => verdict.status === status);
  const quiet = verbosity < 0;
  const blocks: Block[] = [
    ...failBlocks(
      'FAIL',
      fails.filter(({ severity }) => severity !== 'info'),
      options,
    ),
    ...unknownBlocks(
      of('unknown'),
      report.cluster.nodes.filter(({ name }) => lost.has(name)),
      options,
    ),
    ...(quiet
      ? []
      : waivedBlocks(
          of('fail').filter(({ waiver }) => waiver !== undefined),
          options,
        )),
    ...(quiet ? [] : [[...skipLines(of('skip'), options), ...passLines(of('pass'), options)]]),
    ...failBlocks(
      'ADVICE',
      fails.filter(({ severity }) => severity === 'info'),
      options,
    ),
  ];
  const gate = labelled('', gateLine(report), width);
  const last = quiet ? gate : [summaryLine(report), ...gate];
  const first = quiet ? [] : [header(report, width)];
  return [...first, ...blocks, last]
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

function allGates(reports: readonly Report[], gate: Gate): string {
  const named = (result: Gate['result']): string[] =>
    reports.filter((report) => report.gate.result === result).map(({ cluster }) => safe(cluster.name));
  const parts = (['fail', 'unknown', 'pass'] as const).flatMap((result) => {
    const names = named(result);
    return names.length === 0 ? [] : [`${names.length} ${result}${result === 'pass' ? '' : ` (${names.join(', ')})`}`];
  });
  return `${gate.result.toUpperCase()}: ${count(reports.length, 'cluster')}: ${parts.join(', ')} (exit ${gate.exitCode})`;
}

export const terminal: Reporter = (report, options) => {
  const { width, color, verbosity } = options;
  let lines: string[];
  if ('reports' in report) {
    const pages = report.reports.map((one) => [
      ...(verbosity < 0 ? [safe(one.cluster.name)] : []),
      ...page(one, options),
    ]);
    lines = pages.flatMap((one) => [...one, '', '='.repeat(Math.min(width, 80)), '']);
    lines.push(...labelled('', allGates(report.reports, report.gate), width));
  } else lines = page(report, options);
  return lines.map((line) => paint(line, color)).join('\n');
};
