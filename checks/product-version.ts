import { defineCheck, type Fact, type Finding, faults, found, same, sift } from 'ha-preflight';
import { versions } from 'ha-preflight/collectors/versions';

export default defineCheck({
  id: 'product-version',
  title: 'Every node runs the same version',
  severity: 'critical',
  tags: ['version'],
  requirements: ['RSPM-04', 'CONN-01', 'WB-01', 'PPM-AWS-05'],
  rationale:
    'Nodes share one database schema; a node with a different version misreads it or shuts down. The complete version is compared, including the build number. ' +
    'A server that was not restarted after an upgrade still runs the old version.',
  when: (profile) => profile.packages.length > 0,
  needs: { found, versions },
  minimumNodes: 2,
  judge(nodes, { cluster, product }) {
    // the version that the program reports where every node has one, else that of the package: the two are not always spelled alike
    const byProgram =
      nodes.every((n) => n.versions.program !== undefined) || nodes.every((n) => n.versions.package === undefined);
    const facts = nodes.map((n): { node: string; fact: Fact<string> } => {
      const version = byProgram ? n.versions.program : n.versions.package;
      const why = byProgram
        ? n.versions.programTrouble
        : `${n.found.profile.packages.join(' or ')} is not in the package database`;
      return {
        node: n.node,
        fact: version === undefined ? { unseen: why ?? 'no version was found' } : { value: version },
      };
    });
    const { seen, findings } = sift(facts, 'version unseen');
    if (seen.length < 2) return findings;
    const details = nodes.flatMap((n) =>
      n.versions.program !== undefined && n.versions.package !== undefined && n.versions.program !== n.versions.package
        ? [`${n.node}: the program reports ${n.versions.program}, the package database ${n.versions.package}`]
        : [],
    );
    const result: Finding[] = [
      ...findings,
      same(
        byProgram ? 'the version' : 'the installed package',
        seen.map(({ node, value }) => ({ node, key: value })),
        cluster.reference,
        { details },
      ),
    ];
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
        remediation: `systemctl restart ${nodes[0]!.found.profile.unit}    # on the nodes named`,
      },
    );
    result.push(...stale);
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
    'stop the product on all nodes, install the same version on each, start one node first (it upgrades the schema), then the others',
});
