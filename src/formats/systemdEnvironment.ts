/** The environment a service starts with, from its unit and the files the unit names. Source: systemd.exec(5). */

import { environmentFile } from './environmentFile.js';
import type { UnitFile } from './systemdLines.js';
import type { SystemdUnit } from './systemdUnit.js';

/** What a pattern of EnvironmentFile= matched on the node; `unread` are files that are there and cannot be read. */
export interface MatchedFiles {
  readonly files: readonly UnitFile[];
  readonly unread: readonly string[];
}

export interface ServiceEnvironment {
  /** `origin` is `path:line`. */
  readonly values: ReadonlyMap<string, { readonly value: string; readonly origin: string }>;
  /** Files that were not read: a variable without a value here may have one there. */
  readonly unread: readonly string[];
  /** Files that must be there and are not: the service does not start. */
  readonly missing: readonly string[];
  /** Variables that are set to what this text does not say, with the reason. */
  readonly unknown: ReadonlyMap<string, string>;
}

/**
 * Environment=, then the files (a later one beats an earlier one), then UnsetEnvironment=. `matched` has what each
 * pattern stands for on the node; a pattern that is not in it was not looked at.
 */
export function environmentOf(unit: SystemdUnit, matched: ReadonlyMap<string, MatchedFiles>): ServiceEnvironment {
  const values = new Map<string, { value: string; origin: string }>();
  const unknown = new Map(unit.passed.map((name) => [name, "taken over from systemd's own environment"]));
  const unread: string[] = [];
  const missing: string[] = [];
  const set = (name: string, value: string, origin: string): void => {
    values.set(name, { value, origin });
    unknown.delete(name);
  };
  for (const { name, value, origin, unknown: specifiers } of unit.variables) {
    set(name, value, origin);
    if (specifiers.length > 0)
      unknown.set(name, `not known: ${specifiers.join(', ')} in ${origin} depends on the machine`);
  }
  for (const { pattern, optional, unknown: specifiers } of unit.environmentFiles) {
    if (specifiers.length > 0) {
      unread.push(pattern);
      continue;
    }
    const found = matched.get(pattern);
    unread.push(...(found?.unread ?? [pattern]));
    if (found && found.files.length + found.unread.length === 0 && !optional) missing.push(pattern);
    for (const { path, text } of found?.files ?? [])
      for (const { name, value, line } of environmentFile(text)) set(name, value, `${path}:${line}`);
  }
  for (const item of unit.unset) {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(item)!;
    if (value !== undefined && values.get(name)?.value !== value) continue;
    values.delete(name);
    unknown.delete(name);
  }
  return { values, unread, missing, unknown };
}
