import {
  count,
  defineCheck,
  everyNode,
  type Finding,
  list,
  pass,
  same,
  settings,
  skip,
  unknown,
  verb,
} from 'ha-preflight';
import { type Runtimes, runtimes } from 'ha-preflight/collectors/runtimes';

interface At {
  readonly node: string;
  readonly runtimes: Runtimes;
}

/** Whether what the configuration names is there. */
function ofConfigured(configured: readonly string[], nodes: readonly At[]): Finding[] {
  if (configured.length === 0) return [];
  return [
    everyNode(
      `${count(configured.length, 'configured runtime')} ${verb(configured.length, 'exists', 'exist')}`,
      nodes.map((n) => ({ node: n.node, value: n.runtimes.missing })),
      (missing) =>
        missing.length > 0
          ? {
              problem: `${list(missing)} ${verb(missing.length, 'is', 'are')} configured but ${verb(missing.length, 'does', 'do')} not exist`,
              observed: missing.join(', '),
            }
          : undefined,
      {
        subject: 'configured',
        requirements: ['CONN-35', 'CONN26-08', 'PPM-AWS-08', 'X-12'],
        expected: configured.join(', '),
      },
    ),
  ];
}

interface Compared {
  readonly node: string;
  readonly installed: readonly string[];
}

/** Whether all nodes have the same. `all`: what any of them has. */
function ofInstalled(all: readonly string[], nodes: readonly Compared[], reference: string | undefined): Finding {
  const differing = all.filter((p) => !nodes.every((n) => n.installed.includes(p)));
  const values = nodes.map(({ node, installed }) => ({
    node,
    key: installed.join(' '),
    shown: differing.filter((p) => installed.includes(p)).join(', ') || 'none of those that the other nodes have',
  }));
  return same('the set of runtimes', values, reference, {
    subject: 'installed',
    severity: 'warning',
    requirements: ['CONN-35', 'CONN26-08', 'X-12'],
  });
}

export default defineCheck({
  id: 'runtimes',
  title: 'Every node has the same versions of R, Python and Quarto',
  severity: 'critical',
  severityFor: { connect: 'warning', workbench: 'warning' },
  tags: ['platform'],
  requirements: ['CONN-35', 'CONN26-08', 'PPM-AWS-08', 'X-12'],
  rationale:
    'Content runs on the node that gets the request. When one node lacks a version, content fails there, so users see an error now and then. The check looks in /opt/R, /opt/python, /opt/quarto, the usual places, and where the configuration points.',
  needs: { settings, runtimes },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    // where one node does not say a version, the path alone is compared
    const open = [...new Set(nodes.flatMap((n) => n.runtimes.open))].sort();
    const comparable = nodes.map((n) => ({
      node: n.node,
      installed: n.runtimes.installed.map((r) => open.find((path) => r.startsWith(`${path} (`)) ?? r),
    }));
    const all = [...new Set(comparable.flatMap((n) => n.installed))].sort();
    const configured = [...new Set(nodes.flatMap((n) => n.settings.runtimes))];
    const names = nodes.map((n) => n.node);
    if (all.length === 0 && configured.length === 0)
      return skip('no R, Python or Quarto is installed or configured', { nodes: names });
    const findings = ofConfigured(configured, nodes);
    const alike = ofInstalled(all, comparable, cluster.reference);
    if (alike.status === 'fail') {
      const reported = findings.flatMap((f) => (f.status === 'fail' ? (f.nodes ?? []) : []));
      return alike.nodes!.every((n) => reported.includes(n)) ? findings : [...findings, alike];
    }
    if (open.length > 0)
      findings.push(
        unknown(`the version of ${list(open)} is not known: ${open[0]} --version, on each node`, {
          nodes: nodes.filter((n) => n.runtimes.open.length > 0).map((n) => n.node),
          subject: 'version unseen',
        }),
      );
    const known = all.filter((p) => !open.includes(p));
    if (known.length > 0)
      findings.push(
        pass(`${list(names)} have the same runtimes: ${known.join(', ')}`, { nodes: names, subject: 'installed' }),
      );
    return findings;
  },
  remediation:
    'ls /opt/R /opt/python    # on all nodes; install the missing version on the nodes named, in the same place as on the others',
});
