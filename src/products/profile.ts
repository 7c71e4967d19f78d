/**
 * What is particular to one product: where its files are, how they are read, and what they say about the cluster.
 * The checks are the same for all; everything they need to know about a product comes from its profile.
 */

import type { Format } from '../formats/settings.js';
import type { ConfigDirectories, XdgPlaces } from '../formats/xdg.js';
import { type Fact, NotSeen } from '../model/evidence.js';
import type { Product } from '../model/inventory.js';
import { SET_SUDO } from '../remedy.js';
import type { Document } from '../requirements/requirement.js';
import { type Installed, pathOf, type TreeEntry } from './installed.js';

/** Bytes of a configuration file that is read. */
export const MOST_TEXT = 1 << 19;

/** A key the product reads, as this node's own configuration resolves it. */
export interface KeySpec {
  /** The product's name for it: the subject of verdicts, the same on every node. */
  readonly name: string;
  /** Absolute path; undefined when the key is `inline`. */
  readonly path?: string;
  /** The masked value, where the configuration or the environment holds the key itself. */
  readonly inline?: string;
  /** Why this path: the setting, or the default. */
  readonly because: string;
  /** Accounts that may own it, first the expected one. */
  readonly owners: readonly string[];
  /** Account that must be able to read it, where that is not root. */
  readonly reader?: string;
  /** Of a private key: the public key next to it. */
  readonly publicPath?: string;
  /** Characters above which, and alphabet outside of which, the product refuses it. */
  readonly maxCharacters?: number;
  readonly alphabet?: 'base64';
  /** Bytes below which the document is violated, and below which the product itself refuses. */
  readonly minBytes: number;
  readonly enforcedBytes?: number;
  /**
   * `required`: a node without it fails. `generated`: the product makes it at its first start in shared storage.
   * `perhaps elsewhere`: the release keeps it in `where`. `unverified`: nobody could confirm what its absence means.
   */
  readonly presence: 'required' | 'generated' | 'perhaps elsewhere' | 'unverified';
  /** From this release on its absence on every node means something else; where the release is not known, it is not known. */
  readonly since?: { readonly release: string; readonly presence: 'perhaps elsewhere' | 'unverified' };
  /** Where the product keeps the key when it is in no file. */
  readonly where?: string;
  /** `pem` files are structured: length and distinct characters do not show their strength. */
  readonly kind: 'random' | 'pem';
  /** `raw`: every byte counts as it is. `decoded`: the product reads hexadecimal or base64. */
  readonly encoding: 'raw' | 'decoded';
  /** Whether the configuration names the path, and does not leave it to the default. */
  readonly explicit?: boolean;
  /** Whether equality is judged by `s3-encryption-key` instead of `shared-keys`. */
  readonly forS3?: boolean;
}

/** A path the product's nodes share, and which setting says so. */
export interface SharedPath {
  readonly setting: string;
  readonly path: string;
}

/** Where one of the product's databases is, as configured; no credential. */
export interface Endpoint {
  /** `database`, or what else the product keeps in one: `usage data`, `instrumentation`. */
  readonly role: string;
  /** Of several servers all of them, with commas, in the order in which they are tried. */
  readonly host: string;
  /** One for all servers, or one for each. */
  readonly port: string;
  readonly name: string;
  /** Which of several servers is used, where the configuration says so. */
  readonly targetSessionAttrs?: string;
  /** In which way the drivers that may be in use read it differently. */
  readonly doubt?: string;
}

