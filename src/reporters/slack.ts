/** A message for a chat, as Slack's incoming webhooks and chat.postMessage take it: what failed, where, and how to fix it. */

import { type Report, type Reporter, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import {
  allGates,
  clusterLine,
  counting,
  firstFix,
  gateLine,
  summaryLine,
  unknownsOf,
  unwaived,
  waivedLines,
} from './gate.js';
import { clip, count, fold, safe } from './text.js';

/** What Slack accepts. */
const BLOCKS = 50;
const SECTION = 3000;
const HEADER = 150;
const FALLBACK = 3000;
/** What people read on a phone. */
const MESSAGE = 500;
const FIX = 600;
const NAMES = 200;
const LIST = 10;

type Block =
  | { readonly type: 'header'; readonly text: { readonly type: 'plain_text'; readonly text: string } }
  | { readonly type: 'divider' }
  | {
      readonly type: 'section';
      readonly text: { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
    };

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Text of at most `max` characters once it is escaped. Without an angle bracket there is no link and no mention; a
 * grave accent, which would begin or end code, becomes its look-alike.
 */
function prose(text: string, max: number): string {
  let result = '';
  for (const char of safe(text)) {
    const next = ENTITIES[char] ?? (char === '`' ? 'ˋ' : char);
    if (result.length + next.length >= max) return `${result}…`;
    result += next;
  }
  return result;
}

const code = (text: string): string => `\`${prose(text, NAMES)}\``;

/** `verbatim`: Slack makes no links or mentions of names and addresses. */
const section = (lines: readonly string[]): Block => ({
  type: 'section',
  text: { type: 'mrkdwn', text: clip(lines.join('\n'), SECTION), verbatim: true },
});

const on = (nodes: string): string => (nodes === '' ? '' : ` on ${code(nodes)}`);

function finding(verdict: Verdict): Block {
  const fix = firstFix(verdict);
  return section([
    `*${verdict.severity}* ${code(verdict.id)}${on(fold(verdict.nodes))}`,
    prose(verdict.message, MESSAGE),
    ...(fix === undefined ? [] : [`fix: \`${prose(fix, FIX)}\``]),
  ]);
}

/** A list under a title, or nothing. */
function listed(title: string, lines: readonly string[]): Block[] {
  const rest = lines.length - LIST;
  const more = rest > 0 ? [`• and ${rest} more`] : [];
  return lines.length === 0 ? [] : [section([`*${title}*`, ...lines.slice(0, LIST), ...more])];
}

/** At most `room` blocks of one cluster, worst first. */
function cluster(report: Report, room: number): Block[] {
  const head = section([
    `*${prose(gateLine(report), MESSAGE)}*`,
    prose(`Cluster ${clusterLine(report)}`, MESSAGE),
    summaryLine(report),
  ]);
  const verdicts = counting(report);
  const fails = unwaived(verdicts).sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  const unknown = unknownsOf(verdicts).map(
    ({ ids, nodes, message }) => `• ${code(ids)}${on(nodes)}: ${prose(message, 150)}`,
  );
  const ends = [
    ...listed('Could not be judged', unknown),
    ...listed(
      'Waived',
      waivedLines(report).map((line) => `• ${prose(line, 250)}`),
    ),
  ];
  const all = [head, ...fails.map(finding), ...ends];
  if (all.length <= room) return all;
  // the lists are kept where there is room for more than them
  const kept = room > ends.length + 3 ? ends : [];
  const shown = Math.max(0, room - kept.length - 2);
  const more = room < 2 ? [] : [section([`and ${count(fails.length - shown, 'more failure')} in the other formats`])];
  return [head, ...fails.slice(0, shown).map(finding), ...more, ...kept];
}

/** `FAIL: wb-prod`. */
const title = (text: string): Block => ({
  type: 'header',
  text: { type: 'plain_text', text: clip(safe(text), HEADER) },
});

const RANK: Readonly<Record<Report['gate']['result'], number>> = { fail: 0, unknown: 1, pass: 2 };

/** Clusters, the worst first, with a fair share of the room each. */
function clusters(reports: readonly Report[], room: number): Block[] {
  const sorted = reports.map(({ gate }, at) => ({ at, rank: RANK[gate.result] })).sort((a, b) => a.rank - b.rank);
  const shown = sorted.length > room ? sorted.slice(0, room - 1) : sorted;
  const left = sorted.length - shown.length;
  const blocks: Block[] = [];
  shown.forEach(({ at }, i) => {
    const rest = room - blocks.length - (left > 0 ? 1 : 0);
    blocks.push(...cluster(reports[at]!, Math.max(1, Math.floor(rest / (shown.length - i)))));
  });
  return left > 0 ? [...blocks, section([`and ${count(left, 'more cluster')} in the other formats`])] : blocks;
}

export const slack: Reporter = (report) => {
  const several = 'reports' in report;
  const line = several ? allGates(report.reports, report.gate) : `${report.cluster.name}: ${gateLine(report)}`;
  const head = several
    ? [title(`ha-preflight ${report.gate.result.toUpperCase()}`), section([prose(line, SECTION)])]
    : [title(`ha-preflight ${report.gate.result.toUpperCase()}: ${report.cluster.name}`)];
  const body = several ? clusters(report.reports, BLOCKS - head.length) : cluster(report, BLOCKS - head.length);
  return JSON.stringify({ text: prose(line, FALLBACK), blocks: [...head, ...body] }, null, 2);
};
