/** Remediation to paste: one line per node, with the host from the inventory. Pure. */

import type { Cluster } from './model/inventory.js';
import { bySsh } from './model/transports.js';

const MOST = 4;
const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`;

/** A shell command for one node, as the operator runs it from his own machine. */
export function atNode(cluster: Cluster, name: string, command: string): string {
  const node = cluster.nodes.find((n) => n.name === name);
  if (!node || !bySsh(node.connection)) return `${command}    # on ${name}`;
  const { user, port } = node.connection;
  return `ssh ${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${node.host} ${quoted(command)}    # ${name}`;
}

/** The same for several nodes; the first few are written out. */
export function onNodes(cluster: Cluster, names: readonly string[], command: string): string {
  const lines = names.slice(0, MOST).map((name) => atNode(cluster, name, command));
  return [...lines, ...(names.length > MOST ? [`# and the same on ${names.slice(MOST).join(', ')}`] : [])].join('\n');
}

/** How to read files that only root can read. */
export const SET_SUDO = 'set connection.sudo: true (with --nodes: --sudo)';

/** The words of a node; after a refusal, also the permission that is missing. */
export const withGrant = (words: string): string =>
  /a password is required/.test(words)
    ? `${words}; give it with connection.sudo: { password: { env: NAME } }, or allow what plan --sudoers prints`
    : /denied|not permitted/i.test(words)
      ? `${words}; ${SET_SUDO}`
      : words;
