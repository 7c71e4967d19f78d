/** What to do first: every failed check that counts, the worst first, with its nodes and one command. */

import { type Report, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { failing } from './gate.js';
import { badge, html } from './htmlText.js';
import { clip, count, fold, groupBy, safeLines } from './text.js';

const MOST = 12;
const COMMAND = 2000;

/** The first command to paste, without what is said of it; `more`: lines that follow, or words about it. */
function commandOf({
  remediation = '',
  fixes = [],
}: Verdict): { line: string; command: boolean; more: boolean } | undefined {
  const lines = safeLines(remediation).filter((line) => line !== '');
  const [first] = lines;
  if (first === undefined) return undefined;
  const [, command, said] = /^(.*\S) {4}# (.*)$/.exec(first) ?? [];
  return {
    line: clip(command ?? first, COMMAND),
    command: command !== undefined || (fixes.length > 0 && !first.startsWith('#')),
    more: lines.length > 1 || (said ?? '').length > 40 || /;/.test(said ?? ''),
  };
}

/** Findings of one check that one command fixes. */
function item(group: readonly Verdict[], anchor: (key: string) => string): string {
  const first = group[0]!;
  const { id, severity, message, fingerprint } = first;
  const nodes = group.flatMap((verdict) => verdict.nodes);
  const who = nodes.length === 0 ? '' : ` <span class="nodes">${html(fold(nodes))}</span>`;
  const others = group.length === 1 ? '' : `, and ${count(group.length - 1, 'more finding')}`;
  const head = `${badge('fail', severity !== 'critical')} <a href="#${anchor(fingerprint)}">${html(id)}</a>${who} <span class="severity">${severity}</span><span class="said">${html(clip(message, 300))}${others}</span>`;
  const fix = commandOf(first);
  if (fix === undefined) return `<li>${head}</li>`;
  const more = fix.more ? ` <a class="more" href="#${anchor(fingerprint)}">all of the fix</a>` : '';
  return fix.command
    ? `<li>${head}<div class="command"><code>${html(fix.line)}</code><button type="button" class="copy" hidden>copy</button></div>${more}</li>`
    : `<li>${head}<p class="byhand">${html(fix.line)}</p>${more}</li>`;
}

/** Nothing where nothing failed; advice is not a failure. */
export function fixFirst(report: Report, anchor: (key: string) => string, level: 2 | 3): string[] {
  const fails = failing(report)
    .filter(({ severity }) => severity !== 'info')
    .sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  if (fails.length === 0) return [];
  const groups = groupBy(fails, ({ id, severity, remediation = '' }) => JSON.stringify([id, severity, remediation]));
  const rest = groups.length - MOST;
  return [
    `<h${level}>Fix first</h${level}>`,
    `<ol class="first">${groups
      .slice(0, MOST)
      .map((group) => item(group, anchor))
      .join('\n')}</ol>`,
    ...(rest > 0 ? [`<p class="small">${count(rest, 'more failure')} in the evidence below</p>`] : []),
  ];
}
