import {
  type Cluster,
  defineCheck,
  type Finding,
  fail,
  found,
  groupsOf,
  list,
  pass,
  skip,
  unknown,
} from 'ha-preflight';
import { addressOf, isLoopback, sameHost, shortHost } from 'ha-preflight/formats/hostName';

/** A grid node without its port; a server of the cluster, also as localhost, by its name in the inventory. */
function machineOf(host: string, on: string, { nodes }: Cluster): string {
  const bare = sameHost(addressOf(host) === undefined ? host.replace(/:\d+$/, '') : host);
  const server = nodes.find((n) => (isLoopback(bare) ? n.name === on : [n.host, n.name].map(sameHost).includes(bare)));
  return server?.name ?? bare;
}

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
    const machines = grids.flatMap((n) =>
      [...new Set(n.grid?.map((host) => machineOf(host, n.name, cluster)))].map((key) => ({ node: n.name, key })),
    );
    const shared = groupsOf(machines).filter((g) => g.nodes.length > 1);
    if (shared.length > 0)
      return fail(shared.map((g) => `${g.key} is in the grid of ${list(g.nodes)}`).join('; '), {
        nodes: [...new Set(shared.flatMap((g) => g.nodes))],
        observed: shared.map((g) => g.key).join(', '),
        expected: 'separate grid nodes for each server',
      });
    // a name with its domain and one without may be one machine
    const alike = groupsOf(machines.map(({ node, key }) => ({ node, key: shortHost(key) }))).find(
      (g) => new Set(g.nodes).size > 1 && machines.some((m) => m.key === g.key),
    );
    if (alike)
      return unknown(
        `whether ${list([...new Set(machines.flatMap((m) => (shortHost(m.key) === alike.key ? [m.key] : [])))])} are one machine is not known: write both names with their domains in the inventory`,
        { nodes: [...new Set(alike.nodes)] },
      );
    return without.length > 0
      ? unknown(`the inventory does not list the grid nodes of ${list(without)}: add grid: [HOST, …]`, {
          nodes: without,
        })
      : pass('no grid node is shared', { nodes: names });
  },
  remediation: 'in the Administration Console of the servers named, remove the grid node from all but one',
});
