/** Which transport reaches a node. */

import type { TRANSPORTS } from '../../model/transports.js';
import type { Connect } from './connection.js';

/** The code of each transport, loaded only for a node that needs it. */
const CONNECT: Readonly<Record<keyof typeof TRANSPORTS, () => Promise<Connect>>> = {
  auto: async () => (await import('../ssh/auto.js')).connectAuto,
  ssh: async () => (await import('../ssh/ssh.js')).connectSsh,
  openssh: async () => (await import('../ssh/openssh.js')).connectOpenssh,
  local: async () => (await import('./local.js')).connectLocal,
  command: async () => (await import('./command.js')).connectCommand,
};

/** Reaches a node by its `connection.type`. Rejects with `Unreachable`. */
export const connect: Connect = async (node, options) => (await CONNECT[node.connection.type]())(node, options);
