/** An Ansible inventory in YAML, or the JSON of `ansible-inventory --list` and of inventory scripts. */

import { UsageError } from '../../model/inventory.js';
import { isMap } from '../isMap.js';
import { addHosts, type Groups, group, type Vars } from './groups.js';

/** Levels of groups in groups; what is deeper is not an inventory. */
const MAX_DEPTH = 60;

/** ansible-core 2.19 and later wrap text that is not to be taken for a template. */
export const unwrap = (value: unknown): unknown =>
  isMap(value) && '__ansible_unsafe' in value ? value.__ansible_unsafe : value;

/** Hosts or children of a group: a mapping, one name, or a list, as JSON has it. */
function entries(value: unknown): [string, unknown][] {
  const plain = unwrap(value);
  if (Array.isArray(plain)) return plain.map((name): [string, unknown] => [String(unwrap(name)), null]);
  if (isMap(plain)) return Object.entries(plain);
  return typeof plain === 'string' ? [[plain, null]] : [];
}

function addGroup(all: Groups, name: string, value: unknown, json: boolean, depth = 0): void {
  if (depth > MAX_DEPTH) throw new UsageError(`found groups deeper than ${MAX_DEPTH} levels`);
  if (value !== null && typeof value !== 'object')
    throw new UsageError(`found ${name} without hosts, children or vars, expected a group`);
  const to = group(all, name);
  const { hosts, children, vars } = Array.isArray(value)
    ? { hosts: value, children: [], vars: {} }
    : ((value ?? {}) as Vars);
  // group_vars and files of other programs have such lists; hosts of Ansible they are not
  for (const [key, list] of Object.entries({ hosts, children }))
    if (!json && Array.isArray(list) && list.length > 0)
      throw new UsageError(`found a list of ${key} in ${name}, expected a mapping (name: on each line)`);
  if (isMap(vars)) to.vars = { ...to.vars, ...vars };
  for (const [host, own] of entries(hosts)) addHosts(all, to, host, isMap(own) ? own : {});
  for (const [child, inside] of entries(children)) {
    to.children.add(child);
    addGroup(all, child, inside, json, depth + 1);
  }
}

/** Adds all groups and hosts of a mapping of groups. UsageError when a group cannot be one. */
export function fromTree(tree: Readonly<Record<string, unknown>>, all: Groups, json: boolean): void {
  const { _meta: meta, ...groups } = tree;
  for (const [name, value] of Object.entries(groups)) {
    // in YAML that is the option of something else; scripts print groups like this
    if (Array.isArray(value) && !json) throw new UsageError(`found a list in ${name}, expected a group (a mapping)`);
    addGroup(all, name, value, json);
  }
  const vars = isMap(meta) && isMap(meta.hostvars) ? meta.hostvars : {};
  for (const [host, own] of Object.entries(vars))
    if (isMap(own)) all.hosts.set(host, { ...all.hosts.get(host), ...own });
}
