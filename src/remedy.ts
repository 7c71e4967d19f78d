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

/** Programs that a program under sudo may not start: the name of one, not of a file, is denied. */
const NOEXEC =
  /(?:^|\s)(?:(?:sh|bash|dash): (?:line )?\d+: |find: .)(?:\/(?:usr\/)?s?bin\/)?[a-z][a-z0-9_.-]*.?: Permission denied/;

/** What sudo says when it refuses, and what allows it. */
const SUDO: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /a password is required/,
    'give it with connection.sudo: { password: { env: NAME } }, or allow what plan --sudoers prints',
  ],
  [/must have a tty/, 'sudo asks for a terminal: put "Defaults:USER !requiretty" into /etc/sudoers.d'],
  [/incorrect password|no password was provided/, 'correct the password that connection.sudo names; it was tried once'],
  [
    /not allowed to (?:execute|run)|may not run sudo|not in the sudoers file/,
    'this account may not: allow what plan --sudoers prints',
  ],
  [/\bsudo: (?:command )?not found/, 'install sudo on the node, or log in as root'],
  [
    /no new privileges|effective uid is not 0|sudo: .* must be owned by uid 0/,
    'sudo cannot become root there, as in a container: log in as root',
  ],
  [/account validation failure|account management error/, 'the account is locked or expired: chage -l USER'],
  [NOEXEC, 'sudo allows no further program there (noexec): put "Defaults:USER !noexec" into /etc/sudoers.d'],
];

/** The words of a node; after a refusal, also the permission that is missing. */
export function withGrant(words: string): string {
  const remedy =
    SUDO.find(([pattern]) => pattern.test(words))?.[1] ?? (/denied|not permitted/i.test(words) ? SET_SUDO : undefined);
  return remedy === undefined ? words : `${words}; ${remedy}`;
}
