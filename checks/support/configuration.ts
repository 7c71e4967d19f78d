/** Compares configuration directories: which files, which settings, what may differ. Used by `config-identical`. */

import type { Cluster, Effective, Found } from 'ha-preflight';
import {
  atNode,
  command,
  consensus,
  type Difference,
  type Finding,
  fail,
  list,
  NotSeen,
  type Settings,
  same,
  unknown,
} from 'ha-preflight';
import { hideMasks } from 'ha-preflight/formats/masked';
import { type Format, meaning } from 'ha-preflight/formats/settings';
import { pathOf } from 'ha-preflight/products/installed';
import { formatOf, whyUnread } from 'ha-preflight/products/profile';

/** Left behind by editors and package managers; `*.defaults` follows the version. sources F3. */
const LEFTOVER = /(~|\.bak|\.orig|\.rpmsave|\.rpmnew|\.dpkg-\w+|\.sw[a-z]|\.defaults)$/;

/** Why the directory that the product reads is not the one that was meant; undefined where it is. sources 4.1, X-08. */
export function directoryTrouble({ root, rootBecause, tree, environment, profile }: Found): string | undefined {
  const named = (profile.directoryVariables ?? '').split('|').find((name) => environment.get(name));
  const [main] = profile.required;
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
  if (bare.length === 0 || rootBecause === 'default') return undefined;
  const deeper = tree.some((e) => e.path.endsWith(`/${main}`)) ? ', which is one level deeper' : '';
  return `${root} (from ${rootBecause}) does not contain ${bare.join(', ')}${deeper}`;
}

