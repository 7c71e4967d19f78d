/** `plan`: every command, by node, before anything is contacted. */

import type { Requests } from '../model/collector.js';
import type { Asking, Request } from '../model/evidence.js';
import { type Node, UsageError } from '../model/inventory.js';
import { TRANSPORTS } from '../model/transports.js';
import { count } from '../model/words.js';
import { collectorsFor, type Plan, roundOne, roundTwo, serviceQuestions } from '../plan.js';
import type { Installed } from '../products/installed.js';
import type { Found, Profile } from '../products/profile.js';
import type { Outcome } from './outcome.js';
import { clusters, type InventoryArgs } from './output.js';
import { plansOf } from './selection.js';
import { sudoersOf } from './sudoers.js';

interface PlanArgs extends InventoryArgs {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly sudoers?: boolean | undefined;
}

/** A product with every default: what round 2 asks when the nodes configure nothing else. */
export function byDefault(profile: Profile): Found {
  const bare: Installed = {
    product: profile.product,
    root: profile.root,
    rootBecause: 'default',
    tree: profile.required.map((path) => ({
      path,
      type: 'file',
      mode: 0o644,
      owner: 'root',
      group: 'root',
      size: 1,
      modified: 0,
    })),
    texts: new Map(profile.required.map((path) => [path, ''])),
    cut: new Map(),
    placeholders: new Map(),
    environment: new Map(),
    environmentFrom: 'files',
    running: [],
  };
  return { ...bare, profile };
}

const indented = (script: string): string =>
  script
    .trim()
    .split('\n')
    .map((l) => `  ${l}`)
    .join('\n');

function limit(r: Request): string {
  if (r.pingPong) return `${r.pingPong} lines on a separate channel`;
  return r.direct ? 'cannot hang' : `at most ${r.timeoutSeconds ?? 10} s`;
}

/** Requests as the shell gets them, each with its name; what several have in common stands before the first. */
export function commands(requests: Requests): string {
  const shown = new Set<string>();
  return Object.entries(requests)
    .flatMap(([key, r]) => {
      const base = (r.base ?? []).filter((text) => !shown.has(text));
      for (const text of base) shown.add(text);
      return [
        ...base.flatMap((text) => ['  # common to what follows', indented(text)]),
        `  # ${key}, ${limit(r)}`,
        indented([r.first, r.script].filter(Boolean).join('\n')),
      ];
    })
    .join('\n');
}

const reach = ({ connection, host }: Node): string => TRANSPORTS[connection.type].describe(connection, host);

const profilesOf = ({ cluster, catalogue }: Plan): Profile[] =>
  [...catalogue.profiles.values()].filter((p) => p.product === (cluster.product ?? p.product));

/** Every command of a plan. */
export function planText(made: Plan): string {
  const { cluster } = made;
  const asking: Asking = { cluster, node: cluster.nodes[0]?.name ?? '' };
  const second = profilesOf(made).map((profile) => {
    return `\nRound 2, ${profile.title} with its defaults (paths, keys and accounts follow from round 1)\n${commands(roundTwo(collectorsFor(made, profile), { ...asking, product: profile.product }, byDefault(profile)))}`;
  });
  const services = serviceQuestions(made, new Map(), [], true).map(
    (q) => `  ${q.via} ${q.target}${q.writes ? ' (writes; only with --active)' : ''}`,
  );
  return [
    `Cluster ${cluster.name}: ${count(made.checks.length, 'check')} (${made.checks.map((c) => c.id).join(', ')})`,
    ...cluster.nodes.map((n) => `  ${n.name}: ${reach(n)}`),
    'Each node: one connection, two rounds, each one POSIX script on the standard input of sh -s.',
    '$R is the root directory of the node, S runs a command with sudo where the connection has it, $HA_AWK is mawk or awk, and mask is the program for it that keeps secrets on the node.',
    `\nRound 1\n${commands(roundOne(made))}`,
    ...second,
    ...(services.length > 0 ? ['\nFrom this machine', ...services] : []),
  ].join('\n');
}

function sudoersText(made: Plan): string {
  const profiles = profilesOf(made);
  return sudoersOf(
    made.cluster,
    profiles.map(byDefault),
    profiles.map((p) => p.product),
  );
}

/** Opens no socket and starts no process. */
export async function plan(args: PlanArgs): Promise<Outcome> {
  if (args.sudoers && args.only.length + args.skip.length > 0)
    throw new UsageError('--sudoers covers all checks: leave out --only and --skip');
  const plans = await plansOf(clusters(args), args);
  return { text: plans.map(args.sudoers ? sudoersText : planText).join('\n\n') };
}
