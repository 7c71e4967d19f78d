/** One database through every node: real sshd hosts, each with its own resolver and routes, and real PostgreSQL servers. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { EDITIONS } from '../support/clusters.js';
import { run } from '../support/run.js';
import { freePort } from './addresses.js';
import { type Hosts, startHosts, whyNoHosts } from './hosts.js';
import { PASSWORD, type Servers, servers, whyNoPostgres } from './postgres.js';

const skip =
  process.env.CI === 'true'
    ? false
    : (whyNoHosts() ?? whyNoPostgres() ?? (existsSync('/usr/sbin/pgbouncer') ? false : 'pgbouncer is not installed'));

/** The address by which a host reaches this machine: the other one of its /30. */
const here = (address: string): string => address.replace(/\d+$/, (n) => String(Number(n) - 1));

/** Stands in for a server on the node itself: what comes to an address of the node goes to the one that there is. */
const FORWARD = `import socket, sys, threading
at, to, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
def pump(a, b):
    while True:
        data = a.recv(65536)
        if not data: break
        b.sendall(data)
    b.close()
server = socket.create_server((at, port))
while True:
    a, _ = server.accept()
    b = socket.create_connection((to, port))
    for x, y in ((a, b), (b, a)): threading.Thread(target=pump, args=(x, y), daemon=True).start()
`;

