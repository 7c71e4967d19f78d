import { defineCheck, type Finding, fail, found, groupsOf, list, pass, skip, unknown } from 'ha-preflight';
import { isLoopback, sameHost } from 'ha-preflight/formats/hostName';

export default defineCheck({
  id: 'grid-nodes',
  title: 'Behind a load balancer every server has its own grid nodes',
  severity: 'critical',
  proof: 'declared',
  tags: ['architecture'],
  requirements: ['DEPLOYR-09'],
  rationale:
    'DeployR servers do not know of each other: on a shared grid node, one server fills slots that the other counts as free. The servers keep the list in their databases; the check compares the lists in the inventory.',
  products: ['deployr'],
  needs: { found },
  minimumNodes: 2,
  judge(nodes, { cluster }): Finding {
    if (cluster.mode !== 'load-balanced')
      return skip('applies only behind a load balancer (mode: load-balanced in the inventory)');
    const names = nodes.map((n) => n.node);
    const grids = cluster.nodes.filter((n) => names.includes(n.name) && n.grid !== undefined);
    if (grids.length === 0)
      return skip('the grid nodes are not known: give each node its grid: [HOST, …] in the inventory', {
        nodes: names,
      });
    const without = names.filter((name) => !grids.some((g) => g.name === name));
    const shared = groupsOf(
      grids.flatMap((n) =>
        // localhost is another machine on each
        [...new Set(n.grid?.filter((host) => !isLoopback(host)).map(sameHost))].map((key) => ({ node: n.name, key })),
      ),
    ).filter((g) => g.nodes.length > 1);
    if (shared.length > 0)
      return fail(shared.map((g) => `${g.key} is in the grid of ${list(g.nodes)}`).join('; '), {
        nodes: [...new Set(shared.flatMap((g) => g.nodes))],
        observed: shared.map((g) => g.key).join(', '),
        expected: 'separate grid nodes for each server',
      });
    return without.length > 0
      ? unknown(`the inventory does not list the grid nodes of ${list(without)}: add grid: [HOST, …]`, {
          nodes: without,
        })
      : pass('no grid node is shared', { nodes: names });
  },
  remediation: 'in the Administration Console of the servers named, remove the grid node from all but one',
});
