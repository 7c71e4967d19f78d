/** Compares owner and mode of configuration files. Used by `config-identical`. */

import { command, consensus, type Finding, type Fix, fail, fixOn, list, type TreeEntry } from 'ha-preflight';
import { isMasked } from 'ha-preflight/formats/masked';
import { pathOf } from 'ha-preflight/products/installed';
import type { Side } from './configuration.js';

/** What mode `wanted` would give to everybody: to write to the file, or to read a secret in it. */
function opens(path: string, mode: number, wanted: number, sides: readonly Side[]): string | undefined {
  const more = wanted & ~mode;
  const secret = sides.some((s) => isMasked(s.found.texts.get(path) ?? ''));
  return (more & 0o002) !== 0 ? 'write to it' : (more & 0o004) !== 0 && secret ? 'read the secret in it' : undefined;
}

/** The fixes of one file: its owner and mode on the good node; a mode that is too open is given to none. */
function fileFixes(path: string, sides: readonly Side[], right: string, bad: readonly string[]): Fix[] {
  const sideOn = (node: string): Side => sides.find((s) => s.node === node)!;
  const entryOn = (node: string) => sideOn(node).found.tree.find((e) => e.path === path);
  const wanted = entryOn(right);
  if (!wanted) return [];
  const differing = (has: (e: TreeEntry) => boolean) =>
    bad.filter((node) => {
      const entry = entryOn(node);
      return entry !== undefined && has(entry);
    });
  const fileOn = (node: string): string => pathOf(sideOn(node).found, path);
  const mode = wanted.mode.toString(8).padStart(4, '0');
  const doing = (e: TreeEntry) => opens(path, e.mode, wanted.mode, sides);
  const opened = differing((e) => doing(e) !== undefined);
  return [
    ...fixOn(
      differing((e) => e.owner !== wanted.owner || e.group !== wanted.group),
      (node) => command`sudo chown ${`${wanted.owner}:${wanted.group}`} ${fileOn(node)}`,
    ),
    ...fixOn(
      differing((e) => e.mode !== wanted.mode && doing(e) === undefined),
      (node) => command`sudo chmod ${mode} ${fileOn(node)}`,
    ),
    ...opened.slice(0, 1).map((node) => ({
      nodes: opened,
      commands: [],
      note: `with mode ${mode} everybody could ${doing(entryOn(node)!)}: close ${path} on ${right} and the nodes that agree with it instead`,
    })),
  ];
}

/** Owner and mode, where the content agrees: a warning. */
export function comparePermissions(
  all: readonly string[],
  sides: readonly Side[],
  reference: string | undefined,
): Finding | undefined {
  const away = new Set(sides.flatMap((s) => s.found.tree.flatMap((e) => (e.link === undefined ? [] : [e.path]))));
  const seen = all.filter((path) => !away.has(path));
  const content = (s: Side): string =>
    seen
      .map((path) => s.found.tree.find((e) => e.path === path))
      .map((e) => (e ? `${e.path} ${e.mode.toString(8)} ${e.owner}:${e.group}` : ''))
      .join('\n');
  const values = sides.map((s) => ({ node: s.node, key: content(s), shown: '' }));
  const result = consensus(values, reference);
  if (result.kind === 'unanimous') return undefined;
  const nodes = result.kind === 'tie' ? sides.map((s) => s.node) : result.wrong.flatMap((g) => g.nodes);
  const good = result.kind === 'tie' ? result.groups[0]! : result.right;
  const expected = new Set(good.key.split('\n'));
  const details = values
    .filter((v) => v.key !== good.key)
    .flatMap((v) =>
      v.key
        .split('\n')
        .filter((l) => !expected.has(l))
        .map((l) => `${v.node}: ${l}`),
    );
  const fixes =
    result.kind === 'outliers' ? seen.flatMap((path) => fileFixes(path, sides, good.nodes[0]!, nodes)) : undefined;
  // where most nodes are too open, they are no example
  const exemplary = fixes?.every(({ commands }) => commands.length > 0) ?? false;
  return fail(`owner or mode of configuration files differs on ${list(nodes)}`, {
    nodes,
    subject: 'owner and mode',
    severity: 'warning',
    observed: details[0] ?? '',
    expected: exemplary ? `as on ${list(good.nodes)}` : 'the same on every node',
    details: details.slice(1),
    ...(fixes && { fixes }),
  });
}
