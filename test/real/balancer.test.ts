/** Sticky sessions as they are: real haproxy and nginx, before three stand-ins for nodes that answer by HTTP. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeTree } from '../../src/demo/tree.js';
import type { Report } from '../../src/model/report.js';
import { DEPLOYR_ROOT, EDITIONS } from '../support/clusters.js';
import { run } from '../support/run.js';

const missing = ['haproxy', 'nginx'].filter((name) => !existsSync(`/usr/sbin/${name}`));
const skip = process.env.CI !== 'true' && missing.length > 0 && `${missing.join(' and ')} not installed`;

const NODES = ['n1', 'n2', 'n3'];
const SECRET = 'planted-session-secret';

/** What of an answer is the node's alone depends on the path. */
const backend = (name: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((req, res) => {
      const path = req.url ?? '';
      if (path.endsWith('/__ping__')) return res.end('{}');
      if (path.startsWith('/app') && !/rsconnect=/.test(req.headers.cookie ?? ''))
        res.setHeader('Set-Cookie', `rsconnect=${SECRET}-${name}-${Math.random()}; Path=/; HttpOnly`);
      if (!path.startsWith('/same') && !path.startsWith('/body')) res.setHeader('X-Served-By', name);
      return res.end(path.startsWith('/body') ? `this is ${name}` : 'hello');
    }).listen(0, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server): number => (server.address() as { port: number }).port;
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** By name: lines of haproxy's backend, and what stands behind each server of it. */
const HAPROXY: Readonly<Record<string, { lines: string; server?: (name: string) => string }>> = {
  insert: { lines: 'balance roundrobin\ncookie SERVERID insert indirect nocache', server: (n) => `cookie ${n}` },
  tls: { lines: 'balance roundrobin\ncookie SERVERID insert indirect nocache', server: (n) => `cookie ${n}` },
  secure: { lines: 'balance roundrobin\ncookie SERVERID insert indirect secure', server: (n) => `cookie ${n}` },
  prefix: { lines: 'balance roundrobin\ncookie rsconnect prefix', server: (n) => `cookie ${n}` },
  learnt: {
    lines:
      'balance roundrobin\nstick-table type string len 128 size 10k expire 5m\nstick store-response res.cook(rsconnect)\nstick match req.cook(rsconnect)',
  },
  source: { lines: 'balance source' },
  none: { lines: 'balance roundrobin' },
  random: { lines: 'balance random(1)' },
  checked: { lines: 'balance roundrobin\noption httpchk GET /nothing-there\nhttp-check expect status 404' },
};
const NGINX: Readonly<Record<string, string>> = { iphash: 'ip_hash;', plain: '', dead: '' };

describe('sticky sessions', { skip, concurrency: false }, () => {
  let folder: string;
  let nodes: Server[];
  let deadPort: number;
  const ports = new Map<string, number>();
  const children: ChildProcess[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hp-balancer-'));
    nodes = await Promise.all(NODES.map(backend));
    deadPort = await freePort();
    for (const name of [...Object.keys(HAPROXY), ...Object.keys(NGINX)]) {
      let port: number;
      // a port that is free again may come twice, and haproxy would listen on it for two
      do port = await freePort();
      while (port === deadPort || [...ports.values()].includes(port));
      ports.set(name, port);
    }
    const pem = join(folder, 'both.pem');
    const selfSigned = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=balancer';
    execFileSync('openssl', [...selfSigned.split(' '), '-keyout', pem, '-out', `${pem}.crt`], { stdio: 'ignore' });
    writeFileSync(pem, readFileSync(`${pem}.crt`, 'utf8') + readFileSync(pem, 'utf8'));
    writeFileSync(
      join(folder, 'haproxy.cfg'),
      `defaults\nmode http\ntimeout connect 2s\ntimeout client 5s\ntimeout server 5s\n${Object.entries(HAPROXY)
        .map(
          ([name, { lines, server = () => '' }]) =>
            `listen ${name}\nbind 127.0.0.1:${ports.get(name)}${name === 'tls' ? ` ssl crt ${folder}/both.pem` : ''}\n${lines}\n${nodes
              .map(
                (n, i) =>
                  `server s${i} 127.0.0.1:${portOf(n)} ${server(NODES[i]!)}${name === 'checked' ? ' check inter 200ms' : ''}\n`,
              )
              .join('')}`,
        )
        .join('')}`,
    );
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;\nevents {}\nhttp {\naccess_log off;\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${folder}/${t};\n`).join('')}${Object.entries(
        NGINX,
      )
        .map(
          ([name, lines]) =>
            `upstream ${name} { ${lines} ${nodes.map((n, i) => `server 127.0.0.1:${name === 'dead' && i === 2 ? deadPort : portOf(n)};`).join(' ')} }\nserver { listen 127.0.0.1:${ports.get(name)}; location / { proxy_pass http://${name}; } }\n`,
        )
        .join('')}}\n`,
    );
    for (const [program, ...args] of [
      ['/usr/sbin/haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
      ['/usr/sbin/nginx', '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
    ]) {
      const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (d) => /alert|emerg/i.test(String(d)) && process.stderr.write(d));
      children.push(child);
    }
    for (const [name, port] of ports) {
      if (name === 'tls') continue;
      for (let tries = 0; ; tries++) {
        const up = await new Promise((resolve) =>
          get(`http://127.0.0.1:${port}/__ping__`, (res) => resolve(res.resume())).on('error', () => resolve(false)),
        );
        if (up) break;
        assert.ok(tries < 60, `${name} did not start`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  });
  after(() => {
    for (const child of children) child.kill('SIGTERM');
    for (const node of nodes ?? []) node.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  let count = 0;
  /** The two checks against a balancer: what is not a pass, and everything said. */
  async function audit(
    balancer: string,
    path = '/',
    { at = (i: number) => portOf(nodes[i]!), product = 'connect' as 'connect' | 'deployr', url = '' } = {},
  ) {
    const into = join(folder, `c${count++}`);
    NODES.forEach((name, i) => {
      const tree = product === 'connect' ? EDITIONS.connect.node(name) : EDITIONS.loadBalanced.node(name);
      const config = product === 'connect' ? EDITIONS.connect.config : `${DEPLOYR_ROOT}/deployr/deployr.groovy`;
      const text = String(tree[config]!.text)
        .replace('Listen = :3939', `Listen = :${at(i)}`)
        .replace(':8000/deployr', `:${at(i)}/deployr`);
      writeTree(join(into, name), { ...tree, [config]: { ...tree[config], text } });
    });
    const file = join(into, 'inventory.yml');
    const scheme = balancer === 'tls' ? 'https' : 'http';
    writeFileSync(
      file,
      `version: 1\ncluster: balanced\nconnection: { type: local }\n${product === 'deployr' ? 'mode: load-balanced\n' : ''}nodes:\n${NODES.map((n) => `  - { name: ${n}, host: 127.0.0.1, connection: { root: ./${n} } }`).join('\n')}\nloadBalancer: { url: "${url || `${scheme}://127.0.0.1:${ports.get(balancer)}${path}`}" }\n`,
    );
    const evidence = join(into, 'evidence.json');
    const { out, err } = await run(['gather', file, '-o', evidence, '--only', 'sticky-sessions,health-endpoint']);
    const ran = await run(['check', file, '--format', 'json', '--only', 'sticky-sessions,health-endpoint']);
    const report = JSON.parse(ran.out) as Report;
    const kept = existsSync(evidence) ? readFileSync(evidence, 'utf8') : assert.fail(out + err);
    assert.ok(!(kept + ran.out + ran.err).includes(SECRET), 'a session cookie was kept');
    const of = (id: string) => report.verdicts.filter((v) => v.id === id);
    return {
      sticky: of('sticky-sessions').map((v) => `${v.status} ${v.severity} ${v.nodes.join()}`),
      health: of('health-endpoint').map((v) => `${v.status} ${v.nodes.join()}`),
      row: (id: string) => report.requirements.find((r) => r.id === id)?.status,
      said: JSON.stringify(report.verdicts, null, 1),
    };
  }
  const ALL = NODES.join();
  const GOOD = [`pass critical ${ALL}`, `pass warning ${ALL}`];

  for (const [balancer, path, words] of [
    ['insert', '/', /by the cookie SERVERID that the balancer inserts.*once in 10\^(10|11|9|8) runs/],
    ['insert', '/body', /by the cookie SERVERID that[\s\S]*recognised by body/],
    ['tls', '/', /by the cookie SERVERID[\s\S]*is not trusted: .*self.signed/],
    ['prefix', '/app', /by the cookie rsconnect to which the balancer adds the node/],
    ['learnt', '/app', /by the cookie rsconnect of the application/],
  ] as const)
    it(`haproxy, ${balancer} at ${path}`, async () => {
      const { sticky, health, row, said } = await audit(balancer, path);
      assert.deepEqual(sticky, GOOD, said);
      assert.match(said, words);
      assert.deepEqual([row('CONN-10'), row('CONN-18')], ['pass', 'pass'], said);
      if (balancer !== 'tls') assert.deepEqual(health, [`pass ${ALL}`, `pass ${ALL}`], said);
    });
  it('haproxy, insert, and nothing tells nodes apart but its cookie', async () => {
    const { sticky, said } = await audit('insert', '/same');
    assert.deepEqual(sticky, [`pass critical ${ALL}`, `unknown warning ${ALL}`], said);
    assert.match(said, /recognised by the cookie SERVERID/);
  });
  for (const balancer of ['source', 'iphash'])
    it(`by address: ${balancer}`, async () => {
      const { sticky, row, said } = await audit(balancer);
      assert.equal(sticky.length, 3, said);
      assert.deepEqual(sticky.slice(0, 2), [`pass critical ${ALL}`, `fail warning ${ALL}`], said);
      assert.match(sticky[2]!, /^unknown warning n\d,n\d$/, said);
      assert.deepEqual([row('CONN-10'), row('CONN-18')], ['pass', 'fail'], said);
    });
  for (const [balancer, path] of [
    ['none', '/'],
    ['random', '/'],
    ['plain', '/'],
    // a session of the application alone is no stickiness
    ['none', '/app'],
    ['plain', '/app'],
  ] as const)
    it(`none: ${balancer} at ${path}`, async () => {
      const { sticky, row, said } = await audit(balancer, path);
      assert.deepEqual(sticky, [`fail critical ${ALL}`, `pass warning ${ALL}`], said);
      assert.deepEqual([row('CONN-10'), row('CONN-18')], ['fail', 'fail'], said);
    });
  it('a Secure cookie on http is never sent back', async () => {
    const { sticky, said } = await audit('secure');
    assert.equal(sticky[0], `fail critical ${ALL}`, said);
    assert.match(said, /SERVERID is not sent back: Secure/);
  });
  it('nothing tells the nodes apart: unknown', async () => {
    const { sticky, said } = await audit('none', '/same');
    assert.deepEqual(sticky, [`unknown critical ${ALL}`], said);
    assert.match(said, /X-Served-By/);
  });
  it('a dead backend: not sticky, and it never answers', async () => {
    const { sticky, health, said } = await audit('dead', '/', { at: (i) => (i === 2 ? deadPort : portOf(nodes[i]!)) });
    assert.deepEqual(sticky, ['fail critical n1,n2', 'fail warning n3'], said);
    assert.deepEqual(health, ['fail n3', `pass ${ALL}`], said);
  });
  it('every backend is taken for dead: the nodes are well and the balancer is not', async () => {
    // its health check asks for what they do not have
    for (let tries = 0; tries < 50; tries++) {
      const status = await new Promise((resolve) =>
        get(`http://127.0.0.1:${ports.get('checked')}/`, (res) => resolve(res.resume().statusCode)),
      );
      if (status === 503) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { sticky, health, said } = await audit('checked');
    assert.deepEqual(sticky, [`unknown critical ${ALL}`], said);
    assert.deepEqual(health, [`pass ${ALL}`, `fail ${ALL}`], said);
  });
  it('nobody at the address', async () => {
    const { sticky, said } = await audit('', '/', { url: `http://127.0.0.1:${deadPort}/` });
    assert.deepEqual(sticky, [`unknown critical ${ALL}`], said);
    assert.match(said, /does not answer: .*ECONNREFUSED/);
  });
  it('DeployR: a server that is not registered', async () => {
    const good = await audit('insert', '/deployr', { product: 'deployr' });
    assert.deepEqual(good.sticky, [`pass critical ${ALL}`, `pass critical ${ALL}`], good.said);
    assert.deepEqual(good.health, [`pass ${ALL}`], good.said);
    const dead = await audit('dead', '/deployr', { product: 'deployr' });
    assert.deepEqual(dead.sticky, ['fail critical n1,n2', 'fail critical n3'], dead.said);
    assert.deepEqual([dead.row('DEPLOYR-10'), dead.row('DEPLOYR-11')], ['fail', 'fail'], dead.said);
  });
});
