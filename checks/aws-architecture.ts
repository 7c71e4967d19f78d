import {
  awsQuestions,
  awsTarget,
  type BalancerSight,
  balancerHost,
  count,
  type Denied,
  defineCheck,
  type Finding,
  fail,
  groupsOf,
  list,
  pass,
  type RdsSight,
  rdsHost,
  settings,
  skip,
  unknown,
} from 'ha-preflight';

type About = Partial<Finding>;

const withheld = ({ denied, why }: Denied, about: About): Finding =>
  unknown(`AWS denied access (${why}): grant ${denied} to the credentials of this audit`, about);

const database = (sight: RdsSight, about: About): Finding =>
  sight.multiAz
    ? pass(`RDS ${sight.id} is Multi-AZ`, { ...about, details: sight.details })
    : fail(`RDS ${sight.id} is not Multi-AZ: its availability zone is a single point of failure`, {
        ...about,
        observed: 'MultiAZ false',
        expected: 'MultiAZ true, with a standby in another zone',
        details: sight.details,
        remediation: `aws rds modify-db-instance --db-instance-identifier ${sight.id} --multi-az    # at the next maintenance window; for an Aurora cluster: add a reader in another zone`,
      });

function balancer({ name, zones, stickiness }: BalancerSight, minimum: number, about: About): Finding {
  const details =
    'denied' in stickiness
      ? [`stickiness: not visible (grant ${stickiness.denied} to see it)`]
      : stickiness.map((s) => `stickiness of ${s.group}: ${s.said}`);
  const said = { ...about, details, observed: zones.join(', ') };
  return zones.length >= minimum
    ? pass(`load balancer ${name} is in ${count(zones.length, 'availability zone')}`, said)
    : fail(`load balancer ${name} is in ${count(zones.length, 'availability zone')}: ${list(zones)}`, {
        ...said,
        expected: `${minimum} zones`,
      });
}

export default defineCheck({
  id: 'aws-architecture',
  title: 'The RDS database is Multi-AZ, and the load balancer is in three zones',
  severity: 'warning',
  tags: ['aws', 'database'],
  requirements: ['PPM-AWS-11', 'PPM-AWS-15'],
  rationale:
    'A database in one availability zone fails with that zone; a load balancer in two zones has no spare one. AWS is asked, with the credentials in the environment, when the host name of the database or of loadBalancer.url in the inventory is a name of AWS. The AWS clients are optional packages.',
  products: ['package-manager'],
  needs: { settings },
  params: { minimumZones: 3 },
  asks: awsQuestions,
  judge(nodes, { cluster, params, services }) {
    const databases = groupsOf(
      nodes.flatMap((n) => {
        const host = rdsHost(n.settings);
        return host === undefined ? [] : [{ node: n.node, key: host }];
      }),
    );
    const front = balancerHost(cluster);
    if (databases.length === 0 && front === undefined)
      return skip('neither the database nor loadBalancer.url has an AWS host name', {
        nodes: nodes.map((n) => n.node),
      });
    const of = (target: string, about: About, read: (said: never) => Finding): Finding => {
      const answer = services[`aws:${target}`] ?? { unseen: `${target} was not asked` };
      if ('unseen' in answer) return unknown(answer.unseen, about);
      const said = JSON.parse(answer.stdout) as object;
      return 'denied' in said ? withheld(said as Denied, about) : read(said as never);
    };
    return [
      ...databases.map(({ key, nodes: on }) => {
        const about = { nodes: on, subject: key, requirements: ['PPM-AWS-11'] };
        return of(awsTarget('rds', key), about, (said: RdsSight) => database(said, about));
      }),
      ...(front === undefined ? [] : [front]).map((host) => {
        const about = { subject: host, requirements: ['PPM-AWS-15'] };
        return of(awsTarget('elb', host), about, (said: BalancerSight) => balancer(said, params.minimumZones, about));
      }),
    ];
  },
  remediation:
    'aws elbv2 set-subnets --load-balancer-arn ARN --subnets SUBNET_A SUBNET_B SUBNET_C    # one in each of three zones',
});
