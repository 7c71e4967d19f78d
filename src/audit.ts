/** The table of contents of the program: load, plan, gather, judge, report. */

import { dirname, resolve } from 'node:path';
import { productsOn, readAhead } from './facts.js';
import { type GatherOptions, gather } from './gather/gather.js';
import { judge } from './judge.js';
import { loadRegistry, type Registry, select } from './load/checks.js';
import { type Misnamed, misnamed, placeOf } from './misnamed.js';
import type { Answers, Evidence } from './model/evidence.js';
import { type Cluster, UsageError } from './model/inventory.js';
import type { Report } from './model/report.js';
import { type Plan, plan as planned } from './plan.js';
import { type GateOptions, reportOf } from './report.js';

export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** The registry an inventory asks for: its plugins lie where it does. */
const registryOf = (cluster: Cluster): Promise<Registry> =>
  loadRegistry(cluster.plugins, cluster.file === undefined ? process.cwd() : dirname(resolve(cluster.file)));

/** Checks of one inventory, its plugins included, before anything is contacted. */
export async function planOf(cluster: Cluster, selection: Selection): Promise<Plan> {
  return planFrom(await registryOf(cluster), cluster, selection);
}

/** What the inventory names and does not exist or cannot be loaded; names are looked up when every plugin is there. */
export async function mistakesOf(cluster: Cluster): Promise<readonly Misnamed[]> {
  const whole = await loaded(cluster);
  if (!(whole instanceof UsageError)) return misnamed(cluster, whole.checks, whole.catalogue);
  const wrong: Misnamed[] = [];
  for (const [i, name] of cluster.plugins.entries()) {
    const one = await loaded({ ...cluster, plugins: [name] });
    if (one instanceof UsageError) wrong.push({ pointer: `/plugins/${i}`, at: 'value', message: one.message });
  }
  // each by itself is good: two of them bring the same
  return wrong.length > 0 ? wrong : [{ pointer: '/plugins', at: 'key', message: whole.message }];
}

async function loaded(cluster: Cluster): Promise<Registry | UsageError> {
  try {
    return await registryOf(cluster);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** The same with the checks and products that are already loaded. */
export function planFrom({ checks: all, catalogue }: Registry, cluster: Cluster, { only, skip }: Selection): Plan {
  const wrong = misnamed(cluster, all, catalogue);
  if (wrong.length > 0)
    throw new UsageError(wrong.map(({ pointer, message }) => `${placeOf(cluster, pointer)}: ${message}`).join('\n'));
  return planned(cluster, select(all, only, skip), catalogue);
}

/** Evidence to report; what `judge FILE` does, and the second half of `check`. */
export const conclude = (plan: Plan, evidence: Evidence, gate: GateOptions): Report =>
  reportOf(plan.catalogue, evidence, judge(plan, evidence), gate);

/** What was gathered of a plan's cluster, by the products that its nodes have. */
export interface Gathered {
  readonly plan: Plan;
  readonly evidence: Evidence;
}

/**
 * A plan for each product, where nodes have several by their answers of round 1; a node that is known to have others
 * only is in none of them.
 */
export function sideBySide(plan: Plan, answers: Readonly<Record<string, Answers>>): Plan[] {
  const { cluster, catalogue, checks } = plan;
  const on = new Map(cluster.nodes.map(({ name }) => [name, productsOn(plan, answers[name] ?? {}, name)]));
  if (![...on.values()].some((here) => here.length > 1)) return [];
  const products = [...catalogue.profiles.keys()].filter((p) => [...on.values()].some((here) => here.includes(p)));
  return products.map((product) => {
    const nodes = cluster.nodes.filter(({ name }) => {
      const here = on.get(name)!;
      return here.length === 0 || here.includes(product);
    });
    return planned({ ...cluster, nodes, product, sideBySide: true }, checks, catalogue);
  });
}

/** Asks the nodes of a plan; where they have several products, once more for each. */
export async function gatherProducts(plan: Plan, options: GatherOptions): Promise<Gathered[]> {
  const evidence = await gather(plan, options);
  const plans = sideBySide(
    plan,
    Object.fromEntries(Object.entries(evidence.nodes).map(([name, { answers }]) => [name, answers])),
  );
  if (plans.length === 0) return [{ plan, evidence }];
  const gathered: Gathered[] = [];
  for (const one of plans) gathered.push({ plan: one, evidence: await gather(one, options) });
  return gathered;
}

/** One cluster, from plan to report; a report per product. */
export async function audit(
  plan: Plan,
  options: GatherOptions & GateOptions,
): Promise<(Gathered & { readonly report: Report })[]> {
  const gathered = await gatherProducts(plan, { ...options, onAnswers: readAhead });
  return gathered.map(({ plan: of, evidence }) => ({ plan: of, evidence, report: conclude(of, evidence, options) }));
}
