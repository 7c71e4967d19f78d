/** `explain`: the manual page of a check or a requirement. */

import type { AnyCheck } from '../check.js';
import { loadRegistry } from '../load/checks.js';
import { didYouMean } from '../load/suggest.js';
import type { Asking } from '../model/evidence.js';
import { bareCluster, type Cluster, UsageError } from '../model/inventory.js';
import { SEVERITIES, type Severity } from '../model/verdict.js';
import { roundTwo } from '../plan.js';
import type { Catalogue } from '../products/index.js';
import { list } from '../relations.js';
import { releasesOf, severityOf } from '../requirements/index.js';
import type { Requirement } from '../requirements/requirement.js';
import { entry, MARGIN, prose, requiredBy, rowsOf, section, toFix, verbatim, why } from './manual.js';
import type { Outcome } from './outcome.js';
import { byDefault, commands } from './plan.js';
import { checksOf, paramsOf, productsOf, severityOfCheck } from './reference.js';
import { pluginNames } from './selection.js';

const MEANING: Readonly<Record<Severity, string>> = {
  critical: 'a fail closes the gate (exit 1), an unknown is exit 3',
  warning: 'a fail closes the gate with --fail-on warning',
  info: 'never closes the gate',
};

/** By severity, the products it has there. */
function severities(check: AnyCheck, catalogue: Catalogue): string[] {
  const products = productsOf(check, catalogue);
  const there = (check.severityFor ?? {}) as Readonly<Record<string, Severity>>;
  return SEVERITIES.flatMap((severity) => {
    const its = products.filter((product) => (there[product] ?? check.severity) === severity);
    return its.length === 0 ? [] : prose(`${severity} for ${list(its)}: ${MEANING[severity]}.`);
  });
}

/** A cluster of two names, to see what is asked of any cluster. */
const NOBODY: Cluster = {
  ...bareCluster([], { name: 'example' }),
  nodes: ['node1', 'node2'].map((name) => ({ name, host: name, connection: { type: 'auto' } })),
};

/** Round 1 reads the same for every check, so one sentence describes it. */
const ROUND_ONE: readonly string[] = ['found', 'settings'];

function asked(check: AnyCheck, catalogue: Catalogue): string[] {
  const needs = Object.values(check.needs as Record<string, { id: string }>);
  const own = needs.filter(({ id }) => !ROUND_ONE.includes(id));
  const product = productsOf(check, catalogue)[0]!;
  const profile = catalogue.profiles.get(product)!;
  const asking: Asking = { cluster: NOBODY, node: 'node1', product };
  const questions = roundTwo(own as never, asking, byDefault(profile));
  const names = needs.map(({ id }) => id).join(', ');
  return [
    ...prose(`Looks at: ${names || 'the inventory only'} (ha-preflight plan prints all commands for an inventory).`),
    ...(own.length < needs.length
      ? prose(
          'The first round finds the product and its configuration directory, and reads its files with secrets masked on the node.',
        )
      : []),
    ...(Object.keys(questions).length === 0
      ? []
      : [
          '',
          ...prose(
            `For ${profile.title} with its defaults ($R is the root directory of the node, S runs a command with sudo where the connection has it):`,
          ),
          ...verbatim(commands(questions)),
        ]),
    ...(check.asks
      ? [
          '',
          ...prose(
            'After the nodes, the check also asks a service, or several nodes together (docs/operating.md, "What is asked in addition to the nodes").',
          ),
        ]
      : []),
  ];
}

function statuses(check: AnyCheck): string[] {
  const least = check.minimumNodes ?? 1;
  return [
    ...entry(
      'pass',
      `Checked, and as required. Names the nodes that were compared${least > 1 ? `, at least ${least}` : ''}.`,
    ),
    ...entry(
      'fail',
      'Checked, and not as required. Names the nodes that deviate; all nodes where no majority shows which are right (then reference: NODE in the inventory decides).',
    ),
    ...entry(
      'unknown',
      'Could not be checked: not reached, denied, timed out, missing. Names these nodes and what would settle it. Never a pass.',
    ),
    ...entry(
      'skip',
      `Not checked by design${least > 1 ? ': there is only one node, or' : ':'} the check does not apply here, or a flag or setting is needed; the message names it.`,
    ),
  ];
}

