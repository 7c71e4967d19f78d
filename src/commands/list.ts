/** `list`: the checks, and the requirements they come from. */

import type { AnyCheck } from '../check.js';
import { loadChecks } from '../load/checks.js';
import { builtIn } from '../load/products.js';
import type { Outcome } from './outcome.js';
import { checksOf, checksPage, type Page, productsOf, requirementsPage, table } from './reference.js';

type Format = Page | 'json';

/** What a pipeline reads of a check. */
const facts = (check: AnyCheck) => ({
  id: check.id,
  title: check.title,
  severity: check.severity,
  products: productsOf(check, builtIn),
  requirements: check.requirements,
  tags: check.tags ?? [],
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
    const rows = [...builtIn.requirements.values()].map(({ address: _, ...r }) => ({
      ...r,
      checks: checksOf(r, checks),
    }));
    return { text: JSON.stringify(matrix ? { requirements: rows } : { checks: checks.map(facts) }, null, 2) };
  }
  if (matrix) return { text: requirementsPage(builtIn, checks, format) };
  if (format === 'markdown') return { text: checksPage(builtIn, checks) };
  return { text: table([['id', 'severity', 'title'], ...checks.map((c) => [c.id, c.severity, c.title])], format) };
}
