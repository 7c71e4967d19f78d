/** Many logins at once to sshd with its default MaxStartups, directly and behind one jump host: all of them get in. */

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openedThings } from '../../src/gather/lib/deadline.js';
import { Busy, inTurn } from '../../src/gather/ssh/turns.js';
import { connect } from '../../src/gather/transports/connect.js';
import { Unreachable } from '../../src/gather/transports/connection.js';
import type { Connection, Node } from '../../src/model/inventory.js';
import { inTime } from '../support/machine.js';
import { publicKey, type Sshd, startSshd, whyNoSshd } from './sshd.js';

const options = { timeoutMs: 40_000, secret: () => '' };

describe('logins in turn', { skip: whyNoSshd() ?? false, concurrency: false }, () => {
  let node: Sshd;
  let tight: Sshd;
  let jump: Sshd;
  before(async () => {
    node = await startSshd(['MaxStartups 10:30:100']);
    jump = await startSshd(['MaxStartups 10:30:100']);
    tight = await startSshd(['MaxStartups 2:100:2']);
    writeFileSync(join(jump.dir, 'authorized_keys'), `${publicKey(node.identity)}\n`);
    appendFileSync(node.knownHosts, readFileSync(jump.knownHosts, 'utf8'));
  });
  after(async () => {
    for (const sshd of [node, jump, tight]) await sshd?.stop();
  });
  const at = (sshd: Sshd, i: number, more: Partial<Connection>): Node => ({
    name: `n${i}`,
    host: '127.0.0.1',
    connection: {
      type: 'ssh',
      user: sshd.user,
      port: sshd.port,
      identityFile: sshd.identity,
      knownHosts: sshd.knownHosts,
      configFile: join(sshd.dir, 'no_config'),
      ...more,
    },
  });
  /** Names of nodes that were not reached, with the reason. */
  async function lost(sshd: Sshd, count: number, more: Partial<Connection> = {}): Promise<string[]> {
    writeFileSync(join(sshd.dir, 'no_config'), 'IdentityAgent none\n');
    const results = await Promise.allSettled(
      Array.from({ length: count }, async (_, i) => {
        const connection = await connect(at(sshd, i, more), options);
        connection.close();
      }),
    );
    return results.flatMap((r) => (r.status === 'rejected' ? [String(r.reason)] : []));
  }

  for (const type of ['ssh', 'openssh'] as const) {
    it(`${type}: 32 at once behind one jump host`, async () => {
      assert.deepEqual(await lost(node, 32, { type, jump: `${jump.user}@127.0.0.1:${jump.port}` }), []);
    });
    it(`${type}: 8 at once where only two may`, async () => {
      assert.deepEqual(await lost(tight, 8, { type }), []);
    });
  }
});

describe('a server that takes no login', () => {
  for (const words of ['Exceeded MaxStartups', 'Not allowed at this time'])
    it(`"${words}" is said, with what to look at, within the time of the node`, async () => {
      let asked = 0;
      const server = createServer((socket) => {
        asked++;
        socket.on('error', () => {});
        socket.end(`${words}\r\n`);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      const started = performance.now();
      const target: Node = { name: 'x', host: '127.0.0.1', connection: { type: 'ssh', port, user: 'a' } };
      await assert.rejects(connect(target, { ...options, timeoutMs: 4000 }), (error) => {
        assert.ok(error instanceof Unreachable);
        assert.match(
          error.message,
          new RegExp(`takes no more logins now \\(its words are "${words}"\\): look at MaxStartups`),
        );
        return true;
      });
      server.close();
      assert.ok(asked >= 2 && asked <= 4, `${asked} attempts`);
      assert.ok(inTime(performance.now() - started, 4500));
    });
});

describe('turns', () => {
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  it('nine at once of one server; another server does not wait', async () => {
    let now = 0;
    let most = 0;
    const attempt = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await later(20);
      now--;
    };
    const turn = { opened: openedThings(), leftMs: () => 1000 };
    await Promise.all(Array.from({ length: 30 }, () => inTurn('a', turn, attempt)));
    assert.equal(most, 9);
  });
  it('what is given up hands its turn on', async () => {
    const hanging = Array.from({ length: 9 }, () => openedThings());
    const hung = hanging.map((opened) => inTurn('b', { opened, leftMs: () => 1000 }, () => new Promise(() => {})));
    const next = inTurn('b', { opened: openedThings(), leftMs: () => 1000 }, async () => 'in');
    await later(10);
    for (const opened of hanging) opened.close();
    for (const one of hung) await assert.rejects(one, Unreachable);
    assert.equal(await next, 'in');
  });
  it('a server that only closes is tried three times, any other failure once', async () => {
    let tries = 0;
    const turn = { opened: openedThings(), leftMs: () => 60_000 };
    await assert.rejects(
      inTurn('c', turn, async () => {
        tries++;
        throw new Busy('closed', true);
      }),
    );
    assert.equal(tries, 3);
    await assert.rejects(
      inTurn('c', turn, async () => {
        tries++;
        throw new Unreachable('refused');
      }),
    );
    assert.equal(tries, 4);
  });
});
