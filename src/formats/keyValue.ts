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

/** `rserver.conf`, `rsession.conf` and every sectioned file: `#` (and `;` in sectioned files) starts a comment line. */
export function sections(text: string): Config {
  const settings: Setting[] = [];
  const remarks: string[] = [];
  let section = '';
  linesOf(text).forEach((source, i) => {
    const line = source.trim();
    if (line === '' || /^[#;]/.test(line)) return;
    if (line.startsWith('[') && line.endsWith(']')) {
      section = line.slice(1, -1).trim();
      return;
    }
    const at = line.indexOf('=');
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    // [config] is the deprecated home of the same settings (WB-22); [nodes] lists hosts without a value
    const key = section === '' || section === 'config' ? name : `${section}.${name}`;
    settings.push({ key, value: at < 0 ? '' : line.slice(at + 1).trim(), line: i + 1 });
  });
  return { settings, remarks };
}

/** A value of a sectioned file up to a remark behind it; whether the product ends it there is not documented. */
export const withoutRemark = <T extends string | undefined>(value: T): T => value?.replace(/\s+[#;].*$/s, '') as T;
