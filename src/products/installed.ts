/** A product's installation on one node, as round one finds it. */

import type { Product } from '../model/inventory.js';

export interface TreeEntry {
  /** Relative to the configuration directory. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  /** Last modification, seconds since 1970. */
  readonly modified: number;
}

/** A product's installation on one node, its settings unread. */
export interface Installed {
  readonly product: Product;
  /** The configuration directory in force. */
  readonly root: string;
  readonly rootBecause: string;
  readonly tree: readonly TreeEntry[];
  /** Why the listing is not whole. */
  readonly treeTrouble?: string;
  /** By name below the root; secrets masked. */
  readonly texts: ReadonlyMap<string, string>;
  /** Lines whose value an unquoted comment character ends, by name below the root. */
  readonly cut: ReadonlyMap<string, readonly number[]>;
  /** Lines whose secret is a word everybody tries first; '' for the environment. */
  readonly placeholders: ReadonlyMap<string, readonly number[]>;
  /** Overriding variables; secret values masked. */
  readonly environment: ReadonlyMap<string, string>;
  /** Where they were read: the running process, unit files, or why not. */
  readonly environmentFrom: string;
  /** Server processes: name and pid. */
  readonly running: readonly { readonly name: string; readonly pid: number }[];
}
