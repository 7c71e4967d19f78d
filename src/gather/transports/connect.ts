/** Which transport reaches a node. */

import { connectCommand } from './command.js';
import type { Connect } from './connection.js';
import { connectLocal } from './local.js';

/** Reaches a node by its `connection.type`. Rejects with `Unreachable`. ssh2 is loaded only for a node that needs it. */
export const connect: Connect = async (node, options) => {
  switch (node.connection.type) {
    case 'local':
      return connectLocal(node, options);
    case 'command':
      return connectCommand(node, options);
    case 'openssh':
      return (await import('../ssh/openssh.js')).connectOpenssh(node, options);
    case 'ssh':
      return (await import('../ssh/ssh.js')).connectSsh(node, options);
  }
};
