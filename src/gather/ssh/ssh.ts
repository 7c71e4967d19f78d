/** SSH without the system's ssh: one TCP connection, one login and as many shells as wanted for each node. */

import type { Duplex } from 'node:stream';
import { inTime, openedThings } from '../lib/deadline.js';
import { oneLine } from '../lib/oneLine.js';
import { type Connect, type NodeConnection, Unreachable } from '../transports/connection.js';
import type { SshConfig } from './sshConfig.js';
import { address, dial } from './sshDial.js';
import { whyNoSession, whyNotForwarded, whyTimedOut } from './sshErrors.js';
import { sshFiles } from './sshFiles.js';
import { attemptAt, type Client, loadSsh2, login, prepare, type Run } from './sshLogin.js';
import { type Channel, shellOfChannel } from './sshShell.js';
import { jumpTarget, nodeTarget, type Target } from './sshTarget.js';
import { inTurn } from './turns.js';

const MOST_HOPS = 8;

/** A `Connect` with its own memory of ssh_config, known_hosts and opened keys: each is read once, not once a node. */
export function sshConnector(files = sshFiles(), configured?: SshConfig): Connect {
  return async (node, options) => {
    const config = configured ?? files.config(node.connection.configFile);
    const target = nodeTarget(node, config);
    const ssh2 = await loadSsh2();
    const opened = openedThings();
    const notes = new Set<string>();
    const run: Run = { ssh2, files, opened, notes, secret: options.secret, attempt: attemptAt(target) };
    const over = performance.now() + options.timeoutMs;
    const turns = { opened, leftMs: () => over - performance.now() };
    let hops = 0;
    const reach = async (to: Target, jumps: readonly string[]): Promise<Client> => {
      if (hops++ > MOST_HOPS) throw new Unreachable(`the jump hosts to ${target.label} form a circle`);
      for (const note of to.notes) notes.add(note);
      const prepared = await prepare(run, to);
      const last = jumps.at(-1);
      const server = `${jumps.join(' ')} ${address(to.host, to.port)}`;
      run.attempt = { ...attemptAt(to), stage: 'waiting' };
      if (last === undefined) return inTurn(server, turns, async () => login(run, to, prepared, await direct(run, to)));
      const jump = jumpTarget(last, node, config);
      // Before the last of several comes what is left of the list; before a single one, what its own entry says.
      const via = await reach(jump, jumps.length > 1 ? jumps.slice(0, -1) : jump.jumps);
      run.attempt = { ...attemptAt(to), stage: 'waiting' };
      return inTurn(server, turns, async () => login(run, to, prepared, await forwarded(run, to, via, jump)));
    };
    const reached = reach(target, target.jumps).catch((error: Error) => {
      throw error instanceof Unreachable ? error : new Unreachable(oneLine(error.message));
    });
    const late = (): string => whyTimedOut(run.attempt, options.timeoutMs);
    const client = await inTime(reached, options, opened, late).catch((error: unknown) => {
      if (error instanceof Unreachable) error.notes = [...notes];
      throw error;
    });
    return connectionOver(client, target, run, options.timeoutMs);
  };
}

/** The node by ssh2. Rejects with `Unreachable`; on any doubt about the host key before a credential is offered. */
const files = sshFiles();
export const connectSsh: Connect = sshConnector(files);

/** The same, with an ssh_config that somebody else has read. */
export const connectSshAs = (config: SshConfig): Connect => sshConnector(files, config);

function direct(run: Run, target: Target): Promise<Duplex> {
  run.attempt = attemptAt(target);
  return dial(target.host, target.port, run.opened);
}

function forwarded(run: Run, target: Target, via: Client, jump: Target): Promise<Duplex> {
  run.attempt = attemptAt(target);
  return new Promise((resolve, reject) => {
    via.forwardOut('127.0.0.1', 0, target.host, target.port, (error, channel) => {
      if (!error) resolve(channel);
      else reject(new Unreachable(whyNotForwarded(jump.label, address(target.host, target.port), error)));
    });
  });
}

function connectionOver(client: Client, target: Target, run: Run, timeoutMs: number): NodeConnection {
  let reason = 'the node closed it';
  client.on('error', (error) => {
    reason = /keepalive/i.test(error.message) ? 'the node stopped answering' : oneLine(error.message);
  });
  const lost = (): string => `the connection to ${target.label} was lost (${reason})`;
  const { opened } = run;
  return {
    notes: [...run.notes],
    close: () => opened.close(),
    forward: (host, port) =>
      new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
          if (!error) resolve(channel);
          // 1: the server's configuration forbids it
          else if ((error as { reason?: unknown }).reason === 1) reject(new Unreachable('forwarding is prohibited'));
          else reject(new Unreachable(`${host}:${port} cannot be reached from the node: ${oneLine(error.message)}`));
        });
      }),
    async shell(within = timeoutMs) {
      const opening = new Promise<Channel>((resolve, reject) => {
        // No terminal is asked for: it would echo, and merge the two streams. Nothing but two plain words: a restricted
        // shell knows neither exec nor a list of commands.
        client.exec('sh -s', (error, channel) => {
          if (error) reject(new Unreachable(whyNoSession(target.label, error)));
          else resolve(channel);
        });
      });
      // ssh2 throws, rather than calling back, when the connection is gone already.
      const answered = opening.catch((error: Error) => {
        throw error instanceof Unreachable ? error : new Unreachable(lost());
      });
      const late = (): string => `${target.label} did not start a shell in time`;
      const channel = await inTime(answered, { timeoutMs: within }, openedThings(), late);
      const shell = shellOfChannel(channel, lost);
      opened.add(shell.kill);
      return shell;
    },
  };
}
