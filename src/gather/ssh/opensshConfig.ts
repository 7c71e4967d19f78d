/** Options for the ssh program of the system, as a configuration file, so that they apply to its jump hosts as well. */

import { accessSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../model/inventory.js';
import { Unreachable } from '../transports/connection.js';
import { defaultConfigFiles, loadSshConfig } from './sshConfig.js';
import { knownHostsFiles } from './sshTarget.js';

/** The arguments that are about the target only; the last two are `--` and the host. */
export function targetArguments(node: Node, timeoutMs: number): readonly string[] {
  const { user, port, jump, hostKeyCheck = 'strict' } = node.connection;
  for (const text of [node.host, user, jump]) {
    // ssh would take it for an option, and some options run programs.
    if (text !== undefined && (/^-|[\s\u0000-\u001f]/.test(text) || text === ''))
      throw new Unreachable(`${JSON.stringify(text)} cannot be a host or user name`);
  }
  const checking = { strict: 'yes', 'accept-new': 'accept-new', off: 'no' }[hostKeyCheck];
  return [
    ...['-o', `StrictHostKeyChecking=${checking}`, '-o', `ConnectTimeout=${Math.max(1, Math.ceil(timeoutMs / 1000))}`],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(jump === undefined ? [] : ['-J', jump]),
    '--',
    node.host,
  ];
}

/**
 * A new private folder with the file `config`, and room for the control socket, whose path must be short (about 100
 * bytes). In ssh's configuration the first value wins, so ours stand before the user's and the system's.
 */
export function controlFolder(node: Node): string {
  const { connection } = node;
  const files = connection.configFile === undefined ? defaultConfigFiles() : [connection.configFile];
  if (connection.configFile !== undefined) {
    try {
      accessSync(connection.configFile);
    } catch {
      throw new Unreachable(`ssh_config cannot be read: ${connection.configFile}`);
    }
  }
  const identity = connection.identityFile;
  const settings = [
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'ClearAllForwardings yes',
    'ForwardAgent no',
    'ForwardX11 no',
    'PermitLocalCommand no',
    'ServerAliveInterval 15',
    'LogLevel INFO',
    // ssh offers all of an agent's keys before a key file, and the server hangs up after six.
    ...(identity === undefined ? [] : [`IdentityFile ${quoted(identity)}`, 'IdentitiesOnly yes']),
  ];
  const folder = mkdtempSync(join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'hap-'));
  const known = knownHostsSetting(node, files, join(folder, 'new'));
  const include = files.map((file) => `Include ${quoted(file, false)}`);
  writeFileSync(join(folder, 'config'), `${[...settings, ...known, ...include].join('\n')}\n`, { mode: 0o600 });
  return folder;
}

/** ssh writes what it accepts into the first of these files: without strict checking that is one we throw away. */
function knownHostsSetting(node: Node, files: readonly string[], fresh: string): string[] {
  const { knownHosts, hostKeyCheck = 'strict' } = node.connection;
  const strict = hostKeyCheck === 'strict';
  if (strict && knownHosts === undefined) return [];
  const own =
    knownHosts !== undefined
      ? [knownHosts]
      : knownHostsFiles(undefined, loadSshConfig(files)(node.host, node.connection));
  // The global files are asked anyway, unless the inventory names the one and only.
  const global = knownHosts === undefined ? [] : ['GlobalKnownHostsFile none'];
  return [`UserKnownHostsFile ${(strict ? own : [fresh, ...own]).map((file) => quoted(file)).join(' ')}`, ...global];
}

/** A path as ssh_config takes it; `%` would begin a token. */
function quoted(path: string, tokens = true): string {
  if (/["\n\r]|\$\{/.test(path)) throw new Unreachable(`ssh cannot be given the path ${JSON.stringify(path)}`);
  return `"${tokens ? path.replaceAll('%', '%%') : path}"`;
}
