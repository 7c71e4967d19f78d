/** Compares configuration directories: which files, which settings, what may differ. Used by `config-identical`. */

import type { Cluster, Found } from 'ha-preflight';
import {
  atNode,
  command,
  consensus,
  type Difference,
  type Finding,
  fail,
  list,
  type Settings,
  same,
  unknown,
} from 'ha-preflight';
import { hideMasks } from 'ha-preflight/formats/masked';
import { type Format, meaning } from 'ha-preflight/formats/settings';
import { whyUnread } from 'ha-preflight/products/profile';

/** Left behind by editors and package managers; `*.defaults` follows the version. sources F3. */
const LEFTOVER = /(~|\.bak|\.orig|\.rpmsave|\.rpmnew|\.dpkg-\w+|\.sw[a-z]|\.defaults)$/;

/** Why the directory that the product reads is not the one that was meant; undefined where it is. sources 4.1, X-08. */
export function directoryTrouble({ root, rootBecause, tree, environment, profile }: Found): string | undefined {
  const named = environment.get('RSTUDIO_CONFIG_DIR');
  if (named !== undefined && profile.product === 'workbench' && root !== named)
    return `RSTUDIO_CONFIG_DIR is ${named}, which does not exist, so the product reads no configuration`;
  const doubled = (environment.get('XDG_CONFIG_DIRS') ?? '').split(':').find((d) => /\/rstudio\/?$/.test(d));
  if (doubled !== undefined && profile.product === 'workbench' && !root.startsWith(doubled))
    return `XDG_CONFIG_DIRS contains ${doubled}: the product looks in ${doubled}/rstudio, and reads ${root} instead`;
  if (tree.length === 0) return `${root} is empty`;
  const bare = profile.required.filter((file) => !tree.some((e) => e.path === file));
  if (bare.length === 0 || rootBecause === 'default') return undefined;
  const deeper = tree.some((e) => e.path.endsWith(`/${bare[0]}`)) ? ', which is one level deeper' : '';
  return `${root} (from ${rootBecause}) does not contain ${bare.join(', ')}${deeper}`;
}

/** The format a file of the configuration is read in; undefined for one that is only compared. */
export function formatOf(found: Found, path: string): Format | undefined {
  const glob = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  return found.profile.texts.find((t) => glob(t.pattern).test(path))?.format;
}

/** Files of a known format (only `format`, where given) whose text could not be read, and why; undefined: none. */
export function unreadTexts(found: Found, format?: Format): string | undefined {
  const unread = found.tree.filter((e) => {
    const known = formatOf(found, e.path);
    const holds = e.type === 'other' || (e.type === 'file' && e.size > 0);
    return holds && !found.texts.has(e.path) && known && (format ?? known) === known;
  });
  return unread.length > 0 ? unread.map((e) => `${e.path} ${whyUnread(e)}`).join('; ') : undefined;
}

/** One node's configuration. */
export interface Side {
  readonly node: string;
  readonly found: Found;
  readonly settings: Settings;
  readonly digests: ReadonlyMap<string, string>;
}

/** Paths that are compared: no key (shared-keys compares those), no leftover. */
export function comparedPaths(side: Side): string[] {
  const { tree, profile, root } = side.found;
  const keyPaths = side.settings.keys.map((k) => k.path);
  return tree
    .filter(
      (e) =>
        e.type === 'file' &&
        !LEFTOVER.test(e.path) &&
        !profile.keyFiles.includes(e.path) &&
        !keyPaths.includes(`${root}/${e.path}`),
    )
    .map((e) => e.path);
}

/** What is compared byte for byte: the masked text, or a digest; undefined when neither is known. */
const contentOf = ({ found: f, digests: d }: Side, path: string): string | undefined =>
  f.texts.get(path) ?? d.get(path) ?? (f.tree.find((e) => e.path === path)?.size === 0 ? '' : undefined);

/** The file's settings without what may differ; undefined when its format is not known. */
function settingsOf(
  side: Side,
  path: string,
  skipDatabase: boolean,
  keepAddress = false,
): Map<string, string> | undefined {
  const { found: f } = side;
  const text = contentOf(side, path);
  const known = formatOf(f, path);
  if (text === undefined || !known || side.digests.has(path)) return undefined;
  const { perNode, databaseScope, elsewhere } = f.profile;
  return new Map(
    [...meaning(known(text))].filter(
      ([key]) =>
        (keepAddress ||
          (!perNode.some((p) => p.file === path && p.key === key) &&
            !elsewhere.some((e) => e.file === path && e.key.test(key)))) &&
        !(skipDatabase && databaseScope.file === path && databaseScope.key.test(key)),
    ),
  );
}

