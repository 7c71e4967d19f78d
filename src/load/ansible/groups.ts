/** Groups and hosts of an Ansible inventory, whatever format they were written in. */

import { UsageError } from '../../model/inventory.js';

export type Vars = Readonly<Record<string, unknown>>;

interface Group {
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  vars: Vars;
}

export interface Groups {
  readonly groups: Map<string, Group>;
  /** Variables of the hosts themselves, in order of appearance. */
  readonly hosts: Map<string, Vars>;
}

const MAX_HOSTS = 10_000;

export function group({ groups }: Groups, name: string): Group {
  let found = groups.get(name);
  if (!found) {
    found = { hosts: new Set(), children: new Set(), vars: {} };
    groups.set(name, found);
  }
  return found;
}

/** `web[01:03].example.com` is three hosts; letters, a step and an omitted start (0) are allowed, too. */
function expand(pattern: string): string[] {
  const range = /\[(\d*|[A-Za-z]):(\d+|[A-Za-z])(?::(\d+))?\]/.exec(pattern);
  if (!range) return [pattern];
  const [whole, start = '', to = '', step = '1'] = range;
  const from = start === '' ? '0' : start;
  const digits = /^\d+$/.test(from) && /^\d+$/.test(to);
  if (!digits && from.length + to.length > 2) return [pattern];
  const [first, last] = digits ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  const padded = digits && from.length > 1 && from.startsWith('0');
  if (first > last) throw new UsageError(`${pattern}: expected the smaller end of the range first: [${to}:${from}]`);
  if (padded && from.length !== to.length)
    throw new UsageError(`${pattern}: expected both ends of the range with the same number of digits`);
  const every = Math.max(1, Number(step));
  if ((last - first) / every > MAX_HOSTS) throw new UsageError(`${pattern}: more than ${MAX_HOSTS} hosts`);
  const names: string[] = [];
  for (let i = first; i <= last; i += every) {
    const part = digits ? String(i).padStart(padded ? from.length : 0, '0') : String.fromCharCode(i);
    names.push(pattern.slice(0, range.index) + part + pattern.slice(range.index + whole.length));
  }
  const all = names.flatMap(expand);
  if (all.length > MAX_HOSTS) throw new UsageError(`${pattern}: more than ${MAX_HOSTS} hosts`);
  return all;
}

/** Adds the hosts of a pattern, `name[:port]` with ranges, to a group. UsageError for a range that cannot be. */
export function addHosts(all: Groups, to: Group, pattern: string, vars: Vars): void {
  const [, bare, port] = /^(\[[0-9A-Fa-f:.]+\]|[^:]+|[^:]*\[.*\][^:]*):(\d+)$/.exec(pattern) ?? [];
  for (const name of expand(bare ?? pattern)) {
    to.hosts.add(name);
    all.hosts.set(name, { ...all.hosts.get(name), ...(port && { ansible_port: Number(port) }), ...vars });
  }
  if (all.hosts.size > MAX_HOSTS) throw new UsageError(`more than ${MAX_HOSTS} hosts`);
}

/** Names of the groups that hold a host, from `all` down to the nearest, which has the last word; between equals their priority decides, then their names. */
export function lineage({ groups }: Groups): (host: string) => string[] {
  const priority = (name: string): number => Number(groups.get(name)?.vars.ansible_group_priority ?? 1) || 1;
  const parents = (name: string): string[] => [...groups].filter(([, g]) => g.children.has(name)).map(([n]) => n);
  const above = new Map<string, Set<string>>();
  const depths = new Map<string, number>();
  const climb = (name: string, path: readonly string[]): Set<string> => {
    const known = above.get(name);
    if (known) return known;
    const set = new Set([name]);
    let depth = name === 'all' ? 0 : 1;
    for (const parent of parents(name).filter((p) => !path.includes(p)))
      for (const ancestor of climb(parent, [...path, name])) {
        set.add(ancestor);
        depth = Math.max(depth, (depths.get(ancestor) ?? 0) + 1);
      }
    above.set(name, set);
    depths.set(name, depth);
    return set;
  };
  for (const name of groups.keys()) climb(name, []);
  return (host) => {
    const own = [...groups].filter(([, g]) => g.hosts.has(host)).flatMap(([name]) => [...above.get(name)!]);
    return [...new Set(['all', ...own])].sort(
      (a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || priority(a) - priority(b) || (a < b ? -1 : 1),
    );
  };
}
