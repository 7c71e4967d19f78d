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
  rationale: 'One node is not highly available, however well it is set up. Counted are the nodes of the inventory.',
  products: ['package-manager', 'deployr'],
  needs: { host },
  judge(nodes, { cluster, product }) {
    if (product === 'deployr' && cluster.mode !== 'load-balanced')
      return skip('asked of DeployR behind a load balancer only: mode: load-balanced in the inventory');
    const names = nodes.map((n) => n.node);
    return cluster.nodes.length > 1
      ? pass(`${cluster.nodes.length} nodes`, { nodes: names })
      : fail('the inventory has one node', { nodes: names, expected: 'two or more' });
  },
  remediation: 'add a second node, and name it in the inventory',
});
