/** Every way to a node, against OpenSSH's own server on this machine. */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { askerOf } from '../../src/gather/node/ask.js';
import { connect } from '../../src/gather/transports/connect.js';
import type { ConnectOptions, Shell } from '../../src/gather/transports/connection.js';
import { Unreachable } from '../../src/gather/transports/connection.js';
import type { Node, Connection as Way } from '../../src/model/inventory.js';
import { inTime } from '../support/machine.js';
import { freePort } from './addresses.js';
import { makeKey, publicKey, type Sshd, startSshd, whyNoSshd } from './sshd.js';

const skip = whyNoSshd() ?? false;

const options: ConnectOptions = {
  timeoutMs: 10_000,
  secret: (source) => ('file' in source ? readFileSync(source.file, 'utf8').trim() : (process.env[source.env] ?? '')),
};

function nodeAt(connection: Way, host = '127.0.0.1'): Node {
  return { name: 'n1', host, connection };
}

/** All of what a shell says, and how it ended. */
async function finish(
  shell: Shell,
  script: string,
): Promise<{ out: string; err: string; exit?: number; lost?: string }> {
  let [out, err] = ['', ''];
  shell.onStdout((chunk) => (out += chunk.toString()));
  shell.onStderr((chunk) => (err += chunk.toString()));
  shell.write(script);
  shell.end();
  return { ...(await shell.closed), out, err };
}

async function run(node: Node, script: string, more: Partial<ConnectOptions> = {}): ReturnType<typeof finish> {
  const connection = await connect(node, { ...options, ...more });
  try {
    return await finish(await connection.shell(), script);
  } finally {
    connection.close();
  }
}

/** The sentence with which a node is refused. */
async function whyNot(node: Node, more: Partial<ConnectOptions> = {}): Promise<string> {
  try {
    const connection = await connect(node, { ...options, ...more });
    connection.close();
  } catch (error) {
    assert.ok(error instanceof Unreachable, `${error}`);
    assert.doesNotMatch(error.message, /[\u0000-\u001f]/);
    return error.message;
  }
  assert.fail('it was reached');
}

const SCRIPT = 'echo out; echo err >&2; exit 7\n';
const RESULT = { out: 'out\n', err: 'err\n', exit: 7 };

/** Until a process's shell has said something. */
function firstLine(shell: Shell): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    shell.onStdout((chunk) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed process that nobody has waited for yet is dead for us.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 250 && !what(); i++) await sleep(20);
  assert.ok(what(), `${what}`);
}

function accepted(sshd: Sshd): number {
  return sshd.log().match(/Accepted publickey for/g)?.length ?? 0;
}

for (const type of ['local', 'command'] as const) {
  describe(type, () => {
    const node = nodeAt({ type, argv: ['/bin/sh', '-s'] });

    test('gives output, errors and exit code apart', async () => {
      assert.deepEqual(await run(node, SCRIPT), RESULT);
    });

    test('kill ends the whole process group, at once', async () => {
      const connection = await connect(node, options);
      const shell = await connection.shell();
      const line = firstLine(shell);
      shell.write('sleep 300 & echo $! ; sleep 300\n');
      const pid = Number(await line);
      assert.ok(isAlive(pid));
      shell.kill();
      shell.kill();
      assert.deepEqual(await shell.closed, { lost: 'ended by this program' });
      await until(() => !isAlive(pid));
      connection.close();
    });

    test('close ends every shell, and there are no more', async () => {
      const connection = await connect(node, options);
      const shells = [await connection.shell(), await connection.shell()];
      connection.close();
      for (const shell of shells) assert.match((await shell.closed).lost ?? '', /ended/);
      await assert.rejects(connection.shell(), Unreachable);
    });

    test('a shell that is killed is lost, not a result', async () => {
      assert.match((await run(node, 'kill -9 $$\n')).lost ?? '', /SIGKILL/);
    });
  });
}

