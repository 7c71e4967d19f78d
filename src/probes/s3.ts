/** A bucket as its store describes it, and the nodes that use it. Used by `s3-bucket`. */

import type { Cluster } from '../model/inventory.js';
import type { Settings } from '../products/settings.js';
import { defineProbe, json } from './probe.js';

/** A refusal: the store answered, and not with what was asked for. */
export interface Refusal {
  readonly error: string;
  readonly status: number;
  /** Where it says the bucket is. */
  readonly region?: string;
}

/** What reading it gave; `head` refused: nothing else was asked. Region empty: the store names none. */
export interface BucketView {
  readonly head: { readonly region?: string } | Refusal;
  readonly location?: { readonly region: string } | Refusal;
  readonly versioning?: { readonly status: string } | Refusal;
  /** Algorithms of its rules, none where the store reports none. */
  readonly encryption?: { readonly algorithms: readonly string[] } | Refusal;
}

/** One object written, seen and removed again. */
export interface BucketTrial {
  readonly key: string;
  /** The first step that failed. */
  readonly failed?: { readonly step: 'PUT' | 'HEAD' | 'DELETE'; readonly why: string; readonly status?: number };
  /** What of it is still there. */
  readonly left?: 'object' | 'old version';
  readonly interrupted?: boolean;
}

type Bucket = Readonly<Record<string, string>>;

/** What decides where a request goes. */
export const bucketName = (bucket: Bucket): string =>
  [bucket.bucket, bucket.region, bucket.endpoint].filter(Boolean).join(' ');
export const probeName = (bucket: Bucket): string =>
  `probe ${bucketName(bucket)}${bucket.prefix ? ` below ${bucket.prefix}` : ''}`;

/** The endpoint that a node names. Without a scheme it gets one, as in the SDK for Go (aws-sdk-go, endpoints.AddScheme). */
export function endpointUrl({ endpoint, disablessl }: Partial<Bucket>): string | undefined {
  if (!endpoint) return undefined;
  return /^[^:]+:\/\//.test(endpoint) ? endpoint : `http${disablessl === 'true' ? '' : 's'}://${endpoint}`;
}

/** Every bucket that a node is configured with, where the inventory has `s3`. */
const configured = (cluster: Cluster, installed: ReadonlyMap<string, Settings>): Bucket[] =>
  cluster.s3
    ? [...installed.values()].flatMap((s) => s.s3.flatMap((c) => (c.settings.bucket ? [c.settings] : [])))
    : [];

/** What reading it gives. */
export const buckets = defineProbe<BucketView>({
  via: 's3',
  questions: (cluster, installed) =>
    configured(cluster, installed).map((bucket) => ({ target: bucketName(bucket), options: bucket })),
  parse: json,
});

/** What writing one object into it gives. */
export const bucketTrials = defineProbe<BucketTrial>({
  via: 's3',
  questions: (cluster, installed) =>
    configured(cluster, installed).map((bucket) => ({ target: probeName(bucket), options: bucket, writes: true })),
  parse: json,
});
