/**
 * `type: auto` beside the operator's own ssh: a table of ssh_config files, a real sshd, and what `ssh HOST` does with
 * each; where it gets in, so must we, as the same account, and by the way that the note names.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from '../../src/gather/transports/connect.js';
import type { Connection } from '../../src/model/inventory.js';
import { cost } from '../robust/rows.js';
import { faultOf, LOGINS } from './logins.js';
import { makeKey, publicKey, type Sshd, startSshd, whyNoSshd } from './sshd.js';

const skip = whyNoSshd() ?? false;
const SYSTEM = /reached by the ssh program of this machine: /;

describe('type: auto', { skip, timeout: 120_000, concurrency: false }, () => {
  let sshd: Sshd;
  let folder: string;
  const at = (name: string): string => join(folder, name);

  /** What everybody needs to get in; tests put their own lines before it, and the first value counts. */
  const login = ({ port, user, identity, knownHosts }: Sshd): string =>
    `Host wb1 wb2\n  HostName 127.0.0.1\n  Port ${port}\n  User ${user}\n  IdentityFile ${identity}\n  IdentityAgent none\n  UserKnownHostsFile ${knownHosts}\n`;
  const configured = (text: string): string => {
    writeFileSync(at('config'), text, { mode: 0o600 });
    return at('config');
  };
  const connected = (configFile: string, more: Partial<Connection> = {}) =>
    connect(
      { name: 'wb1', host: 'wb1', connection: { type: 'auto', configFile, ...more } },
      { timeoutMs: 20_000, secret: () => '' },
    );
  /** The account and the notes, or why not. */
  async function reached(configFile: string, more: Partial<Connection> = {}): Promise<string> {
    try {
      const connection = await connected(configFile, more);
      const shell = await connection.shell();
      let out = '';
      shell.onStdout((chunk) => (out += chunk));
      shell.write('id -un\n');
      shell.end();
      const { exit } = await shell.closed;
      connection.close();
      return [`${out.trim()} ${exit}`, ...connection.notes].join('\n');
    } catch (error) {
      return `unreached: ${(error as Error).message}`;
    }
  }
  const byHand = (configFile: string): string => {
    const ran = spawnSync(
      'ssh',
      ['-F', configFile, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', 'wb1', 'id -un'],
      {
        encoding: 'utf8',
      },
    );
    return ran.status === 0 ? ran.stdout.trim() : `refused: ${ran.stderr}`;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-auto-'));
    const ca = makeKey(at('ca'));
    writeFileSync(at('ca.line'), `${publicKey(ca)}\n`);
    sshd = await startSshd([`TrustedUserCAKeys ${at('ca.line')}`]);
  });
  after(async () => {
    await sshd?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, config, way } of LOGINS)
    it(`${name}: ${way === 'ssh2' ? 'built in' : 'by the ssh program'}`, async () => {
      const started = performance.now();
      process.env.HA_TEST_FOLDER = sshd.dir;
      const file = configured(config(login(sshd), { sshd, at }));
      // `HostKeyAlias there` needs its name in known_hosts; ssh says whether it is content
      if (name === 'Match exec') writeFileSync(sshd.knownHosts, `there ${publicKey(sshd.hostKey)}\n`, { flag: 'a' });
      assert.equal(byHand(file), sshd.user);
      const [account, ...notes] = (await reached(file)).split('\n');
      assert.equal(account, `${sshd.user} 0`);
      if (way === 'ssh2') assert.deepEqual(notes, []);
      else {
        assert.match(notes.join('\n'), SYSTEM);
        assert.match(notes.join('\n'), way);
      }
      cost(faultOf(name), (performance.now() - started) / 1000);
    });

  it('a server that only knows a key exchange ssh2 lacks', async () => {
    const modern = await startSshd(['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
    try {
      const said = await reached(configured(login(modern)));
      assert.match(said, new RegExp(`^${modern.user} 0\n.*${SYSTEM.source}no key exchange algorithm in common`));
    } finally {
      await modern.stop();
    }
  });

  it('a server that only says what would let the ssh program in', async () => {
    const banner = at('banner');
    writeFileSync(banner, 'authorised use only; no key exchange algorithm in common, "type: openssh"\n');
    const talkative = await startSshd([`Banner ${banner}`]);
    try {
      const said = await reached(configured(login(talkative).replace(/IdentityFile .*/, 'IdentityFile /none')));
      assert.match(said, /^unreached: .*refused authentication: .*the server says "authorised use only/);
    } finally {
      await talkative.stop();
    }
  });

  it('a connection that the operator has open is used, and stays open', async () => {
    const file = configured(`Host wb1\n  ControlPath ${at('%C')}\n${login(sshd)}`);
    execFileSync('ssh', ['-F', file, '-M', '-f', '-N', 'wb1'], { stdio: 'ignore' });
    const config = configured(
      `Host wb1\n  ControlPath ${at('%C')}\n${login(sshd).replace(/IdentityFile .*/, 'IdentityFile /none')}`,
    );
    try {
      assert.match(await reached(config), new RegExp(`^${sshd.user} 0\n.*through your own open connection`));
      assert.equal(spawnSync('ssh', ['-F', config, '-O', 'check', 'wb1']).status, 0);
    } finally {
      spawnSync('ssh', ['-F', config, '-O', 'exit', 'wb1'], { stdio: 'ignore' });
    }
    assert.match(await reached(config), /^unreached: .*refused authentication/);
  });

  it('a configuration that ssh refuses', async () => {
    const file = configured(`NoSuchKeyword yes\n${login(sshd)}`);
    assert.match(byHand(file), /refused/);
    assert.match(
      await reached(file),
      /^unreached: ssh refuses its configuration for wb1: .*line 1: Bad configuration option: nosuchkeyword/,
    );
  });

  it('a host key that is not known is never accepted by the other way', async () => {
    const file = configured(
      login(sshd).replace(/UserKnownHostsFile.*/, 'UserKnownHostsFile /none\n  StrictHostKeyChecking no'),
    );
    assert.match(await reached(file), /^unreached: .*host key/);
  });

  it('without an ssh program ssh_config is read here, and that is said', async () => {
    const file = configured(login(sshd));
    const { PATH } = process.env;
    process.env.PATH = at('empty');
    try {
      assert.match(await reached(file), new RegExp(`^${sshd.user} 0\n.*no ssh program here could be asked`));
      const connection = await connected(file);
      assert.match(connection.notes.join('\n'), /no ssh program here could be asked/);
      connection.close();
    } finally {
      process.env.PATH = PATH;
    }
    assert.ok(!existsSync(at('empty')));
  });
});
