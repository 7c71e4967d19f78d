/** Logins that real servers refuse, each with its reason and the way out. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect } from '../../src/gather/transports/connect.js';
import { Unreachable } from '../../src/gather/transports/connection.js';
import type { Connection, Node } from '../../src/model/inventory.js';
import { inTime } from '../support/machine.js';
import { says } from './refusedLogins.js';
import { makeKey, publicKey, type Sshd, startSshd, whyNoSshd } from './sshd.js';

const options = { timeoutMs: 15_000, secret: () => '' };

describe('a login that is refused', { skip: whyNoSshd() ?? false, concurrency: false }, () => {
  const servers: Sshd[] = [];
  const children: ChildProcess[] = [];
  const sockets: (Server | Socket)[] = [];
  after(async () => {
    for (const child of children) child.kill();
    for (const socket of sockets) 'destroy' in socket ? socket.destroy() : socket.close();
    for (const sshd of servers) await sshd.stop();
  });
  async function server(config: readonly string[] = []): Promise<Sshd> {
    const sshd = await startSshd(config);
    servers.push(sshd);
    return sshd;
  }
  function at(sshd: Sshd, more: Partial<Connection> = {}, agent = 'none'): Node {
    const configFile = join(sshd.dir, 'ssh_config');
    writeFileSync(configFile, `IdentityAgent ${agent}\n`);
    const { port, user, identity: identityFile, knownHosts } = sshd;
    return {
      name: 'x',
      host: '127.0.0.1',
      connection: { type: 'ssh', port, user, identityFile, knownHosts, configFile, ...more },
    };
  }
  async function whyNot(node: Node): Promise<string> {
    try {
      (await connect(node, options)).close();
    } catch (error) {
      assert.ok(error instanceof Unreachable, String(error));
      return error.message;
    }
    return 'it was reached';
  }
  async function agentWith(sshd: Sshd, keys: readonly string[]): Promise<string> {
    const socket = join(sshd.dir, `agent-${children.length}`);
    children.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
    for (let i = 0; i < 250 && !existsSync(socket); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const key of keys)
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    return socket;
  }

  it('a second factor: the key was accepted, and a person is needed', async () => {
    const sshd = await server(['AuthenticationMethods publickey,password', 'PasswordAuthentication yes']);
    const why = await whyNot(at(sshd));
    says(why, 'sshd asks for a second factor');
    assert.doesNotMatch(why, /authorized_keys/);
    says(await whyNot(at(sshd, { type: 'openssh' })), 'sshd asks for a second factor, by the system ssh');
  });

  it('what ssh_config asked for in vain is said with the failure', async () => {
    const sshd = await server();
    const node = at(sshd);
    writeFileSync(node.connection.configFile!, 'IdentityAgent none\nMatch localnetwork 10.0.0.0/8\n  Port 1\n');
    const stranger = makeKey(join(sshd.dir, 'stranger'));
    await assert.rejects(
      connect({ ...node, connection: { ...node.connection, identityFile: stranger } }, options),
      (error) => {
        assert.ok(error instanceof Unreachable);
        says(error.notes.join(), 'ssh_config has a Match that is not supported');
        says(error.message, 'sshd accepts no key');
        return true;
      },
    );
  });

  it("the server's own words", async () => {
    const banner = join('/tmp', `ha-preflight-banner-${process.pid}`);
    writeFileSync(banner, 'Your account has expired;\u001b[31m ask the help desk.\n');
    const sshd = await server([`Banner ${banner}`]);
    const stranger = makeKey(join(sshd.dir, 'stranger'));
    const why = await whyNot(at(sshd, { identityFile: stranger }));
    says(why, 'sshd accepts no key, and says why');
    assert.ok(!why.includes('\u001b'));
  });

  it('the sixth key of an agent gets in; after six refusals the rest is counted', async () => {
    const sshd = await server();
    const keys = Array.from({ length: 9 }, (_, i) => makeKey(join(sshd.dir, `k${i}`)));
    const agent = await agentWith(sshd, keys);
    const node = at(sshd, {}, agent);
    const { identityFile: _, ...keyless } = node.connection;
    const why = await whyNot({ ...node, connection: keyless });
    says(why, 'sshd refuses before it got the right key of an agent');
    assert.match(why, / [1-4] of 9 keys/);
    writeFileSync(join(sshd.dir, 'authorized_keys'), `${publicKey(keys[5]!)}\n`);
    assert.equal(await whyNot({ ...node, connection: keyless }), 'it was reached');
  });

  it('an agent that never answers costs five seconds, and is named where the login fails', async () => {
    const sshd = await server();
    const socket = join(sshd.dir, 'mute');
    const mute = createServer((client) => sockets.push(client)).listen(socket);
    sockets.push(mute);
    await new Promise((resolve) => mute.once('listening', resolve));
    const started = performance.now();
    assert.equal(await whyNot(at(sshd, {}, socket)), 'it was reached');
    assert.ok(inTime(performance.now() - started, 7000));
    const stranger = makeKey(join(sshd.dir, 'stranger'));
    says(await whyNot(at(sshd, { identityFile: stranger }, socket)), 'an agent that never answers');
  });

  it('an account that may not log in here says so in its own words', async () => {
    const sshd = await server();
    writeFileSync(
      join(sshd.dir, 'authorized_keys'),
      `command="echo 'Please login as the user ubuntu rather than the user root.'; exit 142" ${publicKey(sshd.identity)}\n`,
    );
    const { askerOf } = await import('../../src/gather/node/ask.js');
    const connection = await connect(at(sshd), options);
    const asker = askerOf(connection, { nonce: '00', root: '', sudo: 'no' });
    await assert.rejects(asker.ask({ a: { script: ':' } }, 5000), (error: Error) => {
      says(error.message, 'an account whose login only prints that it may not');
      return true;
    });
    connection.close();
  });
});
