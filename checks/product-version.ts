import { defineCheck, type Finding, faults, fixOn, found, list, same, sift, unknown, withFix } from 'ha-preflight';
import { type Versions, versions } from 'ha-preflight/collectors/versions';
import { alikeVersions, contradicts, oneValueEach, spellingsOf, versionFacts } from './support/installedVersion.js';

type NodeVersions = readonly { readonly node: string; readonly versions: Versions }[];
const valuesOf = (nodes: NodeVersions) => nodes.map((n) => ({ node: n.node, value: n.versions }));

/** A program that is not that of the installed package. */
const contradictions = (nodes: NodeVersions): Finding[] =>
  faults(
    valuesOf(nodes),
    (v) =>
      contradicts(v)
        ? {
            problem: `the program reports ${v.program}, and the package database ${v.package}`,
            observed: `program ${v.program}, package ${v.package}`,
          }
        : undefined,
    { subject: 'program and package', severity: 'warning', expected: 'the program of the installed package' },
  );

/** A package whose installation broke off. */
const unfinished = (nodes: NodeVersions): Finding[] =>
  faults(
    valuesOf(nodes),
    ({ unfinished: state }) =>
      state === undefined
        ? undefined
        : { problem: `the installation of the package did not end: ${state}`, observed: state },
    {
      subject: 'package state',
      severity: 'warning',
      expected: 'installed',
    },
  ).map((f) => withFix(f, 'sudo dpkg --configure -a'));

const THEN = 'install the same version on each, start one node first (it upgrades the schema), then the others';

export default defineCheck({
  id: 'product-version',
  title: 'Every node runs the same version',
  severity: 'critical',
  tags: ['version'],
  requirements: ['RSPM-04', 'CONN-01', 'WB-01', 'PPM-AWS-05'],
  rationale:
    'Nodes share one database schema; a node with a different version misreads it or shuts down. The complete version is compared, including the build number, and the program of each node is held against its package. ' +
    'A server that was not restarted after an upgrade still runs the old version.',
  when: (profile) => profile.packages.length > 0,
  needs: { found, versions },
  minimumNodes: 2,
  judge(nodes, { cluster, product }) {
    const { byProgram, facts } = versionFacts(nodes);
    const { seen, findings } = sift(facts, 'version unseen');
    if (seen.length < 2) return [...findings, ...unfinished(nodes)];
    const details = nodes.flatMap((n) =>
      n.versions.program !== undefined && n.versions.package !== undefined && n.versions.program !== n.versions.package
        ? [`${n.node}: the program reports ${n.versions.program}, the package database ${n.versions.package}`]
        : [],
    );
    const stop = `sudo systemctl stop ${nodes[0]!.found.profile.unit}`;
    const alike = alikeVersions(seen, byProgram);
    const spellings = spellingsOf(seen);
    const main =
      alike.length === 1 && spellings.length > 1
        ? unknown(
            `the installed package is written in different ways (${list(spellings)}), which may be one version: compare what ${nodes[0]!.found.profile.versionCommand.join(' ')} prints on each node`,
            { nodes: seen.map((s) => s.node), details },
          )
        : same(byProgram ? 'the version' : 'the installed package', oneValueEach(alike), cluster.reference, {
            details,
          });
    const stopped: Finding =
      main.status === 'fail'
        ? {
            ...main,
            fixes: fixOn(
              nodes.map((n) => n.node),
              stop,
              THEN,
            ),
          }
        : main;
    // where the versions differ, the details say what contradicts what
    const result: Finding[] = [...findings, stopped, ...(main.status === 'fail' ? [] : contradictions(nodes))];
    const stale = faults(
      nodes.map((n) => ({ node: n.node, value: n.versions.outdated })),
      (outdated) =>
        outdated.length > 0
          ? { problem: 'the server was not restarted after an upgrade', observed: outdated.join(', ') }
          : undefined,
      {
        subject: 'running process',
        severity: 'warning',
        expected: 'the running process is the installed program',
      },
    ).map((f) => withFix(f, `sudo systemctl restart ${nodes[0]!.found.profile.unit}`));
    result.push(...unfinished(nodes), ...stale);
    const edition = faults(
      seen,
      (version) =>
        product === 'workbench' && version.includes('+') && !version.includes('.pro')
          ? { problem: `${version} is the open-source build, which cannot form a cluster` }
          : undefined,
      {
        subject: 'edition',
        expected: 'a .pro build',
      },
    );
    result.push(...edition);
    return result;
  },
  remediation:
    'sudo systemctl stop UNIT    # on all nodes; install the same version on each, start one node first (it upgrades the schema), then the others',
});
