import { defineCheck, fail, pass, skip } from 'ha-preflight';
import { host } from 'ha-preflight/collectors/host';

export default defineCheck({
  id: 'node-count',
  title: 'There are at least two nodes',
  severity: 'critical',
  severityFor: { 'package-manager': 'warning' },
  proof: 'declared',
  tags: ['architecture'],
  requirements: ['PPM-AWS-01', 'DEPLOYR-07'],
  rationale:
    'A single node is not highly available, however well it is configured. The nodes of the inventory are counted.',
  products: ['package-manager', 'deployr'],
  needs: { host },
  judge(nodes, { cluster, product }) {
    if (product === 'deployr' && cluster.mode !== 'load-balanced')
      return skip('applies to DeployR only behind a load balancer (mode: load-balanced in the inventory)');
    const names = nodes.map((n) => n.node);
    return cluster.nodes.length > 1
      ? pass(`the inventory has ${cluster.nodes.length} nodes`, { nodes: names })
      : fail('the inventory has only one node', { nodes: names, expected: 'two or more' });
  },
  remediation: 'add a second node to the cluster and to the inventory',
});