describe('one database through every node', { skip, concurrency: false }, () => {
  let hosts: Hosts;
  let pg: Servers;
  let folder: string;
  let main: number;
  const names = ['h1', 'h2', 'h3'];

  before(async () => {
    main = await freePort();
    hosts = startHosts(names, (name) => {
      const tree = EDITIONS.packageManager.node(name);
      const config = tree['/etc/rstudio-pm/rstudio-pm.gcfg']!;
      return {
        ...tree,
        '/etc/rstudio-pm/rstudio-pm.gcfg': {
          ...config,
          text: String(config.text).replace(/URL = .*/, `URL = postgres://rspm:x@db.example.com:${main}/rspm`),
        },
      };
    });
    for (const host of hosts.list) host.exec(`sed -i 's/^192.0.2.10 /${here(host.address)} /' /etc/hosts`);
    pg = servers();
    folder = mkdtempSync(join(tmpdir(), 'hp-db-'));
    await pg.primary(['127.0.0.1', ...hosts.list.map((h) => here(h.address))].join(','), main);
    for (const name of ['rspm', 'other']) pg.sql(main, `create database ${name}`);
  });
  after(() => {
    hosts?.stop();
    pg?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function audit(
    password: string | undefined = PASSWORD,
    consent = false,
    database = consent ? '{ fromNodes: true }' : '{ url: { env: PGURL }, hosts: [db.example.com] }',
    account = 'postgres',
  ): Promise<{ of: (id: string) => Report['verdicts']; said: string }> {
    const file = join(folder, 'inventory.yml');
    writeFileSync(
      file,
      `version: 1\ncluster: db\nconnection: { user: root, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n')}\ndatabase: ${database}\n`,
    );
    const ran = await run(['check', file, '--format', 'json', '--only', 'database-same,database-health'], {
      PGURL: `postgres://${account}:${password}@ignored/ignored`,
    });
    assert.ok(!(ran.out + ran.err).includes('planted'), 'the credential was said');
    const report = JSON.parse(ran.out) as Report;
    return {
      of: (id) => report.verdicts.filter((v) => v.id === id && v.status !== 'pass'),
      said: JSON.stringify(report.verdicts, null, 1),
    };
  }
  /** Puts another address, port or name into the second node's configuration for as long as `work` takes. */
  async function other(change: string, work: () => Promise<void>, nodes = [1]): Promise<void> {
    for (const i of nodes)
      hosts.list[i]!.exec(
        `cp -p /etc/rstudio-pm/rstudio-pm.gcfg /root/c; sed -i '${change}' /etc/rstudio-pm/rstudio-pm.gcfg`,
      );
    try {
      await work();
    } finally {
      for (const i of nodes) hosts.list[i]!.exec('cat /root/c >/etc/rstudio-pm/rstudio-pm.gcfg');
    }
  }

  /** Beside it the configuration is judged: here one name has another address on every node. */
  const measured = (of: (id: string) => Report['verdicts']) =>
    of('database-same').filter((v) => v.proof === 'measured');

  it('is proven by a lock, although every node knows another address', async () => {
    const { of, said } = await audit();
    assert.deepEqual([of('database-same'), of('database-health')], [[], []], said);
    assert.match(said, /a lock held through one node is refused to the others/);
    assert.match(said, /"proof": "measured"/);
  });
  it('the node that runs it calls itself 127.0.1.1, as Debian does', async () => {
    const [first] = hosts.list;
    const own = here(first!.address);
    first!.exec(`sed -i 's/^${own} /127.0.1.1 /' /etc/hosts; echo '${FORWARD}' >/root/forward.py
python3 /root/forward.py 127.0.1.1 ${own} ${main} >/dev/null 2>&1 </dev/null & echo $! >/root/forward.pid; sleep 1`);
    try {
      const proven = await audit();
      assert.deepEqual(proven.of('database-same'), [], proven.said);
      assert.match(proven.said, /a lock held through one node is refused to the others/);
      // without a credential the addresses are all there is: for the others the name is the address of that node
      for (const host of hosts.list.slice(1))
        host.exec(`sed -i 's/^${here(host.address)} db/${first!.address} db/' /etc/hosts`);
      const told = await audit(undefined, false, '{}');
      assert.deepEqual(
        told.of('database-same').filter((v) => v.status === 'fail' && v.severity === 'critical'),
        [],
        told.said,
      );
    } finally {
      for (const host of hosts.list.slice(1))
        host.exec(`sed -i 's/^${first!.address} db/${here(host.address)} db/' /etc/hosts`);
      first!.exec(`kill $(cat /root/forward.pid); sed -i 's/^127.0.1.1 db/${own} db/' /etc/hosts`);
    }
  });
  it('a different database of the same server', () =>
    other('s,/rspm$,/other,', async () => {
      const { of, said } = await audit();
      assert.deepEqual(
        of('database-same').map((v) => [v.status, v.nodes]),
        [['fail', ['h2']]],
        said,
      );
      assert.match(said, /a different database of the same server/);
    }));
  it('a clone: the same system identifier, and yet another database', async () => {
    const port = await pg.copy(main, 'clone', here(hosts.list[1]!.address));
    await other(`s,:${main}/,:${port}/,`, async () => {
      const { of, said } = await audit();
      assert.deepEqual(
        of('database-same').map((v) => [v.status, v.nodes]),
        [['fail', ['h2']]],
        said,
      );
      assert.match(said, /a copy, restored or cloned/);
    });
  });
  it('a standby: another lock table, and no writes', async () => {
    const port = await pg.copy(main, 'standby', here(hosts.list[1]!.address));
    await other(`s,:${main}/,:${port}/,`, async () => {
      const { of, said } = await audit();
      assert.deepEqual(
        of('database-same').map((v) => [v.status, v.nodes]),
        [['fail', ['h2']]],
        said,
      );
      assert.match(said, /a standby of that database/);
      assert.deepEqual(
        of('database-health').map((v) => [v.status, v.nodes]),
        [['fail', ['h2']]],
        said,
      );
    });
  });
  it('one name that means another server to one node', async () => {
    // an address of this machine that only the second node has a route to
    const address = '198.19.255.77';
    const lo = (what: string) =>
      hosts.list[1]!.exec(`ip route ${what} ${address}/32 via ${here(hosts.list[1]!.address)}`);
    const { execFileSync } = await import('node:child_process');
    execFileSync('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
    try {
      lo('add');
      await pg.copy(main, 'clone', address, main).catch(() => {});
      const own = here(hosts.list[1]!.address);
      hosts.list[1]!.exec(`sed -i 's/^${own} /${address} /' /etc/hosts`);
      const { of, said } = await audit();
      hosts.list[1]!.exec(`sed -i 's/^${address} /${own} /' /etc/hosts`);
      assert.deepEqual(
        of('database-same').map((v) => [v.status, v.nodes]),
        [['fail', ['h2']]],
        said,
      );
    } finally {
      execFileSync('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo']);
    }
  });
  it('pgbouncer in transaction mode: the same database, notifications are lost', async () => {
    const port = await pg.pgbouncer(main, 'transaction', '0.0.0.0');
    await other(`s,:${main}/,:${port}/,`, async () => {
      const { of, said } = await audit();
      assert.deepEqual(of('database-same'), [], said);
      assert.deepEqual(
        of('database-health').map((v) => [v.status, v.severity]),
        [['fail', 'warning']],
        said,
      );
      assert.match(said, /notifications between nodes are lost/);
    }, [0, 1, 2]);
  });
  it('pgbouncer in statement mode: no transaction, so unknown', async () => {
    const port = await pg.pgbouncer(main, 'statement', '0.0.0.0');
    await other(`s,:${main}/,:${port}/,`, async () => {
      const { of, said } = await audit();
      assert.deepEqual([...new Set(measured(of).map((v) => v.status))], ['unknown'], said);
    }, [0, 1, 2]);
  });
  it('a port where nothing listens, and a wrong password: unknown, with the reason', async () => {
    const port = await freePort();
    await other(`s,:${main}/,:${port}/,`, async () => {
      const { of, said } = await audit();
      assert.ok(
        of('database-same').some((v) => v.status === 'unknown' && v.nodes.join() === 'h2'),
        said,
      );
    });
    const { of, said } = await audit('wrong-planted');
    assert.deepEqual([...new Set(measured(of).map((v) => v.status))], ['unknown'], said);
    assert.match(said, /password authentication failed/);
  });
  it('an account of the audit that may only read says nothing of the product', async () => {
    pg.sql(
      main,
      `create role audit login password '${PASSWORD}'; alter role audit set default_transaction_read_only = on`,
    );
    const { of, said } = await audit(PASSWORD, false, undefined, 'audit');
    assert.deepEqual(of('database-same'), [], said);
    assert.deepEqual(
      of('database-health').map((v) => [v.status, v.nodes]),
      [['unknown', names]],
      said,
    );
    assert.match(said, /read-only by a setting of that account/);
  });
  it('an account with fewer connections than the audit takes: says how many it takes', async () => {
    pg.sql(
      main,
      `create role narrow login password '${PASSWORD}' connection limit 1; grant pg_monitor to narrow; grant execute on function pg_control_system() to narrow`,
    );
    const { of, said } = await audit(PASSWORD, false, undefined, 'narrow');
    // which of the nodes comes first is chance
    assert.deepEqual([...new Set(measured(of).map((v) => v.status))], ['unknown'], said);
    assert.match(said, /too many connections for role .*narrow.*; the audit takes up to 5 connections at a time/);
  });

  it('TLS that the server has and refuses: without it, as libpq does for sslmode=prefer', async () => {
    const { execFileSync } = await import('node:child_process');
    const data = join(pg.folder, 'd0');
    const hba = (remote: string) => {
      writeFileSync(join(data, 'pg_hba.conf'), `local all all scram-sha-256\n${remote}\n`);
      pg.sql(main, 'select pg_reload_conf()');
    };
    const all = 'all all 0.0.0.0/0';
    const [key, crt] = [join(data, 'server.key'), join(data, 'server.crt')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=db', '-keyout', key, '-out', crt],
      {
        stdio: 'ignore',
      },
    );
    execFileSync('chown', ['--reference', data, key, crt]);
    pg.sql(main, 'alter system set ssl = on');
    for (const lines of [`hostssl ${all} reject\nhost ${all} scram-sha-256`, `hostnossl ${all} scram-sha-256`]) {
      hba(lines);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { of, said } = await audit();
      assert.deepEqual([of('database-same'), of('database-health')], [[], []], said);
    }
    pg.sql(main, 'alter system set ssl = off');
    hba(`host ${all} scram-sha-256`);
  });
  it("with the nodes' own credential, read there by consent", async () => {
    pg.sql(main, `create role rspm login password '${PASSWORD}'`);
    await other(`s,rspm:x@,rspm:${PASSWORD}@,`, async () => {
      const { of, said } = await audit(undefined, true);
      assert.deepEqual([of('database-same'), of('database-health')], [[], []], said);
      assert.match(said, /a lock held through one node is refused/);
    }, [0, 1, 2]);
  });
  it('without forwarding by sshd it goes through bash on the node', async () => {
    const second = hosts.list[1]!;
    second.exec('echo "AllowTcpForwarding no" >>/etc/ssh/test_config');
    hosts.sshd(second, 'stop');
    hosts.sshd(second, 'start');
    const { of, said } = await audit();
    assert.deepEqual([of('database-same'), of('database-health')], [[], []], said);
  });
});
