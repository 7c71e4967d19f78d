import {
  connected,
  defineCheck,
  type Fact,
  type Finding,
  faults,
  fixOn,
  found,
  list,
  same,
  sift,
  unknown,
  withFix,
} from 'ha-preflight';
import { type Versions, versions } from 'ha-preflight/collectors/versions';
import { sameVersion } from 'ha-preflight/formats/version';

type NodeVersions = readonly { readonly node: string; readonly versions: Versions }[];
const valuesOf = (nodes: NodeVersions) => nodes.map((n) => ({ node: n.node, value: n.versions }));

const contradicts = ({ program, package: installed }: Versions): boolean =>
  program !== undefined && installed !== undefined && !sameVersion(program, installed);

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
    // by the program where every node's can be run, else by the package database: the two are not always spelled alike
    const programs = new Set(nodes.flatMap((n) => n.versions.program ?? []));
    const byProgram =
      programs.size > 1 ||
      nodes.every((n) => n.versions.program !== undefined) ||
      nodes.every((n) => n.versions.package === undefined);
    const facts = nodes.map((n): { node: string; fact: Fact<string> } => {
      // a program that contradicts its package is what runs
      const version = byProgram || contradicts(n.versions) ? n.versions.program : n.versions.package;
      const why = byProgram
        ? n.versions.programTrouble
        : `${n.found.profile.packages.join(' or ')} is not in the package database`;
      return {
        node: n.node,
        fact: version === undefined ? { unseen: why ?? 'no version was found' } : { value: version },
      };
    });
    const { seen, findings } = sift(facts, 'version unseen');
    if (seen.length < 2) return [...findings, ...unfinished(nodes)];
    const details = nodes.flatMap((n) =>
      n.versions.program !== undefined && n.versions.package !== undefined && n.versions.program !== n.versions.package
        ? [`${n.node}: the program reports ${n.versions.program}, the package database ${n.versions.package}`]
        : [],
    );
    const stop = `sudo systemctl stop ${nodes[0]!.found.profile.unit}`;
    // deb and rpm spell one version differently: 2024.04.2+764.pro1, and 2024.04.2+764.pro1-1
    const alike = connected(seen, (a, b) => a.value === b.value || (!byProgram && sameVersion(a.value, b.value)));
    const wordsOf = (some: typeof seen): string[] => [...new Set(some.map((s) => s.value))];
    const spellings = wordsOf(seen);
    const main =
      alike.length === 1 && spellings.length > 1
        ? unknown(
            `the installed package is written in different ways (${list(spellings)}), which may be one version: compare what ${nodes[0]!.found.profile.versionCommand.join(' ')} prints on each node`,
            { nodes: seen.map((s) => s.node), details },
          )
        : same(
            byProgram ? 'the version' : 'the installed package',
            alike.flatMap((group) =>
              group.map(({ node }) => ({ node, key: group[0]!.value, shown: wordsOf(group).join(' or ') })),
            ),
            cluster.reference,
            { details },
          );
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
