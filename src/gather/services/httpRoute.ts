/** From a node's URL to the address that HTTP from this machine has to ask. */

import { bySsh } from '../../model/transports.js';
import { oneLine } from '../lib/oneLine.js';
import { sshFiles } from '../ssh/sshFiles.js';
import { nodeTarget } from '../ssh/sshTarget.js';
import { Unreachable } from '../transports/connection.js';
import type { ServiceContext } from './context.js';

/**
 * Where a node's own URL leads: ssh_config may know its name by another address, and HTTP would not; and what the way
 * there by SSH goes through, where HTTP from here may not get there.
 */
export function really(
  url: string,
  name: unknown,
  { cluster, relayed }: ServiceContext,
): { url: URL; behind?: string } {
  const at = new URL(url);
  const node = cluster.nodes.find((n) => n.name === name);
  if (!node) return { url: at };
  if (relayed) return { url: at, behind: 'a network that only what relayed the answers may reach' };
  const { type, argv = [] } = node.connection;
  if (type === 'command') return { url: at, behind: oneLine(argv[0] ?? '') };
  if (!bySsh(node.connection)) return { url: at };
  try {
    const { host, jumps } = nodeTarget(node, sshFiles().config(node.connection.configFile));
    at.hostname = host.includes(':') ? `[${host}]` : host;
    return { url: at, ...(jumps.length > 0 && { behind: `the jump host ${oneLine(jumps.join(', '))}` }) };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { url: at, behind: 'a route that only ssh knows' };
  }
}
