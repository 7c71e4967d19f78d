/** No answer of an HTTP server ends or hangs the run, whatever the garbage collector does meanwhile. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServiceContext } from '../../src/gather/services/context.js';
import { askService } from '../../src/gather/services/services.js';
import type { BalancerProbe, HttpReply } from '../../src/probes/http.js';
import { HTTP_ATTACKS, hostileServer } from '../support/hostileServers.js';
import { inTime } from '../support/machine.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const cluster = { nodes: [] } as unknown as ServiceContext['cluster'];

/** The answer and the milliseconds it took, garbage being collected all the while. */
async function ask<T>(
  target: string,
  options?: Record<string, unknown>,
  more: Partial<ServiceContext> = {},
): Promise<{ answer: T; ms: number }> {
  const collecting = setInterval(collect, 100);
  const started = performance.now();
  try {
    const said = await askService({ via: 'http', target, ...(options && { options }) }, {
      ...more,
      cluster,
    } as ServiceContext);
    return { answer: ('stdout' in said ? JSON.parse(said.stdout) : said) as T, ms: performance.now() - started };
  } finally {
    clearInterval(collecting);
  }
}

describe('an HTTP server that', { concurrency: true }, () => {
  for (const [name, attack] of Object.entries(HTTP_ATTACKS))
    it(name, async () => {
      const server = await hostileServer(attack);
      try {
        const { answer, ms } = await ask<HttpReply>(`http://127.0.0.1:${server.port}/`);
        assert.ok(answer.status === 200 || (answer.error ?? '') !== '', JSON.stringify(answer));
        assert.ok(inTime(ms, 8000), `${ms} ms`);
      } finally {
        server.stop();
      }
    });
});

describe('a load balancer that', { concurrency: true }, () => {
  for (const name of ['switches protocols', 'says nothing', 'sets thousands of cookies', 'sends a body without end'])
    it(name, async () => {
      const server = await hostileServer(HTTP_ATTACKS[name]!);
      const url = `http://127.0.0.1:${server.port}/`;
      try {
        const { answer, ms } = await ask<BalancerProbe | { unseen: string }>('sessions', {
          url,
          endpoints: { a: url },
        });
        assert.ok('unseen' in answer ? /does not answer/.test(answer.unseen) : answer.jars.length > 0);
        assert.ok(JSON.stringify(answer).length < 1_000_000 && ms < 60_000);
        assert.ok(server.heard().length < 2_000_000, 'cookies are not collected without end');
      } finally {
        server.stop();
      }
    });

  it('sends one byte at a time takes no longer than --timeout allows', async () => {
    const server = await hostileServer(HTTP_ATTACKS['sends one byte at a time']!);
    const url = `http://127.0.0.1:${server.port}/`;
    try {
      const { ms } = await ask<BalancerProbe>('sessions', { url, endpoints: { a: url } }, { timeoutMs: 2000 });
      // one request that had begun may end, of 5 seconds
      assert.ok(inTime(ms, 9000), `${ms} ms`);
    } finally {
      server.stop();
    }
  });
});
