/** The settings in force of a gcfg product: variables over the file, the last value of the file, else absent. */

import { gcfg, gcfgBoolean } from '../formats/gcfg.js';
import { isEveryAddress } from '../formats/hostName.js';
import { type OverrideRules, overrideOf } from '../formats/overrides.js';
import { type Config, isUnfilled, last } from '../formats/settings.js';
import { NotSeen } from '../model/evidence.js';
import { endpointOf, UNENCODED } from './endpoints.js';
import { argumentOf, type Installed, pathOf } from './installed.js';
import { attempt, environmentDoubt, type Profile, textOf } from './profile.js';
import type { Effective, EffectiveSettings, Endpoint, Settings } from './settings.js';

/** Where a product keeps its settings. */
export interface GcfgProduct {
  /** Name of the main file. */
  readonly file: string;
  readonly overrides: OverrideRules;
  /** Names that [Storage] has settings for. */
  readonly classes?: readonly string[];
}

type Get = (key: string) => Effective | undefined;

/** `--config FILE` of the server's command line. */
const gcfgMoved =
  ({ file }: GcfgProduct) =>
  (installed: Installed): ReadonlyMap<string, string> => {
    const path = argumentOf(installed, 'config');
    return new Map(path ? [[file, path]] : []);
  };

/** NotSeen where a file of variables could not be read: what is not set may be set there. */
function variablesSeen({ environmentTrouble, refused }: Installed): void {
  if (environmentTrouble) throw new NotSeen(environmentDoubt(environmentTrouble, refused));
}

/** What the profiles of these products have in common; `second` names their other database in the inventory. */
export const gcfgProfile = (product: GcfgProduct, second: string) =>
  ({
    texts: [{ pattern: '*.gcfg', format: gcfg }],
    required: [product.file],
    databaseScope: { file: product.file, key: /^(database|postgres|sqlite)\./ },
    effective: (installed) => gcfgInForce(installed, product),
    doubts: (file, config, environment) =>
      file === product.file ? gcfgDoubts(config, environment, product.overrides, product.classes) : [],
    movingOptions: 'config',
    moved: gcfgMoved(product),
    version: /(?<![0-9])v?([0-9]+\.[0-9]+\.[0-9]+(?:[-+.][0-9A-Za-z]+)*)/,
    hasKeys: true,
    database: { kind: 'postgresql', words: ['postgres'], more: [second] },
    sharesStorage: true,
  }) satisfies Partial<Profile>;

/** Every setting by `section.key`. NotSeen when the main file cannot be read or is not there. */
export function gcfgInForce(installed: Installed, { file, overrides }: GcfgProduct): EffectiveSettings {
  const text = textOf(installed, file);
  if (text === undefined)
    throw new NotSeen(
      installed.dangling?.includes(file)
        ? `${pathOf(installed, file)} is a link that leads nowhere: mount, or copy, what it is a link to`
        : `${pathOf(installed, file)} does not exist: the product is not configured`,
    );
  variablesSeen(installed);
  const config = gcfg(text);
  const settings = new Map<string, Effective>();
  for (const key of new Set(config.settings.map((s) => s.key))) {
    const { value, line, bare } = last(config, key)!;
    if (value !== '') settings.set(key, { value, because: `${file} line ${line}`, ...(bare && { bare }) });
  }
  for (const [variable, value] of installed.environment) {
    const meaning = overrideOf(variable, overrides);
    if (meaning?.kind !== 'setting') continue;
    const before = settings.get(meaning.key);
    const where = installed.origins?.get(variable) ?? installed.environmentFrom;
    if (value === '') {
      if (before) settings.set(meaning.key, { ...before, doubt: `whether an empty ${variable} (${where}) counts` });
      continue;
    }
    settings.set(meaning.key, {
      value,
      because: `environment variable ${variable} (${where})`,
      beside: true,
      ...(before && { overrides: before }),
      ...(meaning.unverified !== undefined && { doubt: `${variable}: ${meaning.unverified} is not confirmed` }),
    });
  }
  return settings;
}

/** One setting at a time, by `section.key`. */
export function gcfgSettings(installed: Installed, product: GcfgProduct): Get {
  const settings = gcfgInForce(installed, product);
  return (key) => settings.get(key);
}

/** Whether a variable with the product's prefix fits no known section: it is compared as it is. */
export const unmapped = (variable: string, { overrides }: GcfgProduct): boolean =>
  overrideOf(variable, overrides)?.kind === 'unmapped';

/** Why it is not known which path a setting names. */
export const pathDoubt = (setting: Effective | undefined): string | undefined =>
  setting && isUnfilled(setting.value)
    ? `whether the product fills in ${setting.value} (${setting.because}) is not documented; write the path out`
    : setting?.doubt;

/** Why it is not known whether the product uses the directory that a setting names. */
export function placeDoubt(setting: Effective | undefined): { readonly doubt?: string } {
  const open = pathDoubt(setting);
  return open === undefined ? {} : { doubt: `which directory is used is not known: ${open}` };
}

/** All values of these settings that are absolute paths. */
export const gcfgPaths = (installed: Installed, file: string, keys: readonly string[]): string[] =>
  gcfg(textOf(installed, file) ?? '').settings.flatMap((s) =>
    keys.includes(s.key) && s.value.startsWith('/') ? [s.value] : [],
  );

/** Services by which Go takes a port. */
const NAMED: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** `ADDRESS:PORT`, as Go's net.Listen takes it. */
function listener(text = ''): { address: string; port: number } | undefined {
  const [, address = '', port = ''] = /^(.*):(\d+|https?)$/.exec(text) ?? [];
  return port === '' ? undefined : { address, port: NAMED[port] ?? Number(port) };
}

