import {
  type Cluster,
  count,
  defineCheck,
  type Finding,
  found,
  list,
  pass,
  same,
  settings,
  unknown,
  verb,
  withGrant,
} from 'ha-preflight';
import { digests } from 'ha-preflight/collectors/digests';
import { comparedPaths, directoryTrouble, type LeftOut, leftOut, type Side } from './support/configuration.js';
import { compareFile } from './support/configurationFiles.js';
import { compareInForce, compareVariables, decidedBeside, perhapsCleared } from './support/configurationInForce.js';
import { ownAddresses } from './support/ownAddress.js';
import { passwordPlaces } from './support/passwords.js';
import { comparePermissions } from './support/permissions.js';
import { storageClasses } from './support/storageClasses.js';

/** What is in the directories is compared; that they are different ones does no harm by itself. */
function ofDirectory(sides: readonly Side[], reference: string | undefined): Finding[] {
  const { directoryVariables } = sides[0]!.found.profile;
  const finding = same(
    'the configuration directory',
    sides.map((s) => ({ node: s.node, key: s.found.root })),
    reference,
    {
      subject: 'directory',
      severity: 'warning',
      remediation: `ha-preflight settings INVENTORY    # shows what each node reads; then let ${directoryVariables?.replace('|', ' or ') ?? 'the command line'} of the service name the same directory on every node`,
    },
  );
  return finding.status === 'fail' ? [finding] : [];
}

/** A node on another database differs in its settings too; postgres-backend or database-same names it, once. */
function databaseApart(sides: readonly Side[]): 'all' | 'address' | 'none' {
  const endpoints = sides.flatMap(({ settings: { endpoints: e } }) => ('value' in e ? [JSON.stringify(e.value)] : []));
  if (sides.some(({ settings: { database: d } }) => 'value' in d && !/^postgres/.test(d.value.provider))) return 'all';
  return new Set(endpoints).size > 1 ? 'address' : 'none';
}

/** What differs in the files and in what is in force, and remarks on files that differ without a difference. */
function compare(all: readonly string[], sides: readonly Side[], cluster: Cluster, out: LeftOut) {
  const own = ownAddresses(sides, cluster, out);
  const passwords = passwordPlaces(sides, cluster, out);
  const classes = storageClasses(sides, cluster, out);
  const inForce: LeftOut = (file, key) =>
    out(file, key) || [own, passwords, classes].some(({ decided }) => decided(file, key));
  const beside = decidedBeside(sides);
  const inFile: LeftOut = (file, key) => inForce(file, key) || beside(file, key);
  const results = all.flatMap((path) => compareFile(path, sides, cluster, inFile));
  const differing = [
    ...results.filter((r) => typeof r === 'object'),
    ...own.findings,
    ...passwords.findings,
    ...classes.findings,
    ...compareInForce(sides, cluster, inForce),
    ...perhapsCleared(sides, inForce),
    ...compareVariables(sides, cluster, out),
  ];
  return { differing, remarks: results.filter((r) => typeof r === 'string') };
}

export default defineCheck({
  id: 'config-identical',
  title: 'The configuration is the same on every node',
  severity: 'critical',
  severityFor: { connect: 'warning' },
  tags: ['configuration'],
  requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
  rationale:
    'When one node is configured differently, users see different behaviour at random. Every file of the configuration directory is compared, key by key where the format is known, ' +
    'except for what the document lets differ (Workbench: www-host-name, www-address, www-port, and an address of the Launcher that is the node itself; Connect: Metrics.DataPath, ScheduleConcurrency, and a Listen with the address of the node itself). Secrets are compared by a digest that the node computes. ' +
    'Keys and the choice of database have separate checks.',
  needs: { found, settings, digests },
  params: { perNode: [] as readonly string[] },
  paramItems: {
    perNode: {
      form: /^[^:/][^:]*:./,
      expected: 'FILE:KEY, the file as seen from the configuration directory, such as rserver.conf:www-address',
    },
  },
  minimumNodes: 2,
  judge(nodes, { cluster, params }) {
    const findings: Finding[] = [];
    const troubled = nodes.filter((n) => n.found.treeTrouble !== undefined);
    if (troubled.length > 0)
      findings.push(
        unknown(withGrant(troubled.map((n) => `${n.node}: ${n.found.treeTrouble}`).join('; ')), {
          nodes: troubled.map((n) => n.node),
          subject: 'unreadable',
        }),
      );
    // a directory that holds no configuration is named by config-directory
    const sides: Side[] = nodes.filter(
      (n) => n.found.treeTrouble === undefined && directoryTrouble(n.found) === undefined,
    );
    if (sides.length < 2)
      return findings.length > 0 ? findings : unknown('fewer than two nodes have a configuration that could be read');
    const { root, profile } = sides[0]!.found;
    const names = sides.map((s) => s.node);
    const all = [...new Set(sides.flatMap(comparedPaths))].sort();
    const bare = profile.required.filter((file) => !all.includes(file));
    if (bare.length > 0)
      return [
        ...findings,
        unknown(`no node has ${list(bare)}: ${root} holds no configuration to compare`, { nodes: names }),
      ];
    const { differing, remarks } = compare(all, sides, cluster, leftOut(sides, databaseApart(sides), params.perNode));
    const onAll = all.filter((path) => sides.every((s) => s.found.tree.some((e) => e.path === path)));
    const modes = comparePermissions(onAll, sides, cluster.reference);
    findings.push(...ofDirectory(sides, cluster.reference), ...differing, ...(modes ? [modes] : []));
    const equal = all.length - new Set(differing.map((f) => f.subject?.replace(/:.*$/, ''))).size;
    if (!differing.some((f) => f.status === 'fail') && equal > 0)
      findings.push(
        pass(`${count(equal, 'file')} of ${root} ${verb(equal, 'agrees', 'agree')} on ${count(sides.length, 'node')}`, {
          nodes: names,
          details: remarks,
        }),
      );
    return findings;
  },
  remediation:
    'ssh GOOD sudo cat FILE | ssh NODE sudo diff - FILE    # then copy the right lines, and restart the product',
});
