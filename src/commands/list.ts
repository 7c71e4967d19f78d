/** `list`: the checks, and the requirements they come from. */

import type { AnyCheck } from '../check.js';
import { loadRegistry } from '../load/checks.js';
import { SEVERITIES } from '../model/verdict.js';
import type { Catalogue } from '../products/index.js';
import { list as joined } from '../relations.js';
import { groupBy } from '../reporters/text.js';
import type { Outcome } from './outcome.js';
import { checksOf, checksPage, type Page, productsOf, requirementsPage } from './reference.js';
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

/** By severity, then by product: those for every product first. Ids stand at the beginning of a line. */
function grouped(checks: readonly AnyCheck[], catalogue: Catalogue): string {
  const all = [...catalogue.profiles.keys()];
  const widest = Math.max(...checks.map(({ id }) => id.length));
  const whose = (check: AnyCheck): string => {
    const products = productsOf(check, catalogue);
    return products.length === all.length ? 'every product' : joined(products);
  };
  const sorted = [...checks].sort((a, b) => productsOf(b, catalogue).length - productsOf(a, catalogue).length);
  return SEVERITIES.flatMap((severity) =>
    groupBy(
      sorted.filter((check) => check.severity === severity),
      whose,
    ).map((group) => [
      `${severity.toUpperCase()}, for ${whose(group[0]!)}:`,
      ...group.map((check) => {
        const others = Object.entries(check.severityFor ?? {}).map(([product, s]) => `${product}: ${s}`);
        const remark = others.length === 0 ? '' : ` (${others.join(', ')})`;
        return `${check.id.padEnd(widest)}  ${check.severity.padEnd(8)}  ${check.title}${remark}`;
      }),
    ]),
  )
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

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
  return { text: grouped(checks, catalogue) };
}
