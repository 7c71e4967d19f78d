/** Who is at the other end, and what it gets of us: host keys, agents, algorithms, with a real sshd and both ways to reach it. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { makeKey, publicKey, type Sshd, startSshd, whyNoSshd } from '../real/sshd.js';
import { run } from '../support/run.js';
import { cost } from './rows.js';

const skip = whyNoSshd() ?? false;

/** What a server offers when it offers only this. */
const WEAK: readonly (readonly [what: string, config: string])[] = [
  ['a key exchange with SHA-1', 'KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1'],
  ['a cipher in CBC mode', 'Ciphers aes128-cbc,3des-cbc'],
  ['a MAC with MD5', 'MACs hmac-md5\nCiphers aes128-ctr'],
  ['host keys signed with SHA-1', 'HostKeyAlgorithms ssh-rsa'],
];

describe('identity', { skip, concurrency: false }, () => {
  let sshd: Sshd;
  let agent: { socket: string; pid: number };
  before(async () => {
    sshd = await startSshd(['LogLevel DEBUG1', 'AllowAgentForwarding yes']);
    const words = execFileSync('ssh-agent', ['-a', join(sshd.dir, 'agent')], { encoding: 'utf8' });
    agent = { socket: join(sshd.dir, 'agent'), pid: Number(/SSH_AGENT_PID=(\d+)/.exec(words)![1]) };
    execFileSync('ssh-add', ['-q', sshd.identity], {
      env: { ...process.env, SSH_AUTH_SOCK: agent.socket },
      stdio: 'ignore',
    });
  });
  after(async () => {
    if (agent) process.kill(agent.pid);
    await sshd?.stop();
  });

  async function check(at: Sshd, type: string, more: Record<string, string>, env: Record<string, string> = {}) {
    const file = join(sshd.dir, 'i.yml');
    const all = {
      user: at.user,
      port: String(at.port),
      identityFile: at.identity,
      knownHosts: at.knownHosts,
      type,
      ...more,
    };
    const connection = Object.entries(all)
      .map(([k, v]) => `${k}: ${v}`)
      .join(', ');
    writeFileSync(
      file,
      `version: 1\ncluster: i\nnodes: [{ name: a, host: 127.0.0.1, connection: { ${connection} } }]\n`,
    );
    const started = performance.now();
    const ran = await run(
      ['check', file, '--format', 'json', '--timeout', '10', '--save-evidence', join(sshd.dir, 'e.json')],
      env,
    );
    assert.ok(ran.out !== '', ran.err);
    const node = (JSON.parse(ran.out) as Report).cluster.nodes[0]!;
    return { ...node, reason: node.reason ?? '', seconds: (performance.now() - started) / 1000 };
  }

  for (const type of ['ssh', 'openssh'] as const) {
    it(`${type}: the agent is used, and never forwarded, whatever ssh_config says`, async () => {
      const configFile = join(sshd.dir, 'config_agent');
      writeFileSync(configFile, 'Host *\n ForwardAgent yes\n AddKeysToAgent yes\n');
      const asked = /auth-agent-req/;
      const args = [
        '-A',
        '-F',
        'none',
        '-p',
        String(sshd.port),
        '-o',
        `UserKnownHostsFile=${sshd.knownHosts}`,
        '127.0.0.1',
        'true',
      ];
      execFileSync('ssh', args, { env: { ...process.env, SSH_AUTH_SOCK: agent.socket }, stdio: 'ignore' });
      assert.match(sshd.log(), asked, 'what the log says of a forwarded agent is not known');
      const before = sshd.log().length;
      const { reached, seconds } = await check(
        sshd,
        type,
        { configFile, identityFile: join(sshd.dir, 'id.pub') },
        { SSH_AUTH_SOCK: agent.socket },
      );
      assert.ok(reached);
      assert.match(sshd.log().slice(before), /Accepted publickey/);
      assert.doesNotMatch(sshd.log().slice(before), asked);
      cost(`${type}: ForwardAgent yes in ssh_config`, seconds);
    });

    it(`${type}: a jump host whose key has changed gets no credential`, async () => {
      const jump = await startSshd();
      try {
        writeFileSync(join(jump.dir, 'authorized_keys'), `${publicKey(sshd.identity)}\n`);
        const other = makeKey(join(jump.dir, `other-${type}`));
        const knownHosts = join(jump.dir, 'changed');
        writeFileSync(
          knownHosts,
          `${readFileSync(sshd.knownHosts, 'utf8')}[127.0.0.1]:${jump.port} ${publicKey(other)}\n`,
        );
        const { reached, reason, seconds } = await check(sshd, type, {
          knownHosts,
          jump: `${jump.user}@127.0.0.1:${jump.port}`,
        });
        assert.ok(!reached);
        if (type === 'ssh') assert.ok(reason.includes(`${knownHosts}:2`) && reason.includes('CHANGED'), reason);
        assert.doesNotMatch(jump.log(), /userauth|publickey|authenticating user|Accepted|Failed/);
        cost(`${type}: a jump host whose key has changed`, seconds);
      } finally {
        await jump.stop();
      }
    });

    for (const [what, config] of WEAK)
      it(`${type}: a server that only knows ${what} is refused`, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-rsa-'));
        const key = makeKey(join(folder, 'rsa'), 'rsa');
        const weak = await startSshd([...config.split('\n'), `HostKey ${key}`]);
        try {
          const { reached, reason, seconds } = await check(weak, type, { hostKeyCheck: 'accept-new' });
          assert.ok(!reached, reason);
          assert.doesNotMatch(weak.log(), /Accepted publickey/);
          assert.match(reason, /algorithm|cipher|MAC|mac|key exchange|kex|host key|no matching|signature/i);
          cost(`${type}: a server that only knows ${what}`, seconds);
        } finally {
          await weak.stop();
          rmSync(folder, { recursive: true, force: true });
        }
      });
  }
});
