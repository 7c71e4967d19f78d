/** One HTML file that needs nothing else: summary, a matrix of checks and nodes, the evidence of every verdict. */

import { createHash } from 'node:crypto';

import { type Report, type Reporter, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { allGates, clusterLine, gateLine, summaryLine } from './gate.js';
import { SCRIPT, STYLE } from './htmlPage.js';
import { count, distinct, fold, safe, safeLines } from './text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is nothing but text, in an element as in a quoted attribute. */
const html = (text: string): string => safe(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);
const htmlLines = (texts: readonly string[]): string => texts.flatMap(safeLines).map(html).join('\n');

type Shown = Verdict['status'] | 'waived';
const LETTERS: Readonly<Record<Shown, string>> = { fail: 'F', unknown: '?', waived: 'W', pass: 'P', skip: '-' };
const CLASSES: Readonly<Record<Shown, string>> = { fail: 'F', unknown: 'U', waived: 'W', pass: 'P', skip: 'S' };
/** Worst first. */
const ORDER = Object.keys(LETTERS) as Shown[];
const shown = ({ status, waiver }: Verdict): Shown => (status === 'fail' && waiver ? 'waived' : status);

const source = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** Our own style and script, known by their digests, and nothing else at all. */
const POLICY = `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(SCRIPT)}; base-uri 'none'; form-action 'none'`;

const badge = (status: Shown): string => `<b class="${CLASSES[status]}">${status}</b>`;

/** The worst of several verdicts in a cell, in a letter and, for a screen reader, in a word. */
function cell(verdicts: readonly Verdict[]): string {
  const status = ORDER.find((candidate) => verdicts.some((verdict) => shown(verdict) === candidate));
  if (status === undefined) return '<td class="s"><span role="img" aria-label="says nothing"></span></td>';
  return `<td class="s ${CLASSES[status]}"><span role="img" aria-label="${status}" title="${status}">${LETTERS[status]}</span></td>`;
}

function matrix({ cluster, verdicts }: Report): string {
  const nodes = cluster.nodes.map(({ name }) => name);
  const known = new Set(nodes);
  const rows = distinct(verdicts.map(({ id }) => id)).map((id) => {
    const own = verdicts.filter((verdict) => verdict.id === id);
    const cells = nodes.map((node) => cell(own.filter((verdict) => verdict.nodes.includes(node))));
    const whole = cell(own.filter((verdict) => !verdict.nodes.some((node) => known.has(node))));
    return `<tr><th scope="row">${html(id)}</th>${cells.join('')}${whole}</tr>`;
  });
  const heads = [...nodes, 'cluster'].map((name) => `<th scope="col">${html(name)}</th>`);
  return [
    '<div class="scroll" role="region" aria-label="checks by node" tabindex="0"><table>',
    '<caption>P passed, F failed, W failed and waived, ? unknown, - skipped; empty: says nothing about this node</caption>',
    `<thead><tr><th scope="col">check</th>${heads.join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

function proof(verdict: Verdict): string {
  const { id, title, nodes, severity, message, observed, expected, details = [], remediation, waiver } = verdict;
  const status = shown(verdict);
  const facts: [string, string][] = [
    ['holds when', html(title)],
    ...(observed === undefined ? [] : [['observed', html(observed)] satisfies [string, string]]),
    ...(expected === undefined ? [] : [['expected', html(expected)] satisfies [string, string]]),
    ...(waiver
      ? [
          [
            'waived',
            html(`${waiver.reason} (until ${waiver.until}${waiver.by === undefined ? '' : `, by ${waiver.by}`})`),
          ] satisfies [string, string],
        ]
      : []),
    ['proof', html(verdict.proof)],
    ...(verdict.requirements.length === 0
      ? []
      : [['required by', html(verdict.requirements.join(', '))] satisfies [string, string]]),
    ['fingerprint', html(verdict.fingerprint)],
  ];
  return [
    // what failed stands open, so that it is read, and printed, without any script
    `<details data-status="${status}"${status === 'fail' ? ' open' : ''}>`,
    `<summary>${badge(status)} <strong>${html(id)}</strong> ${html(fold(nodes))} (${html(severity)}): ${html(message)}</summary>`,
    `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`,
    ...(details.length === 0 ? [] : [`<p>Details:</p><pre>${htmlLines(details)}</pre>`]),
    ...(remediation === undefined ? [] : [`<p>Mend:</p><pre>${htmlLines([remediation])}</pre>`]),
    '</details>',
  ].join('\n');
}

const gateBox = (result: string, words: string): string => `<p class="gate ${result}">${html(words)}</p>`;

function section(report: Report): string {
  const { cluster, verdicts, startedAt, durationMs, gate } = report;
  const lost = cluster.nodes.filter(({ reason }) => reason !== undefined);
  const sorted = [...verdicts].sort(
    (a, b) => ORDER.indexOf(shown(a)) - ORDER.indexOf(shown(b)) || severityRank[a.severity] - severityRank[b.severity],
  );
  const when = `${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${(durationMs / 1000).toFixed(1)} s`;
  return [
    `<section><h2>${html(cluster.name)}</h2>`,
    gateBox(gate.result, gateLine(report)),
    `<p>${html(clusterLine(report))}. ${html(when)}. ${summaryLine(report)}.</p>`,
    ...(lost.length === 0
      ? []
      : [
          `<ul>${lost.map(({ name, reached, reason }) => `<li>${html(name)}${reached ? '' : ' was not reached'}: ${html(reason!)}</li>`).join('')}</ul>`,
        ]),
    '<h3>Checks by node</h3>',
    matrix(report),
    '<h3>Evidence</h3>',
    ...sorted.map(proof),
    '</section>',
  ].join('\n');
}

const filter = (): string => {
  const boxes = ORDER.map(
    (status) => `<label><input type="checkbox" name="status" value="${status}" checked> ${status}</label>`,
  );
  return `<form class="filter" role="search" aria-label="filter the evidence" hidden>${boxes.join('')}<label>text <input type="search" name="words"></label><span class="found" role="status"></span></form>`;
};

export const htmlReport: Reporter = (report) => {
  const reports = 'reports' in report ? report.reports : [report];
  const { tool } = reports[0]!;
  const title = reports.length === 1 ? reports[0]!.cluster.name : count(reports.length, 'cluster');
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>ha-preflight: ${html(title)}: ${report.gate.result}</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    `<h1>ha-preflight: ${html(title)}</h1>`,
    ...('reports' in report ? [gateBox(report.gate.result, allGates(report.reports, report.gate))] : []),
    filter(),
    ...reports.map(section),
    `</main><footer><p>${html(`${tool.name} ${tool.version}`)}</p></footer>`,
    `<script>${SCRIPT}</script></body></html>`,
  ].join('\n');
};
