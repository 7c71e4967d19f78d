/**
 * Reports in an object store: `s3://BUCKET/KEY`. Credentials, region and endpoint are those of this machine's AWS
 * environment (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, a role), as of the vendor's own command line.
 */

import type { S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../model/inventory.js';

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Of `s3://BUCKET/KEY`; undefined for the path of a file. UsageError: no bucket. */
export function objectPlace(text: string): ObjectPlace | undefined {
  if (!/^s3:\/\//i.test(text)) return undefined;
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/is.exec(text) ?? [];
  if (bucket === undefined) throw new UsageError(`${text}: expected s3://BUCKET/KEY`);
  return { bucket, key };
}

const ATTEMPTS = 3;
const AT_ONCE = 8;
const TIMEOUT_MS = 20_000;

async function withClient<T>(use: (client: S3Client) => Promise<T>): Promise<T> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    region: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || 'us-east-1',
    // a store of one's own seldom has a name for each bucket
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** What went wrong in a few words. */
function words(error: unknown): string {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status === undefined ? message : `${status} ${name}`;
}

const asUsage = (what: string) => (error: unknown) => {
  throw error instanceof UsageError ? error : new UsageError(`${what}: ${words(error)}`);
};

/** Asks for the bucket before anything else is done. UsageError: it is not there, or not for us. */
export const bucketExists = ({ bucket }: ObjectPlace): Promise<void> =>
  withClient(async (client) => {
    const { HeadBucketCommand } = await import('@aws-sdk/client-s3');
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  }).catch(asUsage(`s3://${bucket} cannot be written`));

/** Why it could not be written, or undefined. Never rejects. */
export const putObject = (place: ObjectPlace, text: string | Uint8Array): Promise<string | undefined> =>
  withClient(async (client) => {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    await client.send(new PutObjectCommand({ Bucket: place.bucket, Key: place.key, Body: text }));
    return undefined;
  }).catch((error) => `s3://${place.bucket}/${place.key} could not be written: ${words(error)}`);

/**
 * The objects whose keys begin with this one are given to `use` in the order of their keys; a few are fetched at once. UsageError: none
 * is there, one is larger than `limit` bytes, or the store refuses.
 */
export const readObjects = (
  place: ObjectPlace,
  limit: number,
  use: (bytes: Uint8Array, name: string) => void,
): Promise<void> =>
  withClient(async (client) => {
    const { GetObjectCommand, paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const { bucket, key: prefix } = place;
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
      for (const { Key, Size } of page.Contents ?? []) {
        if (Key === undefined || !Key.endsWith('.json')) continue;
        if ((Size ?? 0) > limit) throw new UsageError(`s3://${bucket}/${Key}: larger than ${limit} bytes`);
        keys.push(Key);
      }
    if (keys.length === 0) throw new UsageError(`s3://${bucket}/${prefix}: nothing below it is called *.json`);
    keys.sort();
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const fetched = await Promise.all(
        keys.slice(at, at + AT_ONCE).map(async (key) => {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return [(await Body?.transformToByteArray()) ?? new Uint8Array(), `s3://${bucket}/${key}`] as const;
        }),
      );
      for (const [bytes, name] of fetched) use(bytes, name);
    }
  }).catch(asUsage(`s3://${place.bucket}/${place.key} cannot be read`));
