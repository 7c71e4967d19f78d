/** What the vendor's reference architecture on AWS has, by product. Used by `aws-architecture` and `instance-placement`. */

import type { Product } from 'ha-preflight';

export interface Size {
  readonly row: string;
  /** Instance type or class. */
  readonly type: string;
  readonly cpus: number;
  /** GiB; machines have a little less than their type says. */
  readonly memory: number;
}

export interface AwsReference {
  /** Row: each node is an instance. */
  readonly instances: string;
  /** Row: in several zones, in private subnets. */
  readonly zones?: string;
  readonly subnets?: string;
  readonly node?: Size;
  /** `storage`: GiB. */
  readonly database?: Size & { readonly storage: number };
  /** Row: the database has a standby in another zone. */
  readonly standby?: string;
  readonly balancer?: { readonly row: string; readonly zones: number };
}

const REFERENCES: Readonly<Record<string, AwsReference>> = {
  'package-manager': {
    instances: 'PPM-AWS-01',
    zones: 'PPM-AWS-02',
    subnets: 'PPM-AWS-03',
    node: { row: 'PPM-AWS-04', type: 'm6i.2xlarge', cpus: 8, memory: 32 },
    database: { row: 'PPM-AWS-10', type: 'db.t3.xlarge', cpus: 4, memory: 16, storage: 100 },
    standby: 'PPM-AWS-11',
    balancer: { row: 'PPM-AWS-15', zones: 3 },
  },
  connect: {
    instances: 'CONN26-04',
    zones: 'CONN26-07',
    subnets: 'CONN26-07',
    node: { row: 'CONN26-04', type: 't3.large', cpus: 2, memory: 8 },
    database: { row: 'CONN26-05', type: 'db.m5.large', cpus: 2, memory: 8, storage: 15 },
    balancer: { row: 'CONN26-06', zones: 2 },
  },
  workbench: { instances: 'WB26-08' },
};

/** Of a product that the check is for: each of them has one. */
export const awsReference = (product: Product | undefined): AwsReference => REFERENCES[product ?? '']!;
