/** The page an operator reads at three in the morning: what failed, on which nodes, and the command that mends it. */

import { type Report, type Reporter, type ReporterOptions, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { allGates, clusterLine, failing, gateLine, summaryLine } from './gate.js';
import { type Block, failBlocks, passLines, skipLines, unknownBlocks, waivedBlocks } from './terminalBlocks.js';
import { clip, fold, groupBy, labelled, safe } from './text.js';

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

function header(report: Report, width: number): string[] {
  const { cluster, startedAt, durationMs } = report;
  const lost = cluster.nodes.filter(({ reached }) => !reached);
  const when = `${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${(durationMs / 1000).toFixed(1)} s`;
  const lines = labelled('', `${clusterLine(report)} (${safe(when)})`, width);
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
