/** Markdown for a pull-request comment or a CI step summary: the gate, what failed, the evidence folded away. */

import { type Report, type Reporter, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { allGates, clusterLine, failing, gateLine, summaryLine } from './gate.js';
import { clip, count, distinct, fold, groupBy, safe, safeLines } from './text.js';

/** A comment on GitHub holds 65536 characters; a cluster's share of this is for its evidence. */
const ROOM = 40_000;
const ROWS = 50;
const MESSAGE = 300;
const LINE = 300;
const LINES = 40;

/**
 * Text that is nothing but text. References stand for all that is markup; a zero-width space breaks what is turned
 * into links and mentions only after rendering (`@name`, `#1`, `GH-1`, addresses).
 */
const prose = (text: string): string =>
  safe(text)
    .replaceAll(/[&<>"'\\`*_{}[\]|~^$]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replaceAll(/@|(?<!&)#|:(?=\/\/)|\bGH-|\bwww(?=\.)|\b(?:mailto|xmpp):/gi, (match) => `${match}&#8203;`);

const code = (text: string): string => `<code>${prose(text)}</code>`;

/** A fence that nothing inside can end. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}

/** The first lines of a long text, each clipped. */
function some(texts: readonly string[]): string[] {
  const lines = texts.flatMap(safeLines).map((line) => clip(line, LINE));
  const rest = lines.length - LINES;
  return rest > 0 ? [...lines.slice(0, LINES), `and ${rest} more`] : lines;
}

function evidence({ nodes, message, observed, expected, details = [], requirements, remediation }: Verdict): string[] {
  return [
    ...some([`${nodes.length === 0 ? '' : `${fold(nodes)}: `}${safe(message)}`]),
    ...(observed === undefined ? [] : some([`observed: ${safe(observed)}`])),
    ...(expected === undefined ? [] : some([`expected: ${safe(expected)}`])),
    ...some(details).map((line) => `  ${line}`),
    ...(requirements.length === 0 ? [] : some([`required by: ${requirements.join(', ')}`])),
    // commands to paste are never clipped
    ...(remediation === undefined ? [] : ['mend:', ...safeLines(remediation).map((line) => `  ${line}`)]),
  ];
}

const folded = (summary: string, lines: readonly string[]): string =>
  ['<details>', `<summary>${summary}</summary>`, '', ...fenced(lines), '', '</details>'].join('\n');

/** As many as there is room for, the first always. */
function fitting(blocks: readonly string[], room: number): string[] {
  let used = 0;
  const shown = blocks.filter((block, i) => {
    used += block.length;
    return i === 0 || used <= room;
  });
  const rest = blocks.length - shown.length;
  return rest > 0 ? [...shown, `The evidence of ${count(rest, 'more check')} is in the JSON report.`] : shown;
}

function failTable(fails: readonly Verdict[]): string[] {
  if (fails.length === 0) return [];
  const rows = fails
    .slice(0, ROWS)
    .map(({ severity, id, nodes, message }) =>
      ['', severity, code(id), nodes.length === 0 ? '' : code(fold(nodes)), prose(clip(message, MESSAGE)), ''].join(
        ' | ',
      ),
    );
  const rest = fails.length - rows.length;
  return [
    [
      '| severity | check | nodes | what was seen |',
      '| --- | --- | --- | --- |',
      ...rows.map((row) => row.trim()),
    ].join('\n'),
    ...(rest > 0 ? [`And ${rest} more.`] : []),
  ];
}

/** What could not be judged, by its reason. */
function unknowns(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return [];
  const groups = groupBy(verdicts, ({ message }) => message);
  const lines = groups.slice(0, ROWS).map((group) => {
    const nodes = fold(group.flatMap((verdict) => verdict.nodes));
    const ids = distinct(group.map(({ id }) => id)).map(code);
    return `- ${ids.join(', ')}${nodes === '' ? '' : ` on ${code(nodes)}`}: ${prose(clip(group[0]!.message, MESSAGE))}`;
  });
  const rest = groups.length - lines.length;
  return ['**Could not be judged**', [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n')];
}

function section(report: Report, verbosity: number, room: number): string[] {
  const fails = failing(report).sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  const waived = report.verdicts.filter(({ status, waiver }) => status === 'fail' && waiver !== undefined);
  const passed = distinct(report.verdicts.filter(({ status }) => status === 'pass').map(({ id }) => id));
  const proofs = groupBy(fails, ({ id }) => id).map((group) =>
    folded(
      `${code(group[0]!.id)}: evidence, and how to mend it`,
      group.flatMap((verdict, i) => [...(i === 0 ? [] : ['']), ...evidence(verdict)]),
    ),
  );
  const accepted = waived.map(
    ({ id, nodes, waiver }) => `${safe(id)} ${fold(nodes)}: until ${safe(waiver!.until)}: ${safe(waiver!.reason)}`,
  );
  return [
    `**${prose(gateLine(report))}**`,
    // a word of ours first: a name could make a list or a heading of the line
    `Cluster ${prose(clusterLine(report))}`,
    ...failTable(fails),
    ...unknowns(report.verdicts.filter(({ status }) => status === 'unknown')),
    ...(verbosity < 0 ? [] : fitting(proofs, room)),
    ...(waived.length === 0 || verbosity < 0 ? [] : [folded(`${waived.length} waived`, some(accepted))]),
    ...(verbosity > 0 && passed.length > 0 ? [folded(`${count(passed.length, 'check')} passed`, some(passed))] : []),
    summaryLine(report),
  ];
}

export const markdown: Reporter = (report, { verbosity }) => {
  const blocks =
    'reports' in report
      ? [
          `**${prose(allGates(report.reports, report.gate))}**`,
          ...report.reports.flatMap((one) => [
            `### ${prose(one.cluster.name)}`,
            ...section(one, verbosity, ROOM / report.reports.length),
          ]),
        ]
      : section(report, verbosity, ROOM);
  return blocks.join('\n\n');
};