const spell = (settings: ReadonlyMap<string, string>): string =>
  JSON.stringify([...settings].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Every setting that differs, deviating nodes first; secrets hidden. */
function differingKeys(
  sides: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  right: string | undefined,
): Difference[] {
  const keys = [...new Set(sides.flatMap((s) => [...s.settings.keys()]))].sort();
  return keys.flatMap((key) => {
    const result = consensus(
      sides.map((s) => ({ node: s.node, key: s.settings.get(key) ?? '\0absent' })),
      right,
    );
    if (result.kind === 'unanimous') return [];
    const groups = result.kind === 'tie' ? result.groups : [...result.wrong, result.right];
    const shown = (value: string): string => (value === '\0absent' ? 'not set' : JSON.stringify(hideMasks(value)));
    return [{ key, values: groups.map((g) => ({ nodes: g.nodes, value: shown(g.key) })) }];
  });
}

/** `key: wb2 10, wb1 and wb3 5`. */
const inWords = ({ key, values }: Difference): string =>
  `${key}: ${values.map(({ nodes, value }) => `${list(nodes)} ${value}`).join(', ')}`;

/** Commands that show a file of both nodes; secrets in it are then on the operator's own terminal. */
const showBoth = (path: string, sides: readonly (Side | undefined)[], cluster: Cluster): string =>
  sides
    .flatMap((side) => (side ? [atNode(cluster, side.node, command`sudo cat ${`${side.found.root}/${path}`}`)] : []))
    .join('\n');

/** A path that is a file on one node and a FIFO on another is not the same. */
function kindOf(found: Found, path: string): string {
  const entry = found.tree.find((e) => e.path === path);
  return entry === undefined ? 'missing' : entry.type === 'file' ? 'present' : 'not a regular file';
}

/** One file on all nodes: a fail, a remark for the pass, or nothing to say. */
export function compareFile(
  path: string,
  sides: readonly Side[],
  cluster: Cluster,
  skipDatabase: boolean,
): Finding | string | undefined {
  const there = sides.map((s) => ({
    node: s.node,
    key: kindOf(s.found, path),
  }));
  const { reference } = cluster;
  const about = { subject: path };
  if (there.some((t) => t.key !== 'present'))
    return skipDatabase && sides[0]!.found.profile.databaseScope.file === path && path === 'database.conf'
      ? undefined
      : same(path, there, reference, about);
  const unread = sides.filter((s) => contentOf(s, path) === undefined).map((s) => s.node);
  if (unread.length > 0)
    return unknown(
      `${path} could not be read on ${list(unread)} (not permitted, or too large): compare it with sha256sum`,
      {
        nodes: unread,
        subject: path,
      },
    );
  if (new Set(sides.map((s) => contentOf(s, path))).size === 1) return undefined;
  const read = sides.map((s) => ({
    node: s.node,
    settings: settingsOf(s, path, skipDatabase),
    whole: settingsOf(s, path, skipDatabase, true),
  }));
  if (read.some((r) => r.settings === undefined)) {
    const finding = same(
      `the content of ${path}`,
      sides.map((s) => ({ node: s.node, key: contentOf(s, path)!, shown: '' })),
      reference,
      about,
    );
    return { ...finding, observed: `different content on ${list(finding.nodes ?? [])}`, expected: 'identical bytes' };
  }
  if (new Set(read.map((r) => spell(r.whole!))).size === 1) return `${path}: differs only in formatting or comments`;
  const values = read.map((r) => ({ node: r.node, key: spell(r.settings!), shown: '' }));
  const result = consensus(values, reference);
  if (result.kind === 'unanimous')
    return `${path}: differs only in settings that may differ, or that another check compares`;
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'tie' ? values.map((v) => v.node) : result.wrong.flatMap((g) => g.nodes);
  const differences = differingKeys(
    read.map((r) => ({ node: r.node, settings: r.settings! })),
    right,
  );
  const details = differences.map(inWords);
  const keys = differences.map(({ key }) => key);
  return fail(
    `${path} differs ${result.kind === 'tie' ? `between ${list(nodes)}` : `on ${list(nodes)}`} in ${list(keys.slice(0, 5))}${keys.length > 5 ? ` and ${keys.length - 5} more` : ''}`,
    {
      ...about,
      nodes,
      observed: details[0] ?? '',
      expected: right === undefined ? 'the same on every node' : `as on ${right}`,
      details: details.slice(1),
      differences,
      ...(right !== undefined && {
        remediation: showBoth(
          path,
          [right, nodes[0]!].map((node) => sides.find((s) => s.node === node)),
          cluster,
        ),
      }),
    },
  );
}

/** Owner and mode, where the content agrees: a warning. */
export function comparePermissions(
  all: readonly string[],
  sides: readonly Side[],
  reference: string | undefined,
): Finding | undefined {
  const spelt = (s: Side): string =>
    all
      .map((path) => s.found.tree.find((e) => e.path === path))
      .map((e) => (e ? `${e.path} ${e.mode.toString(8)} ${e.owner}:${e.group}` : ''))
      .join('\n');
  const values = sides.map((s) => ({ node: s.node, key: spelt(s), shown: '' }));
  const result = consensus(values, reference);
  if (result.kind === 'unanimous') return undefined;
  const nodes = result.kind === 'tie' ? sides.map((s) => s.node) : result.wrong.flatMap((g) => g.nodes);
  const good = result.kind === 'tie' ? result.groups[0]! : result.right;
  const expected = new Set(good.key.split('\n'));
  const details = values
    .filter((v) => v.key !== good.key)
    .flatMap((v) =>
      v.key
        .split('\n')
        .filter((l) => !expected.has(l))
        .map((l) => `${v.node}: ${l}`),
    );
  return fail(`owner or mode of configuration files differs on ${list(nodes)}`, {
    nodes,
    subject: 'owner and mode',
    severity: 'warning',
    observed: details[0] ?? '',
    expected: `as on ${list(good.nodes)}`,
    details: details.slice(1),
  });
}
