/** Compares configuration directories: which files, which settings, what may differ. Used by `config-identical`. */

import type { Found, Settings } from 'ha-preflight';
import { keyValue } from 'ha-preflight/formats/keyValue';
import { type Config, type Format, meaning } from 'ha-preflight/formats/settings';
import { pathOf } from 'ha-preflight/products/installed';
import { formatOf, type Profile, whyUnread } from 'ha-preflight/products/profile';

/**
 * Left behind by editors, package managers and people, with a date or a number perhaps; `*.defaults` follows the
 * version. sources F3.
 */
const LEFTOVER =
  /(~|[._-](bak|backup|copy|orig|old|save|prev|disabled|rej|tmp)([._-]?\d[\d._T-]*)?|\.(rpm(save|new|orig)|(dpkg|ucf)-\w+|sw[a-z]|defaults)([._-]?\d[\d._T-]*)?|[._-]\d{4}-?\d{2}-?\d{2}([._T-]?\d{2,6})*)$|(^|\/)(#.*#$|(\.git|\.svn|bak|backups?|old|orig|archive)\/)/i;

/**
 * Whether the product does not read a file of this name: a leftover, or a file that it reads (`texts`) with something
 * behind its name (`rserver.conf.1`, `rserver.conf.pre-upgrade`).
 */
export const isLeftover = (path: string, texts: Profile['texts']): boolean =>
  LEFTOVER.test(path) ||
  (formatOf(texts, path) === undefined &&
    [...path.matchAll(/[._~@-](?=[^/]*$)/g)].some(({ index }) => formatOf(texts, path.slice(0, index)) !== undefined));

/** Files that the product needs, and that are links to what is not there. */
export const linksNowhere = ({ dangling = [], profile }: Found): string[] =>
  profile.required.filter((file) => dangling.includes(file));

/** Why the directory that the product reads is not the one that was meant; undefined where it is. sources 4.1, X-08. */
export function directoryTrouble(found: Found): string | undefined {
  const { root, rootBecause, tree, environment, profile } = found;
  const named = (profile.directoryVariables ?? '').split('|').find((name) => environment.get(name));
  const [main] = profile.required;
  const nowhere = linksNowhere(found);
  if (nowhere.length > 0) return `in ${root}, ${nowhere.join(', ')} is a link that leads nowhere`;
  const only = environment.get('RSTUDIO_CONFIG_DIR');
  // before 0.2 the search went on to the default directory
  if (only && profile.directoryVariables && rootBecause === 'default' && only !== root)
    return `RSTUDIO_CONFIG_DIR is ${only}, which does not exist, so the product reads no configuration`;
  if (tree.length === 0)
    return rootBecause === 'default' || named === undefined
      ? `${root} is empty`
      : `${named} is ${environment.get(named)}, which does not exist, so the product reads no configuration`;
  const doubled = (environment.get('XDG_CONFIG_DIRS') ?? '').split(':').find((d) => /\/rstudio\/?$/.test(d));
  if (doubled !== undefined && profile.directoryVariables && !root.startsWith(doubled))
    return `XDG_CONFIG_DIRS contains ${doubled}: the product looks in ${doubled}/rstudio, and reads ${root} instead`;
  const bare = profile.required.filter((file) => !tree.some((e) => e.path === file));
  const isDefault = rootBecause === 'default';
  if (bare.length === 0 || (isDefault && (named === undefined || found.treeTrouble !== undefined))) return undefined;
  const deeper = tree.find((e) => e.path.endsWith(`/${main}`));
  // the directories of the variable have none either, so the search ended in the default one
  if (isDefault && named === 'XDG_CONFIG_DIRS')
    return `${named} is ${environment.get(named)}, and neither there nor in ${root} the product finds ${bare.join(', ')}${deeper ? `: ${deeper.at ?? deeper.path} is a level too deep` : ''}`;
  return `${root} (from ${isDefault ? named : rootBecause}) does not contain ${bare.join(', ')}${deeper ? ', which is one level deeper' : ''}`;
}

/** Files of a known format (only `format`, where given) whose text could not be read, and why; undefined: none. */
export function unreadTexts(found: Found, format?: Format): string | undefined {
  const unread = found.tree.filter((e) => {
    const known = formatOf(found.profile.texts, e.path);
    const holds = e.type === 'other' || (e.type === 'file' && e.size > 0);
    return holds && !found.texts.has(e.path) && known && (format ?? known) === known;
  });
  return unread.length > 0 ? unread.map((e) => `${e.path} ${whyUnread(e, found.refused)}`).join('; ') : undefined;
}

/** One node's configuration. */
export interface Side {
  readonly node: string;
  readonly found: Found;
  readonly settings: Settings;
  readonly digests: ReadonlyMap<string, string>;
}

/** Paths that are compared: no key (shared-keys compares those), no leftover, no directory. */
export function comparedPaths(side: Side): string[] {
  const { tree, dangling = [], profile } = side.found;
  const keyPaths = side.settings.keys.map((k) => k.path);
  return [...tree.filter((e) => e.type !== 'directory').map((e) => e.path), ...dangling].filter(
    (path) =>
      !isLeftover(path, profile.texts) &&
      !profile.keyFiles.includes(path) &&
      !keyPaths.includes(pathOf(side.found, path)),
  );
}

/** What is compared byte for byte: the masked text, or a digest; undefined when neither is known. */
export const contentOf = ({ found: f, digests: d }: Side, path: string): string | undefined =>
  f.texts.get(path) ?? d.get(path) ?? (f.tree.find((e) => e.path === path)?.size === 0 ? '' : undefined);

/** Whether a setting is left out of the comparison: it may differ, or another check compares it. */
export type LeftOut = (file: string, key: string) => boolean;

/** Settings that name a database, and who logs in there. */
const ADDRESS = /(^|\.)(host|port|database|connection-uri|url|(instrumentation|usagedata)url|username|user|password)$/i;

/**
 * `database`: which of its settings differ for a reason that another check names, its address or all of them. `meant`:
 * settings that the inventory says differ on purpose, as `FILE:KEY`.
 */
export function leftOut(
  sides: readonly Pick<Side, 'found' | 'settings'>[],
  database: 'none' | 'address' | 'all',
  meant: readonly string[],
): LeftOut {
  const { perNode, databaseScope, elsewhere } = sides[0]!.found.profile;
  const wanted = new Set(meant.map((m) => m.toLowerCase()));
  return (file, key) =>
    perNode.some((p) => p.file === file && p.key === key) ||
    elsewhere.some(
      (e) => e.file === file && e.key.test(key) && sides.some(({ settings }) => e.when?.(settings, key) ?? true),
    ) ||
    (database !== 'none' &&
      databaseScope.file === file &&
      databaseScope.key.test(key) &&
      (database === 'all' || ADDRESS.test(key))) ||
    wanted.has(`${file}:${key}`.toLowerCase());
}

/**
 * Of profiles, the groups that set something which another group sets as well: who is in both gets it by the order of the
 * sections (sources 10.2).
 */
function groupOrder(path: string, settings: Config['settings']): [string, string][] {
  if (!/(^|\.)profiles(\.conf)?$/.test(path)) return [];
  const set = settings.flatMap(({ key }) => {
    const [, group, name] = /^(@.*)\.([^.]+)$/.exec(key) ?? [];
    return group === undefined ? [] : [{ group, name }];
  });
  const both = set.filter((s) => set.some((o) => o.name === s.name && o.group !== s.group)).map((s) => s.group);
  return both.length > 0 ? [[GROUP_ORDER, [...new Set(both)].join(' ')]] : [];
}

/** The subject of a difference in that order. */
export const GROUP_ORDER = 'order of groups';

/** The subject of a difference in the order of a file: what the order of its settings may decide, by the name of the file. */
const ORDERS: Readonly<Record<string, string>> = {
  // sessions get them as they stand there (sources 10.2)
  'repos.conf': 'order of repositories',
  'launcher-env': 'order of blocks',
  'launcher-mounts': 'order of blocks',
};

export const isOrder = (key: string): boolean => key === GROUP_ORDER || Object.values(ORDERS).includes(key);

/** The names in their order, as a setting; of blocks those of the blocks. A second line of a name does not move it. */
function orderIn(path: string, settings: Config['settings']): [string, string][] {
  const subject = ORDERS[path];
  if (subject === undefined) return [];
  const names = new Set<string>();
  let block = '';
  for (const { key } of settings) {
    if (block !== '' && key.startsWith(`${block} `)) continue;
    names.add(key);
    block = key;
  }
  return names.size === 0 ? [] : [[subject, [...names].join(' ')]];
}

/** The file's settings without what is left out; undefined when its format is not known. */
export function settingsOf(side: Side, path: string, leftOut: LeftOut): Map<string, string> | undefined {
  const text = contentOf(side, path);
  const known = formatOf(side.found.profile.texts, path);
  if (text === undefined || !known || side.digests.has(path)) return undefined;
  const config = known(text);
  // of two equal names the first counts there
  const values =
    known === keyValue ? config.settings.toReversed().map((s) => [s.key, s.value] as const) : meaning(config);
  // what is meant as a comment is a name that the product does not know
  const named = [...values].filter(([key]) => known !== keyValue || !/^[#;]/.test(key));
  const orders = [...groupOrder(path, config.settings), ...orderIn(path, config.settings)];
  return new Map([...named, ...orders].filter(([key]) => !leftOut(path, key)));
}
