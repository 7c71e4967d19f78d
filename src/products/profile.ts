/**
 * What is particular to one product: where its files are, how they are read, and what they say about the cluster.
 * The checks are the same for all; everything they need to know about a product comes from its profile.
 */

import type { Config, Format } from '../formats/settings.js';
import type { ConfigDirectories, XdgPlaces } from '../formats/xdg.js';
import { type Fact, NotSeen } from '../model/evidence.js';
import type { Product } from '../model/inventory.js';
import { rights } from '../remedy.js';
import type { Document } from '../requirements/requirement.js';
import { type Installed, pathOf, type TreeEntry } from './installed.js';
import type { EffectiveSettings, Settings } from './settings.js';

/** Bytes of a configuration file that is read. */
export const MOST_TEXT = 1 << 19;

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
  /** The folder below which a path in one of them may be, where it does not begin with a slash. */
  readonly movedFrom?: string;
  /** By name below the configuration directory, where an option moves that file to; as it is written where that is not known. */
  readonly moved?: (installed: Installed) => ReadonlyMap<string, string>;
  /** The directory holds more than configuration: only these paths below it are looked at. */
  readonly listed?: readonly string[];

  // its configuration
  /** Names below the configuration directory whose text is read, secrets masked; shell patterns. */
  readonly texts: readonly { readonly pattern: string; readonly format: Format }[];
  /** Without these the directory is not a configuration, and equality would be empty. */
  readonly required: readonly string[];
  /** Names of files whose absence means the same as an empty one. */
  readonly optional?: readonly string[];
  /** Names below the configuration directory that are keys: measured separately, never read. */
  readonly keyFiles: readonly string[];
  /** Settings that may differ between nodes, and which document says so. */
  readonly perNode: readonly { readonly file: string; readonly key: string }[];
  /** Settings that are an address, which may be that of the node itself. */
  readonly ownAddresses?: readonly { readonly file: string; readonly key: string }[];
  /** Settings with the name or address of the node itself, by `FILE:KEY`. */
  readonly ownNames?: readonly string[];
  /** What the product takes where a setting is not there, by `FILE:KEY`; only what its documents say for every release. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** What it may take, where that depends on the release or is not confirmed. */
  readonly openDefaults?: Readonly<Record<string, readonly string[]>>;
  /** Settings that other checks judge, so that one cause is not reported twice. */
  readonly databaseScope: {
    readonly file: string;
    readonly key: RegExp;
    /** What the product takes where a setting is not there. */
    readonly defaults?: Readonly<Record<string, string>>;
  };
  /** Settings that other checks compare, and `config-identical` does not; `when`: whether they do on a node. */
  readonly elsewhere: readonly {
    readonly file: string;
    readonly key: RegExp;
    readonly when?: (settings: Settings, key: string) => boolean;
  }[];
  /** What it says, defaults applied. */
  readonly settings: (installed: Installed) => Settings;
  /** What its documents leave open in a file, which is read already: ends of `FILE ...`, with the line. */
  readonly doubts?: (file: string, config: Config, environment: ReadonlyMap<string, string>) => readonly string[];
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
  /** Whether a variable decides something although it is not a setting of the configuration: its value is compared. */
  readonly looseVariable?: (name: string, settings: Settings) => boolean;
  /** Files of variables in addition to the unit's own. */
  readonly environmentFiles?: readonly string[];
  /** Commands that sudo has to allow in addition to reading files: program and `sudoers` pattern of its arguments. */
  readonly sudoCommands?: readonly string[];

  // what its documents ask
  /** The database it keeps its data in, and the words of its configuration for it; absent: it has none. */
  readonly database?: {
    readonly kind: 'postgresql' | 'mongodb';
    readonly words: readonly string[];
    /** Further databases, as `database.urls` of the inventory names them. */
    readonly more?: readonly string[];
  };
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

const inForce = new WeakMap<Found, EffectiveSettings>();

/** Every setting in force, by name; read once. Throws NotSeen when a file that is there cannot be read. */
export function effectiveOf(installed: Found): EffectiveSettings {
  const known = inForce.get(installed) ?? installed.profile.effective(installed);
  inForce.set(installed, known);
  return known;
}

/** Why variables are not known, in the words of `Installed.environmentTrouble`. */
export const environmentDoubt = (trouble: readonly string[], refused?: string): string =>
  `${trouble.join('; ')}; a variable there overrides the configuration: ${rights(refused)}, or start the service`;

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
  throw new NotSeen(`${pathOf(installed, name)} exists ${whyUnread(entry, installed.refused)}`);
}

/** Why what a link in a tree of files leads to is not known. */
export const NOT_FOLLOWED = 'which is not followed in a tree of files: put a copy there';

/** Why the text of a file that is there is not known, and what would settle it. `refused`: what sudo said. */
export const whyUnread = (entry: TreeEntry, refused?: string): string =>
  entry.link !== undefined
    ? `and is a link to ${entry.link}, ${NOT_FOLLOWED}`
    : entry.type !== 'file'
      ? 'and is not a regular file'
      : entry.size > MOST_TEXT
        ? `and is larger than ${MOST_TEXT >> 10} KiB: too large to read; is this a configuration file?`
        : `(mode ${entry.mode.toString(8).padStart(4, '0')}, ${entry.owner}:${entry.group}) but could not be read: ` +
          `${rights(refused)}, or grant the audit account read access`;

const patterns = new Map<string, RegExp>();

/** Whether a name below the configuration directory is one that the pattern means; `*` stands for no slash. */
function isNamed(pattern: string, path: string): boolean {
  const known = patterns.get(pattern);
  const expression = known ?? new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  // once for all files of all nodes
  if (!known) patterns.set(pattern, expression);
  return expression.test(path);
}

/** The format a file below the configuration directory is read in, by the first pattern; undefined for one that is only compared. */
export const formatOf = (texts: Profile['texts'], path: string): Format | undefined =>
  texts.find(({ pattern }) => isNamed(pattern, path))?.format;
