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

/** The worst of several verdicts, as a mark and, for a screen reader, in words; what failed leads to its evidence. */
function cell(verdicts: readonly Verdict[], measured: boolean, anchor: (key: string) => string): string {
  if (verdicts.length === 0)
    return measured
      ? '<td><span class="fine" role="img" aria-label="measured, not named">·</span></td>'
      : '<td><span class="none" role="img" aria-label="not named"></span></td>';
  const first = gravest(verdicts);
  const status = shown(first);
  const minor = status === 'fail' && first.severity !== 'critical';
  const words = status === 'fail' ? `fail, ${first.severity}` : status;
  const about = `aria-label="${words}" title="${html(clip(first.message, 200))}"`;
  const mark =
    status === 'fail' || status === 'waived'
      ? `<a href="#${anchor(first.fingerprint)}" ${about}>${MARKS[status]}</a>`
      : `<span role="img" ${about}>${MARKS[status]}</span>`;
  return `<td class="${status}${minor ? ' minor' : ''}">${mark}</td>`;
}

/** Columns that fit on a page of paper. */
const ON_PAPER = 40;

interface Row {
  readonly id: string;
  readonly own: readonly Verdict[];
  readonly byNode: ReadonlyMap<string, readonly Verdict[]>;
  /** A failure names only the nodes that deviate: the others were measured, too. */
  readonly compared: boolean;
}

/** The same on paper, where it cannot be scrolled: so many columns at a time, nothing but marks. */
function onPaper(
  rows: readonly Row[],
  names: readonly string[],
  lost: ReadonlySet<string>,
  short: (name: string) => string,
): string[] {
  if (names.length <= ON_PAPER) return [];
  const parts = Array.from({ length: Math.ceil(names.length / ON_PAPER) }, (_, i) =>
    names.slice(i * ON_PAPER, (i + 1) * ON_PAPER),
  );
  return parts.map((part) => {
    const heads = part.map((name) => `<th scope="col"><span>${html(short(name))}</span></th>`).join('');
    const lines = rows.map(({ id, byNode, compared }) => {
      const cells = part.map((name) => {
        const own = byNode.get(name) ?? [];
        if (own.length === 0) return `<td>${compared && !lost.has(name) ? '·' : ''}</td>`;
        const first = gravest(own);
        const status = shown(first);
        return `<td class="${status}${status === 'fail' && first.severity !== 'critical' ? ' minor' : ''}">${MARKS[status]}</td>`;
      });
      return `<tr><th scope="row">${html(id)}</th>${cells.join('')}</tr>`;
    });
    return `<table class="matrix upright paper" aria-hidden="true"><thead><tr><th scope="col">check</th>${heads}</tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
  });
}

/** `anchor`: where the evidence of a check, or of a failure by its fingerprint, begins. */
export function matrix({ cluster, verdicts }: Report, anchor: (key: string) => string): string {
  // as people count: `wb2` before `wb10`
  const { compare } = new Intl.Collator('en', { numeric: true });
  const nodes = [...cluster.nodes].sort((a, b) => compare(a.name, b.name));
  const names = nodes.map(({ name }) => name);
  const known = new Set(names);
  const aboutNone = (verdict: Verdict): boolean => !verdict.nodes.some((node) => known.has(node));
  const whole = verdicts.some(aboutNone);
  const wide = names.length >= UPRIGHT;
  const lost = new Set(nodes.filter(({ reached }) => !reached).map(({ name }) => name));
  const rank = (own: readonly Verdict[]): number =>
    ORDER.indexOf(worst(own)!) * 3 + severityRank[gravest(own).severity];
  const groups = groupBy(verdicts, ({ id }) => id).sort((a, b) => rank(a) - rank(b));
  const rows = groups.map((own): Row => {
    const byNode = new Map<string, Verdict[]>();
    for (const verdict of own)
      for (const node of verdict.nodes) byNode.set(node, [...(byNode.get(node) ?? []), verdict]);
    const compared = own.some(({ status, nodes: named }) => status === 'fail' && named.length > 0);
    return { id: own[0]!.id, own, byNode, compared };
  });
  const lines = rows.map(({ id, own, byNode, compared }) => {
    const cells = names.map((name) => cell(byNode.get(name) ?? [], compared && !lost.has(name), anchor));
    const head = `<th scope="row"><a href="#${anchor(id)}">${html(id)}</a></th>`;
    const first = gravest(own);
    const said = ['fail', 'unknown', 'waived'].includes(shown(first)) ? html(clip(first.message, 120)) : '';
    const last = wide ? '' : `<td class="saying">${said}</td>`;
    const none = whole ? cell(own.filter(aboutNone), false, anchor) : '';
    return `<tr data-check="${html(id)}">${head}${none}${cells.join('')}${last}</tr>`;
  });
  const domain = sharedDomain(names);
  const short = (name: string): string => name.slice(0, name.length - domain.length);
  const heads = [...(whole ? ['cluster'] : []), ...names.map(short)];
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
  const paper = onPaper(rows, names, lost, short);
  return [
    `<p class="legend">${legend.join(' ')} ${key('fine">·', 'measured: only others failed')}</p>`,
    `<p class="legend">Worst first.${domain === '' ? '' : ` Every node’s name ends in <code>${html(safe(domain))}</code>.`}</p>`,
    `<div class="scroll${paper.length > 0 ? ' screen' : ''}" role="region" aria-label="checks by node of ${html(cluster.name)}" tabindex="0">`,
    `<table class="matrix${wide ? ' upright' : ''}" aria-label="checks by node">`,
    `<thead><tr><th scope="col">check</th>${columns.join('')}${wide ? '' : '<th scope="col" class="saying">found</th>'}</tr></thead>`,
    `<tbody>${lines.join('\n')}</tbody></table></div>`,
    ...paper,
  ].join('\n');
}