/** Files of a known format (only `format`, where given) whose text could not be read, and why; undefined: none. */
export function unreadTexts(found: Found, format?: Format): string | undefined {
  const unread = found.tree.filter((e) => {
    const known = formatOf(found.profile.texts, e.path);
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

/** Paths that are compared: no key (shared-keys compares those), no leftover, no directory. */
export function comparedPaths(side: Side): string[] {
  const { tree, profile } = side.found;
  const keyPaths = side.settings.keys.map((k) => k.path);
  return tree
    .filter(
      (e) =>
        e.type !== 'directory' &&
        !LEFTOVER.test(e.path) &&
        !profile.keyFiles.includes(e.path) &&
        !keyPaths.includes(pathOf(side.found, e.path)),
    )
    .map((e) => e.path);
}

/** What is compared byte for byte: the masked text, or a digest; undefined when neither is known. */
const contentOf = ({ found: f, digests: d }: Side, path: string): string | undefined =>
  f.texts.get(path) ?? d.get(path) ?? (f.tree.find((e) => e.path === path)?.size === 0 ? '' : undefined);

/** Whether a setting is left out of the comparison: it may differ, or another check compares it. */
export type LeftOut = (file: string, key: string) => boolean;

/** `meant`: settings that the inventory says differ on purpose, as `FILE:KEY`. */
export function leftOut({ profile }: Found, skipDatabase: boolean, meant: readonly string[]): LeftOut {
  const { perNode, databaseScope, elsewhere } = profile;
  const wanted = new Set(meant.map((m) => m.toLowerCase()));
  return (file, key) =>
    perNode.some((p) => p.file === file && p.key === key) ||
    elsewhere.some((e) => e.file === file && e.key.test(key)) ||
    (skipDatabase && databaseScope.file === file && databaseScope.key.test(key)) ||
    wanted.has(`${file}:${key}`.toLowerCase());
}

/** The file's settings without what is left out; undefined when its format is not known. */
function settingsOf(side: Side, path: string, leftOut: LeftOut): Map<string, string> | undefined {
  const text = contentOf(side, path);
  const known = formatOf(side.found.profile.texts, path);
  if (text === undefined || !known || side.digests.has(path)) return undefined;
  return new Map([...meaning(known(text))].filter(([key]) => !leftOut(path, key)));
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
    .flatMap((side) => (side ? [atNode(cluster, side.node, command`sudo cat ${pathOf(side.found, path)}`)] : []))
    .join('\n');

/** A path that is a file on one node and a FIFO on another is not the same. */
function kindOf(found: Found, path: string): string {
  const entry = found.tree.find((e) => e.path === path);
  return entry === undefined ? 'missing' : entry.type === 'file' ? 'present' : 'not a regular file';
}

/** So many settings of one file are reported one by one; of more, the file. */
const MOST_SETTINGS = 8;

/** Settings that are often meant to differ: the node's own name, certificate or address. */
const OFTEN_OWN = /certificate|client-id|host-?name|callback|address|(^|[.-])node/i;

/** How the inventory says that a setting is meant to differ. */
const meant = (subject: string): string =>
  `if it is meant to differ: params: { config-identical: { perNode: ["${subject}"] } } in the inventory`;

/** One file on all nodes: fails, a remark for the pass, or nothing to say. */
export function compareFile(
  path: string,
  sides: readonly Side[],
  cluster: Cluster,
  out: LeftOut,
): (Finding | string)[] {
  const there = sides.map((s) => ({
    node: s.node,
    key: kindOf(s.found, path),
  }));
  const { reference } = cluster;
  const about = { subject: path };
  if (there.some((t) => t.key !== 'present'))
    return out(path, 'provider') || new Set(there.map((t) => t.key)).size === 1
      ? []
      : [same(path, there, reference, about)];
  const unread = sides.filter((s) => contentOf(s, path) === undefined).map((s) => s.node);
  if (unread.length > 0)
    return [
      unknown(`${path} could not be read on ${list(unread)} (not permitted, or too large): compare it with sha256sum`, {
        nodes: unread,
        subject: path,
      }),
    ];
  if (new Set(sides.map((s) => contentOf(s, path))).size === 1) return [];
  const read = sides.map((s) => ({
    node: s.node,
    settings: settingsOf(s, path, out),
    whole: settingsOf(s, path, () => false),
  }));
  if (read.some((r) => r.settings === undefined)) {
    const finding = same(
      `the content of ${path}`,
      sides.map((s) => ({ node: s.node, key: contentOf(s, path)!, shown: '' })),
      reference,
      about,
    );
    return [{ ...finding, observed: `different content on ${list(finding.nodes ?? [])}`, expected: 'identical bytes' }];
  }
  if (new Set(read.map((r) => spell(r.whole!))).size === 1) return [`${path}: differs only in formatting or comments`];
  const settings = read.map((r) => ({ node: r.node, settings: r.settings! }));
  const keys = [...new Set(settings.flatMap((s) => [...s.settings.keys()]))].sort();
  const differing = keys.filter((key) => new Set(settings.map((s) => s.settings.get(key))).size > 1);
  if (differing.length === 0)
    return [`${path}: differs only in settings that may differ, or that another check compares`];
  if (differing.length > MOST_SETTINGS) return [wholeFile(path, settings, sides, cluster)];
  return differing.map((key) =>
    oneSetting(
      `${path}:${key}`,
      settings.map((s) => ({ node: s.node, value: s.settings.get(key) })),
      { what: `${path} differs`, in: key, reference },
      (right, bad) =>
        showBoth(
          path,
          [right, bad].map((node) => sides.find((s) => s.node === node)),
          cluster,
        ),
    ),
  );
}

/** One setting whose value is not the same everywhere. */
function oneSetting(
  subject: string,
  values: readonly { readonly node: string; readonly value: string | undefined }[],
  { what, in: key, reference }: { readonly what: string; readonly in: string; readonly reference: string | undefined },
  remedy: (right: string, bad: string) => string,
): Finding {
  const result = consensus(
    values.map((v) => ({ node: v.node, key: v.value ?? '\0absent', shown: '' })),
    reference,
  );
  const tie = result.kind === 'tie';
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'outliers' ? result.wrong.flatMap((g) => g.nodes) : values.map((v) => v.node);
  const [difference] = differingKeys(
    values.map((v) => ({ node: v.node, settings: new Map(v.value === undefined ? [] : [[key, v.value]]) })),
    right,
  );
  return fail(`${what} ${tie ? 'between' : 'on'} ${list(nodes)} in ${key}`, {
    subject,
    nodes,
    observed: difference ? inWords(difference) : '',
    expected: right === undefined ? 'the same on every node' : `as on ${right}`,
    ...(OFTEN_OWN.test(key) && { details: [meant(subject)] }),
    ...(difference && { differences: [difference] }),
    ...(right !== undefined && { remediation: remedy(right, nodes[0]!) }),
  });
}

/** A file in which many settings differ. */
function wholeFile(
  path: string,
  settings: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  sides: readonly Side[],
  cluster: Cluster,
): Finding {
  const result = consensus(
    settings.map((r) => ({ node: r.node, key: spell(r.settings), shown: '' })),
    cluster.reference,
  );
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'outliers' ? result.wrong.flatMap((g) => g.nodes) : settings.map((v) => v.node);
  const differences = differingKeys(settings, right);
  const keys = differences.map(({ key }) => key);
  const details = differences.map(inWords);
  return fail(
    `${path} differs ${result.kind === 'tie' ? 'between' : 'on'} ${list(nodes)} in ${list(keys.slice(0, 5))} and ${keys.length - 5} more`,
    {
      subject: path,
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

/** The settings in force of a node; undefined where they could not be read, which the comparison of files says. */
function inForceOf(found: Found): ReadonlyMap<string, Effective> | undefined {
  try {
    return found.profile.effective(found);
  } catch (error) {
    if (error instanceof NotSeen) return undefined;
    throw error;
  }
}

/** `FILE:KEY` of a setting, as a person writes it. */
const subjectOf = ({ profile }: Found, key: string): string =>
  key.includes(':') ? key : `${profile.required[0]}:${key}`;

/** Settings that variables or the command line decide on some node: their values in force. */
export function compareInForce(sides: readonly Side[], cluster: Cluster, out: LeftOut): Finding[] {
  const { reference } = cluster;
  const forced = sides.flatMap((s) => {
    const settings = inForceOf(s.found);
    return settings ? [{ node: s.node, found: s.found, settings }] : [];
  });
  const keys = new Set(forced.flatMap((f) => [...f.settings].flatMap(([key, e]) => (e.beside ? [key] : []))));
  return [...keys].sort().flatMap((key): Finding[] => {
    const subject = subjectOf(forced[0]!.found, key);
    const at = subject.indexOf(':');
    const values = forced.map((f) => ({ node: f.node, value: f.settings.get(key)?.value }));
    if (new Set(values.map((v) => v.value)).size === 1) return [];
    const origins = forced.flatMap((f) => {
      const e = f.settings.get(key);
      return e?.beside ? [`${f.node}: ${e.because}`] : [];
    });
    const doubt = forced.flatMap((f) => f.settings.get(key)?.doubt ?? [])[0];
    // a variable that may not be read is compared by no other check
    if (doubt === undefined && out(subject.slice(0, at), subject.slice(at + 1))) return [];
    const finding = oneSetting(
      subject,
      values,
      { what: 'the settings in force differ', in: key, reference },
      () => '# set the variable, or the argument, to the same value on every node, and restart the product',
    );
    return [
      {
        ...finding,
        details: [...origins, ...(doubt === undefined ? [] : [doubt]), ...(finding.details ?? [])],
        ...(doubt !== undefined && { severity: 'warning' as const }),
      },
    ];
  });
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
