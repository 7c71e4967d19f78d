/** A real OpenSSH server on 127.0.0.1 for one test: own keys, own port, own folder, gone when stopped. */

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './addresses.js';

export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** Its folder, for whatever else a test needs; removed by `stop`. */
  readonly dir: string;
  readonly hostKey: string;
  /** Knows exactly this server's key, as `[127.0.0.1]:port`. */
  readonly knownHosts: string;
  /** A private key that may log in. */
  readonly identity: string;
  /** Its log so far, at LogLevel VERBOSE. */
  log(): string;
  /** Ends the server, and every connection when `connections` is set. */
  stop(): Promise<void>;
}

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));

/** Why there can be no sshd here, for `skip`; undefined when there can. In CI a missing sshd is a failure. */
export function whyNoSshd(): string | undefined {
  const missing = SSHD === undefined ? 'sshd' : onPath('ssh-keygen') && onPath('ssh') ? undefined : 'ssh, ssh-keygen';
  if (missing === undefined) return undefined;
  if (process.env.CI === 'true') throw new Error(`${missing} must be installed in CI`);
  return `${missing} is not installed`;
}

/** Makes a key pair at `path`. */
export function makeKey(path: string, type = 'ed25519', passphrase = ''): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path]);
  return path;
}

/** The public half of a key as it stands in known_hosts and authorized_keys. */
export function publicKey(path: string): string {
  return readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

/** Starts sshd. `config` is put before the harness's own lines, and so wins. */
export async function startSshd(config: readonly string[] = []): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'sshd-'));
  chmodSync(dir, 0o755);
  // As root sshd insists on its privilege separation folder.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const hostKey = makeKey(join(dir, 'host'));
  const identity = makeKey(join(dir, 'id'));
  const port = await freePort();
  const knownHosts = join(dir, 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${publicKey(hostKey)}\n`);
  writeFileSync(join(dir, 'authorized_keys'), `${publicKey(identity)}\n`, { mode: 0o600 });
  const log = join(dir, 'log');
  writeFileSync(log, '');
  const lines = [
    ...config,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    `PidFile ${join(dir, 'pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'LogLevel VERBOSE',
  ];
  writeFileSync(join(dir, 'config'), `${lines.join('\n')}\n`);
  const child = spawn(SSHD!, ['-D', '-f', join(dir, 'config'), '-E', log], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const read = (): string => readFileSync(log, 'utf8');
  for (let waited = 0; !read().includes('Server listening'); waited += 20) {
    if (waited > 10_000 || child.exitCode !== null) throw new Error(`sshd did not start:\n${read()}`);
    await sleep(20);
  }
  return {
    port,
    user: userInfo().username,
    dir,
    hostKey,
    knownHosts,
    identity,
    log: read,
    async stop() {
      child.kill();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}
