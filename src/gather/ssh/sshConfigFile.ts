/** ssh_config files as lines of keyword and arguments, with what `Include` names read in its place. */

import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { matchesPatterns } from './knownHosts.js';

/** One line that says something. `included` holds the lines of the files an `Include` names. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  readonly args: readonly string[];
  /** `file:line`, for messages. */
  readonly at: string;
  readonly included?: readonly ConfigLine[];
}

/** As deep as ssh goes; it also ends a file that includes itself. */
const MAX_DEPTH = 16;

/** Reads a file and what it includes; a missing file is an empty one. Throws when it is there and cannot be read. */
export function readConfigFile(path: string, home: string, depth = 0): readonly ConfigLine[] {
  const lines: ConfigLine[] = [];
  for (const [index, raw] of read(path).split('\n').entries()) {
    const [keyword, ...args] = words(raw);
    if (keyword === undefined) continue;
    const at = `${path}:${index + 1}`;
    if (keyword.toLowerCase() !== 'include') lines.push({ keyword: keyword.toLowerCase(), args, at });
    else {
      const files = depth < MAX_DEPTH ? args.flatMap((pattern) => includedFiles(pattern, path, home)) : [];
      const included = files.map((file) => readConfigFile(file, home, depth + 1));
      // Each file is a line of its own: a Host block of one must not reach into the next.
      for (const part of included) lines.push({ keyword: 'include', args, at, included: part });
    }
  }
  return lines;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

/** `Keyword value "quoted value" # comment`; one `=` may stand between keyword and value. */
function words(raw: string): string[] {
  const line = raw.trim();
  if (line === '' || line.startsWith('#')) return [];
  const [, keyword = '', rest = ''] = /^([^\s=]+)\s*=?\s*(.*)$/.exec(line) ?? [];
  // A command is the rest of its line; quotes and `#` in it are the business of the shell that runs it.
  if (keyword.toLowerCase() === 'proxycommand') return [keyword, rest];
  const args: string[] = [];
  for (const [whole, quoted] of rest.matchAll(/"([^"]*)"|[^\s"]+/g)) {
    if (quoted === undefined && whole.startsWith('#')) break;
    args.push(quoted ?? whole);
  }
  return [keyword, ...args];
}

function includedFiles(pattern: string, from: string, home: string): string[] {
  const base = from.startsWith('/etc/ssh/') ? '/etc/ssh' : join(home, '.ssh');
  const expanded = pattern.replace(/^~(?=\/|$)/, home);
  const path = isAbsolute(expanded) ? expanded : join(base, expanded);
  const parts = path.split('/').filter((part) => part !== '');
  return parts.reduce<string[]>((found, part) => found.flatMap((folder) => step(folder, part)), ['/']);
}

function step(folder: string, part: string): string[] {
  if (!/[*?]/.test(part)) return [join(folder, part)];
  try {
    return readdirSync(folder)
      .filter((name) => matchesPatterns([part], name) && (part.startsWith('.') || !name.startsWith('.')))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
