import { defineCheck, everyNode, list, pass, same, settings, skip } from 'ha-preflight';
import { runtimes } from 'ha-preflight/collectors/runtimes';

export default defineCheck({
  id: 'runtimes',
  title: 'Every node has the same versions of R, Python and Quarto',
  severity: 'critical',
  severityFor: { connect: 'warning', workbench: 'warning' },
  tags: ['platform'],
  requirements: ['CONN-35', 'PPM-AWS-08', 'X-12'],
  rationale:
    'Content runs on whichever node got the request, and builds on whichever is free. A version that one node lacks fails there, now and then. Looked for in /opt/R, /opt/python, /opt/quarto and the usual places, and wherever the configuration points.',
  needs: { settings, runtimes },
  minimumNodes: 2,
  judge(nodes, { cluster }) {
    const all = [...new Set(nodes.flatMap((n) => n.runtimes.installed))].sort();
    const configured = [...new Set(nodes.flatMap((n) => n.settings.runtimes))];
    const names = nodes.map((n) => n.node);
    if (all.length === 0 && configured.length === 0)
      return skip('no R, Python or Quarto is installed or configured', { nodes: names });
    const there =
      configured.length === 0
        ? []
        : [
            everyNode(
              `${configured.length} configured runtimes are there`,
              nodes.map((n) => ({ node: n.node, value: n.runtimes.missing })),
              (missing) =>
                missing.length > 0
                  ? { problem: `${list(missing)} is configured and not there`, observed: missing.join(', ') }
                  : undefined,
              {
                subject: 'configured',
                requirements: ['CONN-35', 'PPM-AWS-08', 'X-12'],
                expected: configured.join(', '),
              },
            ),
          ];
    const reported = new Set(there.flatMap((f) => (f.status === 'fail' ? (f.nodes ?? []) : [])));
    const values = nodes.map((n) => ({
      node: n.node,
      key: n.runtimes.installed.join(' '),
      shown:
        all
          .filter((p) => !nodes.every((m) => m.runtimes.installed.includes(p)) && n.runtimes.installed.includes(p))
          .join(', ') || 'none of those that others have',
    }));
    const alike = same('the set of runtimes', values, cluster.reference, {
      subject: 'installed',
      severity: 'warning',
      requirements: ['CONN-35', 'X-12'],
    });
    if (alike.status === 'fail') return alike.nodes!.every((n) => reported.has(n)) ? there : [...there, alike];
    return all.length === 0
      ? there
      : [...there, pass(`the same on ${list(names)}: ${all.join(', ')}`, { nodes: names, subject: 'installed' })];
  },
  remediation:
    'install the missing version on the nodes named, in the same place as on the others (/opt/R/VERSION, /opt/python/VERSION)',
});
