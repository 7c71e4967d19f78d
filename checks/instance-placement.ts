import { defineCheck, distinct, everyNode, type Finding, fail, list, pass, skip } from 'ha-preflight';
import { instance } from 'ha-preflight/collectors/instance';

export default defineCheck({
  id: 'instance-placement',
  title: 'EC2 instances are in different zones and in private subnets',
  severity: 'warning',
  tags: ['aws'],
  requirements: ['PPM-AWS-01', 'PPM-AWS-02', 'PPM-AWS-03', 'PPM-AWS-04'],
  rationale:
    'Instances in one availability zone fail together. The reference architecture has two instances in private subnets of different zones, of about the size m6i.2xlarge. The metadata service of each EC2 instance is asked; other machines are not asked.',
  products: ['package-manager'],
  needs: { instance },
  params: { minimumCpus: 8, minimumMemoryGiB: 30 },
  judge(nodes, { params }) {
    const on = nodes.flatMap((n) => (n.instance.of ? [{ node: n.node, value: n.instance.of }] : []));
    const names = on.map((n) => n.node);
    if (on.length === 0) return skip('no node is an EC2 instance', { nodes: nodes.map((n) => n.node) });
    const findings: Finding[] = [];
    if (on.length > 1) {
      const zones = [...new Set(on.map((n) => n.value.zone))];
      const about = { subject: 'zones', requirements: ['PPM-AWS-02'], nodes: names, observed: zones.join(', ') };
      findings.push(
        distinct(
          'the instance',
          on.map((n) => ({ node: n.node, key: n.value.id })),
          { subject: 'instance', requirements: ['PPM-AWS-01'] },
        ),
        zones.length > 1
          ? pass(`the instances are in ${zones.length} availability zones`, about)
          : fail(`all nodes are in one availability zone, ${zones[0]}`, { ...about, expected: 'at least two zones' }),
      );
    }
    findings.push(
      everyNode(
        'no node has a public address',
        on,
        (i) =>
          i.publicAddresses.length > 0
            ? { problem: 'the instance has a public address', observed: i.publicAddresses.join(', ') }
            : undefined,
        { subject: 'public', requirements: ['PPM-AWS-03'], expected: 'private subnets, behind the load balancer' },
      ),
      everyNode(
        list([...new Set(on.map((n) => `${n.value.type} (${n.value.cpus} vCPUs, ${Math.round(n.value.memory)} GiB)`))]),
        on,
        (i) =>
          i.cpus < params.minimumCpus || i.memory < params.minimumMemoryGiB
            ? {
                problem: `${i.type} is smaller than the reference (${params.minimumCpus} vCPUs, 32 GiB)`,
                observed: `${i.cpus} vCPUs, ${Math.round(i.memory)} GiB`,
              }
            : undefined,
        { subject: 'size', severity: 'info', requirements: ['PPM-AWS-04'] },
      ),
    );
    return findings;
  },
  remediation: 'replace the instances named by new ones in a private subnet of another availability zone',
});
