/** Effective settings of a gcfg product: environment over file, the last value of the file, else absent. */

import { gcfg } from '../formats/gcfg.js';
import { last } from '../formats/settings.js';
import { NotSeen } from '../model/evidence.js';
import type { Installed } from './found.js';
import { type Settings, textOf } from './profile.js';

export interface Effective {
  readonly value: string;
  readonly because: string;
}

/** `get('database.provider')`; NotSeen when the main file cannot be read or is not there. */
export function gcfgSettings(
  installed: Installed,
  file: string,
  prefix: string,
): (key: string) => Effective | undefined {
  const text = textOf(installed, file);
  if (text === undefined) throw new NotSeen(`${installed.root}/${file} is not there: the product is not configured`);
  const config = gcfg(text);
  return (key) => {
    const variable = `${prefix}_${key.toUpperCase().replace('.', '_')}`;
    const fromEnvironment = installed.environment.get(variable);
    if (fromEnvironment !== undefined)
      return { value: fromEnvironment, because: `environment variable ${variable} (${installed.environmentFrom})` };
    const setting = last(config, key);
    return setting && setting.value !== ''
      ? { value: setting.value, because: `${file} line ${setting.line}` }
      : undefined;
  };
}

/** The database both gcfg products name alike; absent means SQLite. */
export function gcfgDatabase(get: (key: string) => Effective | undefined, file: string): Settings['database'] {
  const provider = get('database.provider');
  const because = provider?.because ?? `${file} has no [Database] Provider, and the default is sqlite`;
  return { value: { provider: (provider?.value ?? 'sqlite').toLowerCase(), because } };
}
