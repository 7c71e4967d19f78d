/** This machine as a node. */

import { connectionOf, spawnShell } from './child.js';
import { type Connect, Unreachable } from './connection.js';

/** What a login would have. Not all of this program's environment: it may hold the secrets the inventory names. */
const LOGIN = ['HOME', 'LOGNAME', 'USER', 'SHELL', 'PATH', 'LANG', 'TZ', 'TMPDIR'];

/** Shells on this machine; each is its own `sh -s`. */
export const connectLocal: Connect = async (_node, options) => {
  if (options.signal?.aborted) throw new Unreachable('interrupted');
  const env = Object.fromEntries(LOGIN.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return connectionOf(async () => (await spawnShell(['sh', '-s'], env)).shell);
};