export interface S3Class {
  /** Storage class, or `default`. */
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** What a node's own configuration says, defaults applied. */
export interface Settings {
  /** A fact of its own: database.conf is often readable by root alone, where the rest is not. */
  readonly database: Fact<{ readonly provider: string; readonly because: string }>;
  readonly keys: readonly KeySpec[];
  /** File that holds the database's address and credential. */
  readonly databaseFile: string;
  /** Absent where the configuration does not contain the address. */
  readonly endpoints: Fact<readonly Endpoint[]>;
  readonly shared: readonly SharedPath[];
  /** Paths that no two nodes may share. */
  readonly own: readonly SharedPath[];
  readonly s3: readonly S3Class[];
  /** Variables about S3 of which nobody knows whether the product reads them. */
  readonly s3Doubt?: string;
  /** Where SQLite files would be; the name may be a shell pattern. */
  readonly sqlite: readonly string[];
  /** Paths of R, Python and Quarto that the configuration names. */
  readonly runtimes: readonly string[];
  /** File of the server's certificate, where it speaks TLS itself. */
  readonly certificate?: string;
  /** TCP port the product listens on. */
  readonly port: number;
  /** Whether that port speaks TLS. */
  readonly tls?: boolean;
  /** Path that answers 200, without a login, while the product is well; of DeployR one that answers at all. */
  readonly health?: string;
  readonly serviceAccounts: readonly string[];
  /** Groups whose members use the product. */
  readonly groups: readonly string[];
  /** Users share projects, which needs access control lists on the file system of the homes. */
  readonly sharesProjects?: boolean;
  /** Provider of a second database for audit records, where it is configured. */
  readonly auditProvider?: string;
  /** Its nodes exclude each other by locks on files of the shared directories. */
  readonly takesLocks?: boolean;
}

/** A setting in force. */
export interface Effective {
  readonly value: string;
  /** Where it comes from: file and line, a variable, the command line. */
  readonly because: string;
  /** What the value would be without what is named in `because`, and where that stands. */
  readonly overrides?: { readonly value: string; readonly because: string };
  /** Set by a variable or the command line: the configuration files do not show it. */
  readonly beside?: true;
  /** Why nobody can say that the product reads it. */
  readonly doubt?: string;
}

/** Settings by name, as the product itself reads them; a key that is not there has no entry. */
export type EffectiveSettings = ReadonlyMap<string, Effective>;

export interface Profile {
  readonly product: Product;
  readonly title: string;
  /** The vendor's documents: rows of requirements. */
  readonly documents: readonly Document[];
  /** Checks that hold for every product and not for this one, by id, each with the reason. */
  readonly notFor?: Readonly<Record<string, string>>;

  // where it is
  /** Absolute default of the configuration directory. */
  readonly root: string;
  /** If any of these exists, the product is on the node; shell patterns. */
  readonly traces: readonly string[];
  /** The directory is part of the trace that was found: as many of its last components as this are not. */
  readonly rootAbove?: number;
  /** Variables that name configuration directories: an extended regular expression. */
  readonly directoryVariables?: string;
  /** Directories that are searched for each file, the first that has it wins; left out: `root` alone. */
  readonly directories?: (environment: ReadonlyMap<string, string>, places: XdgPlaces) => ConfigDirectories;
  /** Options of the command line or of the main file that name another file: an extended regular expression. */
  readonly movingOptions?: string;
  /** By name below the configuration directory, where an option moves that file to. */
  readonly moved?: (installed: Installed) => ReadonlyMap<string, string>;
  /** The directory holds more than configuration: only these paths below it are looked at. */
  readonly listed?: readonly string[];

  // its configuration
  /** Names below the configuration directory whose text is read, secrets masked; shell patterns. */
  readonly texts: readonly { readonly pattern: string; readonly format: Format }[];
  /** Without these the directory is not a configuration, and equality would be empty. */
  readonly required: readonly string[];
  /** Names below the configuration directory that are keys: measured separately, never read. */
  readonly keyFiles: readonly string[];
  /** Settings that may differ between nodes, and which document says so. */
  readonly perNode: readonly { readonly file: string; readonly key: string }[];
  /** Settings that other checks judge, so that one cause is not reported twice. */
  readonly databaseScope: { readonly file: string; readonly key: RegExp };
  /** Settings that other checks compare, and `config-identical` does not. */
  readonly elsewhere: readonly { readonly file: string; readonly key: RegExp }[];
  /** What it says, defaults applied. */
  readonly settings: (installed: Installed) => Settings;
  /** Single settings by name. */
  readonly effective: (installed: Installed) => EffectiveSettings;

