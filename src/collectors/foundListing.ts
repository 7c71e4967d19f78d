/** What `stat` and `find` say of files and folders, line by line, as entries; and the links of a tree of files that lead out of it. */

import { modeOf } from '../formats/stat.js';
import type { TreeEntry } from '../products/installed.js';
import { NOT_FOLLOWED } from '../products/profile.js';
import { withoutSudoWarnings } from '../remedy.js';
import { MOST_ENTRIES } from './listing.js';

export interface Listed {
  readonly path: string;
  /** Whether the directory itself was seen. */
  readonly seen: boolean;
  /** By their paths below it. */
  readonly entries: readonly TreeEntry[];
  /** Links that lead nowhere, by their paths below it. */
  readonly dangling: readonly string[];
  /** What to say of links of a tree of files that lead out of it, by their paths below the directory; '': one above it. */
  readonly astray: ReadonlyMap<string, string>;
  /** What else was said, or that it is not whole. */
  readonly trouble?: string;
}

const STAT_LINE = /^~([0-9a-f]+):(\d+):(\d+):([^:]*):([^:]*):(.+)$/;

/** `pattern`: mode, size, time, owner, group and path of a line, in this order. */
export function entryOf(line: string, pattern = STAT_LINE): TreeEntry | undefined {
  const m = pattern.exec(line);
  if (!m) return undefined;
  const { type, bits } = modeOf(m[1]!);
  return {
    path: m[6]!,
    type: type === 'regular file' ? 'file' : type === 'directory' ? 'directory' : 'other',
    mode: bits,
    owner: m[4]!,
    group: m[5]!,
    size: Number(m[2]),
    modified: Number(m[3]),
  };
}

/** A file that may be there: `stat` was refused. Undefined where `stat` says that there is none. */
export function unseenEntry(path: string, said: readonly string[]): TreeEntry | undefined {
  const refused = withoutWarnings(said).some((line) => line !== '' && !isAbsence(line) && !HARMLESS.test(line));
  return refused ? { path, type: 'file', mode: 0, owner: '?', group: '?', size: 1, modified: 0 } : undefined;
}

/** What `stat` says of a link that `find` has just found, and that leads nowhere; one that leads to itself is not understood. */
const DANGLING = /^stat: can(?:'t|not) statx? (?:'([^']+)'|"([^"\\$`]+)"): No such file or directory$/;

/** A link to a folder above it leads to what is listed anyway. */
const HARMLESS = /^find: File system loop detected/;
/** Warnings of sudo stand among the words of `stat` and `find`. */
const withoutWarnings = (lines: readonly string[]): string[] => withoutSudoWarnings(lines.join('\n')).split('\n');

/** What `stat` and `find` say of a path that does not exist. */
export const isAbsence = (said: string): boolean => /No such file|Not a directory/.test(said);

/** A path without the folder it is in. */
const below = (folder: string, path: string): string | undefined => {
  const start = folder === '/' ? '/' : `${folder}/`;
  return path.startsWith(start) ? path.slice(start.length) : undefined;
};

/** A link of a tree of files that leads to a path of this machine. */
interface Link {
  readonly path: string;
  readonly to: string;
}

export const leadsAway = ({ path, to }: Link): string => `${path} is a link to ${to}, ${NOT_FOLLOWED}`;

/** The link that begins in this line of an answer. */
export function linkAt(lines: readonly string[], i: number): Link | undefined {
  if (!lines[i]?.startsWith('=link ') || !lines[i + 1]?.startsWith('=to ')) return undefined;
  return { path: lines[i]!.slice(6), to: lines[i + 1]!.slice(4) };
}

export function listedOf(path: string, said: readonly string[], prefix: string): Listed {
  const lines = withoutWarnings(said);
  const entries = new Map<string, TreeEntry>();
  const dangling = new Set<string>();
  let trouble = lines.length > MOST_ENTRIES ? `the directory has more than ${MOST_ENTRIES} entries` : undefined;
  let seen = false;
  const astray = new Map<string, string>();
  for (const [i, line] of lines.entries()) {
    const link = linkAt(lines, i);
    if (link) astray.set(below(path, link.path) ?? '', link.to);
    if (/^=(link|to) /.test(line)) continue;
    const entry = entryOf(line);
    if (!entry) {
      const [, plain, quoted] = DANGLING.exec(line) ?? [];
      const link = below(path, (plain ?? quoted ?? '').slice(prefix.length));
      if (link !== undefined) dangling.add(link);
      else if (line !== '' && !HARMLESS.test(line)) trouble ??= line;
      continue;
    }
    const at = entry.path.slice(prefix.length);
    seen = true;
    if (at !== path) entries.set(at, { ...entry, path: below(path, at) ?? at, at });
  }
  const away = (at: string): boolean => [...astray.keys()].some((link) => at === link || at.startsWith(`${link}/`));
  const sorted = [...entries.values()].filter((e) => !away(e.path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    ...{ path, seen, astray },
    entries: sorted,
    dangling: [...dangling].filter((link) => !away(link)).sort(),
    ...(trouble !== undefined && { trouble }),
  };
}
