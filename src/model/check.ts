/** What a check and a collector are: plain objects, the same for ours and for a plugin's. */

import type { Answers, Asking, Request, Response } from './evidence.js';
import type { Cluster, Product } from './inventory.js';
import type { Finding, Proof, Severity } from './verdict.js';

export type Requests = Readonly<Record<string, Request>>;

/** Asks a node and makes one value of its answers. */
export interface Collector<T, D = unknown> {
  /** kebab-case; with the request's name it is the key in the evidence. */
  readonly id: string;
  /**
   * Questions by name. A function when they depend on what round 1 found on the node (`found`: the product's
   * resolved settings) or on the inventory.
   */
  readonly requests: Requests | ((asking: Asking, found: D) => Requests);
  /** Pure. Throws `NotSeen` when the answers do not contain the value; called only with every answer. */
  readonly parse: (answers: Readonly<Record<string, Response>>, asking: Asking, found: D) => T;
}

/**
 * A question that no single node answers: to something that is none (NTP server, object store, load balancer), or that
 * needs several nodes at once (one database through all of them, a file one writes and the others read). Asked once a
 * run, after the nodes.
 */
export interface ServiceQuestion {
  readonly via: 'ntp' | 's3' | 'database' | 'storage' | 'http' | 'aws';
  readonly target: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** It writes on shared storage or into a bucket: asked only with `--active`. */
  readonly writes?: boolean;
}

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
  /** Questions to services, asked once after the nodes; `installed` is what round 1 found on each node that answered. */
  // biome-ignore lint/suspicious/noExplicitAny: the product's settings, typed by the check that asks
  readonly asks?: (cluster: Cluster, installed: ReadonlyMap<string, any>) => readonly ServiceQuestion[];
  /** Pure and synchronous. Called with at least `minimumNodes` nodes, all facts present. */
  readonly judge: (nodes: readonly Seen<N>[], context: Context<P>) => Finding | readonly Finding[];
  /** How to fix it; starts with a command. */
  readonly remediation: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a registry holds checks of every shape
export type AnyCheck = Check<any, any>;

/** Identity; gives `judge` the types of what `needs` collects. */
export const defineCheck = <const N extends Needs, P extends Params = Params>(check: Check<N, P>): Check<N, P> => check;

/** Identity; infers the collector's value type. */
export const defineCollector = <T, D = unknown>(collector: Collector<T, D>): Collector<T, D> => collector;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Marks shell text that is not to be quoted. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export const raw = (text: string): Raw => new Raw(text);

/**
 * POSIX shell with every interpolation quoted; an array becomes several words. Backslashes are the shell's own
 * (`\n` reaches printf as it stands); only `\$` and a backslash before a backtick are the template's.
 */
export function shell(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Raw | readonly string[])[]
): string {
  const one = (value: (typeof values)[number] | undefined): string => {
    if (value === undefined) return '';
    if (value instanceof Raw) return value.text;
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' ? quote(value) : value.map(quote).join(' ');
  };
  return parts.raw.reduce((text, part, i) => text + part.replace(/\\([$`])/g, '$1') + one(values[i]), '');
}

/** A request in one line: ``sh`ls -1A ${path}` ``. */
export const sh = (
  parts: TemplateStringsArray,
  ...values: Parameters<typeof shell> extends [unknown, ...infer V] ? V : never
): Request => ({
  script: shell(parts, ...values),
});

/**
 * A question to what only a living system has (kernel, daemons, network). A file tree has none of it; it can pretend an
 * answer in `/.fake-NAME`, as the demo and the tests do, and says so where it does not.
 */
export const living = (name: string, script: string): string => shell`if [ -n "$R" ]; then
  cat "$R"${`/.fake-${name}`} 2>/dev/null || { echo ${`a file tree has no ${name}`} >&2; exit 99; }; exit 0
fi
${raw(script)}`;

/** The whole of a small file, read with sudo where the connection has it. */
export const file = (path: string): Request => ({ script: shell`S cat -- "$R"${path}` });
