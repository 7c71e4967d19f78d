/** What was seen, a fold for each verdict; unknowns of one reason share one. */

import { type Report, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { sideBySide } from './compare.js';
import { badge, html, htmlLines, ORDER, shown } from './htmlText.js';
import { count, distinct, fold, groupBy } from './text.js';

/** Groups in the order they are shown. */
export function grouped({ verdicts }: Report): Verdict[][] {
  const sorted = [...verdicts].sort(
    (a, b) => ORDER.indexOf(shown(a)) - ORDER.indexOf(shown(b)) || severityRank[a.severity] - severityRank[b.severity],
  );
  return groupBy(sorted, ({ status, nodes, message, fingerprint, remediation = '', details = [] }) =>
    status === 'unknown' ? JSON.stringify([nodes, message, remediation, details]) : fingerprint,
  );
}

const row = (name: string, value: string): string => `<div><dt>${name}</dt><dd>${value}</dd></div>`;

function table(verdict: Verdict): string {
  const sides = sideBySide(verdict);
  if (sides === undefined) return '';
  const rows = sides.rows.map(
    ({ key, values }) =>
      `<tr><th scope="row"><code>${html(key)}</code></th>${values.map((v) => `<td><code>${html(v)}</code></td>`).join('')}</tr>`,
  );
  const heads = sides.columns.map((name) => `<th scope="col">${html(name)}</th>`);
  return [
    '<div class="scroll" role="region" aria-label="what differs" tabindex="0"><table class="sides">',
    `<thead><tr><th scope="col">setting</th>${heads.join('')}</tr></thead>`,
    `<tbody>${rows.join('')}</tbody></table></div>`,
  ].join('');
}

function body(group: readonly Verdict[], changes: Readonly<Record<string, string>>): string {
  const first = group[0]!;
  const { title, observed, expected, details = [], remediation, waiver, proof } = first;
  const sides = table(first);
  const requirements = distinct(group.flatMap((verdict) => verdict.requirements));
  const change = Object.hasOwn(changes, first.fingerprint) ? changes[first.fingerprint] : undefined;
  return [
    ...(remediation === undefined
      ? []
      : [
          `<p class="fix">${first.status === 'unknown' ? 'To find out' : 'Fix'}</p><pre class="fix">${htmlLines([remediation])}</pre>`,
        ]),
    '<dl>',
    ...(waiver
      ? [
          row(
            'waived',
            html(`${waiver.reason} (until ${waiver.until}${waiver.by === undefined ? '' : `, by ${waiver.by}`})`),
          ),
        ]
      : []),
    ...(observed === undefined || sides !== '' ? [] : [row('observed', html(observed))]),
    ...(expected === undefined ? [] : [row('expected', html(expected))]),
    ...(group.length === 1 ? [row('passes when', html(title))] : []),
    '</dl>',
    sides,
    ...(details.length === 0 || sides !== '' ? [] : [`<pre>${htmlLines(details)}</pre>`]),
    `<p class="small">${[
      proof === 'declared' ? 'concluded from configuration only' : 'measured',
      ...(change === undefined ? [] : [`${html(change)} since the baseline`]),
      ...(requirements.length === 0 ? [] : [`required by ${html(requirements.join(', '))}`]),
      `fingerprint ${group.map(({ fingerprint }) => `<code>${html(fingerprint)}</code>`).join(' ')}`,
    ].join(' · ')}</p>`,
  ].join('');
}

/** Every group, folded; `anchor` names the place of a check, which is its first group, and of a failure. */
export function evidence(report: Report, anchor: (key: string) => string): string[] {
  const changes = report.gate.baseline?.changes ?? {};
  const named = new Set<string>();
  return grouped(report).map((group) => {
    const { nodes, severity, message, fingerprint } = group[0]!;
    const status = shown(group[0]!);
    const ids = distinct(group.map(({ id }) => id));
    const keys = [...ids, ...(status === 'fail' || status === 'waived' ? [fingerprint] : [])];
    const anchors = keys
      .filter((key) => !named.has(key) && named.add(key))
      .map((id) => `<a id="${anchor(id)}" class="anchor"></a>`);
    const who = nodes.length === 0 ? '' : ` <span class="nodes">${html(fold(nodes))}</span>`;
    const what = ids.length > 3 ? count(ids.length, 'check') : ids.join(', ');
    const fresh =
      Object.hasOwn(changes, fingerprint) && changes[fingerprint] !== 'changed'
        ? ` <b class="change">${html(changes[fingerprint]!)}</b>`
        : '';
    return [
      `<details class="${status}" data-status="${status}" data-checks="${html(ids.join(' '))}">`,
      `<summary>${anchors.join('')}${badge(status, status === 'fail' && severity !== 'critical')}${fresh} <strong>${html(what)}</strong>${who} <span class="severity">${html(severity)}</span><span class="said">${html(message)}</span></summary>`,
      ...(ids.length > 3 ? [`<p>${html(ids.join(', '))}</p>`] : []),
      body(group, changes),
      '</details>',
    ].join('\n');
  });
}
