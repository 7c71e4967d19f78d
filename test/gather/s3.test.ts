/** Questions to an object store by the AWS SDK, against our stand-in: above all what a sound store never does. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FakeS3, fakeS3 } from '../../src/demo/fakeS3.js';
import { askS3 } from '../../src/gather/services/s3.js';
import type { BucketTrial, BucketView } from '../../src/probes/s3.js';
import { bareCluster } from '../../src/testing.js';

const none = (): string => assert.fail('no secret is needed');
const cluster = bareCluster(['a'], { s3: { credentials: 'anonymous' } });

async function ask<T>(store: FakeS3, options: object, writes = false, signal?: AbortSignal): Promise<T> {
  const question = {
    via: 's3' as const,
    target: 'x',
    writes,
    options: { endpoint: store.endpoint, region: 'us-east-1', s3forcepathstyle: 'true', bucket: 'mine', ...options },
  };
  const answer = await askS3(question, { cluster, secret: none, ...(signal && { signal }) });
  return JSON.parse((answer as { stdout: string }).stdout) as T;
}

async function on(fault: Parameters<typeof fakeS3>[1], test: (store: FakeS3) => Promise<void>): Promise<void> {
  const store = await fakeS3('mine', fault);
  try {
    await test(store);
  } finally {
    store.stop();
  }
}

describe('looking at a bucket', () => {
  it('tells what the store tells', () =>
    on(undefined, async (store) => {
      const sight = await ask<BucketView>(store, {});
      assert.deepEqual(sight, {
        head: { region: 'us-east-1' },
        location: { region: '' },
        versioning: { status: 'off' },
        encryption: { algorithms: ['AES256'] },
      });
    }));
  it('asks no more of a bucket that is not there', () =>
    on(undefined, async (store) => {
      const { head, location } = await ask<BucketView>(store, { bucket: 'other' });
      assert.deepEqual([(head as { status: number }).status, location], [404, undefined]);
    }));
  it('says where the bucket is when it is elsewhere', () =>
    on(
      (_, about) => (about === '' ? 301 : undefined),
      async (store) => {
        const { head } = await ask<BucketView>(store, { region: 'eu-west-1' });
        assert.deepEqual([(head as { status: number }).status, head.region], [301, 'us-east-1']);
      },
    ));
  it('keeps what is refused apart', () =>
    on(
      (_, about) => (about === 'encryption' ? 403 : about === 'versioning' ? 501 : undefined),
      async (store) => {
        const { location, versioning, encryption } = await ask<BucketView>(store, {});
        const status = (said: unknown) => (said as { status: unknown }).status;
        assert.deepEqual([location, status(versioning), status(encryption)], [{ region: '' }, 501, 403]);
      },
    ));
  it('rejects when nobody answers', async () => {
    const store = await fakeS3('mine');
    store.stop();
    await assert.rejects(ask(store, {}), /did not answer/);
    await assert.rejects(ask(store, { endpoint: 'no url' }), /did not answer/);
  });
  it('asks an endpoint without a scheme as Package Manager does', () =>
    on(undefined, async (store) => {
      const endpoint = store.endpoint.replace('http://', '');
      const { head } = await ask<BucketView>(store, { endpoint, disablessl: 'true' });
      assert.deepEqual(head, { region: 'us-east-1' });
      await assert.rejects(ask(store, { endpoint }), /did not answer/);
    }));
  it('does not take a server of this machine for one of the nodes', () =>
    on(undefined, async (store) => {
      const [node] = cluster.nodes;
      const nodes = [node!, { ...node!, name: 'b', connection: { type: 'ssh' as const } }];
      const question = (endpoint: string) => ({
        ...{ via: 's3' as const, target: 'x' },
        options: { bucket: 'mine', s3forcepathstyle: 'true', endpoint },
      });
      for (const endpoint of [store.endpoint, 'localhost:9000', 'https://[::1]:9000'])
        await assert.rejects(
          askS3(question(endpoint), { cluster: { ...cluster, nodes }, secret: none }),
          /was not asked: http\S+ is a different machine for each node/,
        );
      const named = { ...cluster, nodes, s3: { ...cluster.s3!, endpoint: store.endpoint, forcePathStyle: true } };
      await askS3(question('http://localhost:1'), { cluster: named, secret: none });
    }));
  it('gives no secret away when it is none', async () => {
    const secret = 'planted\nsecret';
    const asked = askS3(
      { via: 's3', target: 'x', options: { bucket: 'mine', endpoint: 'http://127.0.0.1:9' } },
      {
        cluster: bareCluster(['a'], {
          s3: { credentials: { accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' } } },
        }),
        secret: () => secret,
      },
    );
    await assert.rejects(asked, (e: Error) => !e.message.includes('planted'));
  });
});

describe('writing one object', () => {
  it('leaves nothing behind', () =>
    on(undefined, async (store) => {
      const { key, ...rest } = await ask<BucketTrial>(store, { prefix: '/prod/' }, true);
      assert.match(key, /^prod\/temp\/validate\.[0-9a-f]{10}\.txt$/);
      assert.deepEqual([rest, [...store.objects]], [{}, []]);
    }));
  it('also when it could not be seen', () =>
    on(
      (method) => (method === 'HEAD' ? 403 : undefined),
      async (store) => {
        const { failed, left } = await ask<BucketTrial>(store, {}, true);
        assert.deepEqual([failed?.step, failed?.status, left, store.objects.size], ['HEAD', 403, undefined, 0]);
      },
    ));
  it('nothing is written when it is refused', () =>
    on(
      (method) => (method === 'PUT' ? 403 : undefined),
      async (store) => {
        const { failed, left } = await ask<BucketTrial>(store, {}, true);
        assert.deepEqual([failed?.step, failed?.status, left, store.objects.size], ['PUT', 403, undefined, 0]);
      },
    ));
  it('names what could not be removed', () =>
    on(
      (method) => (method === 'DELETE' ? 403 : undefined),
      async (store) => {
        const { key, failed, left } = await ask<BucketTrial>(store, {}, true);
        assert.deepEqual([failed?.step, left, [...store.objects]], ['DELETE', 'object', [key]]);
      },
    ));
  for (const step of ['PUT', 'HEAD'])
    it(`removes it when it is interrupted at ${step}`, () => {
      const stop = new AbortController();
      return on(
        (method) => {
          if (method !== step) return undefined;
          stop.abort();
          return 0;
        },
        async (store) => {
          const { failed, left, interrupted } = await ask<BucketTrial>(store, {}, true, stop.signal);
          assert.deepEqual([failed?.step, left, interrupted, store.objects.size], [step, undefined, true, 0]);
        },
      );
    });
});
