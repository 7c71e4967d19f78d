/** `list` and `explain`: what is checked, by whose word. */

import type { Outcome } from '../cli.js';
import { loadChecks } from '../load/checks.js';
import type { AnyCheck } from '../model/check.js';
import { UsageError } from '../model/inventory.js';
import { requirements } from '../requirements/index.js';
import { checksOf, checksPage, type Page, paramsOf, requirementsPage, severityOfCheck, table } from './reference.js';

type Format = Page | 'json';

/** What a pipeline reads of a check. */
const facts = ({ id, title, severity, products, requirements: cites, tags = [] }: AnyCheck) => ({
  id,
  title,
  severity,
  products,
  requirements: cites,
  tags,
});

export async function list({
  requirements: matrix,
  format,
}: {
  requirements: boolean;
  format: Format;
}): Promise<Outcome> {
  const checks = await loadChecks();
  if (format === 'json') {
    const rows = [...requirements.values()].map((r) => ({ ...r, checks: checksOf(r, checks) }));
    return { text: JSON.stringify(matrix ? { requirements: rows } : { checks: checks.map(facts) }, null, 2) };
  }
  if (matrix) return { text: requirementsPage(checks, format) };
  if (format === 'markdown') return { text: checksPage(checks) };
  return { text: table([['id', 'severity', 'title'], ...checks.map((c) => [c.id, c.severity, c.title])], format) };
}

const paragraph = (text: string): string => text.replace(/(.{1,78})(\s+|$)/g, '$1\n').trim();

function explainCheck(check: AnyCheck): string {
  const cited = (check.requirements as string[]).map((id) => {
    const r = requirements.get(id);
    return r
      ? `  ${id} (${r.level}) ${r.document}, ${r.section}\n      ${r.text}${r.edition ? ` (${r.edition})` : ''}`
      : `  ${id}`;
  });
  return [
    `${check.id}: ${check.title}`,
    `severity ${severityOfCheck(check)}; for ${check.products.join(', ')}`,
    '',
    paragraph(check.rationale),
    '',
    'By whose word',
    ...cited,
    '',
    `Looks at: ${Object.values(check.needs as Record<string, { id: string }>)
      .map((c) => c.id)
      .join(', ')} (see ha-preflight plan)`,
    ...(check.params ? [`Params: ${paramsOf(check).join(', ')}`] : []),
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
  return {
    text: [
      `${row.id} (${row.level})`,
      `${row.document}, ${row.section}`,
      '',
      paragraph(row.text),
      ...(row.edition ? [paragraph(`Edition: ${row.edition}`)] : []),
      '',
      row.guidance
        ? 'Guidance: only a person can attest it'
        : `Checked by: ${checksOf(row, checks).join(', ') || 'nothing yet'}`,
    ].join('\n'),
  };
}
