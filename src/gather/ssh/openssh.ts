/**
 * SSH by the system's `ssh`: for what ssh2 cannot do (certificates, FIDO keys, Kerberos, ProxyCommand, post-quantum key
 * exchange). One master connection a node, opened first; every shell is a session of it.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '../../model/inventory.js';
import { inTime, openedThings } from '../lib/deadline.js';
import { oneLine } from '../lib/oneLine.js';
import { connectionOf, killGroup, spawnShell } from '../transports/child.js';
import {
  type Connect,
  type ConnectOptions,
  type NodeConnection,
  type Shell,
  Unreachable,
} from '../transports/connection.js';
import { controlFolder, targetArguments } from './opensshConfig.js';
import { Busy, inTurn } from './turns.js';

/** Milliseconds for an open connection to give a shell. */
const OPEN_MS = 5000;
/** Seconds an unused master stays: only if this program was killed and could not end it. */
const ORPHAN_LIFE = 60;

/** No window of a desktop's askpass; nobody is there to answer. */
const ENV = { ...process.env, SSH_ASKPASS_REQUIRE: 'never' };

/** The node by the system's ssh, never asking anything. Rejects with `Unreachable`, in ssh's own words. */
export const connectOpenssh: Connect = async (node, options) => {
  const target = targetArguments(node, options.timeoutMs);
  const folder = controlFolder(node);
  const socket = ['-S', join(folder, 'c')];
  const opened = openedThings();
  opened.add(() => endMaster(folder, [...socket, ...target.slice(-2)]));
  const config = ['-F', join(folder, 'config'), '-o', 'ControlMaster=yes', '-o', `ControlPersist=${ORPHAN_LIFE}`];
  // With -f ssh goes to the background after the login, so its end shows that the master is up. Without -v it throws away
  // what a ProxyCommand and the ssh of a jump host say, where the connection may persist.
  const over = performance.now() + options.timeoutMs;
  const turns = { opened, leftMs: () => over - performance.now() };
  const master = inTurn(node.connection.jump ?? `${node.host}:${node.connection.port ?? ''}`, turns, () =>
    openMaster(['-f', '-N', '-T', '-v', ...config, ...socket, ...target], join(folder, 'log'), opened.add),
  );
  const late = (): string => `ssh did not reach ${node.host} within ${Math.round(options.timeoutMs / 1000)} s`;
  const said = await inTime(master, options, opened, late);
  const accepted = /^Warning: Permanently added .*$/m.exec(said)?.[0];
  const unchecked = node.connection.hostKeyCheck === 'off';
  const notes = [
    ...(unchecked ? [`the host key of ${node.host} was not checked`] : []),
    ...(accepted && !unchecked ? [`the host key of ${node.host} was not known and was accepted`] : []),
  ];
  return { ...sessions(node, socket[1]!, options, opened.close), notes };
};

/** Shells of a master connection. */
function sessions(node: Node, socket: string, { timeoutMs }: ConnectOptions, close: () => void): NodeConnection {
  // No ProxyCommand that works: should the master be gone, ssh must fail, and not quietly connect anew.
  const session = ['-F', '/dev/null', '-T', '-o', 'ControlMaster=no', '-o', 'ProxyCommand=exit 1', '-S', socket];
  const start = (within = timeoutMs): Promise<Shell> => openShell([...session, '--', node.host], node.host, within);
  return connectionOf(start, close);
}

/** The node through a connection that the operator has open at this control socket, which stays open. Rejects where it is dead. */
export async function connectOpen(node: Node, socket: string, options: ConnectOptions): Promise<NodeConnection> {
  const connection = sessions(node, socket, options, () => {});
  const shell = await connection.shell(Math.min(options.timeoutMs, OPEN_MS));
  shell.kill();
  return connection;
}

/** The connection was closed before the server said which version it is: ssh shows none of its words. */
const CLOSED =
  /^(?:kex_exchange_identification: (?:read: )?Connection (?:closed|reset)|banner exchange: .*: Broken pipe)/m;
const VERBOSE = /^(?:debug\d: |OpenSSH_).*\n?/gm;
/** What ssh writes of that, and of keys it accepts. */
const OF_SSH = /^(?:kex_exchange_identification: |banner exchange: |(?:Connection (?:closed|reset) by|Warning:) )/;
/** A way that is not there in a moment either: a program that is missing, a jump host that refuses or cannot connect on. */
const NO_WAY =
  /Permission denied|not found|No such file|open failed|Could not resolve|Connection (?:refused|timed out)|No route to host|Host key verification failed/;

/** What a ProxyCommand, or the ssh of a jump host, had to say. */
const ofWay = (said: string): string =>
  lastWords(
    said
      .split('\n')
      .filter((line) => !OF_SSH.test(line))
      .join('\n'),
    '',
  );

/** Closed, and perhaps not the next time. */
const isBusy = (said: string): boolean => CLOSED.test(said) && !NO_WAY.test(ofWay(said));

