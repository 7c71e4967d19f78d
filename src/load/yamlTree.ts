/** The tree behind a YAML text, with offsets: what positions, duplicate keys and alias bombs are found in. */

import { type Excerpt, lineAndColumn, lineStarts } from './problem.js';

/**
 * `start` is where an error about the node points, -1 when that is the key (`key:` with nothing behind, `key: |`).
 * `from` and `end` are a scalar's own text, quotes included.
 */
export type Tree =
  | {
      readonly kind: 'scalar';
      readonly start: number;
      readonly from: number;
      readonly end: number;
      readonly text: string;
      readonly plain: boolean;
    }
  | { readonly kind: 'list'; readonly start: number; readonly items: Tree[] }
  | { readonly kind: 'map'; readonly start: number; readonly pairs: Pair[] }
  | { readonly kind: 'alias'; readonly start: number; readonly name: string; readonly target: Tree | undefined };

export interface Pair {
  readonly key: Tree;
  readonly value: Tree;
}

const childrenOf = (node: Tree): Tree[] => {
  if (node.kind === 'list') return node.items;
  if (node.kind === 'map') return node.pairs.flatMap(({ key, value }) => [key, value]);
  return node.kind === 'alias' && node.target ? [node.target] : [];
};

interface Size {
  readonly count: number;
  readonly depth: number;
}

/**
 * Counts nodes and levels as if every alias were written out, without writing it out. Undefined when both limits hold;
 * else, or when a node stands inside itself, what is wrong.
 */
export function tooLarge(root: Tree, maxNodes: number, maxDepth: number): Excerpt | undefined {
  const sizes = new Map<Tree, Size | 'open'>();
  let problem: Excerpt | undefined;
  let at = 0;
  const measure = (node: Tree): Size => {
    const known = sizes.get(node);
    if (known === 'open')
      problem ??= { offset: at, message: 'found an alias (*name) inside the value that it stands for' };
    if (known !== undefined) return known === 'open' ? { count: 1, depth: 1 } : known;
    sizes.set(node, 'open');
    let count = 1;
    let depth = 0;
    for (const child of childrenOf(node)) {
      if (node.kind === 'alias') at = node.start;
      const size = measure(child);
      if (child.start >= 0) at = child.start;
      count += size.count;
      depth = Math.max(depth, size.depth);
      if (count > maxNodes)
        problem ??= { offset: at, message: `found more than ${maxNodes} values once aliases (*name) are followed` };
      if (depth > maxDepth)
        problem ??= { offset: at, message: `found lists and mappings deeper than ${maxDepth} levels` };
      if (problem) break;
    }
    const size = { count, depth: depth + (node.kind === 'alias' ? 0 : 1) };
    sizes.set(node, size);
    return size;
  };
  measure(root);
  return problem;
}

/** Every key that stands twice in one mapping. */
export function duplicateKeys(root: Tree, text: string): Excerpt[] {
  const starts = lineStarts(text);
  const problems: Excerpt[] = [];
  const visit = (node: Tree): void => {
    if (node.kind === 'alias') return;
    if (node.kind === 'map') {
      const first = new Map<string, number>();
      for (const { key } of node.pairs) {
        if (key.kind !== 'scalar') continue;
        const before = first.get(key.text);
        if (before === undefined) first.set(key.text, key.start);
        else {
          const message = `found the key ${JSON.stringify(key.text)} again, expected it once; it is also on line ${lineAndColumn(starts, before).line}`;
          problems.push({ offset: key.start, message });
        }
      }
    }
    childrenOf(node).forEach(visit);
  };
  visit(root);
  return problems;
}

/** What an alias stands for; any other node is itself. */
export const follow = (node: Tree): Tree => (node.kind === 'alias' && node.target ? follow(node.target) : node);

const indexes = new WeakMap<Tree, Map<string, Pair>>();

/** The pairs of a mapping by key, its own before merged ones. */
function pairsOf(map: Tree): Map<string, Pair> {
  const known = indexes.get(map);
  if (known) return known;
  const index = new Map<string, Pair>();
  indexes.set(map, index);
  if (map.kind !== 'map') return index;
  const merged: Tree[] = [];
  for (const pair of map.pairs) {
    const key = follow(pair.key);
    if (key.kind !== 'scalar') continue;
    if (key.plain && key.text === '<<') {
      const value = follow(pair.value);
      merged.push(...(value.kind === 'list' ? value.items : [value]));
    } else index.set(key.text, pair);
  }
  for (const source of merged)
    for (const [name, pair] of pairsOf(follow(source))) if (!index.has(name)) index.set(name, pair);
  return index;
}

/** Offset of the key or value a path leads to, or of the last thing on the way that exists. */
export function findNode(root: Tree, path: readonly string[], at: 'key' | 'value'): number {
  let node = root;
  let key = root.start;
  for (const name of path) {
    const inside = follow(node);
    const pair = pairsOf(inside).get(name);
    const next = pair ? pair.value : inside.kind === 'list' ? inside.items[Number(name)] : undefined;
    if (next === undefined) break;
    key = pair ? pair.key.start : next.start < 0 ? inside.start : next.start;
    node = next;
  }
  const start = at === 'key' || node.start < 0 ? key : node.start;
  return Math.max(start, 0);
}
