/**
 * Questions to a real S3 server process: moto, because it is kept (a release every few weeks), starts in two seconds,
 * checks signatures and IAM policies, and knows regions, versioning and encryption. It keeps everything in memory.
 * It is on PyPI alone: where .ci/run could not install it (`moto_server` on PATH) this file is skipped and says so;
 * test/gather/s3.test.ts asks the stand-in the same questions.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { askS3 } from '../../src/gather/services/s3.js';
import type { BucketTrial, BucketView, Refusal } from '../../src/probes/s3.js';
import { bareCluster } from '../../src/testing.js';

const skip = spawnSync('moto_server', ['--help']).status === 0 ? false : 'moto_server is not installed';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

interface Key {
  readonly id: string;
  readonly secret: string;
}

describe('a real S3 server', { skip }, () => {
  let server: ChildProcess;
  let endpoint = '';
  const keys: Record<string, Key> = {};
  let admin: S3Client;

  async function iam(parameters: Readonly<Record<string, string>>): Promise<string> {
    const response = await fetch(endpoint, {
      method: 'POST',
      // not signed: only from here on the server is strict
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, Signature=0' },
      body: new URLSearchParams({ Version: '2010-05-08', ...parameters }),
    });
    assert.equal(response.status, 200);
    return response.text();
  }

  async function user(name: string, actions: readonly string[]): Promise<Key> {
    await iam({ Action: 'CreateUser', UserName: name });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    });
    await iam({ Action: 'PutUserPolicy', UserName: name, PolicyName: 'p', PolicyDocument });
    const said = await iam({ Action: 'CreateAccessKey', UserName: name });
    const of = (tag: string): string => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(said)![1]!;
    return { id: of('AccessKeyId'), secret: of('SecretAccessKey') };
  }

  before(async () => {
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      const up = await fetch(`${endpoint}/moto-api/data.json`).then(
        (r) => r.ok,
        () => false,
      );
      if (up) break;
      assert.ok(tries < 120, 'moto_server does not start');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    keys.admin = await user('admin', ['s3:*']);
    // moto wants an action of the request's own name where AWS wants s3:ListBucket
    keys.reader = await user('reader', ['s3:ListBucket', 's3:HeadBucket']);
    keys.wrong = { ...keys.admin, secret: 'planted-wrong-secret' };
    // from now on signatures and policies count
    const { status } = await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
    assert.equal(status, 200);
    admin = new S3Client({
      endpoint,
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials: { accessKeyId: keys.admin.id, secretAccessKey: keys.admin.secret },
    });
    const region = { CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' as const } };
    for (const Bucket of ['plain', 'versions']) await admin.send(new CreateBucketCommand({ Bucket, ...region }));
    await admin.send(
      new PutBucketVersioningCommand({ Bucket: 'versions', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    await admin.send(
      new PutBucketEncryptionCommand({
        Bucket: 'versions',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        },
      }),
    );
  });
  after(() => {
    admin?.destroy();
    server?.kill('SIGKILL');
  });

  async function ask<T>(who: string, options: object, writes = false): Promise<T> {
    const key = keys[who]!;
    const answer = await askS3(
      {
        via: 's3',
        target: 'x',
        writes,
        options: { endpoint, region: 'eu-central-1', s3forcepathstyle: 'true', bucket: 'plain', ...options },
      },
      {
        cluster: bareCluster(['a'], {
          s3: { credentials: { accessKeyId: { env: 'id' }, secretAccessKey: { env: 'secret' } } },
        }),
        secret: (source) => key['env' in source ? (source.env as keyof Key) : 'id'],
      },
    );
    const { stdout } = answer as { stdout: string };
    assert.ok(!stdout.includes(key.secret) && !stdout.includes(key.id), 'a credential is in the answer');
    return JSON.parse(stdout) as T;
  }
  /** Objects, old versions and marks of removed ones. */
  async function left(Bucket: string): Promise<unknown[]> {
    const { Versions = [], DeleteMarkers = [] } = await admin.send(new ListObjectVersionsCommand({ Bucket }));
    return [...Versions, ...DeleteMarkers].map((v) => v.Key);
  }
  const status = (said: unknown): number => (said as Refusal).status;

  it('a good bucket', async () => {
    const { head, location, versioning } = await ask<BucketView>('admin', {});
    assert.deepEqual(
      [head, location, versioning],
      [{ region: 'eu-central-1' }, { region: 'eu-central-1' }, { status: 'off' }],
    );
  });
  it('its versioning and encryption', async () => {
    const { versioning, encryption } = await ask<BucketView>('admin', { bucket: 'versions' });
    assert.deepEqual([versioning, encryption], [{ status: 'Enabled' }, { algorithms: ['aws:kms'] }]);
  });
  it('a bucket that is not there', async () => {
    const { head } = await ask<BucketView>('admin', { bucket: 'missing' });
    assert.equal(status(head), 404);
  });
  it('wrong credentials', async () => {
    const { head } = await ask<BucketView>('wrong', {});
    assert.equal(status(head), 403);
  });
  it('another region than is configured', async () => {
    const { head, location } = await ask<BucketView>('admin', { region: 'us-west-2' });
    assert.deepEqual([head, location], [{ region: 'eu-central-1' }, { region: 'eu-central-1' }]);
  });
  it('who may only list sees the bucket, and no more', async () => {
    const { head, location, versioning } = await ask<BucketView>('reader', {});
    assert.deepEqual(head, { region: 'eu-central-1' });
    assert.deepEqual([location, versioning].map(status), [403, 403]);
  });
  it('writing leaves nothing behind', async () => {
    const { key, ...rest } = await ask<BucketTrial>('admin', { prefix: 'prod' }, true);
    assert.match(key, /^prod\/temp\/validate\./);
    assert.deepEqual([rest, await left('plain')], [{}, []]);
  });
  it('nor in a bucket that keeps old versions', async () => {
    const { key: _, ...rest } = await ask<BucketTrial>('admin', { bucket: 'versions' }, true);
    assert.deepEqual([rest, await left('versions')], [{}, []]);
  });
  it('who may only read cannot write, and nothing is left', async () => {
    const { failed, left: rest } = await ask<BucketTrial>('reader', {}, true);
    assert.deepEqual([failed?.step, failed?.status, rest, await left('plain')], ['PUT', 403, undefined, []]);
  });
});
