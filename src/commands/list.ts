/** `list`: what is checked, by whose word. */

import type { AnyCheck } from '../check.js';
import type { Outcome } from '../cli.js';
import { loadChecks } from '../load/checks.js';
import { requirements } from '../requirements/index.js';
import { checksOf, checksPage, type Page, requirementsPage, table } from './reference.js';

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
