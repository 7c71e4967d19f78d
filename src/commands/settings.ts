/** `settings`: what is in force on each node, and where it comes from. */

import { gatherProducts, planOf } from '../audit.js';
import { checkSecrets } from '../load/secrets.js';
import { plan as planned } from '../plan.js';
import { list } from '../relations.js';
import { safe } from '../reporters/text.js';
import { type InForceValue, type SettingsReport, settingsInForce } from '../settingsInForce.js';
import { gathering } from './gathering.js';
import type { Outcome } from './outcome.js';
import { clusters, type InventoryArgs } from './output.js';

interface SettingsArgs extends InventoryArgs {
  readonly match?: string | undefined;
  readonly format: 'terminal' | 'json';
  readonly timeout: number;
  readonly concurrency: number;
  readonly quiet?: boolean | undefined;
}

/** `value    (origin; overrides value of origin)`. */
function shown({ value, origin, overrides, doubt }: InForceValue): string {
  if (value === undefined) return 'not set';
  const more = [
    origin ?? '',
    ...(overrides ? [`overrides ${overrides.value || '(empty)'} of ${overrides.origin}`] : []),
    ...(doubt === undefined ? [] : [doubt]),
  ];
  return `${value || '(empty)'}    (${more.join('; ')})`;
}

/** One line for a setting that is the same everywhere, else one line per value. */
const lines = ({ name, values }: SettingsReport['settings'][number]): string[] =>
  values.length === 1
    ? [`${name} = ${shown(values[0]!)}`]
    : [name, ...values.map((v) => `  ${list(v.nodes)}: ${shown(v)}`)];

function page({ cluster, nodes, settings, unread }: SettingsReport): string {
  const where = [...new Set(nodes.map((n) => `${n.product ?? 'no product'} in ${n.directory ?? 'no directory'}`))];
  return [
    `${cluster}: ${list(nodes.map((n) => n.name))} (${where.join('; ')})`,
    '',
    ...settings.flatMap(lines),
    ...(settings.length === 0 ? ['no setting has this name'] : []),
    ...(unread.length > 0 ? ['', 'Not read:', ...unread.map((u) => `  ${u.node}: ${u.reason}`)] : []),
  ]
    .map(safe)
    .join('\n');
}

/** Exit 0 when every node answered, 3 when what is in force on some node is not known. */
export async function settings(args: SettingsArgs): Promise<Outcome> {
  const found = clusters(args);
  checkSecrets(found);
  // no check: round 1 has it all
  const plans = await Promise.all(
    found.map(async (cluster) => planned(cluster, [], (await planOf(cluster, { only: [], skip: [] })).catalogue)),
  );
  const run = gathering(
    { ...args, quiet: args.quiet === true },
    found.reduce((n, c) => n + c.nodes.length, 0),
  );
  const reports: SettingsReport[] = [];
  try {
    for (const plan of plans)
      for (const { plan: of, evidence } of await gatherProducts(plan, run))
        reports.push(settingsInForce(of, evidence, args.match));
  } finally {
    run.end();
  }
  const text =
    args.format === 'json'
      ? JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)
      : reports.map(page).join('\n\n');
  const whole = reports.every((r) => r.nodes.every((n) => n.product !== undefined));
  return { text, exitCode: run.interrupted() ? 130 : whole ? 0 : 3 };
}
