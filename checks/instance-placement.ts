import { defineCheck, distinct, everyNode, type Finding, fail, list, pass, skip, unknown } from 'ha-preflight';
import { instance } from 'ha-preflight/collectors/instance';
import { awsReference } from './support/awsReference.js';

/** GiB that a machine has less than its type says. */
const KERNEL = 2;

export default defineCheck({
  id: 'instance-placement',
  title: 'EC2 instances are in different zones and in private subnets',
  severity: 'warning',
  severityFor: { connect: 'info', workbench: 'info' },
  tags: ['aws'],
  requirements: [...['PPM-AWS-01', 'PPM-AWS-02', 'PPM-AWS-03', 'PPM-AWS-04'], ...['CONN26-04', 'CONN26-07', 'WB26-08']],
  rationale:
    'Instances in one availability zone fail together. The reference architectures of Package Manager and Connect have two instances in private subnets of different zones, of about the size m6i.2xlarge and t3.large. The metadata service of each EC2 instance is asked; other machines and containers are not asked.',
  products: ['package-manager', 'connect', 'workbench'],
  needs: { instance },
  // 0: as the reference architecture has it
  params: { minimumCpus: 0, minimumMemoryGiB: 0 },
  judge(nodes, { params, product, cluster }) {
    const on = nodes.flatMap((n) => (n.instance.of ? [{ node: n.node, value: n.instance.of }] : []));
    const names = on.map((n) => n.node);
    if (on.length === 0) return skip('no node is an EC2 instance', { nodes: nodes.map((n) => n.node) });
    const reference = awsReference(product);
    const findings: Finding[] = [];
    if (on.length > 1) {
      findings.push(
        distinct(
          'the instance',
          on.map((n) => ({ node: n.node, key: n.value.id })),
          { subject: 'instance', requirements: [reference.instances] },
        ),
      );
      const zones = [...new Set(on.map((n) => n.value.zone))];
      const about = { subject: 'zones', nodes: names, observed: zones.join(', ') };
      const others = cluster.nodes.flatMap((n) => (names.includes(n.name) ? [] : [n.name]));
      if (reference.zones !== undefined) {
        const zoned = { ...about, requirements: [reference.zones] };
        findings.push(
          zones.length > 1
            ? pass(`the instances are in ${zones.length} availability zones`, zoned)
            : others.length > 0
              ? unknown(
                  `${list(names)} are in one availability zone, ${zones[0]}; the zone of ${list(others)} is not known`,
                  zoned,
                )
              : fail(`all nodes are in one availability zone, ${zones[0]}`, {
                  ...zoned,
                  expected: 'at least two zones',
                }),
        );
      }
    }
    if (reference.subnets !== undefined)
      findings.push(
        everyNode(
          'no node has a public address',
          on,
          (i) =>
            i.publicAddresses.length > 0
              ? { problem: 'the instance has a public address', observed: i.publicAddresses.join(', ') }
              : undefined,
          {
            subject: 'public',
            requirements: [reference.subnets],
            expected: 'private subnets, behind the load balancer',
          },
        ),
      );
    const { node } = reference;
    if (node === undefined) return findings;
    const cpus = params.minimumCpus || node.cpus;
    const memory = params.minimumMemoryGiB || node.memory - KERNEL;
    findings.push(
      everyNode(
        list([...new Set(on.map((n) => `${n.value.type} (${n.value.cpus} vCPUs, ${Math.round(n.value.memory)} GiB)`))]),
        on,
        (i) =>
          i.cpus < cpus || i.memory < memory
            ? {
                problem: `${i.type} is smaller than the reference, ${node.type} (${node.cpus} vCPUs, ${node.memory} GiB)`,
                observed: `${i.cpus} vCPUs, ${Math.round(i.memory)} GiB`,
              }
            : undefined,
        { subject: 'size', severity: 'info', requirements: [node.row] },
      ),
    );
    return findings;
  },
  remediation: 'replace the instances named by new ones in a private subnet of another availability zone',
});
