/**
 * RDS and load balancers, asked at AWS itself: reads only, with the SDK's own chain of credentials. Its two clients are
 * optional: who audits no cluster on AWS need not install them.
 */

import type { Answer } from '../../model/evidence.js';
import type { BalancerView, Denied, RdsView } from '../../probes/aws.js';
import type { ServiceQuestion } from '../../probes/probe.js';

type Make = new (input: object) => unknown;
/** A package of the SDK, as far as we use it. */
export type Sdk = Readonly<Record<string, Make>>;
export type LoadSdk = (name: string) => Promise<Sdk>;

interface Client {
  readonly send: (command: unknown) => Promise<unknown>;
  readonly destroy: () => void;
}

const load: LoadSdk = async (name) => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    return (await import(name)) as Sdk;
  } catch (error) {
    // the first is what import() says, the second require()
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as { code?: string }).code ?? '')) throw error;
    throw new Error(`cannot be asked without the optional package ${name}: npm install ${name}`);
  }
};

type Send = <T>(command: string, input: object) => Promise<T>;

/** What is not granted is an answer. */
async function orDenied<T>(action: string, ask: () => Promise<T>): Promise<T | Denied> {
  try {
    return await ask();
  } catch (error) {
    const { name } = error as Error;
    if (!/^(AccessDenied(Exception)?|Unauthorized(Operation)?|AuthorizationError)$/.test(name)) throw error;
    return { denied: action, why: name };
  }
}

interface Instance {
  readonly DBInstanceIdentifier?: string;
  readonly DBClusterIdentifier?: string;
  readonly MultiAZ?: boolean;
  readonly DBInstanceClass?: string;
  readonly AllocatedStorage?: number;
  readonly StorageType?: string;
  readonly AvailabilityZone?: string;
  readonly SecondaryAvailabilityZone?: string;
  readonly Endpoint?: { readonly Address?: string };
}

interface DbCluster {
  readonly DBClusterIdentifier?: string;
  readonly MultiAZ?: boolean;
  readonly Engine?: string;
  readonly AvailabilityZones?: readonly string[];
  readonly Endpoint?: string;
  readonly ReaderEndpoint?: string;
  readonly CustomEndpoints?: readonly string[];
}

const details = (of: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(of).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []));

/** By the identifier its endpoint begins with; a cluster's endpoint says that it is one. */
async function database(send: Send, host: string): Promise<RdsView | Denied> {
  const [id = '', kind = ''] = host.split('.');
  if (kind.startsWith('proxy-')) throw new Error('is an RDS Proxy: the database behind it is not visible');
  if (/^cluster-/.test(kind))
    return orDenied('rds:DescribeDBClusters', async () => {
      // an endpoint of the user's own is not called after its cluster
      const asked = kind.startsWith('cluster-custom-') ? {} : { DBClusterIdentifier: id };
      const { DBClusters = [] } = await send<{ DBClusters?: DbCluster[] }>('DescribeDBClustersCommand', asked);
      const one = DBClusters.find((c) =>
        [c.Endpoint, c.ReaderEndpoint, ...(c.CustomEndpoints ?? [])].some((e) => e?.toLowerCase() === host),
      );
      if (!one) throw new Error('no cluster of this account has that endpoint');
      return {
        id: one.DBClusterIdentifier ?? id,
        multiAz: one.MultiAZ === true,
        details: details({ engine: one.Engine, zones: one.AvailabilityZones?.join(', ') }),
      };
    });
  return orDenied('rds:DescribeDBInstances', async () => {
    const { DBInstances = [] } = await send<{ DBInstances?: Instance[] }>('DescribeDBInstancesCommand', {
      DBInstanceIdentifier: id,
    });
    const one = DBInstances.find((i) => i.Endpoint?.Address?.toLowerCase() === host);
    if (!one) throw new Error('no instance of this account has that endpoint');
    // Aurora's storage is the cluster's and grows by itself; AWS says 1 GiB of it
    const storage = one.StorageType?.startsWith('aurora') ? undefined : one.AllocatedStorage;
    return {
      id: one.DBInstanceIdentifier ?? id,
      multiAz: one.MultiAZ === true,
      ...(one.DBClusterIdentifier && { cluster: one.DBClusterIdentifier }),
      details: details({
        class: one.DBInstanceClass,
        storage: storage ? `${storage} GiB ${one.StorageType ?? ''}`.trim() : undefined,
        zone: one.AvailabilityZone,
        standby: one.SecondaryAvailabilityZone,
      }),
      ...(one.DBInstanceClass && {
        size: {
          class: one.DBInstanceClass,
          ...(storage !== undefined && { storageGiB: storage }),
          ...(one.StorageType !== undefined && { storageType: one.StorageType }),
        },
      }),
    };
  });
}

