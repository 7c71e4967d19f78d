/** What a check is: a plain object, the same for ours and for a plugin's. */

import type { Collector } from './model/collector.js';
import type { Cluster, Product } from './model/inventory.js';
import type { Finding, Proof, Severity } from './model/verdict.js';
import type { Asked, Probe } from './probes/probe.js';
import type { Profile } from './products/profile.js';

export type Needs = Readonly<Record<string, Collector<unknown, never>>>;
// biome-ignore lint/suspicious/noExplicitAny: the collector's own input type does not matter to who reads its value
type ValueOf<C> = C extends Collector<infer T, any> ? T : never;

/** One node with every fact the check needs. */
export type Seen<N extends Needs> = { readonly node: string } & { readonly [K in keyof N]: ValueOf<N[K]> };

export type Params = Readonly<Record<string, unknown>>;

export type Asks = Readonly<Record<string, Probe<unknown>>>;

export interface Context<P, A extends Asks = Asks> {
  readonly cluster: Cluster;
  readonly product: Product;
  readonly profile: Profile;
  /** The oldest version found on the nodes; absent where none is known. */
  readonly release?: string;
  readonly params: P;
  /** Nodes that could not be seen; the judge loop reports them, a check needs this only to count. */
  readonly unseen: readonly string[];
  /** Answers of the services, under the names the check gives its probes. */
  readonly services: { readonly [K in keyof A]: A[K] extends Probe<infer T> ? Asked<T> : never };
  /** When the evidence was gathered, so a replay gives the same verdicts. */
  readonly now: Date;
}

export interface Check<N extends Needs = Needs, P extends Params = Params, A extends Asks = Asks> {
  /** File name without its ending; a noun, kebab-case. */
  readonly id: string;
  /** The good state, present tense. */
  readonly title: string;
  readonly severity: Severity;
  /** Default `measured`. */
  readonly proof?: Proof;
  readonly tags?: readonly string[];
  /** Requirement ids; those of other products are left out of the verdict. */
  readonly requirements: readonly string[];
  /** Severity where a product's document asks for less. */
  readonly severityFor?: Partial<Record<Product, Severity>>;
  /** Why it matters, for `explain`. */
  readonly rationale: string;
  /** The products whose documents ask for it; left out: it holds for every product. */
  readonly products?: readonly Product[];
  /** Whether it makes sense for a product at all: one that has no database has no wrong one. */
  readonly when?: (profile: Profile) => boolean;
  readonly needs: N;
  readonly params?: P;
  /** Of a parameter that is a list: what an item must look like, so that one without effect is said. */
  readonly paramItems?: Readonly<Record<string, { readonly form: RegExp; readonly expected: string }>>;
  /** How many nodes must be seen before anything can be said; default 1, a comparison needs 2. */
  readonly minimumNodes?: number;
  /** What is asked of services, once, after the nodes. */
  readonly asks?: A;
  /** Pure and synchronous. Called with at least `minimumNodes` nodes, all facts present. */
  readonly judge: (nodes: readonly Seen<N>[], context: Context<P, A>) => Finding | readonly Finding[];
  /** How to fix it; starts with a command. */
  readonly remediation: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a registry holds checks of every shape
export type AnyCheck = Check<any, any, any>;

/** Whether a check says anything of this product. */
export const holdsFor = ({ id, products, when }: AnyCheck, profile: Profile): boolean =>
  (products === undefined || products.includes(profile.product)) &&
  (when === undefined || when(profile)) &&
  profile.notFor?.[id] === undefined;

/** Identity; gives `judge` the types of what `needs` collects and `asks` asks. */
export const defineCheck = <const N extends Needs, P extends Params = Params, const A extends Asks = Asks>(
  check: Check<N, P, A>,
): Check<N, P, A> => check;
