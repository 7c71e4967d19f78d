/** One HTML file that needs nothing else: summary, a matrix of checks and nodes, the evidence of every verdict. */

import { createHash } from 'node:crypto';

import type { Gate, Report, Reporter } from '../model/report.js';
import { allGates, gateLine } from './gate.js';
import { evidence, grouped } from './htmlEvidence.js';
import { fixFirst } from './htmlFixes.js';
import { matrix } from './htmlMatrix.js';
import { SCRIPT, STYLE } from './htmlPage.js';
import { badge, html, ORDER, type Shown, shown } from './htmlText.js';
import { count, fold, foldNames, groupBy } from './text.js';

const source = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** Our own style and script, known by their digests, and nothing else at all. */
const POLICY = `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(SCRIPT)}; base-uri 'none'; form-action 'none'`;

const gateBox = (result: Gate['result'], words: string): string => `<p class="gate ${result}">${html(words)}</p>`;

const numberOf = ({ summary }: Report): Readonly<Record<Shown, number>> => summary;

/** Nodes that nothing was judged about, as a further tile. */
const unjudged = ({ summary: { unreached = 0 } }: Report): string[] =>
  unreached > 0
    ? [`<li class="unknown"><b>${unreached}</b> ${unreached === 1 ? 'node' : 'nodes'} not judged</li>`]
    : [];

/** How many verdicts of each status, the ones that matter first. */
function tiles(report: Report): string {
  const numbers = numberOf(report);
  const items = ORDER.map(
    (status) => `<li class="${numbers[status] === 0 ? 'zero' : status}"><b>${numbers[status]}</b> ${status}</li>`,
  );
  return `<ul class="tiles" aria-label="verdicts by status">${[...items, ...unjudged(report)].join('')}</ul>`;
}

/** `package-manager, 3 nodes, all reached; 2026-11-21 12:57 UTC, 0.3 s`. */
function about({ cluster, startedAt, durationMs }: Report): string {
  const lost = cluster.nodes.filter(({ reached }) => !reached).length;
  const product = cluster.edition === undefined ? cluster.product : `${cluster.product} ${cluster.edition}`;
  const inventory = cluster.inventory === undefined ? '' : ` · ${cluster.inventory.file}`;
  return `${product} · ${count(cluster.nodes.length, 'node')}, ${lost === 0 ? 'all reached' : `${lost} not reached`}${inventory} · ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${(durationMs / 1000).toFixed(1)} s`;
}

function notes({ cluster }: Report): string[] {
  const told = cluster.nodes.filter(({ reason }) => reason !== undefined);
  if (told.length === 0) return [];
  const items = groupBy(told, ({ reached, reason }) => JSON.stringify([reached, reason])).map((group) => {
    const { reached, reason } = group[0]!;
    const who = html(fold(group.map(({ name }) => name)));
    return `<li><strong>${who}</strong>${reached ? '' : ' not reached'}: ${html(reason!)}</li>`;
  });
  return [`<ul class="notes">${items.join('')}</ul>`];
}

/** `n` distinguishes the clusters of one document. */
function section(report: Report, n: number, level: 1 | 2, controls: string): string {
  const title = level === 1 ? '' : `<h2 id="c${n}">${html(report.cluster.name)}</h2>`;
  const head = `h${level + 1}`;
  const places = new Map<string, string>();
  const anchor = (id: string): string => {
    if (!places.has(id)) places.set(id, `c${n}-${places.size}`);
    return places.get(id)!;
  };
  const empty = report.verdicts.length === 0;
  return [
    `<section aria-label="cluster ${html(report.cluster.name)}">`,
    title,
    `<p class="about">${html(about(report))}</p>`,
    gateBox(report.gate.result, gateLine(report)),
    ...fixFirst(report, anchor, level === 1 ? 2 : 3),
    tiles(report),
    ...notes(report),
    controls,
    ...(empty
      ? ['<p>No check applies, so there are no verdicts: nothing was measured.</p>']
      : [
          `<${head}>Checks by node</${head}>`,
          matrix(report, anchor),
          `<${head}>Evidence</${head}>`,
          ...evidence(report, anchor),
          '<p class="nothing" hidden>The filter hides everything here.</p>',
        ]),
    '</section>',
  ].join('\n');
}

/** The clusters of one document, each with its gate and numbers. */
function overview(reports: readonly Report[]): string {
  const rows = reports.map((one, n) => {
    const report = foldNames(one);
    const numbers = ORDER.map((status) => `<td>${numberOf(report)[status]}</td>`);
    return `<tr><th scope="row"><a href="#c${n}">${html(report.cluster.name)}</a></th><td>${badge(report.gate.result)}</td>${numbers.join('')}</tr>`;
  });
  return [
    '<nav aria-label="clusters"><div class="scroll" role="region" aria-label="clusters and their gates" tabindex="0"><table class="overview">',
    `<thead><tr><th scope="col">cluster</th><th scope="col">gate</th>${ORDER.map((status) => `<th scope="col">${status}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table></div></nav>`,
  ].join('\n');
}

function filter(reports: readonly Report[]): string {
  const all = new Set<Shown>();
  for (const report of reports) for (const [first] of grouped(foldNames(report))) all.add(shown(first!));
  const boxes = ORDER.filter((status) => all.has(status)).map(
    (status) => `<label><input type="checkbox" name="status" value="${status}" checked> ${status}</label>`,
  );
  return [
    '<form class="filter" role="search" aria-label="filter checks and evidence" hidden>',
    `<fieldset><legend>show</legend>${boxes.join('')}</fieldset>`,
    '<label class="words">containing <input type="search" name="words" autocomplete="off" placeholder="check, node, text"></label>',
    '<label class="words">nodes <input type="search" name="nodes" autocomplete="off" placeholder="part of a name"></label>',
    '<output class="found" role="status"></output></form>',
  ].join('');
}

export const htmlReport: Reporter = (report) => {
  const reports = 'reports' in report ? report.reports : [report];
  const { tool } = reports[0]!;
  const several = 'reports' in report;
  const controls = filter(reports);
  const title = several ? count(reports.length, 'cluster') : foldNames(reports[0]!).cluster.name;
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${report.gate.result.toUpperCase()}: ${html(title)} (ha-preflight)</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<header><p class="tool">ha-preflight</p><h1>${html(title)}</h1></header><main>`,
    ...(several ? [gateBox(report.gate.result, allGates(report.reports, report.gate)), overview(reports)] : []),
    ...(several ? [controls] : []),
    ...reports.map((one, n) => section(foldNames(one), n, several ? 2 : 1, several ? '' : controls)),
    `</main><footer><p>${html(`${tool.name} ${tool.version}`)}</p></footer>`,
    `<script>${SCRIPT}</script></body></html>`,
  ].join('\n');
};
