/** What a check is: a plain object, the same for ours and for a plugin's. */

import type { Collector } from './model/collector.js';
import type { Answers } from './model/evidence.js';
import type { Cluster, Product } from './model/inventory.js';
import type { Finding, Proof, Severity } from './model/verdict.js';
import type { ServiceQuestion } from './probes/probe.js';

export type Needs = Readonly<Record<string, Collector<unknown, never>>>;
// biome-ignore lint/suspicious/noExplicitAny: the collector's own input type does not matter to who reads its value
type ValueOf<C> = C extends Collector<infer T, any> ? T : never;

/** One node with every fact the check needs. */
export type Seen<N extends Needs> = { readonly node: string } & { readonly [K in keyof N]: ValueOf<N[K]> };

export type Params = Readonly<Record<string, unknown>>;

export interface Context<P> {
  readonly cluster: Cluster;
  readonly product: Product;
  readonly params: P;
  /** Nodes that could not be seen; the judge loop reports them, a check needs this only to count. */
  readonly unseen: readonly string[];
  /** Answers of the services, by `via:target`. */
  readonly services: Answers;
  /** When the evidence was gathered, so a replay gives the same verdicts. */
  readonly now: Date;
}

export interface Check<N extends Needs = Needs, P extends Params = Params> {
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
  readonly products: readonly Product[];
  readonly needs: N;
  readonly params?: P;
  /** How many nodes must be seen before anything can be said; default 1, a comparison needs 2. */
  readonly minimumNodes?: number;
  /** Questions to services, asked once after the nodes; `installed` is what round 1 found on each node that told. */
  // biome-ignore lint/suspicious/noExplicitAny: the product's settings, typed by the check that asks
  readonly asks?: (cluster: Cluster, installed: ReadonlyMap<string, any>) => readonly ServiceQuestion[];
  /** Pure and synchronous. Called with at least `minimumNodes` nodes, all facts present. */
  readonly judge: (nodes: readonly Seen<N>[], context: Context<P>) => Finding | readonly Finding[];
  /** How to mend it; starts with a command. */
  readonly remediation: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a registry holds checks of every shape
export type AnyCheck = Check<any, any>;

/** Identity; gives `judge` the types of what `needs` collects. */
export const defineCheck = <const N extends Needs, P extends Params = Params>(check: Check<N, P>): Check<N, P> => check;
