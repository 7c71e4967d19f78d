/** A node behind any program that gives a shell on its standard input: `kubectl exec -i`, `docker exec -i`, `nsenter`. */

import { connectionOf, spawnShell } from './child.js';
import { type Connect, Unreachable } from './connection.js';

/** Shells from `connection.argv`; each is a process of its own. Never through a shell on this machine: no quoting. */
export const connectCommand: Connect = async (node, options) => {
  if (options.signal?.aborted) throw new Unreachable('interrupted');
  const argv = node.connection.argv ?? [];
  if (argv.length === 0) throw new Unreachable('connection type "command" needs "argv": a program that starts a shell');
  return connectionOf(async () => (await spawnShell(argv)).shell);
};