  // its programs
  readonly packages: readonly string[];
  readonly versionCommand: readonly string[];
  /** The version in what that command or the package database prints; its first group. */
  readonly version: RegExp;
  /** Names of the server's processes (at most 15 characters, as the kernel keeps them). */
  readonly processes: readonly string[];
  readonly unit: string;
  /** Extended regular expression of the environment variables that override the configuration. */
  readonly variables: string;
  /** Files of variables in addition to the unit's own. */
  readonly environmentFiles?: readonly string[];
  /** Commands that sudo has to allow in addition to reading files: program and `sudoers` pattern of its arguments. */
  readonly sudoCommands?: readonly string[];

  // what its documents ask
  /** The database it keeps its data in, and the words of its configuration for it; absent: it has none. */
  readonly database?: { readonly kind: 'postgresql' | 'mongodb'; readonly words: readonly string[] };
  /** What its documents say of a major version of the PostgreSQL server, on a day; undefined: nothing is wrong with it. */
  readonly postgres?: (
    major: number,
    release: string | undefined,
    now: Date,
  ) => { readonly problem: string; readonly expected: string } | { readonly open: string } | undefined;
  /** It reads keys, equal on all nodes. */
  readonly hasKeys?: boolean;
  /** It keeps data in directories that all nodes share. */
  readonly sharesStorage?: boolean;
  /** Homes of its users are shared as well. */
  readonly sharesHomes?: boolean;
  /** Major versions of NFS that the documents of a release name; undefined where that depends on the release. */
  readonly nfsVersions?: (release: string | undefined) => readonly string[] | undefined;
  /** Ways to run it that the inventory's `mode` chooses between. */
  readonly modes?: readonly string[];
}

/** An installation, and the product it is of. */
export interface Found extends Installed {
  readonly profile: Profile;
}

const derived = new WeakMap<Found, Settings>();

/** What the node's configuration says, defaults applied; derived once. Throws NotSeen when it cannot be read. */
export function settingsOf(installed: Found): Settings {
  const known = derived.get(installed) ?? installed.profile.settings(installed);
  derived.set(installed, known);
  return known;
}

/** What cannot be read is unseen, and does not take the other settings along. */
export function attempt<T>(read: () => T): Fact<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof NotSeen) return { unseen: error.message };
    throw error;
  }
}

/** The text of a file; undefined when it is not there. NotSeen says what would settle it. */
export function textOf(installed: Installed, name: string): string | undefined {
  const entry = installed.tree.find((e) => e.path === name);
  const text = installed.texts.get(name);
  if (text !== undefined) return text;
  if (entry === undefined) return undefined;
  if (entry.type === 'file' && entry.size === 0) return '';
  throw new NotSeen(`${pathOf(installed, name)} exists ${whyUnread(entry)}`);
}

/** Why the text of a file that is there is not known, and what would settle it. */
export const whyUnread = (entry: TreeEntry): string =>
  entry.type !== 'file'
    ? 'and is not a regular file'
    : entry.size > MOST_TEXT
      ? `and is larger than ${MOST_TEXT >> 10} KiB: too large to read; is this a configuration file?`
      : `(mode ${entry.mode.toString(8).padStart(4, '0')}, ${entry.owner}:${entry.group}) but could not be read: ` +
        `${SET_SUDO}, or grant the audit account read access`;

/** The format a file below the configuration directory is read in; undefined for one that is only compared. */
export function formatOf(texts: Profile['texts'], path: string): Format | undefined {
  const glob = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  return texts.find((t) => glob(t.pattern).test(path))?.format;
}
