/** HTTP against servers that are slow, endless, broken or tell secrets; all are stand-ins on 127.0.0.1. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ServiceContext } from '../../src/gather/services/context.js';
import { askHttp } from '../../src/gather/services/http.js';
import type { BalancerProbe, HttpReply } from '../../src/probes/http.js';

describe('HTTP from here', { concurrency: true }, () => {
  const seen: { url: string; cookie: string; host: string; method: string }[] = [];
  let server: Server;
  const broken = createTcpServer((c) => c.on('error', () => {}).end('no HTTP\r\n\r\n'));
  const at = (s: { address: () => unknown }, path: string) =>
    `http://127.0.0.1:${(s.address() as { port: number }).port}${path}`;
  before(async () => {
    server = createServer((req, res) => {
      const { url = '', headers, method = '' } = req;
      seen.push({ url, method, cookie: headers.cookie ?? '', host: headers.host ?? '' });
      if (url === '/silent') return;
      if (url === '/stalled') return void res.writeHead(503).write('and then');
      if (url === '/endless') {
        const more = (): void => void (res.destroyed || res.write(Buffer.alloc(10_000), more));
        return more();
      }
      if (url.startsWith('/page')) return void res.end(decodeURIComponent(url.slice('/page?'.length)));
      if (url === '/moved') return void res.writeHead(302, { location: '/silent' }).end();
      res.setHeader('set-cookie', [
        'session=planted-secret; Path=/; HttpOnly',
        'gone=planted-secret; Max-Age=0',
        'elsewhere=planted-secret; Path=/other',
        'half=planted-secret; Path=/l',
        'theirs=planted-secret; Domain=example.net',
        'tls=planted-secret; Secure',
        'put=front~planted-secret; Path=lb',
        'without a value',
      ]);
      return void res.end('planted-secret');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    broken.close();
  });

  let cluster = { nodes: [] } as unknown as ServiceContext['cluster'];
  const ask = async <T>(target: string, options?: Record<string, unknown>, signal?: AbortSignal): Promise<T> => {
    const answer = await askHttp({ via: 'http', target, ...(options && { options }) }, {
      signal,
      cluster,
    } as ServiceContext);
    return ('stdout' in answer ? JSON.parse(answer.stdout) : answer) as T;
  };

  it('one answer: its status, and nothing of what it says', async () => {
    const { status, traits, cookies } = await ask<HttpReply>(at(server, '/'));
    assert.deepEqual([status, traits, cookies], [200, {}, []]);
  });
  it('a page for people is told from lines, JSON and XML', async () => {
    const page = async (body: string) =>
      (await ask<HttpReply>(at(server, `/page?${encodeURIComponent(body)}`))).page ?? false;
    for (const body of ['<!DOCTYPE html><title>Log in', '\uFEFF\n<html lang="en">', '<!-- SSO -->\n<HTML>'])
      assert.equal(await page(body), true, body);
    for (const body of ['', '{}', 'active-sessions: 1\n', '<?xml version="1.0"?><status/>', '<htmlish/>', 'see <html>'])
      assert.equal(await page(body), false, body);
  });
  it('a name that only ssh_config knows is asked at the address it has there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hp-http-'));
    const configFile = join(folder, 'config');
    writeFileSync(
      configFile,
      'Host only-ssh-knows far\n  HostName 127.0.0.1\nHost far\n  ProxyJump gate\nHost odd\n  ProxyCommand nc %h %p\n',
    );
    const nodes = ['only-ssh-knows', 'far', 'odd'].map((name) => ({
      name,
      host: name,
      connection: { type: 'ssh', configFile },
    }));
    cluster = { nodes } as unknown as ServiceContext['cluster'];
    const to = (name: string): Promise<HttpReply> =>
      ask(at(server, '/alias').replace('127.0.0.1', name), { node: name });
    const [near, far, odd] = [await to('only-ssh-knows'), await to('far'), await to('odd')];
    rmSync(folder, { recursive: true });
    assert.deepEqual([near.status, near.behind], [200, undefined]);
    assert.equal(far.behind, 'the jump host gate');
    assert.deepEqual([odd.status, odd.behind], [undefined, 'a route that only ssh knows']);
  });
  it('does not follow where it is sent', async () => {
    assert.equal((await ask<HttpReply>(at(server, '/moved'))).status, 302);
  });
  it('a body without end, and one that never ends', async () => {
    assert.equal((await ask<HttpReply>(at(server, '/endless'))).status, 200);
    assert.equal((await ask<HttpReply>(at(server, '/stalled'))).status, 503);
  });
  it('no answer, no HTTP, no server, no name', async () => {
    assert.equal((await ask<HttpReply>(at(server, '/silent'))).code, 'timeout');
    assert.match((await ask<HttpReply>(at(broken, '/'))).error!, /Parse Error/);
    assert.equal((await ask<HttpReply>('http://127.0.0.1:1/')).code, 'ECONNREFUSED');
    assert.match((await ask<HttpReply>('http://nobody.invalid/')).code!, /ENOTFOUND|EAI_AGAIN/);
  });
  it('of a balancer: jars like a browser, digests in place of values', async () => {
    const url = at(server, '/lb');
    const probe = await ask<BalancerProbe>('b', { url, endpoints: { n1: at(server, '/own') } });
    assert.deepEqual([probe.jars.map((j) => j.length), probe.control.length], [Array(8).fill(4), 12]);
    assert.ok(!JSON.stringify(probe).includes('planted-secret'));
    const [first] = probe.control;
    assert.deepEqual(
      first!.cookies.map((c) => [c.name, c.unsent ?? '', c.prefix !== undefined]),
      [
        ['session', '', false],
        ['gone', 'expired', false],
        ['elsewhere', 'for another path', false],
        ['half', 'for another path', false],
        ['theirs', 'for another domain', false],
        ['tls', 'Secure, but the URL is http', false],
        ['put', '', true],
      ],
    );
    const asked = seen.filter((s) => s.url === '/lb');
    assert.ok(asked.every((s) => s.method === 'GET'));
    assert.equal(asked.filter((s) => s.cookie === '').length, 12 + 8);
    assert.equal(asked.filter((s) => s.cookie === 'session=planted-secret; put=front~planted-secret').length, 8 * 3);
    const own = seen.filter((s) => s.url === '/own');
    assert.deepEqual([own.length, new Set(own.map((s) => s.host)).size], [5, 1]);
  });
  it('two runs give other digests: they tell nothing of the values', async () => {
    const once = async () => (await ask<BalancerProbe>('b', { url: at(server, '/x'), endpoints: {} })).control[0]!;
    const [a, b] = await Promise.all([once(), once()]);
    assert.notEqual(a.traits.body, b.traits.body);
    assert.notEqual(a.cookies[0]!.value, b.cookies[0]!.value);
  });
  it('interrupted', async () => {
    const { unseen } = await ask<{ unseen: string }>(
      'b',
      { url: at(server, '/silent'), endpoints: {} },
      AbortSignal.timeout(200),
    );
    assert.match(unseen, /does not answer: /);
  });
});
