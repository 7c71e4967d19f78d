/** `list`: the checks, and the requirements they come from. */

import { loadChecks } from '../load/checks.js';
import type { AnyCheck } from '../model/check.js';
import { requirements } from '../requirements/index.js';
import type { Outcome } from './outcome.js';
import { checksOf, checksPage, type Page, requirementsPage, table } from './reference.js';

type Format = Page | 'json';

/** The fields of a check for pipelines. */
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
  requirements?: boolean | undefined;
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
