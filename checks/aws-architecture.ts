import {
  type Asked,
  command,
  count,
  defineCheck,
  type Finding,
  fail,
  groupsOf,
  list,
  pass,
  settings,
  skip,
  unknown,
} from 'ha-preflight';
import {
  awsTarget,
  type BalancerView,
  balancerHost,
  balancers,
  type Denied,
  databases,
  type RdsView,
  rdsHost,
} from 'ha-preflight/probes/aws';
import { type AwsReference, awsReference } from './support/awsReference.js';

type About = Partial<Finding>;

const withheld = ({ denied, why }: Denied, about: About): Finding =>
  unknown(`AWS denied access (${why}): grant ${denied} to the credentials of this audit`, about);

function database({ id, multiAz, cluster, details }: RdsView, about: About): Finding {
  if (cluster !== undefined)
    return fail(`RDS ${id} is one instance of the cluster ${cluster}: after a failover another instance writes`, {
      ...about,
      observed: 'the endpoint of an instance',
      expected: 'the endpoint of the cluster, which follows the instance that writes',
      details,
      remediation: `aws rds describe-db-clusters --db-cluster-identifier ${cluster} --query 'DBClusters[].Endpoint'    # and give the product that name`,
    });
  if (multiAz) return pass(`RDS ${id} is Multi-AZ`, { ...about, details });
  return fail(`RDS ${id} is not Multi-AZ: its availability zone is a single point of failure`, {
    ...about,
    observed: 'MultiAZ false',
    expected: 'MultiAZ true, with a standby in another zone',
    details,
    fixes: [
      {
        nodes: [],
        commands: [
          command`aws rds modify-db-instance --db-instance-identifier ${id} --multi-az` ??
            'aws rds modify-db-instance --db-instance-identifier ID --multi-az',
        ],
        note: 'at the next maintenance window; for an Aurora cluster: add a reader in another zone',
      },
    ],
  });
}

/** vCPUs by the last word of a class, and GiB of memory for each of them by its family. */
function sizeOf(instanceClass: string): { vcpus: number; memory: number } | undefined {
  const [, family = '', times, size] =
    /^db\.([a-z]+)\w*\.(?:(\d*)xlarge|(micro|small|medium|large))$/.exec(instanceClass) ?? [];
  if (family === '') return undefined;
  const vcpus = size === undefined ? 4 * Number(times || 1) : 2;
  const each = family.startsWith('c') ? 2 : /^[rxz]/.test(family) ? 8 : 4;
  const small: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };
  return { vcpus, memory: (size && small[size]) || vcpus * each };
}

/** Against the instance that the vendor tested, which is far from its limits. */
function databaseSize(
  { id, size }: RdsView,
  reference: NonNullable<AwsReference['database']>,
  nodes: readonly string[],
): Finding[] {
  if (size === undefined) return [];
  const about = { nodes: [...nodes], subject: `${id} size`, severity: 'info' as const, requirements: [reference.row] };
  const { vcpus, memory } = sizeOf(size.class) ?? {};
  if (vcpus === undefined || memory === undefined)
    return [unknown(`the size of the RDS instance class ${size.class} is not known: look it up at AWS`, about)];
  const { storageGiB, storageType } = size;
  const storage = storageGiB === undefined ? '' : `, ${storageGiB} GiB of storage (${storageType ?? 'type not known'})`;
  const observed = `${size.class}: ${vcpus} vCPUs, ${memory} GiB of memory${storage}`;
  const smaller = [
    ...(vcpus < reference.cpus ? ['fewer vCPUs'] : []),
    ...(memory < reference.memory ? ['less memory'] : []),
    ...(storageGiB !== undefined && storageGiB < reference.storage ? ['less storage'] : []),
    ...(storageType === 'standard' ? ['slower storage'] : []),
  ];
  return [
    smaller.length === 0
      ? pass(`RDS ${id} is at least as large as the instance that the vendor tested`, { ...about, observed })
      : fail(`RDS ${id} has ${list(smaller)} than the instance that the vendor tested`, {
          ...about,
          observed,
          expected: `${reference.cpus} vCPUs, ${reference.memory} GiB of memory, ${reference.storage} GiB of SSD storage (${reference.type})`,
          remediation: `aws rds modify-db-instance --db-instance-identifier ID --db-instance-class ${reference.type}    # where the load asks for it`,
        }),
  ];
}

