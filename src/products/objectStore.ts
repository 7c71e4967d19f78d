/** A bucket as its store describes it, and the nodes that use it. Used by `s3-bucket`. */

import type { ServiceQuestion } from '../model/check.js';
import type { Cluster } from '../model/inventory.js';
import type { Settings } from './profile.js';

/** A refusal: the store answered, and not with what was asked for. */
export interface Refusal {
  readonly error: string;
  readonly status: number;
  /** Where it says the bucket is. */
  readonly region?: string;
}

/** What reading it gave; `head` refused: nothing else was asked. Region empty: the store names none. */
export interface BucketSight {
  readonly head: { readonly region?: string } | Refusal;
  readonly location?: { readonly region: string } | Refusal;
  readonly versioning?: { readonly status: string } | Refusal;
  /** Algorithms of its rules, none where the store reports none. */
  readonly encryption?: { readonly algorithms: readonly string[] } | Refusal;
}

/** One object written, seen and removed again. */
export interface BucketProbe {
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

/** For each distinct bucket configuration: look at it, and (only with `--active`) write into it. */
export const bucketQuestions = (cluster: Cluster, installed: ReadonlyMap<string, Settings>): ServiceQuestion[] =>
  cluster.s3
    ? [...installed.values()].flatMap((s) =>
        s.s3.flatMap((c): ServiceQuestion[] =>
          c.settings.bucket
            ? [
                { via: 's3', target: bucketName(c.settings), options: c.settings },
                { via: 's3', target: probeName(c.settings), options: c.settings, writes: true },
              ]
            : [],
        ),
      )
    : [];
