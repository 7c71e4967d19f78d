/** Markdown for a pull-request comment or a CI step summary: the gate, what failed, the evidence folded away. */

import { type Report, type Reporter, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { allGates, clusterLine, failing, firstFix, gateLine, summaryLine } from './gate.js';
import { clip, count, distinct, fold, foldNames, groupBy, safe, safeLines } from './text.js';

/** A comment on GitHub holds 65536 characters. Of these a cluster's share is for its tables, its unknowns, its evidence. */
const TABLE = 12_000;
const UNKNOWNS = 6_000;
const EVIDENCE = 26_000;
/** What was accepted, what passed. */
const LISTS = 3_000;
const MESSAGE = 300;
const LINE = 300;
const LINES = 40;
const COMMAND = 2000;
const COMMAND_IN_TABLE = 200;
/** Beyond this a cluster is only named. */
const MOST = 54_000;
const NAMES = 40;

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
function some(texts: readonly string[], most = LINE): string[] {
  const lines = texts.flatMap(safeLines).map((line) => clip(line, most));
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
    // commands to paste are never clipped, unless they are far too long for a command
    ...(remediation === undefined ? [] : ['fix:', ...some([remediation], COMMAND).map((line) => `  ${line}`)]),
  ];
}

const folded = (summary: string, lines: readonly string[]): string =>
  ['<details>', `<summary>${summary}</summary>`, '', ...fenced(lines), '', '</details>'].join('\n');

/** The first of them, while there is room. */
function upTo(texts: readonly string[], room: number): string[] {
  let used = 0;
  const end = texts.findIndex((text) => {
    used += text.length;
    return used > room;
  });
  return end < 0 ? [...texts] : texts.slice(0, end);
}

/** Those there is room for, a large one left out as well as the many. */
function fitting(blocks: readonly string[], room: number): string[] {
  let used = 0;
  const shown = blocks.filter((block) => {
    const fits = used + block.length <= room;
    if (fits) used += block.length;
    return fits;
  });
  const rest = blocks.length - shown.length;
  return rest > 0 ? [...shown, `The evidence of ${count(rest, 'more check')} is in the JSON report.`] : shown;
}

/** `critical`, and what became of it since the baseline. */
function weight({ severity, fingerprint }: Verdict, { gate: { baseline } }: Report): string {
  if (baseline?.changes === undefined) return severity;
  const change = Object.hasOwn(baseline.changes, fingerprint) ? baseline.changes[fingerprint]! : 'changed';
  return `${severity}, ${change === 'changed' ? 'known' : change}`;
}

/** The first command, where it can be copied out of a table; the whole of it is below, with the evidence. */
function fixCell(verdict: Verdict): string {
  const whole = firstFix(verdict);
  const line = whole?.replace(/ {4}# .*$/, '');
  // a command with a remark is not to be run without it
  if (verdict.fixes !== undefined && line !== whole) return 'below';
  if (line === undefined) return '';
  // prose puts a mark behind these that would be copied along
  return line.length > COMMAND_IN_TABLE || /[@#]|:\/\/|www\.|GH-|\b(?:mailto|xmpp):/i.test(line) ? 'below' : code(line);
}

function failTable(fails: readonly Verdict[], report: Report, room: number): string[] {
  if (fails.length === 0) return [];
  const all = fails.map((verdict) => {
    const nodes = verdict.nodes.length === 0 ? '' : code(clip(fold(verdict.nodes), MESSAGE));
    const cells = [
      weight(verdict, report),
      code(verdict.id),
      nodes,
      prose(clip(verdict.message, MESSAGE)),
      fixCell(verdict),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const rows = upTo(all, room);
  const rest = fails.length - rows.length;
  const head = ['| severity | check | nodes | what was found | fix |', '| --- | --- | --- | --- | --- |'];
  return [[...head, ...rows].join('\n'), ...(rest > 0 ? [`And ${rest} more.`] : [])];
}

/** What could not be judged, by its reason. */
function unknowns(verdicts: readonly Verdict[], room: number): string[] {
  if (verdicts.length === 0) return [];
  const all = groupBy(verdicts, ({ message }) => message).map((group) => {
    const nodes = clip(fold(group.flatMap((verdict) => verdict.nodes)), MESSAGE);
    const ids = distinct(group.map(({ id }) => id)).map(code);
    return `- ${ids.join(', ')}${nodes === '' ? '' : ` on ${code(nodes)}`}: ${prose(clip(group[0]!.message, MESSAGE))}`;
  });
  const lines = upTo(all, room);
  const rest = all.length - lines.length;
  return ['**Could not be judged**', [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n')];
}

/** `share`: of how many clusters it is one. */
function section(full: Report, verbosity: number, share: number): string[] {
  const report = foldNames(full);
  const fails = failing(report).sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  const waived = report.verdicts.filter(({ status, waiver }) => status === 'fail' && waiver !== undefined);
  const passed = distinct(report.verdicts.filter(({ status }) => status === 'pass').map(({ id }) => id));
  const proofs = groupBy(fails, ({ id }) => id).map((group) =>
    folded(
      `${code(group[0]!.id)}: evidence, and how to fix it`,
      group.flatMap((verdict, i) => [...(i === 0 ? [] : ['']), ...evidence(verdict)]),
    ),
  );
  const accepted = waived.map(
    ({ id, nodes, waiver }) => `${safe(id)} ${fold(nodes)}: until ${safe(waiver!.until)}: ${safe(waiver!.reason)}`,
  );
  const unknown = report.verdicts.filter(({ status }) => status === 'unknown');
  const listed = (summary: string, lines: readonly string[]): string[] => {
    const shown = upTo(some(lines), LISTS / share);
    return lines.length === 0 ? [] : [folded(summary, shown.length > 0 ? shown : ['in the JSON report'])];
  };
  return [
    `**${prose(clip(gateLine(report), 4 * MESSAGE))}**`,
    // the word first: a name alone could make a list or a heading of the line
    `Cluster ${prose(clusterLine(report))}`,
    ...failTable(fails, report, TABLE / share),
    ...unknowns(unknown, UNKNOWNS / share),
    ...(verbosity < 0 ? [] : fitting(proofs, EVIDENCE / share)),
    // accepted is not hidden
    ...listed(`${waived.length} waived`, accepted),
    ...(verbosity > 0 ? listed(`${count(passed.length, 'check')} passed`, passed) : []),
    summaryLine(report),
  ];
}

/** Clusters while there is room; then their names. */
function clusters(reports: readonly Report[], verbosity: number): string[] {
  let used = 0;
  const left: string[] = [];
  const shown = reports.flatMap((report) => {
    const blocks = [`### ${prose(report.cluster.name)}`, ...section(report, verbosity, reports.length)];
    const size = blocks.join('\n\n').length + 2;
    if (used + size > MOST) {
      left.push(`- ${prose(clip(`${report.cluster.name}: ${gateLine(report)}`, 120))}`);
      return [];
    }
    used += size;
    return blocks;
  });
  const names = left.slice(0, NAMES);
  const rest = left.length - names.length;
  if (left.length === 0) return shown;
  return [
    ...shown,
    '**Not shown, for lack of room**',
    [...names, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n'),
  ];
}

export const markdown: Reporter = (report, { verbosity }) => {
  const blocks =
    'reports' in report
      ? [`**${prose(clip(allGates(report.reports, report.gate), 2000))}**`, ...clusters(report.reports, verbosity)]
      : section(report, verbosity, 1);
  return blocks.join('\n\n');
};
