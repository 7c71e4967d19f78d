/**
 * Hosts of an Ansible inventory: INI, YAML, or the JSON of `ansible-inventory --list`, with group_vars and host_vars next
 * to it. Only how a host is reached is read. A file that Ansible reads in other ways is refused, with the way to have
 * Ansible read it.
 */

import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { UsageError } from '../model/inventory.js';
import { TRANSPORTS } from '../model/transports.js';
import { type Groups, lineage, type Vars } from './ansible/groups.js';
import { type AnsibleHost, hostOf } from './ansible/host.js';
import { fromIni } from './ansible/ini.js';
import { fromTree } from './ansible/tree.js';
import { type VarsBeside, varsBeside } from './ansible/vars.js';
import { isMap } from './isMap.js';
import { readText } from './read.js';
import { loadYaml, parseYaml } from './yaml.js';

export type { AnsibleHost } from './ansible/host.js';

export interface AnsibleInventory {
  readonly hosts: readonly AnsibleHost[];
  /** What could not be read, in sentences. */
  readonly remarks: readonly string[];
}

/** Bytes of the largest file that is read: `--list` of a cloud has hundreds of variables for each host. */
const MAX_BYTES = 64_000_000;
/** Hosts that a refusal names. */
const MOST_LOST = 3;
const NOTHING: VarsBeside = { group: () => ({}), host: () => ({}), remarks: [] };

const wayOut = (fileName: string): string =>
  `have Ansible read it: ansible-inventory -i ${/^[\w./-]+$/.test(fileName) ? fileName : `'${fileName.replaceAll("'", "'\\''")}'`} --list > all.json, then ha-preflight init --from-ansible all.json`;

/** What the file is when it is not a list of hosts, by its first bytes, its name or its sections. */
function other(text: string, fileName: string): string | undefined {
  if (text.startsWith('$ANSIBLE_VAULT;')) return 'encrypted with ansible-vault';
  if (text.startsWith('#!')) return 'a script that prints an inventory';
  if (/\.toml$/i.test(fileName)) return 'an inventory in TOML';
  return undefined;
}

const isSettings = (text: string, fileName: string): boolean =>
  basename(fileName) === 'ansible.cfg' ||
  /^\[(defaults|privilege_escalation|(ssh|paramiko|persistent)_connection)\]/m.test(text);

function json(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse(text: string, fileName: string, all: Groups): void {
  const listed = json(text);
  const named = /\.(ya?ml|json)$/i.test(fileName) || /^\s*\{/.test(text);
  const read = (): unknown => {
    const yaml = named ? loadYaml(text, fileName, { anyTag: true }) : parseYaml(text, { anyTag: true });
    return 'problems' in yaml ? undefined : yaml.value;
  };
  const tree = listed ?? read();
  if (!isMap(tree)) {
    if (named) throw new UsageError('not an Ansible inventory: expected a mapping of groups');
    fromIni(text, all);
    return;
  }
  if (tree.plugin !== undefined && !isMap(tree.plugin))
    throw new UsageError(`this configures the inventory plugin ${String(tree.plugin)} and holds no hosts`);
  fromTree(tree, all, listed !== undefined);
}

/** Two names of one machine would be refused as one node too many: the second is left out. */
function withoutTwins(hosts: readonly AnsibleHost[]): AnsibleHost[] {
  const first = new Map<string, string>();
  return hosts.map((host) => {
    if (host.leftOut) return host;
    const machine = TRANSPORTS.ssh.machine(host, host.host ?? host.name);
    const twin = first.get(machine);
    if (twin !== undefined) return { name: host.name, leftOut: true, note: `the same machine as ${twin}` };
    first.set(machine, host.name);
    return host;
  });
}

/** Names of a group and of all groups in it. */
function groupsIn({ groups }: Groups, name: string): Set<string> {
  const inside = new Set<string>();
  const enter = (group: string): void => {
    if (inside.has(group)) return;
    inside.add(group);
    for (const child of groups.get(group)?.children ?? []) enter(child);
  };
  enter(name);
  return inside;
}

/** Every host, or those of one group and the groups in it. UsageError names the file, what is wrong and the way out. */
export function ansibleHosts(
  source: string,
  fileName: string,
  only?: string,
  beside: VarsBeside = NOTHING,
): AnsibleInventory {
  const text = source.replace(/^\ufeff/, '');
  const kind = other(text, fileName);
  if (kind !== undefined) throw new UsageError(`${fileName}: ${kind}; ${wayOut(fileName)}`);
  if (isSettings(text, fileName))
    throw new UsageError(
      `${fileName}: these are settings of Ansible (ansible.cfg): give the file that its inventory names`,
    );
  const all: Groups = { groups: new Map(), hosts: new Map() };
  try {
    parse(text, fileName, all);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message } = error;
    const place = message.startsWith(`${fileName}:`) ? '' : /^\d+: /.test(message) ? `${fileName}:` : `${fileName}: `;
    throw new UsageError(`${place}${message}\n${wayOut(fileName)}`);
  }
  const hosts = hostsIn(all, fileName, only, beside);
  if (!hosts.some(({ leftOut }) => !leftOut)) {
    const lost = hosts.slice(0, MOST_LOST).map(({ name, note }) => `; ${name} is left out: ${note}`);
    throw new UsageError(
      `${fileName}: found no host that is reached over SSH${only === undefined ? '' : ` in ${only}`}${lost.join('')}; if there are some, ${wayOut(fileName)}`,
    );
  }
  return { hosts, remarks: beside.remarks };
}

/** The same of what `ansible-inventory --list` printed, which may be nobody; `what` begins every message. */
export function listedHosts(tree: Vars, what: string, only?: string): readonly AnsibleHost[] {
  const all: Groups = { groups: new Map(), hosts: new Map() };
  try {
    fromTree(tree, all, true);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${what}: ${error.message}`) : error;
  }
  return hostsIn(all, what, only, NOTHING);
}

function hostsIn(all: Groups, fileName: string, only: string | undefined, beside: VarsBeside): AnsibleHost[] {
  if (only !== undefined && only !== 'all' && !all.groups.has(only))
    throw new UsageError(`${fileName}: no group ${only}; the groups are ${[...all.groups.keys()].join(', ')}`);
  const inside = only === undefined || only === 'all' ? undefined : groupsIn(all, only);
  const above = lineage(all);
  // the order of Ansible: what the inventory says of groups, group_vars, what it says of the host, host_vars
  const varsOf = (name: string, own: Vars): Vars => {
    const groups = above(name);
    const layers = [...groups.map((g) => all.groups.get(g)?.vars ?? {}), ...groups.map(beside.group), own];
    return Object.assign({ inventory_dir: dirname(fileName) }, ...layers, beside.host(name)) as Vars;
  };
  return withoutTwins(
    [...all.hosts]
      .filter(([name]) => !inside || [...inside].some((g) => all.groups.get(g)?.hosts.has(name)))
      .map(([name, own]) => hostOf(name, varsOf(name, own))),
  );
}

/** The same from a file, with the folders group_vars and host_vars next to it. */
export function readAnsible(path: string, only?: string): AnsibleInventory {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${path}: a folder of inventories; ${wayOut(path)}`);
  return ansibleHosts(readText(path, MAX_BYTES, path), path, only, varsBeside(dirname(path)));
}
