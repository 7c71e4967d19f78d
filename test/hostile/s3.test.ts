/** An object store, too, ends in time: silent, slow or endless; and gets no session token that was not meant for it. */

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { ServiceContext } from '../../src/gather/services/context.js';
import { askService } from '../../src/gather/services/services.js';
import type { Cluster } from '../../src/model/inventory.js';
import { bareCluster } from '../../src/testing.js';
import { type Hostile, HTTP_ATTACKS, hostileServer } from '../support/hostileServers.js';
import { inTime } from '../support/machine.js';

const ENVIRONMENT = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

const ask = (server: Hostile, s3: NonNullable<Cluster['s3']>, signal?: AbortSignal) =>
  askService(
    {
      via: 's3',
      target: 'x',
      options: {
        endpoint: `http://127.0.0.1:${server.port}`,
        region: 'us-east-1',
        s3forcepathstyle: 'true',
        bucket: 'mine',
      },
    },
    { cluster: bareCluster(['a'], { s3 }), secret: () => '', ...(signal && { signal }) } as unknown as ServiceContext,
  );

describe('an object store that', { concurrency: true }, () => {
  for (const [name, attack] of Object.entries(HTTP_ATTACKS))
    it(name, async () => {
      const server = await hostileServer(attack);
      try {
        const started = performance.now();
        const answer = await ask(server, { credentials: 'anonymous' });
        assert.ok(
          'unseen' in answer || /"status":200|region/.test(answer.stdout) || answer.stdout.startsWith('{"head"'),
        );
        assert.ok(performance.now() - started < 55_000);
      } finally {
        server.stop();
      }
    });

  it('says nothing, when the run is interrupted', async () => {
    const server = await hostileServer(() => {});
    const controller = new AbortController();
    const started = performance.now();
    setTimeout(() => controller.abort(), 300);
    const answer = await ask(server, { credentials: 'anonymous' }, controller.signal);
    assert.ok('unseen' in answer && inTime(performance.now() - started, 3000));
    server.stop();
  });
});

describe('a session token of AWS', () => {
  afterEach(() => {
    for (const name of ENVIRONMENT) delete process.env[name];
  });
  const withToken = (): void => {
    for (const name of ENVIRONMENT) process.env[name] = 'planted-credential';
  };
  it('goes to no endpoint that only a node names', async () => {
    withToken();
    const server = await hostileServer(HTTP_ATTACKS['closes at once']!);
    const answer = await ask(server, { credentials: 'default' });
    assert.match((answer as { unseen: string }).unseen, /only the nodes name the endpoint/);
    assert.equal(server.heard(), '');
    server.stop();
  });
  it('goes nowhere without TLS', async () => {
    withToken();
    const server = await hostileServer(HTTP_ATTACKS['closes at once']!);
    const endpoint = `http://127.0.0.1:${server.port}`;
    const answer = await ask(server, { credentials: 'default', endpoint });
    assert.match((answer as { unseen: string }).unseen, /has no TLS/);
    assert.equal(server.heard(), '');
    server.stop();
  });
});
