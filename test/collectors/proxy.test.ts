import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { clusterState } from '../../src/collectors/clusterState.js';
import { instance } from '../../src/collectors/instance.js';
import type { Asking, Request } from '../../src/model/evidence.js';
import { foundOf } from '../support/facts.js';
import { missing } from '../support/missing.js';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

/** A server on this machine that answers with `text`; what it was asked for is added to `asked`. */
async function answering(text: string): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end(text);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  return { port: (server.address() as AddressInfo).port, asked };
}

/** What a request prints on a node that has a proxy in its environment and exempts nothing from it. */
function behind(port: number, { script }: Request): Promise<string> {
  const proxy = `http://localhost:${port}`;
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', R: '', http_proxy: proxy, ALL_PROXY: proxy };
  const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(text)));
}

describe('a node whose environment has a proxy', { skip: missing('curl') }, () => {
  const asking = { cluster: { nodes: [{ name: 'n1' }] }, node: 'n1' } as unknown as Asking;

  it('asks its own server for the state of the cluster, not the proxy', async () => {
    const [proxy, workbench] = [await answering('proxied'), await answering('direct')];
    const found = foundOf(
      'workbench',
      { 'rserver.conf': `www-port=${workbench.port}\n` },
      { running: [{ name: 'rserver', pid: 1 }] },
    );
    const requests = typeof clusterState.requests === 'function' ? clusterState.requests(asking, found) : {};
    assert.equal(await behind(proxy.port, requests.status!), 'direct');
    assert.deepEqual([proxy.asked, workbench.asked], [[], ['/load-balancer/status']]);
  });
  it('does not ask the proxy which EC2 instance it is', async () => {
    const proxy = await answering('i-1');
    const { metadata } = instance.requests as { metadata: Request };
    assert.doesNotMatch(await behind(proxy.port, metadata), /i-1/);
    assert.deepEqual(proxy.asked, []);
  });
});