describe('command', () => {
  test('a program that is not there is named', async () => {
    await assert.rejects(run(nodeAt({ type: 'command', argv: ['no-such-program', '-x'] }), ''), {
      name: 'Unreachable',
      message: /"no-such-program" was not found/,
    });
    await assert.rejects(run(nodeAt({ type: 'command' }), ''), { name: 'Unreachable', message: /argv/ });
  });

  // as kubectl and docker say it; they are not here
  for (const [what, script, says] of [
    ['hands on no input', 'exec sh -s </dev/null', /read nothing: .*kubectl exec and docker exec need -i/],
    [
      'finds no pod',
      `echo 'Error from server (NotFound): pods "wb-1" not found' >&2; exit 1`,
      /\(exit 1\): Error from server \(NotFound\): pods "wb-1" not found/,
    ],
    [
      'finds no shell in the container',
      `echo 'exec: "sh": executable file not found in $PATH' >&2; exit 126`,
      /\(exit 126\): exec: "sh": executable file not found/,
    ],
    [
      'needs a new password first',
      `echo 'Password change required but no TTY available.' >&2; exit 1`,
      /^Unreachable: the password of the account has expired: renew it.*chage -M -1 USER.*no TTY available/,
    ],
    [
      'makes one stream of answers and errors',
      'exec sh -s 2>&1',
      /^Unreachable: the node sends errors and answers as one/,
    ],
    ['is gone in between', 'head -n 3 >/dev/null; kill -9 $$', /no POSIX shell on the node/],
  ] as const)
    test(`a program that ${what}: said`, async () => {
      const connection = await connect(nodeAt({ type: 'command', argv: ['/bin/sh', '-c', script] }), {
        timeoutMs: 5000,
        secret: () => '',
      });
      const asker = askerOf(connection, { nonce: '00', root: '', sudo: 'no' });
      await assert.rejects(asker.ask({ a: { script: ':' } }, 5000), says);
      connection.close();
    });

  test('no shell of ours interprets the arguments', async () => {
    const argv = ['/bin/sh', '-c', 'printf %s "$1"', 'x', '$(id) * "'];
    assert.equal((await run(nodeAt({ type: 'command', argv }), '')).out, '$(id) * "');
  });
});

test('local hands on no secret of the environment', async () => {
  process.env.PREFLIGHT_TEST_SECRET = 'hunter2';
  const { out } = await run(nodeAt({ type: 'local' }), 'env\n');
  delete process.env.PREFLIGHT_TEST_SECRET;
  assert.doesNotMatch(out, /hunter2/);
});

