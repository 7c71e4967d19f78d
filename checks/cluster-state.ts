import { defineCheck, effective, found, skip } from 'ha-preflight';
import { clusterState } from 'ha-preflight/collectors/clusterState';
import { host } from 'ha-preflight/collectors/host';
import { knownNodes } from './support/nodeNames.js';
import { listFindings, restartFindings, stoppedFindings } from './support/workbenchState.js';
import { listedNames, statusFindings } from './support/workbenchStatus.js';

export default defineCheck({
  id: 'cluster-state',
  title: 'The cluster knows every node, and every node is online',
  severity: 'critical',
  tags: ['cluster'],
  requirements: ['WB-15', 'WB-16', 'WB-18', 'WB-38', 'WB-39', 'WB-40', 'WB-41', 'WB-42'],
  rationale:
    'Workbench keeps the list of its nodes in the database. A node with a different key or protocol stays out of the cluster, a node that is gone still gets sessions, and a node whose configuration was changed runs with the old one until it is restarted. ' +
    'A running node is asked for rstudio-server list-nodes and /load-balancer/status; the times in them are in the time zone of that node.',
  products: ['workbench'],
  needs: { found, effective, host, state: clusterState },
  params: { maxMinutes: 2 },
  judge(nodes, { params, now, cluster }) {
    const running = nodes.filter((n) => n.state.running);
    if (running.length === 0)
      return skip('Workbench runs on no node, so there is no cluster to ask', { nodes: nodes.map((n) => n.node) });
    const known = knownNodes(nodes, cluster);
    const listed = listFindings(running, known, now.getTime(), params.maxMinutes);
    const blamed = listed.filter((f) => f.status === 'fail').flatMap((f) => f.nodes ?? []);
    const stopped = nodes.filter((n) => !n.state.running && !blamed.includes(n.node)).map((n) => n.node);
    return [
      ...listed,
      ...stoppedFindings(stopped, running),
      ...statusFindings(running, listedNames(running, known), blamed),
      ...restartFindings(running),
    ];
  },
  remediation:
    'rstudio-server list-nodes; curl -s http://localhost:8787/load-balancer/status    # on a good node; on the nodes named correct the key (shared-keys) or the release (product-version) first where the status is about them, then: sudo rstudio-server restart',
});
