/** Round 1 as versions before 0.2 saved it: one configuration directory, variables already filtered on the node. */

import { NotSeen } from '../model/evidence.js';
import type { Installed, TreeEntry } from '../products/installed.js';
import type { Profile } from '../products/profile.js';
import { withGrant } from '../remedy.js';
import { headOf, unmasked } from './foundHead.js';
import { entryOf } from './foundListing.js';
import { MOST_ENTRIES } from './listing.js';

const STAT_LINE = /^~([0-9a-f]+) (\d+) (\d+) (\S+) (\S+) (.+)$/;

function parseTree(lines: readonly string[], prefix: string): { tree: TreeEntry[]; trouble?: string } {
  const tree = new Map<string, TreeEntry>();
  let trouble = lines.length > MOST_ENTRIES ? `the directory has more than ${MOST_ENTRIES} entries` : undefined;
  for (const line of lines) {
    const entry = entryOf(line, STAT_LINE);
    if (!entry) {
      if (line !== '' && !line.startsWith('sudo: unable to resolve host')) trouble ??= line;
      continue;
    }
    const path = entry.path.slice(prefix.length + 1);
    if (entry.path !== prefix) tree.set(path, { ...entry, path });
  }
  const byPath = [...tree.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { tree: byPath, ...(trouble !== undefined && { trouble }) };
}

/** What one product's answer says; undefined when the product is not there. */
export function installedBefore(profile: Profile, stdout: string): Installed | undefined {
  const lines = stdout.split('\n');
  const head = headOf(lines);
  if (!head) return undefined;
  const { value, running } = head;
  const between = (from: string, to: string): string[] => {
    const a = lines.findIndex((l) => l.startsWith(`=${from}`));
    const b = lines.findIndex((l, i) => i > a && l.startsWith(`=${to}`));
    return a < 0 || b < 0 ? [] : lines.slice(a + 1, b);
  };
  if (!lines.includes('=end')) throw new NotSeen('the node stopped answering while its configuration was read');
  const [how = 'default', root = profile.root] = /^(\S+) (.*)$/.exec(value('root') ?? '')?.slice(1) ?? [];
  const texts = unmasked(between('texts', 'tree'));
  const environment = unmasked(between('environment', 'root'));
  // the last `=end` is that of the script, whatever files are called; paths begin with the `$R` of the node tree, as the line of the directory shows
  const listing = lines.slice(lines.indexOf('=tree') + 1, lines.lastIndexOf('=end'));
  const top = /^~\S+ \d+ \d+ \S+ \S+ (.+)$/.exec(listing.find((l) => l.startsWith('~')) ?? '')?.[1] ?? root;
  const { tree, trouble } = parseTree(listing, top);
  if (!listing.some((l) => l.startsWith('~')))
    throw new NotSeen(withGrant(`${root} could not be read: ${trouble ?? 'no reason given'}`));
  const below = <T>(byPath: ReadonlyMap<string, T>): [string, T][] =>
    [...byPath].flatMap(([path, value]): [string, T][] =>
      path === '' ? [] : [[path.startsWith(`${top}/`) ? path.slice(top.length + 1) : path, value]],
    );
  return {
    product: profile.product,
    root,
    rootBecause: how,
    tree,
    ...(trouble !== undefined && { treeTrouble: trouble }),
    texts: new Map(below(texts.files)),
    cut: new Map(below(texts.cut)),
    placeholders: new Map([...below(texts.placeholders), ...environment.placeholders]),
    environment: new Map(
      (environment.files.get('') ?? '').split('\n').flatMap((l): [string, string][] => {
        const at = l.indexOf('=');
        return at > 0 ? [[l.slice(0, at), l.slice(at + 1).trimStart()]] : [];
      }),
    ),
    environmentFrom: value('environment') ?? 'files',
    running,
  };
}
