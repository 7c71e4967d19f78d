/** Remediation to paste: one line per node, with the host from the inventory. Pure. */

import type { Cluster } from './model/inventory.js';
import { bySsh } from './model/transports.js';

const MOST = 4;

/** Letters, digits and what no shell has a meaning for. */
const PLAIN = /^[\p{L}\p{N}_/.,:@%+=-]+$/u;
/** One line that every reporter shows as it is: no control or reordering mark, nothing a CI server takes for a command. */
const SHOWABLE = /^(?!.*(?:::[a-z]|##|\uFFFD))[\x20-\x7e\p{L}\p{N}\p{M}]*$/isu;
const MOST_CHARACTERS = 400;

/**
 * A text as one word of a shell, quoted where that is needed. Undefined for a text that cannot stand in a command that
 * people paste: it would not survive the way to a terminal, or be taken for an option.
 */
export function word(text: string): string | undefined {
  if (text === '' || text.startsWith('-') || text.length > MOST_CHARACTERS || !SHOWABLE.test(text)) return undefined;
  return PLAIN.test(text) && !text.startsWith('=') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What is built of the text of a node: `` command`sudo chmod 0600 ${path}` ``. Undefined where a word is impossible. */
export function command(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string | undefined {
  const words = values.map((value) => word(String(value)));
  return words.includes(undefined) ? undefined : parts.reduce((text, part, i) => text + words[i - 1] + part);
}

/** A text in words, for where it cannot be part of a command. */
const described = (what: string): string => `# ${what}: its name cannot be part of a command; do it by hand`;

const quoted = (line: string): string => `'${line.replaceAll("'", "'\\''")}'`;

/** What an operator types to reach a node; undefined for one that is not reached by SSH. */
export function loginTo(cluster: Cluster, name: string): string | undefined {
  const node = cluster.nodes.find((n) => n.name === name);
  if (!node || !bySsh(node.connection)) return undefined;
  const { user, port } = node.connection;
  const target = word(`${user === undefined ? '' : `${user}@`}${node.host}`);
  return target && `ssh ${port === undefined ? '' : `-p ${port} `}${target}`;
}

/**
 * A shell command for one node, as the operator runs it from his own machine. The command is made of facts of this very
 * node, by `command`; undefined: it is not possible, and that is said.
 */
export function atNode(cluster: Cluster, name: string, line: string | undefined): string {
  if (line === undefined) return described(`on ${name}`);
  const login = loginTo(cluster, name);
  return login === undefined ? `${line}    # on ${name}` : `${login} ${quoted(line)}    # ${name}`;
}

/** The same for several nodes, each with its own command where a function makes them; the first few are written out. */
export function onNodes(
  cluster: Cluster,
  names: readonly string[],
  line: string | ((node: string) => string | undefined),
): string {
  const of = (name: string): string | undefined => (typeof line === 'string' ? line : line(name));
  const lines = names.slice(0, MOST).map((name) => atNode(cluster, name, of(name)));
  const likewise = typeof line === 'string' ? 'and the same on' : 'and likewise on';
  return [...lines, ...(names.length > MOST ? [`# ${likewise} ${names.slice(MOST).join(', ')}`] : [])].join('\n');
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
