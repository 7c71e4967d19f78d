/** An Ansible inventory in INI. A line that Ansible would not take for a host is refused, with its number. */

import { UsageError } from '../../model/inventory.js';
import { addHosts, type Groups, group, type Vars } from './groups.js';
import { literal, shellWords } from './words.js';

/** Characters of a host pattern; the text of a script, a TOML file or a graph has others soon. */
const isPattern = (text: string): boolean => /^[\p{L}\p{N}_[][\p{L}\p{N}_.:,%@[\]-]*$/u.test(text);
/** Groups that need no section. */
const ALWAYS = ['all', 'ungrouped'];

function pairs(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    words.map((word): [string, unknown] => {
      const at = word.indexOf('=');
      if (at < 1) throw new UsageError('expected key=value after the name of a host');
      return [word.slice(0, at), literal(word.slice(at + 1))];
    }),
  );
}

function hostLine(words: readonly string[], all: Groups, name: string): void {
  const [pattern, ...rest] = words;
  if (pattern === undefined) return;
  if (!isPattern(pattern)) throw new UsageError('expected the name of a host, then key=value');
  addHosts(all, group(all, name), pattern, pairs(rest));
}

/** Adds all groups and hosts of the text. UsageError begins with the line, `3: `. */
export function fromIni(text: string, all: Groups): void {
  let [name, kind] = ['ungrouped', 'hosts'];
  const vars = new Map<string, Vars>();
  /** Groups that another section must define, with the line: Ansible refuses the file otherwise. */
  const mentioned: [name: string, index: number][] = [];
  for (const [index, raw] of text.split(/\r\n|[\r\n]/).entries()) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    try {
      const section = /^\[([^\]:\s]+)(?::(children|vars|hosts))?\]\s*(?:[#;].*)?$/.exec(line);
      if (section) {
        [name, kind] = [section[1]!, section[2] ?? 'hosts'];
        if (kind === 'vars') mentioned.push([name, index]);
        else group(all, name);
        continue;
      }
      // a host's pattern goes on after its range
      if (/^\[[^\][]*(?:\]\s*(?:[#;].*)?)?$/.test(line) && !/^\[[\dA-Fa-f]*:[\dA-Fa-f:.]*\]/.test(line))
        throw new UsageError('expected [group], [group:children] or [group:vars]');
      if (kind === 'vars') {
        const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
        if (key === undefined) throw new UsageError('expected key=value');
        vars.set(name, { ...vars.get(name), [key]: literal(value!) });
        continue;
      }
      const words = shellWords(line, true);
      if (words === undefined) throw new UsageError('found a quote that is not closed');
      if (kind === 'hosts') hostLine(words, all, name);
      else if (words[0] !== undefined) {
        group(all, name).children.add(words[0]);
        mentioned.push([words[0], index]);
      }
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`${index + 1}: ${error.message}`);
      throw error;
    }
  }
  for (const [name, index] of mentioned)
    if (!all.groups.has(name) && !ALWAYS.includes(name))
      throw new UsageError(`${index + 1}: found no section [${name}], expected the name of a group`);
  for (const [name, values] of vars) group(all, name).vars = values;
}
