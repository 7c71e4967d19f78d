/** The worklist as a shell script that a person reads, and then runs on the own machine. Pure. */

import { count } from '../model/words.js';
import { fold, safe, wrap } from '../reporters/text.js';
import { type Action, BACKUP } from './actions.js';
import { alreadySet, plainly, quoted } from './shellWords.js';
import { counts, type Item, type Step, type Target, unreachable } from './worklist.js';

/** The command, and before it what is needed to undo it. */
function reversible(command: string, action: Action): string {
  if (action.kind === 'mode' || action.kind === 'owner')
    return `sudo stat -c 'before: %a %U:%G %n' ${plainly(action.path)}; ${command}`;
  if (action.kind !== 'edit') return command;
  // the copy of the first run stays: that of a second one would be of the fixed file
  const [path, copy] = [plainly(action.path), plainly(`${action.path}${BACKUP}`)];
  const kept = `sudo test -e ${copy} || sudo cp -p ${path} ${copy}; sudo test -e ${copy}`;
  const edit = `${kept} && sudo sed --follow-symlinks -i ${quoted(action.script)} ${path}`;
  if ('pattern' in action.edit) return edit;
  // what was added since the report, by hand or by this script, is not added again
  return `if ${alreadySet(action.edit.line, action.path, 'sudo ')}; then echo 'set already, not changed'; else ${edit}; fi`;
}

function call({ name, host, ssh = {} }: Target, command: string): string {
  const { user, port, jump } = ssh;
  const way = [
    ...(jump === undefined ? [] : ['-J', quoted(jump)]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    quoted(user === undefined ? host : `${user}@${host}`),
  ];
  return `on ${quoted(safe(name))} ${quoted(command)} ${way.join(' ')}`;
}

/** A command that is not run can still be made active by hand, where a script can reach its nodes. */
function lines({ command, nodes, action, reason = '' }: Step): string[] {
  if (action) return nodes.map((node) => call(node, reversible(command, action)));
  const why = `# not run: ${reason}`;
  if (nodes.length > 0 && nodes.every((node) => unreachable(node) === undefined) && safe(command) === command)
    return [why, ...nodes.map((node) => `#${call(node, command)}`)];
  return [why, `#   ${safe(command)}${nodes.length === 0 ? '' : `    # on ${fold(nodes.map((n) => n.name))}`}`];
}

const block = (item: Item, i: number): string =>
  [
    `# ${i + 1}. ${item.title}`,
    ...item.found.flatMap((text) => wrap(text, 110)).map((line) => `#    ${line}`),
    ...item.steps.flatMap(lines),
    ...item.words.map((line) => `# ${line}`),
  ].join('\n');

const START = `set -u
# how the nodes are reached, such as: SSH='ssh -i KEY' sh fix.sh
SSH=\${SSH:-ssh}
# sudo asks for a password at a terminal only with SSH='ssh -t'
input=/dev/null
[ -t 0 ] && input=/dev/tty
failed=0

# on NODE COMMAND [ARGUMENT OF SSH ...] DESTINATION
on() {
  node=$1 command=$2
  shift 2
  printf '%s: %s\\n' "$node" "$command"
  # shellcheck disable=SC2086 # SSH may be several words
  $SSH "$@" "$command" <"$input" || {
    failed=$((failed + 1))
    printf '%s: failed\\n' "$node" >&2
  }
}`;

const END = `if [ "$failed" -gt 0 ]; then
  printf '%s\\n' "$failed commands failed" >&2
  exit 1
fi
printf '%s\\n' 'now check again: ha-preflight check'`;

/** `from`: what was read, as one safe line. */
export function shellScript(items: readonly Item[], from: string): string {
  const { active, byHand } = counts(items);
  const head = [
    '#!/bin/sh',
    `# Fixes for ${from}.`,
    `# ${count(active, 'command')} will be run, and ${count(byHand, 'finding')} ${byHand === 1 ? 'is' : 'are'} left to you.`,
    '# Only what is safe and can be undone is active: rights that are taken away, lines of configuration (the file is kept',
    `# as FILE${BACKUP}) or a file of it that is missing, the time daemon. Everything else is a comment with its reason.`,
    '# Read all of it before you run it.',
  ].join('\n');
  return `${[head, START, ...items.map(block), END].join('\n\n')}\n`;
}
