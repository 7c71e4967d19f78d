/** `list`: the checks, and the requirements they come from. */

import type { AnyCheck } from '../check.js';
import { loadRegistry } from '../load/checks.js';
import type { Catalogue } from '../products/index.js';
import type { Outcome } from './outcome.js';
import { checksOf, checksPage, type Page, productsOf, requirementsPage, table } from './reference.js';
import { pluginNames } from './selection.js';

type Format = Page | 'json';

/** What a pipeline reads of a check. */
const facts = (check: AnyCheck, catalogue: Catalogue) => ({
  id: check.id,
  title: check.title,
  severity: check.severity,
  products: productsOf(check, catalogue),
  requirements: check.requirements,
  tags: check.tags ?? [],
});

export async function list({
  requirements: matrix,
  format,
  plugin,
}: {
  requirements?: boolean | undefined;
  format: Format;
  plugin?: readonly string[] | undefined;
}): Promise<Outcome> {
  const { checks, catalogue } = await loadRegistry(pluginNames(plugin));
  if (format === 'json') {
    const rows = [...catalogue.requirements.values()].map(({ address: _, ...r }) => ({
      ...r,
      checks: checksOf(r, checks),
    }));
    return {
      text: JSON.stringify(
        matrix ? { requirements: rows } : { checks: checks.map((check) => facts(check, catalogue)) },
        null,
        2,
      ),
    };
  }
  if (matrix) return { text: requirementsPage(catalogue, checks, format) };
  if (format === 'markdown') return { text: checksPage(catalogue, checks) };
  return { text: table([['id', 'severity', 'title'], ...checks.map((c) => [c.id, c.severity, c.title])], format) };
}
