/**
 * Hosts of an Ansible inventory: INI, YAML, or the JSON of `ansible-inventory --list`. Only where a host is and who logs
 * in there is read; passwords and everything else are left where they are.
 */

import { UsageError } from '../model/inventory.js';
import { loadYaml, parseYaml } from './yaml.js';

export interface AnsibleHost {
  readonly name: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  /** Why it cannot be asked over SSH, or what could not be read of it. */
  readonly note?: string;
  readonly leftOut?: true;
}

type Vars = Readonly<Record<string, unknown>>;

interface Group {
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  vars: Vars;
}

interface Groups {
  readonly groups: Map<string, Group>;
  /** Variables of the hosts themselves, in order of appearance. */
  readonly hosts: Map<string, Vars>;
}

const MAX_HOSTS = 10_000;
const SSH = ['ssh', 'smart', 'paramiko', 'paramiko_ssh'];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function group({ groups }: Groups, name: string): Group {
  let found = groups.get(name);
  if (!found) {
    found = { hosts: new Set(), children: new Set(), vars: {} };
    groups.set(name, found);
  }
  return found;
}

/** `web[01:03].example.com` is three hosts; letters and a step are allowed too. */
function expand(pattern: string): string[] {
  const range = /\[(\d+|[A-Za-z]):(\d+|[A-Za-z])(?::(\d+))?\]/.exec(pattern);
  if (!range) return [pattern];
  const [whole, from = '', to = '', step = '1'] = range;
  const digits = /^\d+$/.test(from) && /^\d+$/.test(to);
  if (!digits && from.length + to.length > 2) return [pattern];
  const [first, last] = digits ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  const every = Math.max(1, Number(step));
  if ((last - first) / every > MAX_HOSTS) throw new UsageError(`${pattern}: more than ${MAX_HOSTS} hosts`);
  const names: string[] = [];
  for (let i = first; i <= last; i += every) {
    const part = digits ? String(i).padStart(from.startsWith('0') ? from.length : 0, '0') : String.fromCharCode(i);
    names.push(pattern.slice(0, range.index) + part + pattern.slice(range.index + whole.length));
  }
  const all = names.flatMap(expand);
  if (all.length > MAX_HOSTS) throw new UsageError(`${pattern}: more than ${MAX_HOSTS} hosts`);
  return all;
}

