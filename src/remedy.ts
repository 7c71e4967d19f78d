/** Remediation to paste: one line a node, with the host as the inventory has it. Pure. */

import type { Cluster } from './model/inventory.js';

const MOST = 4;
const quoted = (command: string): string => `'${command.replaceAll("'", "'\\''")}'`;

/** How a shell command is given to one node from the operator's machine. */
export function atNode(cluster: Cluster, name: string, command: string): string {
  const node = cluster.nodes.find((n) => n.name === name);
  if (!node || (node.connection.type !== 'ssh' && node.connection.type !== 'openssh'))
    return `${command}    # on ${name}`;
  const { user, port } = node.connection;
  return `ssh ${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${node.host} ${quoted(command)}    # ${name}`;
}

/** The same for several nodes, the first few spelt out. */
export function onNodes(cluster: Cluster, names: readonly string[], command: string): string {
  const lines = names.slice(0, MOST).map((name) => atNode(cluster, name, command));
  return [...lines, ...(names.length > MOST ? [`# and the same on ${names.slice(MOST).join(', ')}`] : [])].join('\n');
}

/** How files are read that only root can. */
export const SET_SUDO = 'set connection.sudo: true (with --nodes: --sudo)';

/** A node's words; with the grant that would settle it where they are of a refusal. */
export const withGrant = (words: string): string =>
  /a password is required/.test(words)
    ? `${words}; give it with connection.sudo: { password: { env: NAME } }, or allow what plan --sudoers prints`
    : /denied|not permitted/i.test(words)
      ? `${words}; ${SET_SUDO}`
      : words;