function checkPage(check: AnyCheck, catalogue: Catalogue): string {
  const { id } = check;
  const rows = rowsOf(check, catalogue);
  const params = paramsOf(check);
  const first = Object.entries((check.params ?? {}) as Record<string, unknown>)[0];
  return [
    `${id}: ${check.title}`,
    ...why(check),
    ...section(
      'SEVERITY AND PROOF',
      ...severities(check, catalogue),
      ...prose(
        (check.proof ?? 'measured') === 'measured'
          ? 'measured: read from the running system, unless a verdict says declared.'
          : 'declared: concluded from configuration text, unless a verdict says measured.',
      ),
    ),
    ...requiredBy(rows),
    ...section('WHAT IS ASKED', ...asked(check, catalogue)),
    ...section('WHAT A STATUS MEANS', ...statuses(check)),
    ...toFix(check),
    ...section(
      'TO SET A THRESHOLD',
      ...(first === undefined
        ? []
        : [
            ...prose(`In the inventory; defaults: ${params.join(', ')}.`),
            ...verbatim(`params: { ${id}: { ${first[0]}: ${JSON.stringify(first[1])} } }`),
          ]),
    ),
    ...section(
      'TO ACCEPT A FAILURE',
      ...prose(
        'In the inventory. The failure stays in every report, but does not count for the gate until the end of that day, UTC.',
      ),
      ...verbatim(`waivers:\n  - { check: ${id}, nodes: [NODE], reason: "WHY", until: YYYY-MM-DD, by: WHO }`),
    ),
    ...section(
      'TO RUN ONLY THIS',
      ...verbatim(`ha-preflight check --only ${id} INVENTORY`),
      ...(check.tags && check.tags.length > 0
        ? prose(`or with related checks: --only ${check.tags.join(', or --only ')}`)
        : []),
    ),
  ].join('\n');
}

function requirementPage(row: Requirement, checks: readonly AnyCheck[]): string {
  const ids = checksOf(row, checks);
  return [
    `${row.id} (${row.level}): severity ${severityOf(row.level)}${releasesOf(row) && `, for releases ${releasesOf(row)}`}`,
    ...section('TEXT', ...prose(row.text), ...(row.edition ? prose(`Edition: ${row.edition}`) : [])),
    ...section(
      'SOURCE',
      ...prose(`${row.document}, ${row.section}`),
      ...(row.address ? [MARGIN + row.address] : []),
      ...prose('The text is a paraphrase; the level comes from the document.'),
    ),
    ...section(
      'CHECKS',
      ...(row.guidance
        ? prose(
            'Guidance: only a person can confirm it. No check covers it, and no report says that it passed or failed.',
          )
        : [
            ...prose(`Checked by: ${ids.join(', ') || 'nothing yet'}`),
            ...checks
              .filter(({ id }) => ids.includes(id))
              .flatMap((check) => entry(check.id, `${check.title} (${severityOfCheck(check)})`, 24)),
          ]),
    ),
    ...section(
      'TO RUN ONLY THESE',
      ...(ids.length === 0 ? [] : verbatim(`ha-preflight check --only ${ids.join(',')} INVENTORY`)),
    ),
  ].join('\n');
}

/** UsageError with the nearest name when nothing has that name. */
export async function explain(id: string, plugins: readonly string[] = []): Promise<Outcome> {
  const { checks, catalogue } = await loadRegistry(pluginNames(plugins));
  const { requirements } = catalogue;
  const check = checks.find((c) => c.id === id.toLowerCase());
  if (check) return { text: checkPage(check, catalogue) };
  const row = requirements.get(id.toUpperCase());
  if (row) return { text: requirementPage(row, checks) };
  if (id === 'waivers')
    throw new UsageError(
      'waivers is not a check: it reports a waiver of the inventory that expired, covers nothing or too much',
    );
  const hint = didYouMean(id, [...checks.map((c) => c.id), ...requirements.keys()]);
  throw new UsageError(
    `no check or requirement has the id ${id}${hint || ': see ha-preflight list, and ha-preflight list --requirements'}`,
  );
}
