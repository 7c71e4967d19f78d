import { defineCheck, distinct, everyNode, type Finding, fail, list, pass, skip, unknown } from 'ha-preflight';
import { type Instance, instance } from 'ha-preflight/collectors/instance';
import { awsReference, type Size } from './support/awsReference.js';

/** GiB that a machine has less than its type says. */
const KERNEL = 2;

interface At {
  readonly node: string;
  readonly value: Instance;
}

/** Whether a zone can fail and leave an instance. `others`: nodes whose zone is not known. */
function ofZones(on: readonly At[], others: readonly string[], row: string): Finding {
  const zones = [...new Set(on.map((n) => n.value.zone))];
  const names = on.map((n) => n.node);
  const about = { subject: 'zones', nodes: names, observed: zones.join(', '), requirements: [row] };
  if (zones.length > 1) return pass(`the instances are in ${zones.length} availability zones`, about);
  return others.length > 0
    ? unknown(
        `${list(names)} are in one availability zone, ${zones[0]}; the zone of ${list(others)} is not known`,
        about,
      )
    : fail(`all nodes are in one availability zone, ${zones[0]}`, { ...about, expected: 'at least two zones' });
}

/** Whether clients reach an instance only through the load balancer. */
const ofSubnets = (on: readonly At[], row: string): Finding =>
  everyNode(
    'no node has a public address',
    on,
    (i) =>
      i.publicAddresses.length > 0
        ? { problem: 'the instance has a public address', observed: i.publicAddresses.join(', ') }
        : undefined,
    { subject: 'public', requirements: [row], expected: 'private subnets, behind the load balancer' },
  );

/** Whether each instance has at least these vCPUs and GiB. */
const ofSize = (on: readonly At[], node: Size, cpus: number, memory: number): Finding =>
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
  );

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
    if (on.length === 0) return skip('no node is an EC2 instance', { nodes: nodes.map((n) => n.node) });
    const { instances, zones, subnets, node } = awsReference(product);
    const findings: Finding[] = [];
    if (on.length > 1) {
      const ids = on.map((n) => ({ node: n.node, key: n.value.id }));
      const others = cluster.nodes.map((n) => n.name).filter((name) => !on.some((n) => n.node === name));
      findings.push(distinct('the instance', ids, { subject: 'instance', requirements: [instances] }));
      if (zones !== undefined) findings.push(ofZones(on, others, zones));
    }
    if (subnets !== undefined) findings.push(ofSubnets(on, subnets));
    if (node !== undefined)
      findings.push(ofSize(on, node, params.minimumCpus || node.cpus, params.minimumMemoryGiB || node.memory - KERNEL));
    return findings;
  },
  remediation: 'replace the instances named by new ones in a private subnet of another availability zone',
});
