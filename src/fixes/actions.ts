/**
 * Which commands of a report a script may run once a person has read it: those that are safe and can be undone. A report
 * is data that anybody may have written, so a command counts only if all of it has one of the forms below. Pure.
 */

import { word } from '../remedy.js';

/** What a command does, taken apart. */
export type Action =
  | { readonly kind: 'mode'; readonly path: string; readonly mode: string }
  | { readonly kind: 'owner'; readonly path: string; readonly owner: string; readonly group?: string }
  | { readonly kind: 'edit'; readonly path: string; readonly script: string; readonly edit: Edit }
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'enable'; readonly unit: string }
  | { readonly kind: 'ntp' };

/** One line of a file; `pattern` is the whole old line, with its dots escaped. */
export type Edit =
  | { readonly pattern: string; readonly line: string }
  | { readonly pattern: string }
  | { readonly line: string };

/** The copy of a file that is edited; its ending is one that no comparison of configurations looks at. */
export const BACKUP = '.ha-preflight.bak';

/** The words of a command line that has nothing but words, plain or in single quotes. */
export function wordsOf(command: string): string[] | undefined {
  const words: string[] = [];
  let rest = command;
  while (rest !== '') {
    const [whole, raw] = /^((?:[\p{L}\p{N}_/.,:@%+=-]|'[^']*'|\\')+)(?: |$)/u.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    words.push(raw!.replaceAll(/'([^']*)'|\\'/g, (part, quoted: string | undefined) => quoted ?? part.slice(1)));
    rest = rest.slice(whole.length);
  }
  return words;
}

/** Also one that a reader sees as it is: no line break, no mark that reorders. */
const isPath = (text: string): boolean =>
  /^\/[^/]/.test(text) && !text.split('/').includes('..') && word(text) !== undefined;
const isName = (text: string): boolean => /^[a-z_][a-z0-9_.-]*$/i.test(text);

/** Daemons that keep the time. */
const TIME_UNIT = /^(?:chronyd?|ntpd?|ntpsec|openntpd|systemd-timesyncd)$/;

const LINE = `[\\w .:/@%+,="'-]+`;
const PATTERN = `(?:[\\w :/@%+,="'-]|\\\\\\.)+`;
const EDITS: readonly (readonly [RegExp, (a: string, b?: string) => Edit])[] = [
  [new RegExp(`^s\\|\\^(${PATTERN})\\$\\|(${LINE})\\|$`), (pattern, line) => ({ pattern, line: line! })],
  [new RegExp(`^\\\\\\|\\^(${PATTERN})\\$\\|d$`), (pattern) => ({ pattern })],
  [new RegExp(`^\\$a\\\\(${LINE})$`), (line) => ({ line })],
];

/** A setting that names a file or directory is worth nothing before that is there: a key would be made anew, and different. */
const NAMES_PATH = /(?:\$a\\|\|)[^|]*=\s*["']?\//;

function editOf(script: string): Edit | undefined {
  for (const [form, make] of EDITS) {
    const found = form.exec(script);
    if (found) return make(found[1]!, found[2]);
  }
  return undefined;
}

/** What a command does, if it is safe and can be undone. `folders`: those of the products' configurations. */
export function actionOf(command: string, folders: readonly string[]): Action | undefined {
  const [sudo, program, ...args] = wordsOf(command) ?? [];
  if (sudo !== 'sudo') return undefined;
  const configured = (path: string): boolean => isPath(path) && folders.some((folder) => path.startsWith(`${folder}/`));
  const [first = '', second = '', third = '', fourth = ''] = args;
  // it takes rights away: what had them before is printed, and can be given back
  if (program === 'chmod' && args.length === 2 && isPath(second) && (/^0?[0-7]{2}0$/.test(first) || first === 'o-w'))
    return { kind: 'mode', path: second, mode: first };
  if (program === 'chown' && args.length === 2 && configured(second)) {
    const [owner = '', group, ...more] = first.split(':');
    if (isName(owner) && (group === undefined || isName(group)) && more.length === 0)
      return { kind: 'owner', path: second, owner, ...(group !== undefined && { group }) };
  }
  // a copy stays, and the product reads the file when it is started the next time
  if (program === 'sed' && args.length === 4 && first === '--follow-symlinks' && second === `-i${BACKUP}`) {
    const edit = editOf(third);
    return edit && configured(fourth) && !NAMES_PATH.test(third)
      ? { kind: 'edit', path: fourth, script: third, edit }
      : undefined;
  }
  if (program === 'touch' && args.length === 1 && configured(first)) return { kind: 'create', path: first };
  if (program === 'systemctl' && args.length === 3 && first === 'enable' && second === '--now' && TIME_UNIT.test(third))
    return { kind: 'enable', unit: third };
  return program === 'timedatectl' && args.join(' ') === 'set-ntp true' ? { kind: 'ntp' } : undefined;
}

const WHY_NOT: readonly (readonly [RegExp, string])[] = [
  [
    /\bmakestep\b|\bsystemctl restart (?:systemd-timesyncd|ntpd|openntpd)\b/,
    'a step of the clock cannot be undone, and sessions and locks that exist notice it',
  ],
  [/\b(?:systemctl|rstudio-\w+) (?:re)?(?:start|stop)\b/, 'users of the node notice it: choose the time'],
  [/\busermod -aG\b/, 'an account gets the rights of a group'],
  [/\b(?:usermod|groupmod)\b/, 'files keep the old id: find them first, and end the sessions of the account'],
  [/\bssh\b.*\|.*\bssh\b/, 'a secret is copied, and what is in its place is lost'],
  [/\bmount\b/, 'a mount that is in use changes'],
  [/\bdpkg\b/, 'what is installed changes'],
  [/\b(?:rm|delete-node|disable)\b/, 'something is removed'],
  [/\btee\b/, 'a file of the system is written'],
  [/^sudo chmod\b/, 'rights are given to others'],
  [
    new RegExp(`^sudo sed .*${NAMES_PATH.source}`),
    'the setting names a file or directory, which must be on the node first',
  ],
  [/^sudo (?:chown|sed)\b/, 'the file is not in a configuration directory of a product'],
];

/** Why a script does not run this command. */
export const whyNot = (command: string): string =>
  WHY_NOT.find(([form]) => form.test(command))?.[1] ?? 'only looks, or is not known to be safe and reversible';
