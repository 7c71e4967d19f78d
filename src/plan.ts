/** Works backwards from the checks to what has to be asked; everything in it can be printed before a connection is opened. Pure. */

import { type AnyCheck, holdsFor } from './check.js';
import { discovery, found } from './collectors/found.js';
import { versions } from './collectors/versions.js';
import type { Collector, Requests } from './model/collector.js';
import type { Asking } from './model/evidence.js';
import type { Cluster, Product } from './model/inventory.js';
import { keyOf, type Probe, questionsOf, type ServiceQuestion } from './probes/probe.js';
import type { Catalogue } from './products/index.js';
import type { Found, Profile } from './products/profile.js';
import type { Settings } from './products/settings.js';

// biome-ignore lint/suspicious/noExplicitAny: collectors of every shape
export type AnyCollector = Collector<any, any>;

export interface Plan {
  readonly cluster: Cluster;
  readonly catalogue: Catalogue;
  /** Asked in round 1: which product is on a node, configured how. */
  readonly discovery: Collector<Found>;
  readonly checks: readonly AnyCheck[];
  /** Asked in round 2, each once however many checks need it. */
  readonly collectors: readonly AnyCollector[];
}

const discoveries = new WeakMap<Catalogue, Map<string, Collector<Found>>>();

/** One for all clusters that are asked for the same products: its scripts are long, and there may be thousands of clusters. */
function discoveryOf(catalogue: Catalogue, profiles: readonly Profile[]): Collector<Found> {
  const known = discoveries.get(catalogue) ?? new Map<string, Collector<Found>>();
  discoveries.set(catalogue, known);
  const key = profiles.map(({ product }) => product).join(' ');
  const one = known.get(key) ?? discovery(profiles);
  known.set(key, one);
  return one;
}

export function plan(cluster: Cluster, checks: readonly AnyCheck[], catalogue: Catalogue): Plan {
  const profiles = [...catalogue.profiles.values()].filter((p) => p.product === (cluster.product ?? p.product));
  const fitting = checks.filter((c) => profiles.some((p) => holdsFor(c, p)));
  const collectors = new Map<string, AnyCollector>();
  for (const collector of fitting.flatMap((c): AnyCollector[] => Object.values(c.needs)))
    collectors.set(collector.id, collector);
  collectors.delete(found.id);
  // which requirements hold depends on the release
  collectors.set(versions.id, versions);
  return {
    cluster,
    catalogue,
    discovery: discoveryOf(catalogue, profiles),
    checks: fitting,
    collectors: [...collectors.values()],
  };
}

const keyed = (collector: AnyCollector, requests: Requests): Requests =>
  Object.fromEntries(Object.entries(requests).map(([name, request]) => [`${collector.id}.${name}`, request]));

const made = new WeakMap<Found, Map<AnyCollector, Requests>>();

/**
 * Questions of one collector; undefined when they depend on a product that was not found. Made once for what was found on
 * a node: they are asked, and later tell which answers are expected.
 */
export function requestsOf(
  collector: AnyCollector,
  asking: Asking,
  installed: Found | undefined,
): Requests | undefined {
  if (typeof collector.requests !== 'function') return collector.requests;
  if (installed === undefined) return undefined;
  const known = made.get(installed) ?? new Map<AnyCollector, Requests>();
  made.set(installed, known);
  const requests = known.get(collector) ?? collector.requests(asking, installed);
  known.set(collector, requests);
  return requests;
}

/** What is asked first: the product and its configuration. */
export const roundOne = ({ discovery: first }: Plan): Requests => keyed(first, first.requests as Requests);

/** A collector that cannot make its questions (settings unreadable, a bug) asks nothing: `facts.ts` says why. */
function orNothing(ask: () => Requests | undefined): Requests {
  try {
    return ask() ?? {};
  } catch {
    return {};
  }
}

/** What the checks of a product need; all, where no product is known. */
export const collectorsFor = ({ checks, collectors }: Plan, profile: Profile | undefined): AnyCollector[] => {
  const fitting = checks.filter((c) => profile === undefined || holdsFor(c, profile));
  const needed = new Set<AnyCollector>([versions, ...fitting.flatMap((c) => Object.values(c.needs) as AnyCollector[])]);
  return collectors.filter((c) => needed.has(c));
};

/** What is asked next, given what was found (nothing that depends on it when nothing was). */
export const roundTwo = (collectors: readonly AnyCollector[], asking: Asking, installed: Found | undefined): Requests =>
  Object.assign(
    {},
    ...collectors.map((c) =>
      keyed(
        c,
        orNothing(() => requestsOf(c, asking, installed)),
      ),
    ),
  );

/**
 * What is asked after the nodes, each once, by checks that are for a product that was found; none found: by all. What
 * writes only where that is allowed.
 */
export const serviceQuestions = (
  { checks, cluster, catalogue }: Plan,
  installed: ReadonlyMap<string, Settings>,
  products: readonly Product[],
  active: boolean,
): ServiceQuestion[] => [
  ...new Map(
    checks
      .filter(
        (check) =>
          products.length === 0 || products.some((product) => holdsFor(check, catalogue.profiles.get(product)!)),
      )
      .flatMap((c) => Object.values((c.asks ?? {}) as Record<string, Probe<unknown>>))
      .flatMap((probe) => questionsOf(probe, cluster, installed))
      .filter((q) => active || q.writes !== true)
      .map((q) => [keyOf(q.via, q.target), q]),
  ).values(),
];
