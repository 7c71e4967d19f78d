/** Workbench's configuration files: which parser reads which, and the options in force. Source: docs/sources.md 4.1, 10. */

import { boostBoolean, boostOptions, LAUNCHER_PLUGIN, RSERVER, RSESSION } from '../../formats/boostOptions.js';
import { json } from '../../formats/json.js';
import { blocks, keyValue, rules, sections } from '../../formats/keyValue.js';
import { plainPath } from '../../formats/paths.js';
import { propertyTree } from '../../formats/propertyTree.js';
import { type Config, type Format, first } from '../../formats/settings.js';
import { envVars } from '../../formats/xdg.js';
import { argumentOf, type Installed } from '../installed.js';
import { attempt, formatOf, textOf } from '../profile.js';
import type { Effective, EffectiveSettings } from '../settings.js';

const rserver: Format = (text) => boostOptions(text, RSERVER);
const rsession: Format = (text) => boostOptions(text, RSESSION);
const plugin: Format = (text) => boostOptions(text, LAUNCHER_PLUGIN);
/** A later line overrides an earlier one. */
const variables: Format = (text) => ({
  settings: [...new Map(envVars(text).map(({ name, value, line }) => [name, { key: name, value, line }])).values()],
  remarks: [],
});

/** Blocks, each of a version: its path stands alone, or as the field with which the block begins. */
const versions: Format = (text) =>
  blocks(
    text
      .split('\n')
      .map((line, i, lines) => {
        const begins = /^\s*(#.*)?$/.test(lines[i - 1] ?? '');
        const path = (begins ? /^\s*(?:Path:\s*)?(\/.*)$/ : /^\s*(\/.*)$/).exec(line)?.[1];
        return path === undefined ? line : plainPath(path.trim());
      })
      .join('\n'),
  );

/** Each line is an extension that is installed, in whatever order. */
const extensions: Format = (text) => ({
  settings: rules(text).settings.map(({ value, line }) => ({ key: value, value: '', line })),
  remarks: [],
});

/** By name below a configuration directory; the first pattern that fits counts. */
export const FILES: readonly { readonly pattern: string; readonly format: Format }[] = [
  { pattern: 'rserver.conf', format: rserver },
  { pattern: 'rsession.conf', format: rsession },
  { pattern: 'database.conf', format: keyValue },
  { pattern: 'audit-database.conf', format: keyValue },
  { pattern: 'file-locks', format: keyValue },
  { pattern: 'env-vars', format: variables },
  { pattern: 'logging.conf', format: propertyTree },
  { pattern: 'launcher.*.profiles.conf', format: propertyTree },
  // it has sections, and which parser reads it is not documented
  { pattern: 'launcher.*.resources.conf', format: sections },
  { pattern: 'launcher.*.conf', format: plugin },
  ...[
    'load-balancer',
    'launcher.conf',
    'profiles',
    'jupyter.conf',
    'vscode.conf',
    'positron.conf',
    'repos.conf',
    'crash-handler.conf',
    'databricks.conf',
    'snowflake.conf',
  ].map((pattern) => ({ pattern, format: sections })),
  { pattern: 'r-versions', format: versions },
  ...['notifications.conf', 'launcher-env', 'launcher-mounts'].map((pattern) => ({
    pattern,
    format: blocks,
  })),
  { pattern: '*.extensions.conf', format: extensions },
  ...['ip-rules', 'nginx.*.conf'].map((pattern) => ({ pattern, format: rules })),
  ...['*-user-settings.json', 'rstudio-prefs.json'].map((pattern) => ({ pattern, format: json })),
];

/** Beside the password of database.conf. */
const PASSWORD = 'WORKBENCH_POSTGRES_PASSWORD';

const NONE: Config = { settings: [], remarks: [] };

const known = new WeakMap<Installed, Map<string, Config>>();

/** One file by its own grammar, read once; nothing where it is not there. NotSeen when it is there and could not be read. */
export function read(installed: Installed, name: string): Config {
  const files = known.get(installed) ?? new Map<string, Config>();
  known.set(installed, files);
  const before = files.get(name);
  if (before) return before;
  // --config-file=none: rserver reads no file
  const none = name === 'rserver.conf' && argumentOf(installed, 'config-file') === 'none';
  const text = none ? undefined : textOf(installed, name);
  const format = formatOf(FILES, name);
  const config = text === undefined || !format ? NONE : format(text);
  files.set(name, config);
  return config;
}

/** An option of rserver: of its command line, else of rserver.conf. */
export function option(installed: Installed, name: string): Effective | undefined {
  const setting = first(read(installed, 'rserver.conf'), name);
  const file = setting && { value: setting.value, because: `rserver.conf line ${setting.line}` };
  const given = argumentOf(installed, name);
  if (given === undefined) return file;
  return {
    value: given,
    because: `--${name} on the command line (${installed.argumentsFrom})`,
    beside: true,
    ...(file && { overrides: file }),
  };
}

/** A boolean option: absent means `otherwise`, and so does a value the server refuses. */
export const enabled = (installed: Installed, name: string, otherwise = false): boolean => {
  const given = option(installed, name);
  return given === undefined ? otherwise : (boostBoolean(given.value) ?? otherwise);
};

/** Where the installation keeps what a relative `rsession-config-file` names. */
export const INSTALLATION = '/usr/lib/rstudio-server';

/** Files that an option moves. */
export function moved(installed: Installed): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const main = argumentOf(installed, 'config-file');
  if (main && main !== 'none') places.set('rserver.conf', main);
  for (const [name, file] of [
    ['database-config-file', 'database.conf'],
    ['rsession-config-file', 'rsession.conf'],
  ] as const) {
    let path: string | undefined;
    try {
      path = option(installed, name)?.value;
    } catch {
      // rserver.conf could not be read: whoever needs the option says so
    }
    if (path) places.set(file, path.startsWith('/') || file !== 'rsession.conf' ? path : `${INSTALLATION}/${path}`);
  }
  return places;
}

/** Readable by root alone as a rule; what they say is asked as `Settings.database`, a separate fact. */
const OF_DATABASES = /^(audit-)?database\.conf$/;

/** Every setting as `file:key`; of duplicates the first counts. */
export function inForce(installed: Installed): EffectiveSettings {
  const settings = new Map<string, Effective>();
  for (const { path, type } of installed.tree.filter((e) => formatOf(FILES, e.path) && e.type !== 'directory')) {
    if (type !== 'file' && !installed.texts.has(path)) continue;
    const config = OF_DATABASES.test(path) ? attempt(() => read(installed, path)) : { value: read(installed, path) };
    if ('unseen' in config) continue;
    for (const { key, value, line } of config.value.settings)
      if (!settings.has(`${path}:${key}`)) settings.set(`${path}:${key}`, { value, because: `${path} line ${line}` });
  }
  // nobody documents which of two passwords counts
  const password = installed.environment.get(PASSWORD);
  if (password !== undefined)
    settings.set(`environment:${PASSWORD}`, {
      value: password,
      because: installed.origins?.get(PASSWORD) ?? 'a variable',
      beside: true,
      doubt: `${PASSWORD} counts from 2024.04 on, and which of two passwords counts is not documented`,
    });
  for (const word of installed.arguments ?? []) {
    const name = /^--([a-z][a-z0-9-]*)(?:=|$)/.exec(word)?.[1];
    const given = name === undefined ? undefined : option(installed, name);
    if (given?.beside) settings.set(`rserver.conf:${name}`, given);
  }
  return settings;
}
