/** Compares one file of the configuration, key by key where its format is known. Used by `config-identical`. */

import type { Cluster, Found } from 'ha-preflight';
import { atNode, command, consensus, type Finding, fail, list, same, unknown } from 'ha-preflight';
import { sections, withoutRemark } from 'ha-preflight/formats/keyValue';
import { pathOf } from 'ha-preflight/products/installed';
import { formatOf, NOT_FOLLOWED } from 'ha-preflight/products/profile';
import { contentOf, GROUP_ORDER, isOrder, type LeftOut, type Side, settingsOf } from './configuration.js';
import { originOf } from './configurationInForce.js';
import { alikeIn, differingKeys, inWords, OFTEN_OWN, oneSetting, type Sense } from './configurationSettings.js';
import { oneForm, passwordOpen } from './databaseForm.js';
import { lineEdits } from './lineEdits.js';
import { readingsOf } from './readings.js';
import { mayBeOneSecret, ONE_SECRET } from './secrets.js';
import { senseOf } from './sense.js';

const spell = (settings: ReadonlyMap<string, string>): string =>
  JSON.stringify([...settings].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Commands that show a file of both nodes; secrets in it are then on the operator's own terminal. */
const showBoth = (path: string, sides: readonly (Side | undefined)[], cluster: Cluster): string =>
  sides
    .flatMap((side) => (side ? [atNode(cluster, side.node, command`sudo cat ${pathOf(side.found, path)}`)] : []))
    .join('\n');

const NOWHERE = 'a link that leads nowhere';

/** A path that is a file on one node and a FIFO on another is not the same. */
function kindOf(found: Found, path: string): string {
  if (found.dangling?.includes(path)) return NOWHERE;
  const entry = found.tree.find((e) => e.path === path);
  return entry === undefined ? 'missing' : entry.type === 'file' ? 'present' : 'not a regular file';
}

/** A file that the product does not need, where it is missing on a node and sets what counts without it on the others. */
function setsNothing(path: string, sides: readonly Side[], out: LeftOut): boolean {
  const { found } = sides[0]!;
  const kinds = sides.map((s) => kindOf(s.found, path));
  if (!found.profile.optional?.includes(path) || !kinds.includes('missing')) return false;
  // a node that searches other directories will miss the next change of the file, too
  if (new Set(sides.map((s) => JSON.stringify(s.found.directories))).size > 1) return false;
  return sides.every((side, i) => {
    if (kinds[i] === 'missing') return true;
    const settings = kinds[i] === 'present' ? settingsOf(side, path, out) : undefined;
    return (
      settings !== undefined &&
      [...settings].every(([key, value]) => senseOf(found, path, key, value) === senseOf(found, path, key, undefined))
    );
  });
}

/** So many settings of one file are reported one by one; of more, the file. */
const MOST_SETTINGS = 8;

/** The settings of one file on all nodes. `given`: those that must not differ. */
function compareSettings(
  path: string,
  given: readonly ReadonlyMap<string, string>[],
  sides: readonly Side[],
  cluster: Cluster,
): (Finding | string)[] {
  const sense: Sense = (key, value) => senseOf(sides[0]!.found, path, key, value);
  const { values, mixed } =
    path === sides[0]!.found.profile.databaseScope.file ? oneForm(given) : { values: given, mixed: false };
  const settings = sides.map((s, i) => ({ node: s.node, settings: values[i]! }));
  const keys = [...new Set(settings.flatMap((s) => [...s.settings.keys()]))].sort();
  const unequal = keys.filter((key) => new Set(settings.map((s) => sense(key, s.settings.get(key)))).size > 1);
  // where the names differ, so does their order
  const differing = unequal.length > 1 ? unequal.filter((key) => !isOrder(key)) : unequal;
  if (differing.length === 0)
    return [`${path}: differs only in spelling, or in settings that may differ or that another check compares`];
  const valuesOf = (key: string) => settings.map((s) => s.settings.get(key));
  const readings = readingsOf(sides, path);
  if (differing.filter((key) => !alikeIn(readings, key, valuesOf(key))).length > MOST_SETTINGS)
    return [wholeFile(path, settings, sides, cluster, sense)];
  const sectioned = formatOf(sides[0]!.found.profile.texts, path) === sections;
  const alike = (key: string) =>
    new Set(settings.map((s) => sense(key, withoutRemark(s.settings.get(key))))).size === 1;
  /** Why it is not known whether the difference is one. */
  const doubt = (key: string): string | undefined => {
    const written = settings.map((s, i) => ({ found: sides[i]!.found, value: s.settings.get(key) }));
    if (mayBeOneSecret(written, path, key)) return `${key} differs, but ${ONE_SECRET}`;
    if (sectioned && alike(key))
      return `${key} differs in the remark behind its value, and whether the product reads that as part of the value is not documented: put the remark on a separate line`;
    if (sectioned && key === GROUP_ORDER)
      return 'groups that set the same are in a different order, and whether that matters to a user in both is not documented: use one order on every node';
    if (key !== GROUP_ORDER && isOrder(key))
      return `the ${key.replace('order of ', '')} are in a different order, and whether that matters is not documented: use one order on every node`;
    return mixed && key === 'password' && passwordOpen(given, values)
      ? 'some nodes have the password in the connection-uri, where it may be percent-encoded, and the others as a setting: whether they are the same cannot be seen; put it into password= on every node'
      : undefined;
  };
  const open = differing.filter((key) => doubt(key) !== undefined);
  const unclear = open.map((key) =>
    unknown(`${path}: ${doubt(key)}`, { subject: `${path}:${key}`, nodes: settings.map((s) => s.node) }),
  );
  const clear = differing.filter((key) => !open.includes(key));
  // an edit of one line does not help where the other node has an address instead
  return [...unclear, ...differences(path, clear, settings, sides, cluster, { sense, readings }, !mixed)];
}

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
  if (there.every((t) => t.key === NOWHERE)) return [`${path}: ${NOWHERE}, on every node`];
  if (setsNothing(path, sides, out)) return [`${path}: is not there on every node, and sets nothing but defaults`];
  if (there.some((t) => t.key !== 'present'))
    return out(path, 'provider') || new Set(there.map((t) => t.key)).size === 1
      ? []
      : [same(path, there, reference, about)];
  const unread = sides.filter((s) => contentOf(s, path) === undefined);
  if (unread.length > 0) {
    const nodes = unread.map((s) => s.node);
    const [link] = unread.flatMap(({ found }) => found.tree.find((e) => e.path === path)?.link ?? []);
    const why = link
      ? `: it is a link to ${link}, ${NOT_FOLLOWED}`
      : ' (not permitted, or too large): compare it with sha256sum';
    return [unknown(`${path} could not be read on ${list(nodes)}${why}`, { nodes, subject: path })];
  }
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
  return compareSettings(
    path,
    read.map((r) => r.settings!),
    sides,
    cluster,
  );
}

