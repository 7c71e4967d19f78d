/** Checks and requirements as pages to read: text for a terminal, markdown for docs/. Pure. */

import { type AnyCheck, holdsFor } from '../check.js';
import type { Catalogue } from '../products/index.js';
import { releasesOf } from '../requirements/index.js';
import type { Requirement } from '../requirements/requirement.js';

export type Page = 'text' | 'markdown';

const escaped = (text: string): string => text.replace(/[|<*]/g, '\\$&');

/** The first row is the head. */
export function table(rows: readonly (readonly string[])[], format: Page): string {
  if (format === 'markdown')
    return rows
      .map((r, i) => `| ${r.join(' | ')} |${i === 0 ? `\n|${r.map(() => ' --- |').join('')}` : ''}`)
      .join('\n');
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows
    .map((r) =>
      r
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const heading = (level: 1 | 2 | 3, text: string, format: Page): string =>
  format === 'markdown' ? `${'#'.repeat(level)} ${text}` : text;

/** `critical (deployr: warning)`. */
export function severityOfCheck({ severity, severityFor = {} }: AnyCheck): string {
  const others = Object.entries(severityFor).map(([product, s]) => `${product}: ${s}`);
  return others.length === 0 ? severity : `${severity} (${others.join(', ')})`;
}

/** `most 5, names ["a"]`. */
export const paramsOf = ({ params = {} }: AnyCheck): string[] =>
  Object.entries(params as object).map(([name, value]) => `${name} ${JSON.stringify(value)}`);

export const checksOf = (row: Requirement, checks: readonly AnyCheck[]): string[] =>
  checks.filter((c) => c.requirements.includes(row.id)).map((c) => c.id);

/** Measured where any check of the row measures, else declared. */
const proofOf = (row: Requirement, checks: readonly AnyCheck[]): string => {
  const proofs = checks.filter((c) => c.requirements.includes(row.id)).map((c) => c.proof ?? 'measured');
  return proofs.includes('measured') ? 'measured' : (proofs[0] ?? '');
};

/** What covers a row: checks, only a person, or nothing. */
const lookedAtBy = (row: Requirement, checks: readonly AnyCheck[]): string =>
  checksOf(row, checks).join(', ') || (row.guidance ? 'guidance' : '-');

/** Both ways: by requirement, document by document, and by check. */
export function requirementsPage({ requirements }: Catalogue, checks: readonly AnyCheck[], format: Page): string {
  const cell = format === 'markdown' ? escaped : (text: string): string => text;
  const rows = [...requirements.values()];
  const documents = [...new Set(rows.map((r) => r.document))].flatMap((document) => [
    heading(3, document, format),
    table(
      [
        ['id', 'level', 'releases', 'proof', 'checks', 'section', 'requirement', 'edition'],
        ...rows
          .filter((r) => r.document === document)
          .map((r) =>
            [
              r.id,
              r.level,
              releasesOf(r) || 'all',
              proofOf(r, checks),
              lookedAtBy(r, checks),
              r.section,
              r.text,
              r.edition ?? '',
            ].map(cell),
          ),
      ],
      format,
    ),
  ]);
  return [
    heading(1, 'Requirements', format),
    heading(2, 'By requirement', format),
    'guidance: only a person can confirm it; -: no check covers it. measured: read from the running system; declared: concluded from configuration text (database-same: measured where the inventory has a credential).',
    ...documents,
    heading(2, 'By check', format),
    table(
      [
        ['check', 'severity', 'proof', 'requirements'],
        ...checks.map((c) => [c.id, severityOfCheck(c), c.proof ?? 'measured', c.requirements.join(', ')].map(cell)),
      ],
      format,
    ),
  ].join('\n\n');
}

/** Ids of the products a check says something of. */
export const productsOf = (check: AnyCheck, { profiles }: Catalogue): string[] =>
  [...profiles.values()].flatMap((p) => (holdsFor(check, p) ? [p.product] : []));

function checkSection(catalogue: Catalogue, check: AnyCheck): string {
  const { requirements } = catalogue;
  const facts: [string, string][] = [
    ['Severity', severityOfCheck(check)],
    ['Products', productsOf(check, catalogue).join(', ')],
    ['Proof', check.proof ?? 'measured'],
    ['Tags', (check.tags ?? []).join(', ')],
    [
      'Params',
      paramsOf(check)
        .map((p) => `\`${p}\``)
        .join(', '),
    ],
  ];
  const cited = (check.requirements as string[]).flatMap((id) => requirements.get(id) ?? []);
  return [
    heading(2, check.id, 'markdown'),
    `**${escaped(check.title)}**`,
    facts.map(([name, value]) => `- ${name}: ${value || 'none'}`).join('\n'),
    escaped(check.rationale),
    table(
      [
        ['requirement', 'level', 'releases', 'text', 'edition'],
        ...cited.map((r) => [r.id, r.level, releasesOf(r) || 'all', r.text, r.edition ?? ''].map(escaped)),
      ],
      'markdown',
    ),
    'To fix:',
    `\`\`\`\n${check.remediation}\n\`\`\``,
  ].join('\n\n');
}

/** All there is to know of each check, as markdown. */
export const checksPage = (catalogue: Catalogue, checks: readonly AnyCheck[]): string =>
  [
    heading(1, 'Checks', 'markdown'),
    table(
      [
        ['check', 'severity', 'passes when'],
        ...checks.map((c) => [`[${c.id}](#${c.id})`, severityOfCheck(c), escaped(c.title)]),
      ],
      'markdown',
    ),
    ...checks.map((check) => checkSection(catalogue, check)),
  ].join('\n\n');