interface Balancer {
  readonly LoadBalancerArn?: string;
  readonly LoadBalancerName?: string;
  readonly DNSName?: string;
  readonly Type?: string;
  readonly AvailabilityZones?: readonly { readonly ZoneName?: string }[];
}

/** Pages of a list are followed so far. */
const PAGES = 50;

async function find(send: Send, host: string): Promise<Balancer> {
  let marker: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { LoadBalancers = [], NextMarker } = await send<{ LoadBalancers?: Balancer[]; NextMarker?: string }>(
      'DescribeLoadBalancersCommand',
      marker ? { Marker: marker } : {},
    );
    const one = LoadBalancers.find((b) => b.DNSName?.toLowerCase() === host);
    if (one) return one;
    if (!NextMarker) break;
    marker = NextMarker;
  }
  throw new Error('no application or network load balancer of this account has that name');
}

async function stickiness(send: Send, LoadBalancerArn: string): Promise<{ group: string; said: string }[]> {
  const { TargetGroups = [] } = await send<{
    TargetGroups?: { readonly TargetGroupArn?: string; readonly TargetGroupName?: string }[];
  }>('DescribeTargetGroupsCommand', { LoadBalancerArn });
  return Promise.all(
    TargetGroups.map(async ({ TargetGroupArn, TargetGroupName = '' }) => {
      const { Attributes = [] } = await send<{
        Attributes?: { readonly Key?: string; readonly Value?: string }[];
      }>('DescribeTargetGroupAttributesCommand', { TargetGroupArn });
      const of = (key: string) => Attributes.find((a) => a.Key === `stickiness.${key}`)?.Value;
      return { group: TargetGroupName, said: of('enabled') === 'true' ? (of('type') ?? 'on') : 'off' };
    }),
  );
}

async function balancer(send: Send, host: string): Promise<BalancerView | Denied> {
  const one = await orDenied('elasticloadbalancing:DescribeLoadBalancers', () => find(send, host));
  if ('denied' in one) return one;
  return {
    name: one.LoadBalancerName ?? host,
    ...(one.Type !== undefined && { type: one.Type }),
    zones: (one.AvailabilityZones ?? []).flatMap((z) => z.ZoneName ?? []).sort(),
    stickiness: await orDenied('elasticloadbalancing:DescribeTargetGroupAttributes', () =>
      stickiness(send, one.LoadBalancerArn ?? ''),
    ),
  };
}

/** Rejects when AWS does not answer, or knows nothing of it. */
export async function askAws({ options }: ServiceQuestion, _context?: unknown, sdk = load): Promise<Answer> {
  const { service, host } = options as { service: 'rds' | 'elb'; host: string };
  const region = /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(host)?.[1];
  if (!region) throw new Error('does not contain a region');
  const [name, client] =
    service === 'rds'
      ? ['@aws-sdk/client-rds', 'RDSClient']
      : ['@aws-sdk/client-elastic-load-balancing-v2', 'ElasticLoadBalancingV2Client'];
  const module = await sdk(name);
  const made = new module[client]!({
    region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 6000 },
  }) as Client;
  const send: Send = async <T>(command: string, input: object) => (await made.send(new module[command]!(input))) as T;
  try {
    const said = service === 'rds' ? await database(send, host) : await balancer(send, host);
    return { exit: 0, stdout: JSON.stringify(said), stderr: '' };
  } finally {
    made.destroy();
  }
}
