/**
 * RDS and load balancers by recorded answers through an injected client: AWS itself cannot be had in a test, and its
 * clients are optional packages that are not installed here.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askAws, type LoadSdk } from '../../src/gather/services/aws.js';

const RDS = 'rspm.c9akciq32.us-east-1.rds.amazonaws.com';
const AURORA = 'rspm.cluster-c9akciq32.eu-west-1.rds.amazonaws.com';
const ALB = 'rspm-123456.us-east-1.elb.amazonaws.com';
const NLB = 'rspm-abcdef.elb.eu-west-1.amazonaws.com';

type Recorded = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

const COMMANDS = [
  'DescribeDBInstancesCommand',
  'DescribeDBClustersCommand',
  'DescribeLoadBalancersCommand',
  'DescribeTargetGroupsCommand',
  'DescribeTargetGroupAttributesCommand',
];

/** An SDK that answers each command as recorded, and notes what it was asked for. */
function sdk(recorded: Recorded): { load: LoadSdk; asked: unknown[] } {
  const asked: unknown[] = [];
  class Client {
    constructor({ region }: { region: string }) {
      asked.push(region);
    }
    async send(command: { name: string; input: Record<string, unknown> }): Promise<object> {
      asked.push(command.name);
      return recorded[command.name]!(command.input);
    }
    destroy(): void {
      asked.push('destroyed');
    }
  }
  const command = (name: string) =>
    class {
      readonly name = name;
      readonly input: object;
      constructor(input: object) {
        this.input = input;
      }
    };
  const module = {
    RDSClient: Client,
    ElasticLoadBalancingV2Client: Client,
    ...Object.fromEntries(COMMANDS.map((name) => [name, command(name)])),
  } as unknown as Awaited<ReturnType<LoadSdk>>;
  return {
    asked,
    load: async (name) => {
      asked.push(name);
      return module;
    },
  };
}

async function ask(service: 'rds' | 'elb', host: string, recorded: Recorded) {
  const { load, asked } = sdk(recorded);
  const answer = await askAws({ via: 'aws', target: 'x', options: { service, host } }, undefined, load);
  return { said: JSON.parse((answer as { stdout: string }).stdout) as unknown, asked };
}
const error = (name: string) => () => {
  throw Object.assign(new Error(`${name}: user arn:aws:iam::1:user/x`), { name });
};

const INSTANCE = {
  DBInstanceIdentifier: 'rspm',
  DBInstanceClass: 'db.t3.xlarge',
  Endpoint: { Address: RDS, Port: 5432 },
  AllocatedStorage: 100,
  StorageType: 'gp3',
  AvailabilityZone: 'us-east-1a',
  SecondaryAvailabilityZone: 'us-east-1b',
  MultiAZ: true,
};
const BALANCERS = {
  LoadBalancers: [
    { DNSName: 'other', AvailabilityZones: [] },
    {
      LoadBalancerArn: 'arn',
      LoadBalancerName: 'rspm',
      Type: 'application',
      DNSName: 'RSPM-123456.us-east-1.elb.amazonaws.com',
      AvailabilityZones: [{ ZoneName: 'us-east-1b' }, { ZoneName: 'us-east-1a' }],
    },
  ],
};
const GROUPS = {
  DescribeTargetGroupsCommand: () => ({ TargetGroups: [{ TargetGroupArn: 'tg', TargetGroupName: 'nodes' }] }),
  DescribeTargetGroupAttributesCommand: () => ({
    Attributes: [
      { Key: 'stickiness.enabled', Value: 'true' },
      { Key: 'stickiness.type', Value: 'lb_cookie' },
    ],
  }),
};

