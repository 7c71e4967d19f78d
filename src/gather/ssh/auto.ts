/**
 * `type: auto`: ssh2 where it can do what the operator's own `ssh HOST` would, and that program where it must. Which, and
 * why, is a note of the report.
 */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../model/inventory.js';
import { type Connect, type ConnectOptions, type NodeConnection, Unreachable } from '../transports/connection.js';
import { askSsh, type SshAnswer } from './askSsh.js';
import { connectOpen, connectOpenssh } from './openssh.js';
import { connectSsh, connectSshAs } from './ssh.js';
import { type AskedHost, accountHome, type SshConfig } from './sshConfig.js';
import { loadSsh2 } from './sshLogin.js';
import { parseJump } from './sshTarget.js';

const MOST_HOPS = 8;

/** Everything that is asked about one node: it and the jump hosts on the way, as they become known. */
interface Route {
  readonly config: SshConfig;
  readonly node: SshAnswer;
  /** What only the ssh program can do, for any of the hosts. */
  readonly reasons: readonly string[];
}

const keyOf = ({ host, user, port }: AskedHost): string => `${user ?? ''}@${host}:${port ?? ''}`;

/** Undefined where no ssh program can be asked. Rejects with `Unreachable`. */
async function routeTo({ host, connection }: Node, timeoutMs: number): Promise<Route | undefined> {
  const { configFile, user, port, jump } = connection;
  const answers = new Map<string, SshAnswer>();
  const ask = async (asked: AskedHost, hops: number): Promise<SshAnswer | undefined> => {
    const known = answers.get(keyOf(asked));
    if (known || hops > MOST_HOPS) return known;
    const answer = await askSsh({ ...asked, configFile }, timeoutMs);
    if (!answer) return undefined;
    answers.set(keyOf(asked), answer);
    const route = (hops === 0 ? jump : undefined) ?? answer.config.proxyJump ?? '';
    for (const spec of route.split(',').filter((s) => s !== '')) await ask(parseJump(spec), hops + 1);
    return answer;
  };
  const node = await ask({ host, user, port }, 0);
  if (!node) return undefined;
  return {
    node,
    config: (name, given = {}) =>
      (answers.get(keyOf({ host: name, ...given })) ?? answers.get(keyOf({ host: name })) ?? node).config,
    reasons: [...answers].flatMap(([key, { reasons, keys }]) =>
      // a jump of the inventory takes the place of what ssh_config says of the way
      [
        ...reasons.filter(
          (reason) => !(key === keyOf({ host, user, port }) && jump !== undefined && reason === 'a ProxyCommand'),
        ),
        ...(connection.identityFile === undefined || connection.passphrase === undefined ? keys : []),
      ],
    ),
  };
}

/**
 * In a container of a CI service HOME is often another folder than that of the account: ssh reads the account's, and
 * whoever put a configuration and keys into HOME means these.
 */
function foreignHome({ connection }: Node): string | undefined {
  const [home, own] = [homedir(), accountHome()];
  return home !== own && connection.configFile === undefined && existsSync(join(home, '.ssh'))
    ? `HOME is ${home}, and ssh would read ${own}/.ssh`
    : undefined;
}

/** Why the ssh program may get in where ssh2 was refused; undefined: it would be refused as well. */
function secondWay(error: unknown, { node }: Route): string | undefined {
  const way = error instanceof Unreachable ? error.otherWay : undefined;
  return way === undefined || (way.kerberos && !node.gssapi) ? undefined : way.because;
}

const withNote = (connection: NodeConnection, note: string): NodeConnection => ({
  ...connection,
  notes: [...connection.notes, note],
});

/** The node as `ssh HOST` would reach it. Rejects with `Unreachable`. */
export const connectAuto: Connect = async (node, options) => {
  const over = performance.now() + options.timeoutMs;
  const left = (): ConnectOptions => ({ ...options, timeoutMs: Math.max(1, over - performance.now()) });
  const foreign = foreignHome(node);
  const asked = foreign === undefined ? routeTo(node, options.timeoutMs) : undefined;
  // mostly needed next, and there by the time that the ssh program answers; who waits for it hears of an error
  loadSsh2().catch(() => undefined);
  const route = await asked;
  if (!route)
    return withNote(
      await connectSsh(node, left()),
      `${foreign ?? 'no ssh program here could be asked'}: ha-preflight read ssh_config itself, without Match exec and CanonicalizeHostname`,
    );
  const { controlPath } = route.node;
  if (controlPath !== undefined && existsSync(controlPath)) {
    const open = await connectOpen(node, controlPath, left()).catch(() => undefined);
    if (open) return withNote(open, `${node.host} was reached through your own open connection (${controlPath})`);
  }
  const bySystem = async (why: string): Promise<NodeConnection> =>
    withNote(await connectOpenssh(node, left()), `${node.host} was reached by the ssh program of this machine: ${why}`);
  const [reason] = route.reasons;
  if (reason !== undefined) return bySystem(`its configuration has ${reason}`);
  try {
    return await connectSshAs(route.config)(node, left());
  } catch (error) {
    const why = secondWay(error, route);
    if (why === undefined) throw error;
    return bySystem(why);
  }
};
