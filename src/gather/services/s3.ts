/** The object store, asked from this machine with the settings the nodes are configured with. The only importer of the AWS SDK for S3. */

import { randomBytes } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { isLoopbackUrl } from '../../formats/hostName.js';
import type { Answer } from '../../model/evidence.js';
import type { Cluster } from '../../model/inventory.js';
import type { ServiceQuestion } from '../../probes/probe.js';
import { type BucketTrial, type BucketView, endpointUrl, type Refusal } from '../../probes/s3.js';
import type { ServiceContext } from './context.js';

/** The SDK's own warning about Node releases would stand in the middle of our progress. */
const QUIET = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

type Context = Pick<ServiceContext, 'cluster' | 'secret' | 'signal'>;
type Text = (name: string) => string | undefined;

/** The refusal of a store. Rethrows an error that is not an answer. */
function refusal(error: unknown): Refusal {
  const { name, $metadata, $response } = error as {
    name: string;
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Readonly<Record<string, string>> };
  };
  if ($metadata?.httpStatusCode === undefined) throw error;
  const region = $response?.headers?.['x-amz-bucket-region'];
  return { error: name, status: $metadata.httpStatusCode, ...(region && { region }) };
}

const orRefusal = async <T, U>(sent: Promise<T>, read: (answer: T) => U): Promise<U | Refusal> =>
  sent.then(read, refusal);

/** Reads only. HeadBucket needs s3:ListBucket; the rest is asked where that is granted. */
async function look(client: S3Client, bucket: string, signal?: AbortSignal): Promise<BucketView> {
  const { GetBucketEncryptionCommand, GetBucketLocationCommand, GetBucketVersioningCommand, HeadBucketCommand } =
    await import('@aws-sdk/client-s3');
  const of = { Bucket: bucket };
  const ended = { ...(signal && { abortSignal: signal }) };
  const head = await orRefusal(client.send(new HeadBucketCommand(of), ended), (a) =>
    a.BucketRegion === undefined ? {} : { region: a.BucketRegion },
  );
  if ('error' in head) return { head };
  const [location, versioning, encryption] = await Promise.all([
    // EU is what the oldest buckets of Ireland say
    orRefusal(client.send(new GetBucketLocationCommand(of), ended), (a) => ({
      region: String(a.LocationConstraint ?? '').replace(/^EU$/, 'eu-west-1'),
    })),
    orRefusal(client.send(new GetBucketVersioningCommand(of), ended), (a) => ({ status: a.Status ?? 'off' })),
    // some stores answer 200 without a rule, and know nothing of encryption
    orRefusal(client.send(new GetBucketEncryptionCommand(of), ended), (a) => ({
      algorithms: (a.ServerSideEncryptionConfiguration?.Rules ?? []).flatMap(
        (r) => r.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? [],
      ),
    })),
  ]);
  return { head, location, versioning, encryption };
}

const why = (error: unknown): { why: string; status?: number } => {
  try {
    const { error: name, status } = refusal(error);
    return { why: `${status} ${name}`, status };
  } catch {
    return { why: (error as Error).message };
  }
};

/**
 * What Package Manager itself does at its start: PUT, HEAD and DELETE of `PREFIX/temp/validate.RANDOM.txt`. Whatever
 * happens in between, what may have been written is removed; of a bucket with versions that very version.
 */
async function probe(client: S3Client, bucket: string, prefix: string, signal?: AbortSignal): Promise<BucketTrial> {
  const { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const below = prefix.replace(/^\/+|\/+$/g, '');
  const key = `${below && `${below}/`}temp/validate.${randomBytes(5).toString('hex')}.txt`;
  const of = { Bucket: bucket, Key: key };
  const ended = { ...(signal && { abortSignal: signal }) };
  let failed: BucketTrial['failed'];
  let version: string | undefined;
  try {
    const put = await client.send(new PutObjectCommand({ ...of, Body: 'ha-preflight, to be removed\n' }), ended);
    version = put.VersionId;
  } catch (error) {
    failed = { step: 'PUT', ...why(error) };
    // refused: nothing is there; anything else may have arrived
    if (failed.status !== undefined && failed.status < 500) return { key, failed };
  }
  if (!failed)
    await client.send(new HeadObjectCommand(of), ended).catch((error) => {
      failed = { step: 'HEAD', ...why(error) };
    });
  let left: BucketTrial['left'];
  // not ended by the signal, which waits for it; but by a clock
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), REMOVE_MS);
  const remove = (VersionId?: string): Promise<unknown> =>
    client.send(new DeleteObjectCommand({ ...of, ...(VersionId !== undefined && { VersionId }) }), {
      abortSignal: late.signal,
    });
  try {
    await remove(version).catch(async (error) => {
      if (version === undefined) throw error;
      await remove();
      left = 'old version';
    });
  } catch (error) {
    failed ??= { step: 'DELETE', ...why(error) };
    left = 'object';
  } finally {
    clearTimeout(timer);
  }
  return { key, ...(failed && { failed }), ...(left && { left }), ...(signal?.aborted && { interrupted: true }) };
}

