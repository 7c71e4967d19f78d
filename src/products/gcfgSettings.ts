/** Effective settings of a gcfg product: environment over file, the last value of the file, else absent. */

import { gcfg } from '../formats/gcfg.js';
import { last } from '../formats/settings.js';
import { NotSeen } from '../model/evidence.js';
import { endpointOf } from './endpoints.js';
import type { Installed } from './installed.js';
import { attempt, type Effective, type EffectiveSettings, type Settings, textOf } from './profile.js';

/** `get('database.provider')`; NotSeen when the main file cannot be read or is not there. */
export function gcfgSettings(
  installed: Installed,
  file: string,
  prefix: string,
): (key: string) => Effective | undefined {
  const text = textOf(installed, file);
  if (text === undefined) throw new NotSeen(`${installed.root}/${file} does not exist: the product is not configured`);
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

/** All values of these settings that are absolute paths. */
export const gcfgPaths = (installed: Installed, file: string, keys: readonly string[]): string[] =>
  gcfg(textOf(installed, file) ?? '').settings.flatMap((s) =>
    keys.includes(s.key) && s.value.startsWith('/') ? [s.value] : [],
  );

/** Port, certificate and health path as both gcfg products have them. Of two listeners the one without TLS. */
export function gcfgListener(
  get: (key: string) => Effective | undefined,
  port: number,
): Pick<Settings, 'port' | 'tls' | 'health' | 'certificate'> {
  const at = (key: string): number => Number(/:(\d+)$/.exec(get(key)?.value ?? '')?.[1]);
  const certificate = get('https.certificate')?.value;
  return {
    port: at('http.listen') || at('https.listen') || port,
    tls: !at('http.listen') && at('https.listen') > 0,
    health: '/__ping__',
    ...(get('https.listen') && certificate && { certificate }),
  };
}

/** The databases of a gcfg product: `[Postgres] URL`, and a second one by the name of its setting. */
export function gcfgEndpoints(
  get: (key: string) => Effective | undefined,
  second: { readonly key: string; readonly role: string },
): Settings['endpoints'] {
  return attempt(() => {
    const url = get('postgres.url');
    if (!url) throw new NotSeen('[Postgres] URL is not set: the address of the database is not known');
    const other = get(second.key);
    return [endpointOf('database', url.value), ...(other ? [endpointOf(second.role, other.value)] : [])];
  });
}

/** The database both gcfg products name alike; absent means SQLite. */
export function gcfgDatabase(get: (key: string) => Effective | undefined, file: string): Settings['database'] {
  const provider = get('database.provider');
  const because = provider?.because ?? `${file} has no [Database] Provider, and the default is sqlite`;
  return { value: { provider: (provider?.value ?? 'sqlite').toLowerCase(), because } };
}

/** Every key of the file, and those the environment sets. */
export function gcfgEffective(installed: Installed, file: string, prefix: string): EffectiveSettings {
  const get = gcfgSettings(installed, file, prefix);
  const inFile = gcfg(textOf(installed, file) ?? '').settings.map((s) => s.key);
  const inEnvironment = [...installed.environment.keys()].flatMap((variable) => {
    const m = new RegExp(`^${prefix}_([A-Z0-9]+)_([A-Z0-9]+)$`).exec(variable);
    return m ? [`${m[1]!.toLowerCase()}.${m[2]!.toLowerCase()}`] : [];
  });
  return new Map(
    [...new Set([...inFile, ...inEnvironment])].flatMap((key): [string, Effective][] => {
      const value = get(key);
      return value ? [[key, value]] : [];
    }),
  );
}
