import { defineCheck, effective, everyNode, type Finding, settings, skip } from 'ha-preflight';

const truthy = (value: string | undefined): boolean => value === undefined || /^(true|yes|on|1)$/i.test(value);
const below = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

export default defineCheck({
  id: 'metrics-path',
  title: 'Every node keeps its metrics in a directory of its own',
  severity: 'critical',
  proof: 'declared',
  tags: ['storage', 'configuration'],
  requirements: ['CONN-07', 'CONN-08', 'CONN-15'],
  rationale:
    "Connect's round-robin databases have one writer each. Metrics.DataPath defaults to a folder inside Server.DataDir, which is shared: so a cluster that does not set it writes all of its nodes' metrics into the same files. The same path on each node's own disk is fine.",
  products: ['connect'],
  needs: { effective, settings },
  judge(nodes) {
    const values = nodes.map((n) => {
      const dataDir = n.settings.shared.find((s) => s.setting === 'Server.DataDir')!.path;
      const set = n.effective.get('metrics.datapath')?.value;
      return {
        node: n.node,
        enabled: truthy(n.effective.get('metrics.enabled')?.value),
        dataDir,
        path: set ?? `${dataDir}/metrics`,
        set: set !== undefined,
      };
    });
    const off = values.filter((v) => !v.enabled);
    const on = values.filter((v) => v.enabled);
    const findings: Finding[] =
      off.length > 0
        ? [skip('metrics are switched off', { nodes: off.map((v) => v.node), subject: 'switched off' })]
        : [];
    if (on.length === 0) return findings;
    // one path inside the shared directory is alone there only if no other node uses it
    const users = (path: string): number => on.filter((v) => v.path === path).length;
    return [
      ...findings,
      everyNode(
        'outside the shared data directory, or alone in it',
        on.map((v) => ({ node: v.node, value: v })),
        (v) =>
          below(v.path, v.dataDir) && (users(v.path) > 1 || !v.set)
            ? {
                problem: `metrics go to ${v.path}, inside the shared data directory${v.set ? ', and so do those of other nodes' : ' (the default)'}`,
                observed: v.path,
              }
            : undefined,
        {
          expected: "a Metrics.DataPath on each node's own disk",
          details: on.map((v) => `${v.node}: ${v.path}${v.set ? '' : ' (default)'}`),
        },
      ),
    ];
  },
  remediation:
    "set [Metrics] DataPath to a directory on the node's own disk in rstudio-connect.gcfg on the nodes named, and restart Connect",
});
