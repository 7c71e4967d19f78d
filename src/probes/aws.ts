/** What AWS says of the database and the load balancer before Package Manager. Used by `aws-architecture`. */

import type { Cluster } from '../model/inventory.js';
import type { Settings } from '../products/settings.js';
import { defineProbe, json } from './probe.js';

/** Not granted: the IAM action that is missing, and AWS's word for it. */
export interface Denied {
  readonly denied: string;
  readonly why: string;
}

export interface RdsView {
  readonly id: string;
  readonly multiAz: boolean;
  /** The cluster whose instance it is; after a failover another instance of it writes. */
  readonly cluster?: string;
  /** As AWS has them: class, storage, zones. */
  readonly details: readonly string[];
  /** Of one instance: a cluster's are those of its members. */
  readonly size?: {
    /** Such as `db.t3.xlarge`. */
    readonly class: string;
    readonly storageGiB?: number;
    /** Such as `gp3`. */
    readonly storageType?: string;
  };
}

export interface BalancerView {
  readonly name: string;
  /** `application`, `network` or `gateway`. */
  readonly type?: string;
  readonly zones: readonly string[];
  /** Of each target group. */
  readonly stickiness: readonly { readonly group: string; readonly said: string }[] | Denied;
}

/** In China the region may stand behind `rds` (docs/sources.md 10.6). */
const RDS = /\.rds\.(?:amazonaws\.com(?:\.cn)?|[a-z0-9-]+\.amazonaws\.com\.cn)$/;
/** Application and network load balancers put the region on either side. */
const ELB = /(\.elb\.amazonaws\.com|\.elb\.[a-z0-9-]+\.amazonaws\.com)(\.cn)?$/;

/** Host of the node's database, where that is RDS. */
export function rdsHost({ endpoints }: Settings): string | undefined {
  const host =
    'value' in endpoints ? endpoints.value.find((e) => e.role === 'database')?.host.toLowerCase() : undefined;
  return host !== undefined && RDS.test(host) ? host : undefined;
}

/** Host of the inventory's load balancer, where that is AWS's. */
export function balancerHost({ loadBalancer }: Cluster): string | undefined {
  const host = loadBalancer.url && URL.canParse(loadBalancer.url) ? new URL(loadBalancer.url).hostname : '';
  return ELB.test(host) ? host.replace(/^dualstack\./, '') : undefined;
}

export const awsTarget = (service: 'rds' | 'elb', host: string): string => `${service} ${host}`;

const asked = (service: 'rds' | 'elb', hosts: readonly (string | undefined)[]) =>
  hosts.flatMap((host) =>
    host === undefined ? [] : [{ target: awsTarget(service, host), options: { service, host } }],
  );

export const databases = defineProbe<RdsView | Denied>({
  via: 'aws',
  questions: (_, installed) => asked('rds', [...installed.values()].map(rdsHost)),
  parse: json,
});

export const balancers = defineProbe<BalancerView | Denied>({
  via: 'aws',
  questions: (cluster) => asked('elb', [balancerHost(cluster)]),
  parse: json,
});
