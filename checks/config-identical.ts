import {
  consensus,
  defineCheck,
  type Finding,
  type Found,
  fail,
  found,
  hideMasks,
  list,
  meaning,
  pass,
  same,
  unknown,
} from 'ha-preflight';
import { digests } from 'ha-preflight/collectors/digests';

/** Left behind by editors and package managers; `*.defaults` follows the version. DOMAIN F3. */
const LEFTOVER = /(~|\.bak|\.orig|\.rpmsave|\.rpmnew|\.dpkg-\w+|\.sw[a-z]|\.defaults)$/;

interface Side {
  readonly node: string;
  readonly found: Found;
  readonly digests: ReadonlyMap<string, string>;
}

/** Paths that are compared: no key (shared-keys compares those), no leftover. */
function paths(side: Side): string[] {
  const { tree, profile, settings, root } = side.found;
  const keyPaths = settings.keys.map((k) => k.path);
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

/** What is compared byte for byte: the masked text, or a digest; undefined when neither was got. */
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
  const glob = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  const known = f.profile.texts.find((t) => glob(t.pattern).test(path));
  if (text === undefined || !known || side.digests.has(path)) return undefined;
  const { perNode, databaseScope } = f.profile;
  return new Map(
    [...meaning(known.format(text))].filter(
      ([key]) =>
        (keepAddress || !perNode.some((p) => p.file === path && p.key === key)) &&
        !(skipDatabase && databaseScope.file === path && databaseScope.key.test(key)),
    ),
  );
}

const spell = (settings: ReadonlyMap<string, string>): string =>
  JSON.stringify([...settings].sort(([a], [b]) => (a < b ? -1 : 1)));

/** `key: wb2 has 10, wb1 and wb3 have 5`, secrets hidden. */
function differingKeys(
  sides: readonly { node: string; settings: ReadonlyMap<string, string> }[],
  right: string | undefined,
): string[] {
  const keys = [...new Set(sides.flatMap((s) => [...s.settings.keys()]))].sort();
  return keys.flatMap((key) => {
    const result = consensus(
      sides.map((s) => ({ node: s.node, key: s.settings.get(key) ?? '\0absent' })),
      right,
    );
    if (result.kind === 'unanimous') return [];
    const groups = result.kind === 'tie' ? result.groups : [...result.wrong, result.right];
    const shown = (value: string): string => (value === '\0absent' ? 'not set' : JSON.stringify(hideMasks(value)));
    return [`${key}: ${groups.map((g) => `${list(g.nodes)} ${shown(g.key)}`).join(', ')}`];
  });
}

/** One file on all nodes: a fail, a remark for the pass, or nothing to say. */
function compare(
  path: string,
  sides: readonly Side[],
  reference: string | undefined,
  skipDatabase: boolean,
): Finding | string | undefined {
  const there = sides.map((s) => ({
    node: s.node,
    key: s.found.tree.some((e) => e.path === path) ? 'present' : 'missing',
  }));
  const about = {
    subject: path,
    remediation: `diff <(ssh GOOD sudo cat ${sides[0]!.found.root}/${path}) <(ssh BAD sudo cat ${sides[0]!.found.root}/${path})    # then copy the right one over`,
  };
  if (there.some((t) => t.key === 'missing'))
    return skipDatabase && sides[0]!.found.profile.databaseScope.file === path && path === 'database.conf'
      ? undefined
      : same(path, there, reference, about);
  const unread = sides.filter((s) => contentOf(s, path) === undefined).map((s) => s.node);
  if (unread.length > 0)
    return unknown(`${path} could not be read on ${list(unread)}`, { nodes: unread, subject: path });
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
    return { ...finding, observed: `another content on ${list(finding.nodes ?? [])}`, expected: 'identical bytes' };
  }
  if (new Set(read.map((r) => spell(r.whole!))).size === 1) return `${path}: differs only in formatting or comments`;
  const values = read.map((r) => ({ node: r.node, key: spell(r.settings!), shown: '' }));
  const result = consensus(values, reference);
  if (result.kind === 'unanimous') return `${path}: differs only in what may differ between nodes`;
  const right = result.kind === 'outliers' ? result.right.nodes[0] : undefined;
  const nodes = result.kind === 'tie' ? values.map((v) => v.node) : result.wrong.flatMap((g) => g.nodes);
  const details = differingKeys(
    read.map((r) => ({ node: r.node, settings: r.settings! })),
    right,
  );
  const keys = details.map((d) => d.slice(0, d.indexOf(':')));
  return fail(
    `${path} differs ${result.kind === 'tie' ? `between ${list(nodes)}` : `on ${list(nodes)}`} in ${list(keys.slice(0, 5))}${keys.length > 5 ? ` and ${keys.length - 5} more` : ''}`,
    {
      ...about,
      nodes,
      observed: details[0] ?? '',
      expected: right === undefined ? 'the same on every node' : `as on ${right}`,
      details: details.slice(1),
    },
  );
}