/** The settings that differ, one by one. */
function differences(
  path: string,
  keys: readonly string[],
  settings: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  sides: readonly Side[],
  cluster: Cluster,
  senses: { readonly sense: Sense; readonly readings: readonly Sense[] },
  editable: boolean,
): Finding[] {
  const { reference } = cluster;
  const { movingOptions } = sides[0]!.found.profile;
  return keys.map((key) =>
    oneSetting(
      `${path}:${key}`,
      settings.map((s) => ({
        node: s.node,
        value: s.settings.get(key),
        origin: originOf(sides.find((side) => side.node === s.node)!.found, path, key),
      })),
      { what: `${path} differs`, in: key, reference, ...senses, movingOptions },
      (right, bad) => {
        const sideOf = (node: string) => sides.find((s) => s.node === node)!;
        // what often belongs to one node is not copied from another
        const fixes =
          OFTEN_OWN.test(key) || !editable ? undefined : lineEdits(path, key, sideOf(right), bad.map(sideOf));
        return fixes ? { fixes } : { remediation: showBoth(path, [right, bad[0]!].map(sideOf), cluster) };
      },
    ),
  );
}

/** A file in which many settings differ. */
function wholeFile(
  path: string,
  settings: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  sides: readonly Side[],
  cluster: Cluster,
  sense: Sense,
): Finding {
  const result = consensus(
    settings.map((r) => ({ node: r.node, key: spell(r.settings), shown: '' })),
    cluster.reference,
  );
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'outliers' ? result.wrong.flatMap((g) => g.nodes) : settings.map((v) => v.node);
  const differences = differingKeys(settings, right, sense);
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