for (const type of ['ssh', 'openssh'] as const) {
  describe(type, { skip, timeout: 60_000 }, () => {
    let sshd: Sshd;
    let base: Way;
    before(async () => {
      sshd = await startSshd();
      // No ssh_config of whoever runs the tests, and no agent.
      const configFile = join(sshd.dir, 'ssh_config');
      writeFileSync(configFile, 'IdentityAgent none\n');
      const { port, user, identity: identityFile, knownHosts } = sshd;
      base = { type, port, user, identityFile, knownHosts, configFile };
    });
    after(() => sshd?.stop());

    function file(name: string, text: string): string {
      const path = join(sshd.dir, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    }

    test('gives output, errors and exit code apart', async () => {
      assert.deepEqual(await run(nodeAt(base), SCRIPT), RESULT);
    });

    test('a shell with nothing to say, and one with a lot', async () => {
      assert.deepEqual(await run(nodeAt(base), ''), { out: '', err: '', exit: 0 });
      const { out, err, exit } = await run(nodeAt(base), 'head -c 5000000 /dev/zero; head -c 3000000 /dev/zero >&2\n');
      assert.deepEqual([out.length, err.length, exit], [5_000_000, 3_000_000, 0]);
    });

    test('two shells at once over one login', async () => {
      const logins = accepted(sshd);
      const connection = await connect(nodeAt(base), options);
      const [one, two] = [await connection.shell(), await connection.shell()];
      const results = await Promise.all([finish(one, 'sleep 0.2; echo 1\n'), finish(two, 'echo 2\n')]);
      assert.deepEqual(
        results.map(({ out }) => out),
        ['1\n', '2\n'],
      );
      connection.close();
      connection.close();
      assert.equal(accepted(sshd) - logins, 1);
    });

    test('a connection that dies makes its shell lost', async () => {
      const connection = await connect(nodeAt(base), options);
      const shell = await connection.shell();
      const line = firstLine(shell);
      // The shell's parent is the sshd of this connection; it is our own, and no other test uses it.
      shell.write('echo $PPID; sleep 5\n');
      process.kill(Number(await line), 'SIGKILL');
      const end = await shell.closed;
      assert.equal(end.exit, undefined);
      assert.match(end.lost ?? '', /connection .*was lost/);
      await assert.rejects(connection.shell(), { name: 'Unreachable' });
      connection.close();
    });

    test('kill ends what runs on the node', async () => {
      const connection = await connect(nodeAt(base), options);
      const shell = await connection.shell();
      const line = firstLine(shell);
      shell.write('echo $$; exec sleep 5\n');
      const pid = Number(await line);
      shell.kill();
      assert.equal((await shell.closed).exit, undefined);
      // sshd passes no signal on to root's sessions, and ssh has no way to send one.
      if (type === 'ssh' && process.getuid?.() !== 0) await until(() => !isAlive(pid));
      else process.kill(pid);
      connection.close();
    });

    test('an unknown host key is refused, and no key is offered', async () => {
      const before = sshd.log().length;
      const knownHosts = file('empty', '');
      const why = await whyNot(nodeAt({ ...base, knownHosts }));
      assert.match(why, /no .*host key is known for \[127\.0\.0\.1\]:\d+/);
      assert.match(why, /ssh-keyscan/);
      if (type === 'ssh') {
        assert.ok(why.includes(knownHosts), why);
        const print = execFileSync('ssh-keygen', ['-lf', `${sshd.hostKey}.pub`], { encoding: 'utf8' }).split(' ')[1]!;
        assert.ok(why.includes(print), why);
      }
      await sleep(200);
      assert.doesNotMatch(sshd.log().slice(before), /userauth|publickey|authenticating user|Accepted|Failed/);
    });

    test('a changed host key is refused by file and line, and no key is offered', async () => {
      const other = makeKey(join(sshd.dir, `other-${type}`));
      const name = `[127.0.0.1]:${sshd.port}`;
      const knownHosts = file('changed', `# comment\nwb9 ${publicKey(other)}\n${name} ${publicKey(other)}\n`);
      for (const hostKeyCheck of ['strict', 'accept-new'] as const) {
        const before = sshd.log().length;
        const why = await whyNot(nodeAt({ ...base, knownHosts, hostKeyCheck }));
        assert.match(why, /CHANGED/);
        assert.ok(why.includes(`${knownHosts}:3`), why);
        await sleep(200);
        assert.doesNotMatch(sshd.log().slice(before), /userauth|publickey|authenticating user|Accepted|Failed/);
      }
    });

    test('hashed known_hosts', async () => {
      const knownHosts = file('hashed', readFileSync(sshd.knownHosts, 'utf8'));
      execFileSync('ssh-keygen', ['-q', '-H', '-f', knownHosts], { stdio: 'ignore' });
      assert.match(readFileSync(knownHosts, 'utf8'), /^\|1\|/);
      assert.deepEqual(await run(nodeAt({ ...base, knownHosts }), SCRIPT), RESULT);
    });

    test('a revoked host key is refused', async () => {
      const text = readFileSync(sshd.knownHosts, 'utf8');
      const knownHosts = file('revoked', `${text}@revoked * ${publicKey(sshd.hostKey)}\n`);
      assert.match(await whyNot(nodeAt({ ...base, knownHosts, hostKeyCheck: 'accept-new' })), /revoked/i);
    });

    test('accept-new and off are noted, and write nothing', async () => {
      const knownHosts = file('none', '');
      for (const hostKeyCheck of ['accept-new', 'off'] as const) {
        const connection = await connect(nodeAt({ ...base, knownHosts, hostKeyCheck }), options);
        assert.equal(connection.notes.length, 1, connection.notes.join());
        assert.match(connection.notes[0]!, hostKeyCheck === 'off' ? /was not checked/ : /not known and was accepted/);
        connection.close();
      }
      assert.equal(readFileSync(knownHosts, 'utf8'), '');
      const known = await connect(nodeAt({ ...base, hostKeyCheck: 'accept-new' }), options);
      assert.deepEqual(known.notes, []);
      known.close();
    });

    test('a key that the node does not know', async () => {
      const identityFile = makeKey(join(sshd.dir, `stranger-${type}`));
      const why = await whyNot(nodeAt({ ...base, identityFile }));
      assert.match(
        why,
        type === 'ssh' ? /refused authentication: tried .*stranger-ssh; the server accepts publickey/ : /denied/,
      );
      // So that the tests above, which look for this in vain, look for the right thing.
      await until(() => /Failed publickey|authenticating user/.test(sshd.log()));
    });

    test('a port where nobody listens, and a name that is none', async () => {
      assert.match(await whyNot(nodeAt({ ...base, port: await freePort() })), /refused/);
      assert.match(
        await whyNot(nodeAt(base, 'no-such-host.invalid')),
        /not found in DNS|could not be looked up|resolve/,
      );
    });

    test('a server that says nothing, and one that is no SSH server', async () => {
      const sockets: Socket[] = [];
      const listen = (greeting?: string): Promise<Server> =>
        new Promise((resolve) => {
          const server = createServer((socket) => {
            sockets.push(socket.on('error', () => {}));
            if (greeting !== undefined) socket.end(greeting);
          }).listen(0, '127.0.0.1', () => resolve(server));
        });
      const portOf = (server: Server): number => (server.address() as { port: number }).port;
      const silent = await listen();
      const started = performance.now();
      const why = await whyNot(nodeAt({ ...base, port: portOf(silent) }), { timeoutMs: 600 });
      assert.ok(inTime(performance.now() - started, 2000));
      assert.match(why, type === 'ssh' ? /accepts connections but sends nothing within 600 ms/ : /did not reach/);
      const web = await listen('HTTP/1.1 400 \u001b[31mBad\u0007 Request\r\n\r\n');
      const said = await whyNot(nodeAt({ ...base, port: portOf(web) }));
      if (type === 'ssh') assert.match(said, /not an SSH server \(its first words are "HTTP\/1.1 400 Bad Request"/);
      for (const socket of sockets) socket.destroy();
      silent.close();
      web.close();
    });

    test('an abort ends the attempt', async () => {
      const abort = new AbortController();
      const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
      await sleep(20);
      const { port } = server.address() as { port: number };
      setTimeout(() => abort.abort(), 100);
      assert.equal(await whyNot(nodeAt({ ...base, port }), { signal: abort.signal }), 'interrupted');
      server.close();
    });

    test('a jump host, which is checked as well', async () => {
      const jump = await startSshd();
      try {
        writeFileSync(join(jump.dir, 'authorized_keys'), `${publicKey(sshd.identity)}\n`);
        const known = readFileSync(sshd.knownHosts, 'utf8');
        const knownHosts = file('both', known + readFileSync(jump.knownHosts, 'utf8'));
        const through = { ...base, knownHosts, jump: `${jump.user}@127.0.0.1:${jump.port}` };
        assert.deepEqual(await run(nodeAt(through), SCRIPT), RESULT);
        assert.equal(accepted(jump), 1);
        const configFile = file(
          'jump_config',
          `IdentityAgent none\nHost node\n HostName 127.0.0.1\n ProxyJump gate\nHost gate\n HostName 127.0.0.1\n Port ${jump.port}\n User ${jump.user}\n`,
        );
        const { jump: _, ...direct } = through;
        assert.deepEqual(await run(nodeAt({ ...direct, configFile }, 'node'), SCRIPT), RESULT);
        assert.equal(accepted(jump), 2);
        const why = await whyNot(nodeAt({ ...through, knownHosts: file('one', known), hostKeyCheck: 'accept-new' }));
        assert.match(why, new RegExp(`known for \\[127\\.0\\.0\\.1\\]:${jump.port}|closed`));
        assert.equal(accepted(jump), 2);
      } finally {
        await jump.stop();
      }
    });

    test('too many sessions', async () => {
      const narrow = await startSshd(['MaxSessions 1']);
      try {
        const { port, knownHosts, identity: identityFile } = narrow;
        const connection = await connect(nodeAt({ ...base, port, knownHosts, identityFile }), options);
        await connection.shell();
        await assert.rejects(connection.shell(), { name: 'Unreachable', message: /MaxSessions/ });
        connection.close();
      } finally {
        await narrow.stop();
      }
    });
  });
}

describe('ssh keys', { skip, timeout: 60_000 }, () => {
  let sshd: Sshd;
  let base: Way;
  let agent: ChildProcess;
  let agentSocket: string;
  before(async () => {
    sshd = await startSshd();
    agentSocket = join(sshd.dir, 'agent');
    agent = spawn('ssh-agent', ['-D', '-a', agentSocket], { stdio: 'ignore' });
    await until(() => existsSync(agentSocket));
    const configFile = join(sshd.dir, 'ssh_config');
    writeFileSync(configFile, `IdentityAgent ${agentSocket}\n`);
    base = { type: 'ssh', port: sshd.port, user: sshd.user, knownHosts: sshd.knownHosts, configFile };
  });
  after(async () => {
    agent?.kill();
    await sshd?.stop();
  });
  const add = (key: string): unknown =>
    execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: agentSocket }, stdio: 'ignore' });
  const authorize = (key: string): void =>
    writeFileSync(join(sshd.dir, 'authorized_keys'), `${publicKey(key)}\n`, { flag: 'a' });

  for (const type of ['ed25519', 'ecdsa', 'rsa']) {
    test(`an encrypted ${type} key with its passphrase from a file`, async () => {
      const identityFile = makeKey(join(sshd.dir, `enc-${type}`), type, 'correct horse');
      authorize(identityFile);
      const secret = join(sshd.dir, 'passphrase');
      writeFileSync(secret, 'correct horse\n');
      const node = nodeAt({ ...base, identityFile, passphrase: { file: secret } });
      assert.deepEqual(await run(node, SCRIPT), RESULT);
      assert.match(await whyNot(nodeAt({ ...base, identityFile })), /enc-\w+ is encrypted: give "passphrase/);
      writeFileSync(secret, 'wrong\n');
      const why = await whyNot(node);
      assert.match(why, /cannot be opened with the passphrase/);
      assert.doesNotMatch(why, /wrong/);
    });
  }

  test('an identity file that is not there', async () => {
    assert.match(
      await whyNot(nodeAt({ ...base, identityFile: '/no/such/key' })),
      /\/no\/such\/key cannot be read \(ENOENT\)/,
    );
  });

  test('the agent: chosen key first, however many it holds', async () => {
    for (let i = 0; i < 8; i++) add(makeKey(join(sshd.dir, `agent-${i}`)));
    const last = makeKey(join(sshd.dir, 'agent-last'), 'ed25519', '');
    authorize(last);
    add(last);
    rmSync(last);
    // Only the public half is on disk: the agent has the other.
    const { identityFile: _, ...keyless } = base;
    assert.deepEqual(await run(nodeAt({ ...base, identityFile: last }), SCRIPT), RESULT);
    assert.doesNotMatch(sshd.log(), /maximum authentication attempts|Too many authentication/);
    const why = await whyNot(nodeAt(keyless));
    assert.match(why, /tried agent key "test".*MaxAuthTries was reached, and \d+ of \d+ keys were not offered/);
  });

  test('an agent that is gone is a hint, not an error', async () => {
    const configFile = join(sshd.dir, 'gone');
    writeFileSync(configFile, 'IdentityAgent /no/such/socket\n');
    assert.deepEqual(await run(nodeAt({ ...base, configFile, identityFile: sshd.identity }), SCRIPT), RESULT);
  });

  test('a server with only algorithms that ssh2 lacks', async () => {
    const modern = await startSshd(['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
    try {
      const node = nodeAt({ ...base, port: modern.port, knownHosts: modern.knownHosts, identityFile: modern.identity });
      const why = await whyNot(node);
      assert.match(
        why,
        /no key exchange algorithm in common .*only sntrup761x25519-sha512@openssh.com; set "type: openssh"/,
      );
      assert.deepEqual(await run(nodeAt({ ...node.connection, type: 'openssh' }), SCRIPT), RESULT);
    } finally {
      await modern.stop();
    }
  });

  test('a host certificate is named as the business of type openssh', async () => {
    const ca = makeKey(join(sshd.dir, 'ca'));
    const knownHosts = join(sshd.dir, 'ca-only');
    writeFileSync(knownHosts, `@cert-authority * ${publicKey(ca)}\n`);
    const why = await whyNot(nodeAt({ ...base, knownHosts, identityFile: sshd.identity }));
    assert.match(why, /certificate authority .*ca-only:1.*"type: openssh"/);
  });

  test('a round trip over a shell is below 10 ms', async () => {
    const connection = await connect(nodeAt({ ...base, identityFile: sshd.identity }), options);
    const shell = await connection.shell();
    let answered = (): void => {};
    const ready = new Promise<void>((resolve) => {
      answered = resolve;
    });
    shell.onStdout(() => answered());
    const times: number[] = [];
    // dash reads ahead: a line sent together with the script would be taken for more of it.
    shell.write('echo ready; while read -r line; do echo "$line"; done\n');
    await ready;
    for (let i = 0; i < 50; i++) {
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
      });
      const start = performance.now();
      shell.write(`ping ${i}\n`);
      await answer;
      times.push(performance.now() - start);
    }
    connection.close();
    const median = times.sort((a, b) => a - b)[25]!;
    assert.ok(inTime(median, 10), `median ${median} ms`);
  });
});

