/** The operator's database password goes where the operator said, and to nobody who asks for it in clear text. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { ServiceContext } from '../../src/gather/services/context.js';
import { serversOf, unnamedHost } from '../../src/gather/services/databaseHosts.js';
import { channels } from '../../src/gather/services/databaseTls.js';
import { askService } from '../../src/gather/services/services.js';
import type { Cluster } from '../../src/model/inventory.js';
import type { DatabaseProbe } from '../../src/probes/database.js';
import { bareCluster } from '../../src/testing.js';
import { type Asks, fakePostgres } from '../support/fakePostgres.js';

const PASSWORD = 'planted-password';

/** What the audit says of the node, and what the fake server heard. */
async function ask(
  asks: Asks,
  {
    host = 'db.example.com',
    query = '',
    database = {},
  }: { host?: string; query?: string; database?: Partial<Cluster['database']> } = {},
): Promise<{ said: string; heard: string; ms: number }> {
  const server = await fakePostgres(asks);
  const url = `postgres://ops:${PASSWORD}@db.example.com:5432/d${query}`;
  const context = {
    cluster: bareCluster(['a'], { database: { url: { env: 'PGURL' }, ...database } }),
    secret: () => url,
    reach: {
      nodes: ['a'],
      node: () => assert.fail('not needed'),
      open: async () => ({ close() {}, notes: [] }),
      // the node leads wherever it likes
      stream: async () => connect(server.port, '127.0.0.1'),
    },
  } as unknown as ServiceContext;
  const endpoints = { a: { role: 'database', host, port: '5432', name: 'd' } };
  const started = performance.now();
  try {
    const answer = await askService({ via: 'database', target: 'url', options: { endpoints } }, context);
    const probe = 'stdout' in answer ? (JSON.parse(answer.stdout) as DatabaseProbe) : undefined;
    const said = probe ? JSON.stringify(probe.sights.a) : (answer as { unseen: string }).unseen;
    return { said, heard: server.heard(), ms: performance.now() - started };
  } finally {
    server.stop();
  }
}

describe('a fake PostgreSQL', { concurrency: true }, () => {
  for (const asks of ['clear text', 'MD5', 'an unknown way'] as const)
    it(`that asks for ${asks} gets no password`, async () => {
      const { said, heard } = await ask(asks);
      assert.ok(!heard.includes(PASSWORD) && !heard.includes('md5'), heard);
      assert.ok(!said.includes(PASSWORD));
      if (asks !== 'an unknown way') assert.match(said, /has not proven who it is: no password was sent/);
    });
  it('gets it in clear text with consent alone', async () => {
    const { heard } = await ask('clear text', { database: { cleartext: true } });
    assert.ok(heard.includes(PASSWORD));
  });
  it('that speaks SCRAM gets a proof and no password, and is not believed', async () => {
    const { said, heard } = await ask('SCRAM');
    assert.ok(heard.includes('SCRAM-SHA-256') && !heard.includes(PASSWORD));
    assert.match(said, /SASL|signature/i);
  });
  it('without TLS gets nothing where the URL demands it', async () => {
    for (const mode of ['require', 'verify-full']) {
      const { heard } = await ask('clear text', { query: `?sslmode=${mode}` });
      assert.equal(heard.length, 8, 'the request for TLS');
    }
  });
  it('on a host that only the node names gets no login, not even a greeting', async () => {
    const { said, heard } = await ask('clear text', { host: 'evil.example.com', database: { cleartext: true } });
    assert.equal(heard, '');
    assert.match(said, /the node names the host evil\.example\.com.*no login was tried.*hosts/);
  });
  it('in a list of hosts neither', async () => {
    const { heard } = await ask('clear text', { host: 'db.example.com,evil.example.com' });
    assert.equal(heard, '');
  });
  it('is the same server by another case, and where the inventory lists it', async () => {
    assert.notEqual((await ask('MD5', { host: 'DB.Example.COM.' })).heard, '');
    assert.notEqual((await ask('MD5', { host: 'alias', database: { hosts: ['ALIAS'] } })).heard, '');
  });
  for (const asks of [
    'notices without end',
    'a message of two gigabytes',
    'nothing',
    'notices after the login',
  ] as const)
    it(`that sends ${asks} ends in time`, async () => {
      const before = process.memoryUsage().rss;
      const { said, ms } = await ask(asks);
      assert.match(said, /trouble/);
      assert.ok(ms < 30_000, `${ms} ms`);
      assert.ok(process.memoryUsage().rss - before < 500_000_000);
    });
});

describe('hosts and ports of a list', () => {
  const cases: [host: string, port: string, expected: string[]][] = [
    ['db', '5432', ['db:5432']],
    ['a,b', '5433', ['a:5433', 'b:5433']],
    ['a,b', '5433,5432', ['a:5433', 'b:5432']],
    ['db,db:5432', '5433', ['db:5433', 'db:5432']],
    ['[::1]:6', '5432', ['[::1]:6']],
  ];
  for (const [host, port, expected] of cases)
    it(`${host} and ${port}`, () =>
      assert.deepEqual(
        serversOf({ host, port }).map((s) => `${s.host}:${s.port}`),
        expected,
      ));
  it('compared as names and addresses are', () => {
    assert.equal(unnamedHost({ host: '[::1],DB.', port: '1' }, ['0:0:0:0:0:0:0:1', 'db']), undefined);
    assert.equal(unnamedHost({ host: 'db2', port: '1' }, ['db']), 'db2');
  });
});

describe('sslmode, as libpq means it', () => {
  const kinds = (mode?: string, root?: string) =>
    channels(mode, root).map(({ ssl, verified }) => `${ssl === false ? 'plain' : 'TLS'}${verified ? ' verified' : ''}`);
  const cases: [mode: string | undefined, root: string | undefined, expected: string[]][] = [
    [undefined, undefined, ['TLS', 'plain']],
    ['prefer', undefined, ['TLS', 'plain']],
    ['allow', undefined, ['plain', 'TLS']],
    ['disable', undefined, ['plain']],
    ['require', undefined, ['TLS']],
    ['require', '/etc/hostname', ['TLS verified']],
    ['verify-ca', '/etc/hostname', ['TLS verified']],
    ['verify-full', undefined, ['TLS verified']],
    [undefined, 'system', ['TLS verified']],
  ];
  for (const [mode, root, expected] of cases)
    it(`${mode ?? 'default'}${root ? ` with ${root}` : ''}`, () => assert.deepEqual(kinds(mode, root), expected));
  it('refuses what is too weak, unknown or not there', () => {
    for (const [mode, root] of [
      ['require', 'system'],
      ['strict', undefined],
      ['verify-ca', '/nonexistent'],
    ] as const)
      assert.throws(() => channels(mode, root));
  });
});