function balancer({ name, type, zones, stickiness }: BalancerView, minimum: number, about: About): Finding {
  const details =
    'denied' in stickiness
      ? [`stickiness: not visible (grant ${stickiness.denied} to see it)`]
      : stickiness.map((s) => `stickiness of ${s.group}: ${s.said}`);
  const said = { ...about, details, observed: zones.join(', ') };
  if (type === undefined) return unknown(`AWS did not say of which type load balancer ${name} is`, about);
  if (type !== 'application')
    return fail(`load balancer ${name} is of the type ${type}, not application`, {
      ...said,
      observed: `${type}, in ${list(zones)}`,
      expected: 'an application load balancer, which knows HTTP and keeps sessions by a cookie',
    });
  return zones.length >= minimum
    ? pass(`load balancer ${name} is in ${count(zones.length, 'availability zone')}`, said)
    : fail(`load balancer ${name} is in ${count(zones.length, 'availability zone')}: ${list(zones)}`, {
        ...said,
        expected: `${minimum} zones`,
      });
}

export default defineCheck({
  id: 'aws-architecture',
  title: 'RDS is Multi-AZ; an application load balancer is in three zones',
  severity: 'warning',
  tags: ['aws', 'database'],
  severityFor: { connect: 'info' },
  requirements: ['PPM-AWS-10', 'PPM-AWS-11', 'PPM-AWS-15', 'CONN26-05', 'CONN26-06'],
  rationale:
    'A database in one availability zone fails with that zone; a load balancer in two zones has no spare one. AWS is asked, with the credentials in the environment, when the host name of the database or of loadBalancer.url in the inventory is a name of AWS. The AWS clients are optional packages.',
  products: ['package-manager', 'connect'],
  needs: { settings },
  // 0: as the reference architecture has it, three for Package Manager and two for Connect
  params: { minimumZones: 0 },
  asks: { databases, balancers },
  judge(nodes, { cluster, params, services, product }) {
    const reference = awsReference(product);
    const hosts = groupsOf(
      nodes.flatMap((n) => {
        const host = rdsHost(n.settings);
        return host === undefined ? [] : [{ node: n.node, key: host }];
      }),
    );
    const front = balancerHost(cluster);
    if (hosts.length === 0 && front === undefined)
      return skip('neither the database nor loadBalancer.url has an AWS host name', {
        nodes: nodes.map((n) => n.node),
      });
    const of = <T extends object>(
      asked: Asked<T | Denied>,
      target: string,
      about: About,
      read: (view: T) => Finding | Finding[],
    ): Finding | Finding[] => {
      const answer = asked.get(target) ?? { unseen: `${target} was not asked` };
      if ('unseen' in answer) return unknown(answer.unseen, about);
      return 'denied' in answer.value ? withheld(answer.value, about) : read(answer.value as T);
    };
    return [
      ...hosts.flatMap(({ key, nodes: on }) => {
        const about = {
          nodes: on,
          subject: key,
          requirements: [reference.standby ?? reference.database?.row ?? ''].filter(Boolean),
        };
        return of(services.databases, awsTarget('rds', key), about, (said) => [
          ...(reference.standby === undefined ? [] : [database(said, about)]),
          ...(reference.database === undefined ? [] : databaseSize(said, reference.database, on)),
        ]);
      }),
      ...(front === undefined ? [] : [front]).flatMap((host) => {
        const about = { subject: host, requirements: [reference.balancer?.row ?? ''].filter(Boolean) };
        return of(services.balancers, awsTarget('elb', host), about, (said) =>
          balancer(said, params.minimumZones || (reference.balancer?.zones ?? 2), about),
        );
      }),
    ];
  },
  remediation:
    'aws elbv2 set-subnets --load-balancer-arn ARN --subnets SUBNET_A SUBNET_B SUBNET_C    # one in each of three zones',
});