test('openssh refuses a host that looks like an option', async () => {
  assert.match(await whyNot(nodeAt({ type: 'openssh' }, '-oProxyCommand=id')), /cannot be a host/);
});

test('openssh says why the way to the node failed', { skip }, async () => {
  const [sshd, jump] = [await startSshd(), await startSshd()];
  try {
    const { port, user, identity: identityFile, knownHosts } = sshd;
    const by = (command: string): Node => {
      const configFile = join(sshd.dir, 'way');
      writeFileSync(configFile, `IdentityAgent none\nHost 127.0.0.1\n ProxyCommand ${command}\n`);
      return nodeAt({ type: 'openssh', port, user, identityFile, knownHosts, configFile });
    };
    const missing = await whyNot(by('no-such-program %h %p'));
    assert.match(
      missing,
      /^the way to the node, by a ProxyCommand or a jump host, failed: .*no-such-program: not found$/,
    );
    // perhaps not the next time, so it is tried again, and the words are kept
    const refused = await whyNot(by('sh -c "echo TargetNotConnected: i-1 >&2; exit 254"'));
    assert.match(refused, /\(before it: TargetNotConnected: i-1\): look at MaxStartups/);
    writeFileSync(join(sshd.dir, 'both'), readFileSync(knownHosts, 'utf8') + readFileSync(jump.knownHosts, 'utf8'));
    // the jump host does not know the key, and is asked once
    const config = join(sshd.dir, 'jump');
    writeFileSync(config, 'IdentityAgent none\n');
    const through = nodeAt({
      ...{ type: 'openssh', port, user, identityFile, knownHosts: join(sshd.dir, 'both'), configFile: config },
      jump: `${jump.user}@127.0.0.1:${jump.port}`,
    });
    const started = performance.now();
    assert.match(await whyNot(through), /^the way to the node, .*Permission denied/);
    assert.ok(inTime(performance.now() - started, 1500), 'it was tried again');
    writeFileSync(join(jump.dir, 'authorized_keys'), `${publicKey(identityFile)}\n`);
    const nowhere = { ...through, connection: { ...through.connection, port: await freePort() } };
    assert.match(await whyNot(nowhere), /^the way to the node, .*open failed: connect failed: Connection refused/);
  } finally {
    for (const one of [sshd, jump]) await one.stop();
  }
});

test('openssh leaves no folder behind', { skip }, async () => {
  const sshd = await startSshd();
  const temporary = mkdtempSync(join(tmpdir(), 't-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  try {
    const { port, user, identity: identityFile, knownHosts } = sshd;
    const node = nodeAt({ type: 'openssh', port, user, identityFile, knownHosts });
    const connection = await connect(node, options);
    const count = (): number => execFileSync('ls', [temporary], { encoding: 'utf8' }).split('\n').length - 1;
    assert.equal(count(), 1);
    connection.close();
    await until(() => count() === 0);
    await whyNot(nodeAt({ ...node.connection, port: await freePort() }));
    await until(() => count() === 0);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(temporary, { recursive: true });
    await sshd.stop();
  }
});
