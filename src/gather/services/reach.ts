/** The nodes after their rounds: reached again for what needs several of them at once. */

import type { Duplex } from 'node:stream';
import type { Node, SecretSource } from '../../model/inventory.js';
import { connect } from '../transports/connect.js';
import { type NodeConnection, Unreachable } from '../transports/connection.js';
import { tunnel } from '../transports/tunnel.js';

export interface Reach {
  /** Names of the nodes that answered. */
  readonly nodes: readonly string[];
  readonly node: (name: string) => Node;
  /** A connection of its own; the caller closes it. Rejects with `Unreachable`. */
  readonly open: (name: string) => Promise<NodeConnection>;
  /**
   * A TCP stream from the node: its names, its routes. Rejects with `Unreachable`; a file tree has no network. Ending
   * the stream leaves the connection open.
   */
  readonly stream: (connection: NodeConnection, name: string, host: string, port: number) => Promise<Duplex>;
}

export function reachOf(
  nodes: readonly Node[],
  options: {
    readonly timeoutMs: number;
    readonly secret: (source: SecretSource) => string;
    readonly signal?: AbortSignal;
  },
): Reach {
  const node = (name: string): Node => {
    const found = nodes.find((n) => n.name === name);
    if (!found) throw new Unreachable(`${name} did not answer earlier`);
    return found;
  };
  return {
    nodes: nodes.map((n) => n.name),
    node,
    open: (name) => connect(node(name), options),
    stream(connection, name, host, port) {
      if (node(name).connection.root) throw new Unreachable('a file tree has no network');
      return tunnel(connection, host, port, options.timeoutMs);
    },
  };
}
