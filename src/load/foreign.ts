/** Whether a file is the inventory of another program, which an operator may well have at hand. */

import { isMap } from './isMap.js';

/** A group has hosts, children or vars; ours has none of these at any level. */
const isGroup = (value: unknown): boolean => isMap(value) && ['hosts', 'children'].some((key) => key in value);

/** Ansible's: INI, the YAML of groups, the JSON of `ansible-inventory --list`, or a dynamic source. */
export function ofAnsible(text: string, value: unknown): boolean {
  if (/^[^\n#]*\bansible_[a-z_]+\s*[=:]/m.test(text)) return true;
  if (!isMap(value)) return /^\s*\[[\w.:-]+\]\s*$/m.test(text);
  if ('nodes' in value || 'nodesFrom' in value || 'version' in value) return false;
  return '_meta' in value || typeof value.plugin === 'string' || Object.values(value).some(isGroup);
}
