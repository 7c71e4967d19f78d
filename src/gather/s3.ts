/** The object store, asked from this machine with the settings the nodes are configured with. The only importer of the AWS SDK. */

import type { Answer } from '../model/evidence.js';
import type { Cluster, SecretSource } from '../model/inventory.js';

/** The SDK's own warning about Node releases would stand in the middle of our progress. */
const QUIET = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/**
 * HeadBucket: read-only, needs s3:ListBucket. `exit` 0 and the bucket's region, or 1 and `{"error","status"}` when the
 * store answered with a refusal. Rejects when it did not answer.
 */
export async function headBucket(
  settings: Readonly<Record<string, unknown>>,
  inventory: Cluster['s3'],
  secret: (source: SecretSource) => string,
): Promise<Answer> {
  process.env[QUIET] ??= 'true';
  const { HeadBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  const text = (name: string): string | undefined =>
    typeof settings[name] === 'string' && settings[name] !== '' ? settings[name] : undefined;
  const endpoint = inventory?.endpoint ?? text('endpoint');
  const credentials = inventory?.credentials;
  const client = new S3Client({
    region: inventory?.region ?? text('region') ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: inventory?.forcePathStyle ?? text('s3forcepathstyle') === 'true',
    // the SDK wants credentials even where nothing is signed
    ...(credentials === 'anonymous' && {
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      signer: { sign: async (request) => request },
    }),
    ...(typeof credentials === 'object' && {
      credentials: {
        accessKeyId: secret(credentials.accessKeyId),
        secretAccessKey: secret(credentials.secretAccessKey),
      },
    }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 6000 },
  });
  try {
    const answer = await client.send(new HeadBucketCommand({ Bucket: text('bucket') ?? '' }));
    return { exit: 0, stdout: JSON.stringify({ region: answer.BucketRegion ?? null }), stderr: '' };
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode;
    if (status === undefined) throw new Error(`did not answer: ${(error as Error).message}`);
    return { exit: 1, stdout: JSON.stringify({ error: name, status }), stderr: '' };
  } finally {
    client.destroy();
  }
}
