/**
 * Workbench's line formats. They look alike and are not: `database.conf` and `file-locks` know no comments and take
 * the first duplicate; `rserver.conf` knows `#`; `load-balancer`, `launcher.conf` and `profiles` may have sections.
 * Source: docs/sources.md 4.1 (rstudio Settings/FileSerializer, boost program_options).
 */

import { trimBlanks } from './blanks.js';
import { type Config, linesOf, type Setting } from './settings.js';

const unquoteJson = (value: string): string => {
  if (!/^".*"$/s.test(value)) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
};

/**
 * `database.conf`, `file-locks`: split at the first `=`; `#name` is a key named `#name`; lines without `=` are nothing.
 * A byte-order mark belongs to the first key. Source: rstudio/rstudio src/cpp/core/FileSerializer.cpp.
 */
export function keyValue(text: string): Config {
  const settings: Setting[] = [];
  const remarks: string[] = [];
  const keys = new Set<string>();
  text.split('\n').forEach((source, i) => {
    const at = source.indexOf('=');
    if (at < 0) return;
    const key = trimBlanks(source.slice(0, at));
    if (key.startsWith('\uFEFF'))
      remarks.push(`line ${i + 1}: a byte-order mark is part of the name, so ${key.slice(1)} is not set here`);
    if (keys.has(key)) remarks.push(`line ${i + 1}: ${key} is set again, but the first one counts`);
    keys.add(key);
    settings.push({ key, value: unquoteJson(trimBlanks(source.slice(at + 1))), line: i + 1 });
  });
  return { settings, remarks };
}

/**
 * `load-balancer`, `launcher.conf` and every sectioned file: `#` and `;` start a comment line. Of sections with one title,
 * such as the clusters of the Launcher, each that has a name goes by it.
 */
export function sections(text: string): Config {
  let section = '';
  let block: Setting[] = [];
  let lines = new Map<string, Setting>();
  const blocks = [{ section, block }];
  const remarks: string[] = [];
  linesOf(text).forEach((source, i) => {
    const line = source.trim();
    if (line === '' || /^[#;]/.test(line)) return;
    if (line.startsWith('[') && line.endsWith(']')) {
      section = line.slice(1, -1).trim();
      block = [];
      lines = new Map();
      blocks.push({ section, block });
      return;
    }
    const at = line.indexOf('=');
    const key = (at < 0 ? line : line.slice(0, at)).trim();
    const value = at < 0 ? '' : line.slice(at + 1).trim();
    const before = lines.get(key);
    if (before && before.value !== value)
      remarks.push(
        `line ${i + 1}: ${key} is set on line ${before.line} already, and which of the two counts is not documented`,
      );
    const setting = { key, value, line: i + 1 };
    if (!before) lines.set(key, setting);
    block.push(setting);
  });
  const settings = blocks.flatMap(({ section, block }) => {
    const name = withoutRemark(block.find(({ key }) => key === 'name')?.value);
    const title = name ? `${section} "${name}"` : section;
    // [config] is the deprecated home of the same settings (WB-22); [nodes] lists hosts without a value
    return block.map((s) => (section === '' || section === 'config' ? s : { ...s, key: `${title}.${s.key}` }));
  });
  return { settings, remarks };
}

/** `r-versions`, `notifications.conf`: blocks with a blank line between them, each known by its first line. */
export function blocks(text: string): Config {
  let first: string | undefined;
  const settings: Setting[] = [];
  linesOf(text).forEach((source, i) => {
    const line = source.trim();
    if (line === '') first = undefined;
    if (line === '' || line.startsWith('#')) return;
    // a line that is only a path is a block
    if (line.startsWith('/')) first = undefined;
    const [, name, value = ''] = /^([^:/]+?)\s*:\s*(.*)$/.exec(line) ?? [];
    const text = name === undefined ? line : `${name}: ${value}`;
    settings.push({
      key: first === undefined ? text : `${first} ${name ?? line}`,
      value: first === undefined ? '' : value,
      line: i + 1,
    });
    first ??= text;
  });
  return { settings, remarks: [] };
}

/** `ip-rules`: one rule per line, in an order that may matter. */
export const rules = (text: string): Config => ({
  settings: linesOf(text).flatMap((source, i) => {
    const value = source.trim().replace(/\s+/g, ' ');
    return value === '' || value.startsWith('#') ? [] : [{ key: 'rules', value, line: i + 1 }];
  }),
  remarks: [],
});

/** A value of a sectioned file up to a remark behind it; whether the product ends it there is not documented. */
export const withoutRemark = <T extends string | undefined>(value: T): T => value?.replace(/\s+[#;].*$/s, '') as T;
