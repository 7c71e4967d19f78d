/** The matrix of a report: one row per check, worst first, one column per node. */

import { type Report, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { html, MARKS, ORDER, type Shown, shown } from './htmlText.js';
import { clip, groupBy, safe } from './text.js';

/** From so many nodes on, their names stand upright. */
const UPRIGHT = 9;

/** What every node's name ends in, from a dot on: it need not stand in every column. */
export function sharedDomain(names: readonly string[]): string {
  if (names.length < 2) return '';
  const tails = names.map((name) => (/^[\d.]+$/.test(name) ? '' : name.replace(/^[^.]*/, '')));
  return tails.every((tail) => tail === tails[0]) ? tails[0]! : '';
}

const worst = (verdicts: readonly Verdict[]): Shown | undefined =>
  ORDER.find((status) => verdicts.some((verdict) => shown(verdict) === status));

/** The gravest of those with the worst status. */
function gravest(verdicts: readonly Verdict[]): Verdict {
  const status = worst(verdicts);
  return verdicts
    .filter((verdict) => shown(verdict) === status)
    .reduce((a, b) => (severityRank[b.severity] < severityRank[a.severity] ? b : a));
}

/** The worst of several verdicts, as a mark and, for a screen reader, in words. */
function cell(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return '<td><span class="none" role="img" aria-label="not named"></span></td>';
  const first = gravest(verdicts);
  const status = shown(first);
  const minor = status === 'fail' && first.severity !== 'critical';
  const words = status === 'fail' ? `fail, ${first.severity}` : status;
  return `<td class="${status}${minor ? ' minor' : ''}"><span role="img" aria-label="${words}" title="${html(clip(first.message, 200))}">${MARKS[status]}</span></td>`;
}

/** `anchor`: where the evidence of a check begins. */
export function matrix({ cluster, verdicts }: Report, anchor: (id: string) => string): string {
  const names = cluster.nodes.map(({ name }) => name);
  const known = new Set(names);
  const aboutNone = (verdict: Verdict): boolean => !verdict.nodes.some((node) => known.has(node));
  const whole = verdicts.some(aboutNone);
  const wide = names.length >= UPRIGHT;
  const rank = (own: readonly Verdict[]): number =>
    ORDER.indexOf(worst(own)!) * 3 + severityRank[gravest(own).severity];
  const groups = groupBy(verdicts, ({ id }) => id).sort((a, b) => rank(a) - rank(b));
  const rows = groups.map((own) => {
    const { id } = own[0]!;
    const byNode = new Map<string, Verdict[]>();
    for (const verdict of own)
      for (const node of verdict.nodes) byNode.set(node, [...(byNode.get(node) ?? []), verdict]);
    const cells = names.map((name) => cell(byNode.get(name) ?? []));
    const head = `<th scope="row"><a href="#${anchor(id)}">${html(id)}</a></th>`;
    const first = gravest(own);
    const said = ['fail', 'unknown', 'waived'].includes(shown(first)) ? html(clip(first.message, 120)) : '';
    const last = wide ? '' : `<td class="saying">${said}</td>`;
    return `<tr data-check="${html(id)}">${head}${whole ? cell(own.filter(aboutNone)) : ''}${cells.join('')}${last}</tr>`;
  });
  const domain = sharedDomain(names);
  const heads = [...(whole ? ['cluster'] : []), ...names.map((name) => name.slice(0, name.length - domain.length))];
  const lost = new Set(cluster.nodes.filter(({ reached }) => !reached).map(({ name }) => name));
  const offset = whole ? 1 : 0;
  const columns = heads.map((name, i) => {
    const full = names[i - offset];
    const gone = full !== undefined && lost.has(full);
    const title = `${full ?? 'verdicts about the whole cluster'}${gone ? ': not reached' : ''}`;
    return `<th scope="col"${gone ? ' class="lost"' : ''} title="${html(title)}"><span>${html(name)}</span></th>`;
  });
  const key = (mark: string, words: string): string => `<span class="key"><i class="${mark}</i> ${words}</span>`;
  const legend = ORDER.flatMap((status) =>
    status === 'fail'
      ? [key(`fail">${MARKS.fail}`, 'fail, critical'), key(`fail minor">${MARKS.fail}`, 'fail, warning or info')]
      : [key(`${status}">${MARKS[status]}`, status)],
  );
  return [
    `<p class="legend">${legend.join(' ')} <span class="key">empty: the verdicts name other nodes</span></p>`,
    `<p class="legend">Worst first.${domain === '' ? '' : ` Every node’s name ends in <code>${html(safe(domain))}</code>.`}</p>`,
    `<div class="scroll" role="region" aria-label="checks by node of ${html(cluster.name)}" tabindex="0">`,
    `<table class="matrix${wide ? ' upright' : ''}" aria-label="checks by node">`,
    `<thead><tr><th scope="col">check</th>${columns.join('')}${wide ? '' : '<th scope="col" class="saying">found</th>'}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table></div>`,
  ].join('\n');
}
