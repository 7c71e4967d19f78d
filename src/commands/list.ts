/** `list` and `explain`: what is checked, by whose word. */

import type { Outcome } from '../cli.js';
import { loadChecks } from '../load/checks.js';
import type { AnyCheck } from '../model/check.js';
import { UsageError } from '../model/inventory.js';
import { requirements } from '../requirements/index.js';

type Format = 'text' | 'json' | 'markdown';

const table = (rows: readonly (readonly string[])[], format: Format): string => {
  if (format === 'markdown')
    return rows
      .map((r, i) => `| ${r.join(' | ')} |${i === 0 ? `\n|${r.map(() => ' --- |').join('')}` : ''}`)
      .join('\n');
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows
    .map((r) => r.map((cell, c) => (c === r.length - 1 ? cell : cell.padEnd(widths[c]!))).join('  '))
    .join('\n');
};

export async function list(args: { requirements: boolean; format: Format }): Promise<Outcome> {
  const checks = await loadChecks();
  if (args.requirements) {
    const rows = [...requirements.values()].map((r) => ({
      ...r,
      checks: checks.filter((c) => c.requirements.includes(r.id)).map((c) => c.id),
    }));
    if (args.format === 'json') return { text: JSON.stringify({ requirements: rows }, null, 2) };
    return {
      text: table(
        [
          ['id', 'level', 'checks', 'requirement'],
          ...rows.map((r) => [r.id, r.level, r.checks.join(', ') || '-', r.text]),
        ],
        args.format,
      ),
    };
  }
  if (args.format === 'json')
    return {
      text: JSON.stringify(
        {
          checks: checks.map(({ id, title, severity, products, requirements: cites, tags = [] }) => ({
            id,
            title,
            severity,
            products,
            requirements: cites,
            tags,
          })),
        },
        null,
        2,
      ),
    };
  return { text: table([['id', 'severity', 'title'], ...checks.map((c) => [c.id, c.severity, c.title])], args.format) };
}

const paragraph = (text: string): string => text.replace(/(.{1,78})(\s+|$)/g, '$1\n').trim();

function explainCheck(check: AnyCheck): string {
  const cited = (check.requirements as string[]).map((id) => {
    const r = requirements.get(id);
    return r ? `  ${id} (${r.level}) ${r.document}, ${r.section}\n      ${r.text}` : `  ${id}`;
  });
  return [
    `${check.id}: ${check.title}`,
    `severity ${check.severity}${
      check.severityFor
        ? ` (${Object.entries(check.severityFor)
            .map(([p, s]) => `${p}: ${s}`)
            .join(', ')})`
        : ''
    }; for ${check.products.join(', ')}`,
    '',
    paragraph(check.rationale),
    '',
    'By whose word',
    ...cited,
    '',
    `Looks at: ${Object.values(check.needs as Record<string, { id: string }>)
      .map((c) => c.id)
      .join(', ')} (see ha-preflight plan)`,
    ...(check.params
      ? [
          `Params: ${Object.entries(check.params)
            .map(([k, v]) => `${k} ${String(v)}`)
            .join(', ')}`,
        ]
      : []),
    '',
    'To mend',
    paragraph(check.remediation).replace(/^/gm, '  '),
  ].join('\n');
}

export async function explain(id: string): Promise<Outcome> {
  const checks = await loadChecks();
  const check = checks.find((c) => c.id === id);
  if (check) return { text: explainCheck(check) };
  const row = requirements.get(id.toUpperCase());
  if (!row) throw new UsageError(`no check or requirement is called ${id}: see ha-preflight list`);
  const by = checks.filter((c) => c.requirements.includes(row.id)).map((c) => c.id);
  return {
    text: [
      `${row.id} (${row.level})`,
      `${row.document}, ${row.section}`,
      '',
      paragraph(row.text),
      '',
      `Checked by: ${by.join(', ') || 'nothing yet'}`,
    ].join('\n'),
  };
}
