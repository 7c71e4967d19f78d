/** The folders group_vars and host_vars next to an Ansible inventory. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError } from '../../model/inventory.js';
import { isMap } from '../isMap.js';
import { readText } from '../read.js';
import { MAX_FILE_BYTES, parseYaml } from '../yaml.js';
import type { Vars } from './groups.js';

const ENDINGS = ['', '.yml', '.yaml', '.json'];
/** Folders in folders; a link to a folder above would never end. */
const MAX_DEPTH = 5;

export interface VarsBeside {
  readonly group: (name: string) => Vars;
  readonly host: (name: string) => Vars;
  /** What could not be read, in sentences. */
  readonly remarks: readonly string[];
}

function names(folder: string): Set<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    return new Set();
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function filesBelow(path: string, depth = 0): string[] {
  if (!isFolder(path)) return [path];
  if (depth > MAX_DEPTH) return [];
  return [...names(path)]
    .filter((name) => !/^\.|~$/.test(name) && (isFolder(join(path, name)) || /^[^.]+$|\.(ya?ml|json)$/.test(name)))
    .sort()
    .flatMap((name) => filesBelow(join(path, name), depth + 1));
}

function readVars(path: string): Vars | string {
  let text: string;
  try {
    text = readText(path, MAX_FILE_BYTES, path);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}: its variables are missing here`;
    throw error;
  }
  if (text.startsWith('$ANSIBLE_VAULT;'))
    return `${path} is encrypted with ansible-vault: its variables are missing here`;
  if (/^(?:\s|#.*|---)*$/.test(text)) return {};
  const yaml = parseYaml(text, { anyTag: true });
  return !('problems' in yaml) && isMap(yaml.value)
    ? yaml.value
    : `${path} cannot be read as YAML: its variables are missing here`;
}

/** Reads a file when its group or host is asked for, as Ansible does: the name bare (a file or a folder), else with an ending. */
export function varsBeside(folder: string): VarsBeside {
  const remarks: string[] = [];
  const lookUp = (kind: string): ((name: string) => Vars) => {
    const there = names(join(folder, kind));
    const known = new Map<string, Vars>();
    return (name) => {
      const before = known.get(name);
      if (before) return before;
      const found = ENDINGS.map((ending) => name + ending).find((file) => there.has(file));
      const read = (found === undefined ? [] : filesBelow(join(folder, kind, found))).map(readVars);
      remarks.push(...read.filter((part) => typeof part === 'string'));
      const vars = Object.assign({}, ...read.filter((part) => typeof part !== 'string')) as Vars;
      known.set(name, vars);
      return vars;
    };
  };
  return { group: lookUp('group_vars'), host: lookUp('host_vars'), remarks };
}