/** Owner and mode, where the content agrees: a warning. */
function permissions(
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

export default defineCheck({
  id: 'config-identical',
  title: 'The configuration is the same on every node',
  severity: 'critical',
  severityFor: { connect: 'warning' },
  tags: ['configuration'],
  requirements: ['RSPM-03', 'WB-02'],
  rationale:
    'A cluster behaves like its node with the oddest configuration, at random. Every file of the directory in force is compared, key by key where the format is known, ' +
    'without what the document lets differ (Workbench: www-host-name, www-address, www-port; Connect: Metrics.DataPath, ScheduleConcurrency). Secrets are compared by a digest made on the node. ' +
    'Keys and the choice of database have checks of their own.',
  products: ['workbench', 'connect', 'package-manager'],
  needs: { found, digests },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const findings: Finding[] = [];
    const troubled = nodes.filter((n) => n.found.treeTrouble !== undefined);
    if (troubled.length > 0)
      findings.push(
        unknown(`${troubled.map((n) => `${n.node}: ${n.found.treeTrouble}`).join('; ')}; set connection.sudo: true`, {
          nodes: troubled.map((n) => n.node),
          subject: 'unreadable',
        }),
      );
    const sides: Side[] = nodes.filter((n) => n.found.treeTrouble === undefined);
    if (sides.length < 2)
      return findings.length > 0 ? findings : unknown('fewer than two configurations could be read');
    const { root, profile } = sides[0]!.found;
    const all = [...new Set(sides.flatMap(paths))].sort();
    const bare = profile.required.filter((file) => !all.includes(file));
    if (bare.length > 0)
      return [
        ...findings,
        unknown(`${list(bare)} is on no node: ${root} holds no configuration that could be compared`, {
          nodes: sides.map((s) => s.node),
        }),
      ];
    const roots = same(
      'the configuration directory',
      sides.map((s) => ({ node: s.node, key: s.found.root })),
      cluster.reference,
      { subject: 'directory' },
    );
    if (roots.status === 'fail') findings.push(roots);
    // a node on another database differs in its settings too; postgres-backend names it, once
    const skipDatabase = sides.some((s) => !/^postgres/.test(s.found.settings.database.provider));
    const results = all.map((path) => compare(path, sides, cluster.reference, skipDatabase));
    const remarks = results.filter((r) => typeof r === 'string');
    const differing = results.filter((r) => typeof r === 'object');
    const modes = permissions(
      all.filter((path) => sides.every((s) => s.found.tree.some((e) => e.path === path))),
      sides,
      cluster.reference,
    );
    findings.push(...differing, ...(modes ? [modes] : []));
    if (!differing.some((f) => f.status === 'fail'))
      findings.push(
        pass(`${all.length} files of ${root} agree on ${sides.length} nodes`, {
          nodes: sides.map((s) => s.node),
          details: remarks,
        }),
      );
    return findings;
  },
  remediation: 'diff the file between a node named and a good one, copy the right one over, and restart the product',
});