/** Address, port, certificate and health path as both gcfg products have them. Of two listeners the one without TLS. */
export function gcfgListener(
  get: Get,
  port: number,
): Pick<Settings, 'address' | 'port' | 'tls' | 'health' | 'certificate'> {
  const [plain, secure] = ['http.listen', 'https.listen'].map((key) => listener(get(key)?.value));
  const used = plain ?? secure;
  const certificate = get('https.certificate')?.value;
  return {
    ...(used && !isEveryAddress(used.address) && { address: used.address }),
    port: used?.port || port,
    tls: !plain && secure !== undefined,
    health: '/__ping__',
    ...(get('https.listen')?.value && certificate && { certificate }),
  };
}

/** The databases of a gcfg product: `[Postgres] URL`, and a second one by the name of its setting. */
export function gcfgEndpoints(
  { unencoded, environment }: Installed,
  { file }: GcfgProduct,
  get: Get,
  second: { readonly key: string; readonly role: string },
): Settings['endpoints'] {
  const lines = (unencoded?.get(file) ?? []).map((line) => `${file} line ${line}`);
  const named = (role: string, { value, because, doubt }: Effective): Endpoint => {
    if (!lines.includes(because)) return { ...endpointOf(role, value, 'go', environment), ...(doubt && { doubt }) };
    throw new NotSeen(`the address of the ${role} is not a valid URL: ${because}: ${UNENCODED}`);
  };
  return attempt(() => {
    const url = get('postgres.url');
    if (!url) throw new NotSeen('[Postgres] URL is not set: the address of the database is not known');
    const other = get(second.key);
    return [named('database', url), ...(other ? [named(second.role, other)] : [])];
  });
}

/** The database both gcfg products name alike; absent means SQLite. */
export function gcfgDatabase(get: Get, file: string): Settings['database'] {
  const provider = get('database.provider');
  // without it the product might take its default
  if (provider?.doubt !== undefined && provider.value.toLowerCase() !== 'sqlite')
    return { unseen: `which database is used is not known: ${provider.doubt}` };
  if (provider?.bare)
    return { value: { provider: '', because: `${provider.because} has no = and no value behind Provider` } };
  const because = provider?.because ?? `${file} has no [Database] Provider, and the default is sqlite`;
  return { value: { provider: (provider?.value ?? 'sqlite').toLowerCase(), because } };
}

const LISTENS = ['http.listen', 'https.listen'];
/** Settings that are text, and that nothing else asks for a value. */
const TEXTS = /^(https?\.listen|https\.(certificate|key)|server\.(r|python)version|sqlite\.dir)$/;

/** `[HOST]:PORT` as Go's net.Listen takes it, an IPv6 address in brackets; a port by its number or its name. */
function isListener(text: string): boolean {
  const [, port] = /^(?:\[[^[\]]*\]|[^:[\]<>${}"'/\s]*):(\d+|[a-z][a-z\d-]*)$/.exec(text) ?? [];
  return port !== undefined && (Number.isNaN(Number(port)) || (Number(port) >= 1 && Number(port) <= 65_535));
}

const letters = (word: string): string => [...word].sort().join('');

/** Whether a word is perhaps the other, mistyped: letters in another order, or the same beginning. */
const resembles = (word: string, known: string): boolean =>
  letters(word) === letters(known) ||
  (word.slice(0, 4) === known.slice(0, 4) && Math.abs(word.length - known.length) <= 3);

/** The listeners of a file and its variables that name no address with a port. */
const oddListeners = (config: Config, environment: ReadonlyMap<string, string>, prefix: string): string[] =>
  LISTENS.flatMap((key): string[] => {
    const variable = `${prefix}${key.replace('.', '_').toUpperCase()}`;
    const given = environment.get(variable);
    if (given) return isListener(given) ? [] : [`${variable}=${given} is not an address with a port, as :3939 is`];
    const { value = '', line, bare } = last(config, key) ?? {};
    return value === '' || bare || isListener(value)
      ? []
      : [`line ${line}: ${key} is ${value}, which is not an address with a port, as :3939 is`];
  });

/** What the documents leave open in a file and its variables. `classes`: names that [Storage] has settings for. */
function gcfgDoubts(
  config: Config,
  environment: ReadonlyMap<string, string>,
  { sections, prefix }: OverrideRules,
  classes: readonly string[] = [],
): string[] {
  const mistyped = (name: string, known: readonly string[]): string | undefined =>
    known.includes(name) ? undefined : known.find((other) => resembles(name, other));
  const seen = new Set<string>();
  const lines = config.settings.flatMap(({ key, value, line, bare }): string[] => {
    const [, section = '', name = ''] = /^([^. ]+)(?: ".*")?\.(.*)$/.exec(key) ?? [];
    const meant = mistyped(section, sections);
    if (meant !== undefined && !seen.has(section)) {
      seen.add(section);
      return [`line ${line} is in [${section}], which the documents do not name (is [${meant}] meant?)`];
    }
    const other = section === 'storage' ? mistyped(name, classes) : undefined;
    if (other !== undefined) return [`line ${line}: [Storage] ${name} is not a class of storage (is ${other} meant?)`];
    if (bare && TEXTS.test(key)) return [`line ${line}: ${key} has no = and no value`];
    // of the metrics metrics-path says so
    return name === 'enabled' && section !== 'metrics' && gcfgBoolean(value) === undefined
      ? [`line ${line}: ${key} is ${value || 'empty'}, which is not a boolean`]
      : [];
  });
  return [...lines, ...oddListeners(config, environment, prefix)];
}
