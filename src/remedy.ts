/** Commands that fix a finding, as data and as lines to paste, with the hosts from the inventory. Pure. */

import type { Cluster } from './model/inventory.js';
import { bySsh } from './model/transports.js';
import type { Finding, Fix } from './model/verdict.js';

const MOST = 4;
/** Characters of the hosts in one line: reports cut off a command that is far longer, and terminals take no more at once. */
const MOST_OF_HOSTS = 1000;

/** One line that every reporter shows as it is: no control or reordering mark, nothing a CI server takes for a command. */
const isShowable = (text: string): boolean => /^(?!.*(?:::[a-z]|##|\uFFFD))[\x20-\x7e\p{L}\p{N}\p{M}]*$/isu.test(text);
const MOST_CHARACTERS = 400;

/**
 * A text as one word of a shell, quoted where that is needed. Undefined for a text that cannot stand in a command that
 * people paste: it would not survive the way to a terminal, or be taken for an option.
 */
export function word(text: string): string | undefined {
  if (text === '' || text.startsWith('-') || text.length > MOST_CHARACTERS) return undefined;
  // as nearly all are; V8 takes long to compile the others, which ask for the properties of each character
  if (/^[\w/.,@%+][\w/.,@%+=-]*$/.test(text)) return text;
  if (!isShowable(text)) return undefined;
  // letters, digits and what no shell has a meaning for
  return /^(?!=)[\p{L}\p{N}_/.,:@%+=-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What is built of the text of a node: `` command`sudo chmod 0600 ${path}` ``. Undefined where a word is impossible. */
export function command(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string | undefined {
  const words = values.map((value) => word(String(value)));
  return words.includes(undefined) ? undefined : parts.reduce((text, part, i) => text + words[i - 1] + part);
}

/** A text in words, for where it cannot be part of a command. */
const described = (what: string): string => `# ${what}: its name cannot be part of a command; do it by hand`;

const quoted = (line: string): string => `'${line.replaceAll("'", "'\\''")}'`;

/** How a node is reached from the operator's machine: the program with its options, and the host. */
function wayTo(cluster: Cluster, name: string): { readonly ssh: string; readonly target: string } | undefined {
  const node = cluster.nodes.find((n) => n.name === name);
  if (!node || !bySsh(node.connection)) return undefined;
  const { user, port, jump } = node.connection;
  const target = word(`${user === undefined ? '' : `${user}@`}${node.host}`);
  const over = jump === undefined ? '' : word(jump);
  if (target === undefined || over === undefined) return undefined;
  return { ssh: `ssh${over === '' ? '' : ` -J ${over}`}${port === undefined ? '' : ` -p ${port}`}`, target };
}

/** What an operator types to reach a node; undefined for one that is not reached by SSH. */
export function loginTo(cluster: Cluster, name: string): string | undefined {
  const way = wayTo(cluster, name);
  return way && `${way.ssh} ${way.target}`;
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

/** `a, b, c, d and 8 more`. */
const some = (names: readonly string[]): string =>
  names.length > MOST + 1 ? `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more` : names.join(', ');

/** The same command on several nodes as one line: a loop over those that are reached in the same way. */
function overNodes(cluster: Cluster, names: readonly string[], line: string): string[] {
  if (names.length === 1) return [atNode(cluster, names[0]!, line)];
  const ways = new Map<string, { readonly names: string[]; readonly targets: string[] }>();
  for (const name of names) {
    const { ssh = '', target = '' } = wayTo(cluster, name) ?? {};
    const group = ways.get(ssh) ?? { names: [], targets: [] };
    group.names.push(name);
    group.targets.push(target);
    ways.set(ssh, group);
  }
  return [...ways].flatMap(([ssh, { names: those, targets }]): string[] => {
    if (ssh === '') return [`${line}    # on ${some(those)}`];
    if (those.length === 1) return [atNode(cluster, those[0]!, line)];
    if (targets.join(' ').length > MOST_OF_HOSTS) {
      const half = Math.ceil(those.length / 2);
      return [those.slice(0, half), those.slice(half)].flatMap((part) => overNodes(cluster, part, line));
    }
    return [`for h in ${targets.join(' ')}; do ${ssh} "$h" ${quoted(line)}; done    # ${some(those)}`];
  });
}

type Line = string | ((node: string) => string | undefined);

/** The same for several nodes, each with its own command where a function makes them; the first few are written out. */
export function onNodes(cluster: Cluster, names: readonly string[], line: Line): string {
  const fixes = fixOn(names, line);
  const shown = fixes
    .slice(0, MOST)
    .flatMap(({ nodes, commands: [one] }) =>
      one === undefined ? nodes.map((name) => atNode(cluster, name, undefined)) : overNodes(cluster, nodes, one),
    );
  const rest = fixes.slice(MOST).flatMap(({ nodes }) => nodes);
  return [...shown, ...(rest.length > 0 ? [`# and likewise on ${rest.join(', ')}`] : [])].join('\n');
}

const BY_HAND = 'a name on these nodes cannot be part of a command; do it by hand';

/** A command for some nodes, as data; nodes with the same command are one fix. */
export function fixOn(names: readonly string[], line: Line, note?: string): Fix[] {
  const groups = new Map<string | undefined, string[]>();
  for (const name of names) {
    const own = typeof line === 'string' ? line : line(name);
    groups.set(own, [...(groups.get(own) ?? []), name]);
  }
  return [...groups].map(([own, nodes]) => ({
    nodes,
    commands: own === undefined ? [] : [own],
    ...(own === undefined ? { note: BY_HAND } : note !== undefined && { note }),
  }));
}

/** A fail with the command that fixes it on its nodes; any other finding as it is. */
export const withFix = (finding: Finding, line: Line, note?: string): Finding =>
  finding.status === 'fail' ? { ...finding, fixes: fixOn(finding.nodes ?? [], line, note) } : finding;

/** Fixes as text to paste on the operator's own machine. */
export function pasted(cluster: Cluster, fixes: readonly Fix[]): string {
  return fixes
    .flatMap(({ nodes, commands, note }) => {
      if (commands.length === 0) return [`# ${nodes.join(', ')}: ${note ?? BY_HAND}`];
      const lines = commands.flatMap((one) => (nodes.length === 0 ? [one] : overNodes(cluster, nodes, one)));
      if (note === undefined) return lines;
      if (lines.length > 1) return [...lines, `# ${note}`];
      return [nodes.length === 0 ? `${lines[0]}    # ${note}` : `${lines[0]}; ${note}`];
    })
    .join('\n');
}

/** How to read files that only root can read. */
export const SET_SUDO = 'set connection.sudo: true (with --nodes: --sudo)';

/** Programs that a program under sudo may not start: the name of one, not of a file, is denied. */
const NOEXEC =
  /(?:^|\s)(?:(?:sh|bash|dash): (?:line )?\d+: |find: .)(?:\/(?:usr\/)?s?bin\/)?[a-z][a-z0-9_.-]*.?: Permission denied/;

/** What sudo says when it refuses, and what allows it. */
const SUDO: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /a password is required|authentication is required/,
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
  [/this account may not start the program/, 'let the account run sudo: ls -l /usr/bin/sudo shows its group and mode'],
  [
    /sudo: \/etc\/sudoers is |unable to (?:open|stat) \/etc\/sudoers|no valid sudoers/,
    'sudo refuses everybody there: visudo -c as root shows which file, and why',
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

/** What lets this account read more. `refused`: what sudo said when it refused everything. */
export const rights = (refused?: string): string => (refused === undefined ? SET_SUDO : withGrant(refused));

/**
 * What sudo warns of and runs the command nevertheless: a host name that does not resolve, limits, a line of sudoers that
 * it leaves out, with that line and a mark below it. None of it is an answer of the command.
 */
const SUDO_WARNS =
  /^(?:sudo: (?:unable to (?:resolve host|send|open(?! \/etc\/sudoers)|mkdir)\b|setrlimit\b|\/etc\/sudo(?:ers\.d\/\S+|\.conf) is (?:owned|mode|world|group)|.*\bwarning\b).*\n?|\/etc\/sudoers\S*:\d+:.*\n?(?:.*\n\s*\^~*\n?)?)/gm;
export const withoutSudoWarnings = (text: string): string => text.replace(SUDO_WARNS, '');
