/** The worklist as a playbook that a person reads, and then runs with ansible-playbook. Pure. */

import { count } from '../model/words.js';
import { fold, safe, wrap } from '../reporters/text.js';
import type { Action } from './actions.js';
import { alreadySet } from './shellWords.js';
import { counts, type Item, type Step, type Target } from './worklist.js';

/** How a value is written: text of a report is marked, so that Ansible never takes it for a template. */
export interface Yaml {
  readonly write: (value: unknown) => string;
  readonly text: (text: string) => unknown;
}

type Task = Readonly<Record<string, unknown>>;

/** Names that Ansible itself gives a meaning to, and characters of its host patterns. */
const RESERVED = /^(?:all|ungrouped|localhost|127\.0\.0\.1|::1)$/;
const isHost = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && !RESERVED.test(name);

/** The module that does it; what is changed can be seen before with --check --diff. */
function moduleOf(action: Action, text: Yaml['text']): Task {
  switch (action.kind) {
    case 'mode':
      return { 'ansible.builtin.file': { path: text(action.path), mode: action.mode } };
    case 'owner': {
      const { path, owner, group } = action;
      return { 'ansible.builtin.file': { path: text(path), owner, ...(group !== undefined && { group }) } };
    }
    case 'create':
      return { 'ansible.builtin.file': { path: text(action.path), state: 'touch' } };
    case 'enable':
      return { 'ansible.builtin.systemd': { name: action.unit, enabled: true, state: 'started' } };
    case 'ntp':
      return { 'ansible.builtin.command': { argv: ['timedatectl', 'set-ntp', 'true'] } };
    case 'edit': {
      const { path, edit } = action;
      const file = { path: text(path), backup: true };
      if (!('pattern' in edit)) return { 'ansible.builtin.lineinfile': { ...file, line: text(edit.line) } };
      const pattern = text(`^${edit.pattern}$`);
      return 'line' in edit
        ? { 'ansible.builtin.replace': { ...file, regexp: pattern, replace: text(edit.line) } }
        : { 'ansible.builtin.lineinfile': { ...file, regexp: pattern, state: 'absent' } };
    }
  }
}

/** What was added since the report, by hand or by this playbook, is not added again. */
function tasksOf(command: string, action: Action, text: Yaml['text']): Task[] {
  const task = { name: text(command), ...moduleOf(action, text) };
  if (action.kind !== 'edit' || 'pattern' in action.edit) return [task];
  const look = {
    name: 'Look whether the file sets it already',
    'ansible.builtin.shell': { cmd: text(alreadySet(action.edit.line, action.path)) },
    ...{ register: 'look', check_mode: false, changed_when: false, failed_when: 'look.rc > 1' },
  };
  return [look, { ...task, when: 'look.rc == 1' }];
}

const commented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n');

function play(title: string, hosts: readonly string[], tasks: readonly Task[], { write, text }: Yaml): string {
  return write([{ name: text(title), hosts, become: true, gather_facts: false, tasks }]).trimEnd();
}

function stepText(step: Step, item: Item, hostOf: (node: Target) => string | undefined, yaml: Yaml): string[] {
  const { command, nodes, action, reason } = step;
  const named = nodes.flatMap((node) => hostOf(node) ?? []);
  const lost = nodes.filter((node) => hostOf(node) === undefined).map(({ name }) => name);
  const byHand = (why: string, who: readonly string[]): string =>
    `# not run: ${why}\n#   ${safe(command)}${who.length === 0 ? '' : `    # on ${fold(who)}`}`;
  if (!action) {
    if (named.length < nodes.length || nodes.length === 0)
      return [
        byHand(
          reason!,
          nodes.map(({ name }) => name),
        ),
      ];
    const task = {
      name: yaml.text(command),
      'ansible.builtin.shell': { cmd: yaml.text(command.replace(/^sudo /, '')) },
    };
    return [`# not run: ${reason}\n${commented(play(item.title, named, [task], yaml))}`];
  }
  const tasks = tasksOf(command, action, yaml.text);
  return [
    ...(named.length > 0 ? [play(item.title, named, tasks, yaml)] : []),
    ...(lost.length > 0 ? [byHand('the name of the node is not one of an Ansible host', lost)] : []),
  ];
}

/** The hosts, so that the playbook needs no inventory. */
function hostsPlay(targets: ReadonlyMap<string, Target>, { write, text }: Yaml): string {
  const tasks = [...targets].map(([name, { host, ssh = {} }]) => ({
    name: text(`Add ${name}`),
    'ansible.builtin.add_host': {
      name,
      ansible_host: text(host),
      ...(ssh.user !== undefined && { ansible_user: text(ssh.user) }),
      ...(ssh.port !== undefined && { ansible_port: ssh.port }),
      ...(ssh.jump !== undefined && { ansible_ssh_common_args: text(`-J ${ssh.jump}`) }),
    },
  }));
  const head = { name: 'The nodes, as the report has them', hosts: 'localhost', connection: 'local' };
  return write([{ ...head, gather_facts: false, tasks }]).trimEnd();
}

/** `from`: what was read, as one safe line. */
export function playbook(items: readonly Item[], from: string, yaml: Yaml): string {
  const { active, byHand } = counts(items);
  const steps = items.flatMap((item) => item.steps);
  const targets = new Map<string, Target>();
  // of two clusters of one report, a name may be of two machines
  const clash = new Set<string>();
  const wayOf = ({ host, ssh }: Target): string => JSON.stringify([host, ssh]);
  for (const node of steps.flatMap(({ nodes }) => nodes).filter(({ name, ssh }) => isHost(name) && ssh !== undefined)) {
    const known = targets.get(node.name);
    if (known && wayOf(known) !== wayOf(node)) clash.add(node.name);
    targets.set(node.name, node);
  }
  for (const name of clash) targets.delete(name);
  const hostOf = ({ name }: Target): string | undefined => (targets.has(name) ? name : undefined);
  const head = [
    `# Fixes for ${from}.`,
    `# ${count(active, 'command')} will be run, and ${count(byHand, 'finding')} ${byHand === 1 ? 'is' : 'are'} left to you.`,
    '# Only what is safe and can be undone is active: rights that are taken away, lines of configuration (a copy of the file',
    '# is kept) or a file of it that is missing, the time daemon. Everything else is a comment with its reason.',
    '# Read all of it, then look with',
    '#   ansible-playbook --check --diff FILE',
  ].join('\n');
  const blocks = items.map((item, i) =>
    [
      `# ${i + 1}. ${item.title}`,
      ...item.found.flatMap((text) => wrap(text, 110)).map((line) => `#    ${line}`),
      ...item.steps.flatMap((step) => stepText(step, item, hostOf, yaml)),
      ...item.words.map((line) => `# ${line}`),
    ].join('\n'),
  );
  return `${[head, '---', hostsPlay(targets, yaml), ...blocks].join('\n\n')}\n`;
}
