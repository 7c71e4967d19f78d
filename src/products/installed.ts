/** A product's installation on one node, as round one finds it. */

import type { Product } from '../model/inventory.js';
import { word } from '../remedy.js';

export interface TreeEntry {
  /** Relative to the configuration directory. */
  readonly path: string;
  /** Absolute path; absent: below `root`. */
  readonly at?: string;
  readonly type: 'file' | 'directory' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  /** Last modification, seconds since 1970. */
  readonly modified: number;
  /** In a tree of files: the path of this machine that a link leads to, which is not followed. */
  readonly link?: string;
}

/** A product's installation on one node, its settings unread. */
export interface Installed {
  readonly product: Product;
  /** The configuration directory in force; of several that are searched, the one that has the main file. */
  readonly root: string;
  readonly rootBecause: string;
  /** Directories that are searched for each file, the first that has it wins; absent: `root` alone. */
  readonly directories?: readonly string[];
  /** Files in force; of equal names in several directories the first. */
  readonly tree: readonly TreeEntry[];
  /** Links that lead nowhere, by name below the root: the product sees no file there. */
  readonly dangling?: readonly string[];
  /** Why the listing is not whole. */
  readonly treeTrouble?: string;
  /** By name below the root; secrets masked. */
  readonly texts: ReadonlyMap<string, string>;
  /** Absolute paths of files that an option moves, by their name below the root; the file need not exist. */
  readonly moved?: ReadonlyMap<string, string>;
  /** Lines whose value an unquoted comment character ends, by name below the root. */
  readonly cut: ReadonlyMap<string, readonly number[]>;
  /** Lines whose URL has a password that the product's driver does not take as it stands, by name below the root. */
  readonly unencoded?: ReadonlyMap<string, readonly number[]>;
  /** Lines whose secret is encrypted or percent-encoded: a different text may be the same secret. By name below the root. */
  readonly wrapped?: ReadonlyMap<string, readonly number[]>;
  /** Lines whose secret is a word everybody tries first; '' for the environment, files of variables by their paths. */
  readonly placeholders: ReadonlyMap<string, readonly number[]>;
  /** Overriding variables; secret values masked. */
  readonly environment: ReadonlyMap<string, string>;
  /** Where each variable is set, for people. */
  readonly origins?: ReadonlyMap<string, string>;
  /** Where they were read: `process`, or `files` of the unit. */
  readonly environmentFrom: string;
  /** Why a variable that is not set here may be set: files that could not be read, values that only systemd knows. */
  readonly environmentTrouble?: readonly string[];
  /** Arguments of the server, without its name. */
  readonly arguments?: readonly string[];
  /** Where they were read: `process` or the unit file and line. */
  readonly argumentsFrom?: string;
  /** The account that the server runs as, or that its unit names. */
  readonly account?: string;
  /** Server processes: name and pid. */
  readonly running: readonly { readonly name: string; readonly pid: number }[];
  /** What sudo said when it refused everything. */
  readonly refused?: string;
  /** Processes of other accounts are not visible: one that is not in `running` may be there. */
  readonly hidden?: true;
}

/** Where a file of the configuration is, or would be. */
export const pathOf = ({ moved, tree, directories, root }: Installed, name: string): string =>
  moved?.get(name) ?? tree.find((e) => e.path === name)?.at ?? `${directories?.at(-1) ?? root}/${name}`;

/** The same on several nodes, for people: one path, or each with its nodes. */
export function placesOf(nodes: readonly { readonly node: string; readonly found: Installed }[], name: string): string {
  const at = (found: Installed): string => word(pathOf(found, name)) ?? name;
  const paths = [...new Set(nodes.map((n) => at(n.found)))];
  if (paths.length === 1) return paths[0]!;
  const on = (path: string) => nodes.filter((n) => at(n.found) === path).map((n) => n.node);
  return paths.map((path) => `${path} (${on(path).join(', ')})`).join(', ');
}

/** The value of a long option of the server's command line: `--name=value` or `--name value`; the first counts. */
export function argumentOf({ arguments: words = [] }: Installed, name: string): string | undefined {
  const at = words.findIndex((w) => w === `--${name}` || w.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  return words[at]!.includes('=') ? words[at]!.slice(name.length + 3) : words[at + 1];
}
