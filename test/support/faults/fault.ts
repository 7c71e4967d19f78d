/** What is planted in an otherwise clean cluster, which requirements it breaks, and which check must say so, of which nodes. */

import type { Tree } from '../../../src/demo/tree.js';
import type { EDITIONS, ProductCluster } from '../clusters.js';

export type Edition = keyof typeof EDITIONS;
export type Plant = (tree: Tree, cluster: ProductCluster, node: string) => Tree;

export interface Fault {
  readonly name: string;
  /** Rows of every product it is planted in; those of a product must fail, and in the clean cluster they do not. */
  readonly requirements: readonly string[];
  readonly in: readonly Edition[];
  readonly plant?: Plant;
  /** Default the second node. */
  readonly nodes?: readonly string[];
  readonly of?: number;
  readonly inventory?: string;
  readonly grid?: (name: string) => string;
  readonly after?: (folder: string) => void;
  /** Every check that may fail, with exactly the nodes it names; a check that names none has ''. */
  readonly expect: Readonly<Record<string, string>>;
  readonly needs?: 'root' | 'openssl';
}

/** For every check something that hides from it, on the second node, what it looks at: it must say unknown, and of nothing that it failed. */
export interface Blindness {
  readonly checks: readonly string[];
  readonly name: string;
  readonly in: Edition;
  readonly plant?: Plant;
  readonly nodes?: readonly string[];
  readonly inventory?: string;
  readonly after?: (folder: string) => void;
  /** As with `--active`. */
  readonly active?: boolean;
  /** Nodes of which it is unknown; default the second. */
  readonly unknown?: string;
}