/** Runs `ssh` into its background; resolves with what it had to say. Its log is a file: a pipe would stay open. */
function openMaster(args: readonly string[], log: string, onClose: (close: () => void) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const stderr = openSync(log, 'w', 0o600);
    const child = spawn('ssh', args, { detached: true, env: ENV, stdio: ['ignore', 'ignore', stderr] });
    closeSync(stderr);
    let foreground = true;
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      const why = missing ? 'install the OpenSSH client, or set "type: ssh"' : (error.code ?? error.message);
      reject(new Unreachable(`the program "ssh" could not be started: ${why}`));
    });
    child.once('exit', (code) => {
      foreground = false;
      const said = readLog(log);
      if (code === 0) resolve(said);
      else reject(isBusy(said) ? new Busy(whyNotOpened(said), true) : new Unreachable(whyNotOpened(said)));
    });
    onClose(() => {
      if (foreground) killGroup(child.pid);
    });
  });
}

/** Without what -v adds. Empty when the attempt has been given up, and the folder is gone. */
function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(VERBOSE, '');
  } catch {
    return '';
  }
}

/** A session of the master. The mark separates the first byte of our shell from the words of ssh and of the login shell. */
async function openShell(args: readonly string[], host: string, timeoutMs: number): Promise<Shell> {
  const mark = randomBytes(16).toString('hex');
  const { child, shell } = await spawnShell(['ssh', ...args, 'sh -s'], ENV);
  shell.write(`echo ${mark}\n`);
  const opened = openedThings();
  opened.add(shell.kill);
  await inTime(started(child, mark), { timeoutMs }, opened, () => `${host} did not start a shell in time`);
  const closed = shell.closed.then((end) =>
    // ssh's own failure and a remote `exit 255` look the same, so neither is a result.
    end.exit === 255 ? { lost: `the connection to ${host} was lost` } : end,
  );
  return { ...shell, closed };
}

function started(child: ChildProcessWithoutNullStreams, mark: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    let said = '';
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4096);
    };
    const read = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(`${mark}\n`);
      if (at < 0) {
        // a login shell may not end to talk
        seen = seen.subarray(-mark.length);
        return;
      }
      child.stdout.removeListener('data', read);
      child.stderr.removeListener('data', hear);
      // Whoever listens next gets the rest, and all that comes in the meantime.
      child.stdout.pause();
      child.stderr.pause();
      const rest = seen.subarray(at + mark.length + 1);
      if (rest.length > 0) child.stdout.unshift(rest);
      resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', hear);
    child.once('close', () => reject(new Unreachable(whyNoShell(said))));
  });
}

function whyNoShell(said: string): string {
  if (/session request failed|open failed/i.test(said))
    return 'the node allows no more sessions: raise MaxSessions in its sshd_config';
  return `ssh got no shell on the node: ${lastWords(said)}`;
}

function whyNotOpened(said: string): string {
  const offending = /Offending .*?key in (\S+:\d+)/.exec(said)?.[1];
  if (/IDENTIFICATION HAS CHANGED/.test(said)) {
    return `the host key has CHANGED: it differs from ${oneLine(offending ?? 'known_hosts')}; if the node was reinstalled, compare the fingerprint on its console and replace that line`;
  }
  const unknown = /No (\S+) host key is known for (\S+)/.exec(said);
  if (unknown) {
    return `no ${oneLine(unknown[1]!)} host key is known for ${oneLine(unknown[2]!)}: get it with ssh-keyscan, compare its fingerprint on the node's console, and add it to known_hosts`;
  }
  const way = CLOSED.test(said) ? ofWay(said) : '';
  if (NO_WAY.test(way)) return `the way to the node, by a ProxyCommand or a jump host, failed: ${way}`;
  if (CLOSED.test(said))
    return `${lastWords(said)}${way === '' ? '' : ` (before it: ${way})`}: look at MaxStartups and PerSourcePenalties in the sshd_config of the node and of its jump host, tcp wrappers and fail2ban`;
  const [, methods] = /Permission denied \(([^)\n]*)\)/.exec(said) ?? [];
  if (methods !== undefined && !methods.includes('publickey'))
    return `ssh was refused: ${lastWords(said)}; a key is not asked for any more, so it was accepted and a second factor needs a person, or keys are not allowed: log in once with ssh -M -S SOCKET, and use "type: command" with argv: [ssh, -S, SOCKET, HOST, sh, -s]; or exempt the audit account`;
  if (/Permission denied/.test(said)) {
    return `ssh was refused: ${lastWords(said)}; a key with a passphrase must be in the agent (ssh-add), "passphrase" is for "type: ssh" only`;
  }
  return `ssh failed: ${lastWords(said)}`;
}

function lastWords(said: string, none = 'no message'): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('@@@'));
  return oneLine(lines.slice(-2).join(' ') || none);
}

/** A process of its own, which outlives this program if need be: `ssh -O exit` takes as long as the node does. */
function endMaster(folder: string, args: readonly string[]): void {
  const script = 'ssh -F /dev/null -O exit "$@"; rm -rf -- "$0"';
  const child = spawn('sh', ['-c', script, folder, ...args], { detached: true, stdio: 'ignore', env: ENV });
  child.on('error', () => {});
  child.unref();
}