function addHosts(all: Groups, to: Group, pattern: string, vars: Vars): void {
  const [, bare, port] = /^(\[[0-9A-Fa-f:.]+\]|[^:]+|[^:]*\[.*\][^:]*):(\d+)$/.exec(pattern) ?? [];
  for (const name of expand(bare ?? pattern)) {
    to.hosts.add(name);
    all.hosts.set(name, { ...all.hosts.get(name), ...(port && { ansible_port: Number(port) }), ...vars });
  }
  if (all.hosts.size > MAX_HOSTS) throw new UsageError(`more than ${MAX_HOSTS} hosts`);
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2');

function fromIni(text: string, all: Groups): void {
  let [name, kind] = ['ungrouped', 'hosts'];
  for (const raw of text.split(/\r\n|[\r\n]/)) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const section = /^\[([^\]:]+)(?::(children|vars))?\]\s*(?:[#;].*)?$/.exec(line);
    if (section) {
      [name, kind] = [section[1]!, section[2] ?? 'hosts'];
      group(all, name);
      continue;
    }
    const words = [...line.matchAll(/#.*|(?:[^\s"'#]|"[^"]*"|'[^']*')+/g)]
      .map(([word]) => word)
      .filter((word) => !word.startsWith('#'));
    if (kind === 'children') group(all, name).children.add(words[0]!);
    else if (kind === 'vars') {
      const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (key !== undefined) group(all, name).vars = { ...group(all, name).vars, [key]: unquote(value!) };
    } else if (words[0] !== undefined) {
      const pairs = words.slice(1).map((word): [string, string] => {
        const at = word.indexOf('=');
        return [word.slice(0, at), unquote(word.slice(at + 1))];
      });
      addHosts(all, group(all, name), words[0], Object.fromEntries(pairs));
    }
  }
}

/** A group as YAML has it (mappings), or as `ansible-inventory --list` has it (lists). */
function addGroup(all: Groups, name: string, value: unknown): void {
  const to = group(all, name);
  const parts = Array.isArray(value) ? { hosts: value } : isMap(value) ? value : {};
  if (isMap(parts.vars)) to.vars = { ...to.vars, ...parts.vars };
  if (Array.isArray(parts.hosts)) for (const host of parts.hosts) addHosts(all, to, String(host), {});
  else if (isMap(parts.hosts))
    for (const [host, vars] of Object.entries(parts.hosts)) addHosts(all, to, host, isMap(vars) ? vars : {});
  if (Array.isArray(parts.children)) for (const child of parts.children) to.children.add(String(child));
  else if (isMap(parts.children))
    for (const [child, inside] of Object.entries(parts.children)) {
      to.children.add(child);
      addGroup(all, child, inside);
    }
}

function fromTree(tree: Record<string, unknown>, all: Groups): void {
  const { _meta: meta, ...groups } = tree;
  for (const [name, value] of Object.entries(groups)) addGroup(all, name, value);
  const vars = isMap(meta) && isMap(meta.hostvars) ? meta.hostvars : {};
  for (const [host, own] of Object.entries(vars))
    if (isMap(own)) all.hosts.set(host, { ...all.hosts.get(host), ...own });
}

/** Groups that hold a host, from `all` down to the nearest, which has the last word; names decide between equals. */
function lineage({ groups }: Groups): (host: string) => Vars[] {
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
    return [...new Set(['all', ...own])]
      .sort((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : 1))
      .map((name) => groups.get(name)?.vars ?? {});
  };
}

function hostOf(name: string, vars: Vars): AnsibleHost {
  const notes: string[] = [];
  const text = (...keys: string[]): string | undefined => {
    const value = keys.map((key) => vars[key]).find((v) => v !== undefined && v !== null && v !== '');
    if (value === undefined) return undefined;
    if (!/\{[{%]/.test(String(value))) return String(value);
    notes.push(`${keys[0]} is a template`);
    return undefined;
  };
  const connection = text('ansible_connection');
  if (connection !== undefined && !SSH.includes(connection))
    return { name, leftOut: true, note: `ansible_connection is ${connection}` };
  const host = text('ansible_host', 'ansible_ssh_host');
  const port = text('ansible_port', 'ansible_ssh_port');
  const user = text('ansible_user', 'ansible_ssh_user');
  return {
    name,
    ...(host !== undefined && host !== name && { host }),
    ...(port !== undefined && /^\d+$/.test(port) && { port: Number(port) }),
    ...(user !== undefined && { user }),
    ...(notes.length > 0 && { note: notes.join(', ') }),
  };
}

/** Every host, or those of one group and the groups in it. UsageError names the file and what is wrong. */
export function ansibleHosts(source: string, fileName: string, only?: string): AnsibleHost[] {
  const text = source.replace(/^\ufeff/, '');
  const all: Groups = { groups: new Map(), hosts: new Map() };
  const named = /\.(ya?ml|json)$/i.test(fileName) || text.trimStart().startsWith('{');
  const yaml = named ? loadYaml(text, fileName) : parseYaml(text);
  if (!('problems' in yaml) && isMap(yaml.value)) fromTree(yaml.value, all);
  else if (named) throw new UsageError(`${fileName}: not an Ansible inventory: expected a mapping of groups`);
  else fromIni(text, all);
  if (only !== undefined && !all.groups.has(only))
    throw new UsageError(`${fileName}: no group ${only}; the groups are ${[...all.groups.keys()].join(', ')}`);
  const inside = new Set<string>();
  const enter = (name: string): void => {
    if (inside.has(name)) return;
    inside.add(name);
    for (const child of all.groups.get(name)?.children ?? []) enter(child);
  };
  if (only !== undefined && only !== 'all') enter(only);
  const vars = lineage(all);
  const hosts = [...all.hosts]
    .filter(([name]) => inside.size === 0 || [...inside].some((g) => all.groups.get(g)?.hosts.has(name)))
    .map(([name, own]) => hostOf(name, Object.assign({}, ...vars(name), own) as Vars));
  if (!hosts.some(({ leftOut }) => !leftOut))
    throw new UsageError(
      `${fileName}: found no host that is reached over SSH${only === undefined ? '' : ` in ${only}`}`,
    );
  return hosts;
}
