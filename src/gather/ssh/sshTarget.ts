/** Where an SSH connection goes, as whom and with what: the inventory over ssh_config over OpenSSH's defaults. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../model/inventory.js';
import { Unreachable } from '../transports/connection.js';
import { hostKeyName } from './knownHosts.js';
import { type HostConfig, type SshConfig, self } from './sshConfig.js';

/** One machine to log in to: a node, or a jump host before it. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** `user@host`, with the port where it is not 22: for messages. */
  readonly label: string;
  /** Key files somebody chose, in the order in which to offer them; when there are none, OpenSSH's default ones. */
  readonly identityFiles: readonly string[];
  /** The chosen file that the inventory names: the one `passphrase` belongs to, and which must be usable. */
  readonly required?: string;
  readonly passphrase?: { readonly env: string } | { readonly file: string };
  /** Offer only the chosen keys of the agent. */
  readonly identitiesOnly: boolean;
  /** The agent's socket. */
  readonly agent?: string;
  readonly certificateFiles: readonly string[];
  readonly knownHostsFiles: readonly string[];
  /** The name its key is filed under. */
  readonly keyName: string;
  readonly hostKeyCheck: 'strict' | 'accept-new' | 'off';
  /** Hosts to go through, the outermost first: each `[user@]host[:port]`. */
  readonly jumps: readonly string[];
  readonly notes: readonly string[];
}

/** The target of a node. Throws `Unreachable` when its ssh_config asks for what only the system's ssh can do. */
export function nodeTarget(node: Node, config: SshConfig): Target {
  return target(node, config, { host: node.host, ...pick(node.connection) });
}

/**
 * The target of a jump host on the way to `node`. It has its own entry in ssh_config; the key file and the known_hosts
 * of the inventory serve it as well. Its host key is always checked strictly: all else would travel through it.
 */
export function jumpTarget(spec: string, node: Node, config: SshConfig): Target {
  const { jump: _, hostKeyCheck: __, ...connection } = node.connection;
  return target({ ...node, connection }, config, parseJump(spec));
}

/** `[user@]host[:port]`, an IPv6 address in brackets; throws `Unreachable` when it is none. */
export function parseJump(spec: string): { host: string; user?: string; port?: number } {
  const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:@/[\]]+))(?::(\d{1,5}))?\/?$/.exec(spec.trim());
  const [, user, bracketed, name, port] = match ?? [];
  const host = bracketed ?? name;
  if (host === undefined) throw new Unreachable(`"${spec}" is not a jump host: write [user@]host[:port]`);
  return { host, ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) };
}

interface Wanted {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

function pick({ user, port }: Node['connection']): { user?: string; port?: number } {
  return { ...(user !== undefined && { user }), ...(port !== undefined && { port }) };
}

function target(node: Node, config: SshConfig, wanted: Wanted): Target {
  const { connection } = node;
  const found = config(wanted.host, wanted);
  if (found.proxyCommand !== undefined && connection.jump === undefined) {
    throw new Unreachable(
      `ssh_config has a ProxyCommand for ${wanted.host}, which needs the ssh program of the system: set "type: openssh", or a "jump" host`,
      { because: 'a ProxyCommand' },
    );
  }
  const host = found.hostName;
  const port = wanted.port ?? found.port ?? 22;
  const user = wanted.user ?? found.user ?? self().user;
  const own = connection.identityFile;
  const agent = agentSocket(found.identityAgent);
  const route = connection.jump ?? found.proxyJump ?? '';
  return {
    host,
    port,
    user,
    label: `${user}@${host.includes(':') ? `[${host}]` : host}${port === 22 ? '' : `:${port}`}`,
    identityFiles: [...new Set([...(own === undefined ? [] : [own]), ...found.identityFiles])],
    ...(own !== undefined && { required: own }),
    ...(connection.passphrase && { passphrase: connection.passphrase }),
    identitiesOnly: found.identitiesOnly,
    ...(agent !== undefined && { agent }),
    certificateFiles: found.certificateFiles,
    knownHostsFiles: knownHostsFiles(connection.knownHosts, found),
    keyName: hostKeyName(host, port, found.hostKeyAlias),
    hostKeyCheck: connection.hostKeyCheck ?? 'strict',
    jumps: route.split(',').filter((spec) => spec !== '' && !isItself(spec, config, host, port)),
    notes: found.notes,
  };
}

/** The files a host's key is looked up in, as ssh would; the inventory's replaces them all. */
export function knownHostsFiles(
  own: string | undefined,
  {
    userKnownHostsFiles: users,
    globalKnownHostsFiles: global = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  }: Pick<HostConfig, 'userKnownHostsFiles' | 'globalKnownHostsFiles'>,
): readonly string[] {
  if (own !== undefined) return [own];
  const home = join(homedir(), '.ssh');
  return [...(users ?? [join(home, 'known_hosts'), join(home, 'known_hosts2')]), ...global];
}

/** `Host *` with a `ProxyJump` covers the jump host as well; it is not reached through itself. */
function isItself(spec: string, config: SshConfig, host: string, port: number): boolean {
  const jump = parseJump(spec);
  const found = config(jump.host, jump);
  return found.hostName === host && (jump.port ?? found.port ?? 22) === port;
}

function agentSocket(setting: string | undefined): string | undefined {
  if (setting === 'none') return undefined;
  if (setting === undefined || setting === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined;
  return setting.startsWith('$') ? process.env[setting.replace(/^\$\{?|\}$/g, '')] || undefined : setting;
}
