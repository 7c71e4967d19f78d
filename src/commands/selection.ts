/** Which checks a run is asked for, and what of that fits no cluster of the run. */

import { resolve } from 'node:path';
import { planOf } from '../audit.js';
import { type AnyCheck, holdsFor } from '../check.js';
import { type Cluster, UsageError } from '../model/inventory.js';
import type { Plan } from '../plan.js';
import { list } from '../relations.js';
import { prepareForLongRun } from './longRun.js';

/** Ids or tags given as `a,b`, `a, b` or repeated. */
export const words = (values: readonly string[]): string[] =>
  values.flatMap((v) => v.split(',').map((word) => word.trim())).filter(Boolean);

/** What looks like a path is one, from here; everything else is a package. */
export const pluginNames = (given: readonly string[] = []): string[] => [
  ...new Set(given.map((name) => (/^(\.{0,2}\/|\.{1,2}$)/.test(name) ? resolve(name) : name))),
];

export interface SelectionArgs {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

const answersTo = (word: string, { id, tags = [] }: AnyCheck): boolean => id === word || tags.includes(word);

/** Words of `--only` that no check of these plans answers to; `fits` narrows a plan to the product that was found. */
const strangers = (
  plans: readonly Plan[],
  only: readonly string[],
  fits: (check: AnyCheck, plan: Plan, i: number) => boolean,
): string[] =>
  only.filter(
    (word) => !plans.some((plan, i) => plan.checks.some((check) => answersTo(word, check) && fits(check, plan, i))),
  );

/** From so many nodes on, in all clusters, a run is a long one. */
const MANY = 16;

/** Plans of all clusters. UsageError where every product is known beforehand, and what was asked for fits none of them. */
export async function plansOf(
  clusters: readonly Cluster[],
  args: SelectionArgs,
  without: (cluster: Cluster) => Promise<Plan> = (cluster) =>
    planOf(cluster, { only: words(args.only), skip: words(args.skip) }),
): Promise<readonly Plan[]> {
  if (clusters.reduce((sum, { nodes }) => sum + nodes.length, 0) >= MANY) await prepareForLongRun();
  const plans: Plan[] = [];
  // one after the other: there may be thousands
  for (const cluster of clusters) plans.push(await without(cluster));
  const lost = clusters.every(({ product }) => product !== undefined)
    ? strangers(plans, words(args.only), () => true)
    : [];
  if (lost.length > 0) {
    const products = [...new Set(clusters.map(({ product }) => product!))];
    throw new UsageError(`--only ${lost.join(', ')}: no such check for ${list(products)}: see ha-preflight list`);
  }
  return plans;
}

/** The same after the nodes said what they run: words that no check of their products answers to. */
export const unfit = (asked: readonly { plan: Plan; product: string }[], args: SelectionArgs): string[] =>
  strangers(
    asked.map(({ plan }) => plan),
    words(args.only),
    (check, { catalogue }, i) => {
      const profile = catalogue.profiles.get(asked[i]!.product);
      return profile === undefined || holdsFor(check, profile);
    },
  );