describe('AWS', () => {
  it('an RDS instance', async () => {
    const { said, asked } = await ask('rds', RDS, {
      DescribeDBInstancesCommand: ({ DBInstanceIdentifier }) => {
        assert.equal(DBInstanceIdentifier, 'rspm');
        return { DBInstances: [INSTANCE] };
      },
    });
    assert.deepEqual(said, {
      id: 'rspm',
      multiAz: true,
      details: ['class: db.t3.xlarge', 'storage: 100 GiB gp3', 'zone: us-east-1a', 'standby: us-east-1b'],
      size: { class: 'db.t3.xlarge', storageGiB: 100, storageType: 'gp3' },
    });
    assert.deepEqual(asked, ['@aws-sdk/client-rds', 'us-east-1', 'DescribeDBInstancesCommand', 'destroyed']);
  });
  it('an Aurora cluster', async () => {
    const { said } = await ask('rds', AURORA, {
      DescribeDBClustersCommand: () => ({
        DBClusters: [{ DBClusterIdentifier: 'rspm', MultiAZ: false, Endpoint: AURORA }],
      }),
    });
    assert.deepEqual(said, { id: 'rspm', multiAz: false, details: [] });
  });
  it('an endpoint of its own of an Aurora cluster', async () => {
    const custom = 'writers.cluster-custom-c9akciq32.eu-west-1.rds.amazonaws.com';
    const { said } = await ask('rds', custom, {
      DescribeDBClustersCommand: ({ DBClusterIdentifier }) => {
        assert.equal(DBClusterIdentifier, undefined);
        return {
          DBClusters: [
            { DBClusterIdentifier: 'other', Endpoint: AURORA },
            { DBClusterIdentifier: 'rspm', MultiAZ: true, CustomEndpoints: [custom] },
          ],
        };
      },
    });
    assert.deepEqual(said, { id: 'rspm', multiAz: true, details: [] });
  });
  it('an instance of an Aurora cluster, whose storage is not its own', async () => {
    const one = {
      ...{ DBInstanceIdentifier: 'rspm', DBClusterIdentifier: 'c', DBInstanceClass: 'db.r6g.xlarge' },
      ...{ Endpoint: { Address: RDS }, AllocatedStorage: 1, StorageType: 'aurora', MultiAZ: false },
    };
    const { said } = await ask('rds', RDS, { DescribeDBInstancesCommand: () => ({ DBInstances: [one] }) });
    assert.deepEqual(said, {
      id: 'rspm',
      multiAz: false,
      cluster: 'c',
      details: ['class: db.r6g.xlarge'],
      size: { class: 'db.r6g.xlarge', storageType: 'aurora' },
    });
  });
  it('what is denied names the action', async () => {
    const rds = await ask('rds', RDS, { DescribeDBInstancesCommand: error('AccessDenied') });
    assert.deepEqual(rds.said, { denied: 'rds:DescribeDBInstances', why: 'AccessDenied' });
    const elb = await ask('elb', ALB, { DescribeLoadBalancersCommand: error('AccessDenied') });
    assert.deepEqual(elb.said, { denied: 'elasticloadbalancing:DescribeLoadBalancers', why: 'AccessDenied' });
  });
  it('another database of that name is not ours', async () => {
    const other = { ...INSTANCE, Endpoint: { Address: 'rspm.other.us-east-1.rds.amazonaws.com' } };
    await assert.rejects(
      ask('rds', RDS, { DescribeDBInstancesCommand: () => ({ DBInstances: [other] }) }),
      /no instance of this account/,
    );
    await assert.rejects(ask('rds', RDS, { DescribeDBInstancesCommand: error('ExpiredToken') }), /ExpiredToken/);
    await assert.rejects(ask('rds', 'rspm.proxy-c9.us-east-1.rds.amazonaws.com', {}), /RDS Proxy/);
  });
  it('a load balancer on the second page', async () => {
    const { said, asked } = await ask('elb', ALB, {
      DescribeLoadBalancersCommand: ({ Marker }) => (Marker ? BALANCERS : { LoadBalancers: [], NextMarker: '2' }),
      ...GROUPS,
    });
    assert.deepEqual(said, {
      name: 'rspm',
      type: 'application',
      zones: ['us-east-1a', 'us-east-1b'],
      stickiness: [{ group: 'nodes', said: 'lb_cookie' }],
    });
    assert.deepEqual(asked.slice(0, 2), ['@aws-sdk/client-elastic-load-balancing-v2', 'us-east-1']);
  });
  it('stickiness that is denied hides nothing else', async () => {
    const { said } = await ask('elb', ALB, {
      DescribeLoadBalancersCommand: () => BALANCERS,
      DescribeTargetGroupsCommand: error('AccessDenied'),
    });
    assert.deepEqual((said as { stickiness: unknown }).stickiness, {
      denied: 'elasticloadbalancing:DescribeTargetGroupAttributes',
      why: 'AccessDenied',
    });
  });
  it('a network load balancer that nobody knows, asked in its region', async () => {
    const { load, asked } = sdk({ DescribeLoadBalancersCommand: () => ({}) });
    const question = { via: 'aws' as const, target: 'x', options: { service: 'elb', host: NLB } };
    await assert.rejects(askAws(question, undefined, load), /of this account has that name/);
    assert.deepEqual(asked.slice(1), ['eu-west-1', 'DescribeLoadBalancersCommand', 'destroyed']);
  });
  it('says which package is missing, where it is', async () => {
    const question = { via: 'aws' as const, target: 'x', options: { service: 'rds', host: RDS } };
    const installed = await import('@aws-sdk/client-rds' as string).then(
      () => true,
      () => false,
    );
    if (!installed) await assert.rejects(askAws(question), /npm install @aws-sdk\/client-rds/);
  });
});