/** Milliseconds until a connection, a silent answer, and a clean-up are given up. */
const CONNECT_MS = 3000;
const SILENT_MS = 6000;
const REMOVE_MS = 6000;
/** Of one answer: a store that describes a bucket needs a few hundred. */
const MOST_BYTES = 1 << 20;

/** The body of an answer, which ends with an error where it is too long or the run is over. */
function capped(body: unknown, signal: AbortSignal | undefined): unknown {
  if (!(body instanceof Readable)) return body;
  let size = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > MOST_BYTES ? new Error(`the answer is longer than ${MOST_BYTES >> 20} MiB`) : null, chunk);
    },
  });
  const stop = (): void => void limited.destroy(new Error('interrupted'));
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  return pipeline(body, limited, () => signal?.removeEventListener('abort', stop));
}

/**
 * A session token is a credential as it stands, and every request shows it. It goes to an endpoint that the operator
 * named, by TLS, and to AWS itself.
 */
async function guardToken(client: S3Client, endpoint: string | undefined, named: boolean): Promise<void> {
  if (endpoint === undefined) return;
  const { sessionToken } = await client.config.credentials();
  if (sessionToken === undefined) return;
  if (!named)
    throw new Error(
      `was not asked: only the nodes name the endpoint ${endpoint}, and the AWS credentials of this run have a session token; name it with s3: { endpoint } in the inventory`,
    );
  if (!/^https:/i.test(endpoint))
    throw new Error(
      `was not asked: the endpoint ${endpoint} has no TLS, and the AWS credentials of this run have a session token`,
    );
}

/** Whether every node is this machine, so that its loopback address is ours. */
const allHere = ({ nodes }: Pick<Cluster, 'nodes'>): boolean =>
  nodes.every(({ connection }) => connection.type === 'local' && connection.root === undefined);

/** Looks at the bucket, or writes one object into it where the question `writes`. Rejects when the store does not answer. */
export async function askS3(question: ServiceQuestion, { cluster, secret, signal }: Context): Promise<Answer> {
  process.env[QUIET] ??= 'true';
  const { S3Client } = await import('@aws-sdk/client-s3');
  const text: Text = (name) => {
    const value = question.options?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const inventory = cluster.s3;
  const endpoint = inventory?.endpoint ?? endpointUrl({ endpoint: text('endpoint'), disablessl: text('disablessl') });
  if (inventory?.endpoint === undefined && isLoopbackUrl(endpoint) && !allHere(cluster))
    throw new Error(
      `was not asked: ${endpoint} is a different machine for each node and for this one; name the store as this machine reaches it with s3: { endpoint } in the inventory`,
    );
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
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: SILENT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: SILENT_MS,
    },
  });
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as { body?: unknown } | undefined;
        // what is removed is removed after the signal
        if (response?.body !== undefined)
          response.body = capped(response.body, commandName === 'DeleteObjectCommand' ? undefined : signal);
        return result;
      },
    { step: 'deserialize', priority: 'low', name: 'capBody' },
  );
  const bucket = text('bucket') ?? '';
  try {
    if (credentials !== 'anonymous') await guardToken(client, endpoint, inventory?.endpoint !== undefined);
    const said = question.writes
      ? await probe(client, bucket, text('prefix') ?? '', signal)
      : await look(client, bucket, signal);
    return { exit: 0, stdout: JSON.stringify(said), stderr: '' };
  } catch (error) {
    const { message } = error as Error;
    throw new Error(/^was not asked/.test(message) ? message : `did not answer: ${message}`);
  } finally {
    client.destroy();
  }
}
