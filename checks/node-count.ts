import { defineCheck, type Finding, fail, pass } from 'ha-preflight';
import { host } from 'ha-preflight/collectors/host';

export default defineCheck({
  id: 'node-count',
  title: 'There are at least two nodes',
  severity: 'critical',
  proof: 'declared',
  tags: ['architecture'],
  requirements: ['PPM-AWS-01', 'DEPLOYR-07'],
  rationale:
    'A single node is not highly available, however well it is configured: nothing takes over when it fails. The nodes of the inventory are counted.',
  needs: { host },
  judge(nodes, { cluster, product }) {
    const names = nodes.map((n) => n.node);
    // a document that only recommends it, or asks for it in one mode, is cited where that holds
    const recommended = product === 'package-manager' ? ['PPM-AWS-01'] : [];
    const demanded = product === 'deployr' && cluster.mode === 'load-balanced' ? ['DEPLOYR-07'] : [];
    if (cluster.nodes.length > 1)
      return pass(`the inventory has ${cluster.nodes.length} nodes`, {
        nodes: names,
        requirements: [...recommended, ...demanded],
      });
    const alone: Finding = fail('the inventory has only one node: one node is not a cluster', {
      nodes: names,
      expected: 'two or more',
      requirements: demanded,
    });
    // a row of its document, which only recommends it
    if (recommended.length === 0) return alone;
    return [
      alone,
      fail('the document recommends at least two nodes, and the inventory has only one', {
        nodes: names,
        subject: 'recommended',
        severity: 'warning',
        requirements: recommended,
      }),
    ];
  },
  remediation:
    'add a second node to the cluster and to the inventory; evidence of nodes that were asked separately is of separate clusters: gather it in one run',
});
