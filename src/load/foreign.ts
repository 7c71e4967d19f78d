/** Whether a file is not an inventory but something else that an operator may well have at hand, and what to do with it. */

import { isMap } from './isMap.js';

interface Kind {
  readonly what: string;
  readonly is: (text: string, value: unknown) => boolean;
  /** What to do, with the name of the file. */
  readonly instead: (file: string) => string;
}

/** A group has hosts, children or vars; ours has none of these at any level. */
const isGroup = (value: unknown): boolean => isMap(value) && ['hosts', 'children'].some((key) => key in value);
const schemaOf = (value: unknown): string => (isMap(value) && typeof value.schema === 'string' ? value.schema : '');
// evidence has nodes as well
const isOurs = (value: unknown): boolean =>
  isMap(value) && ('nodes' in value || 'nodesFrom' in value) && !schemaOf(value).startsWith('ha-preflight/');
const contentLines = (text: string): string[] =>
  text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line));

/** An INI (or TOML) file whose lines are hosts, `name key=value`, rather than settings, `key = value`. */
function isIniOfHosts(text: string): boolean {
  if (/^\s*\[[\w.-]+(?::(?:children|vars)|\.(?:hosts|children)(?:\.\S+)?)\]\s*$/m.test(text)) return true;
  const lines = contentLines(text);
  return (
    lines.some((line) => /^\[[\w.-]+\]$/.test(line)) && lines.some((line) => /^[^\s=[]+(\s+[^\s=]+=|\s*$)/.test(line))
  );
}

/** INI, the YAML of groups, the JSON of `ansible-inventory --list`, or a dynamic source. */
function isOfAnsible(text: string, value: unknown): boolean {
  if (/^[^\n#]*\bansible_[a-z_]+\s*[=:]/m.test(text)) return true;
  // a tag is an error here, so such a file has no value here
  if (!isMap(value))
    return isIniOfHosts(text) || (/^\s*(?:hosts|children):/m.test(text) && /!(?:vault|unsafe)\b/.test(text));
  if ('version' in value) return false;
  return '_meta' in value || typeof value.plugin === 'string' || Object.values(value).some(isGroup);
}

/** Host names and nothing else: one per line, a table with commas, semicolons or tabs, or as /etc/hosts has them. */
function isListOfHosts(text: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string' || (isMap(item) && 'name' in item));
  const lines = contentLines(text);
  const line = /^(?:\w[\w.-]*(?:\s*[,;\t]\s*[\w.:-]+)*|[\da-f]*[.:][\da-f.:]+(?:\s+[\w.-]+)+)$/i;
  return typeof value === 'string' && lines.every((text) => line.test(text));
}

const ours = (file: string, command: string): string => `give it to ha-preflight ${command} ${file}`;
const KINDS: readonly Kind[] = [
  {
    what: 'a report of ha-preflight',
    is: (_, v) => /^ha-preflight\/reports?\//.test(schemaOf(v)),
    instead: (f) => ours(f, 'report, diff, merge or fix'),
  },
  {
    what: 'evidence of ha-preflight',
    is: (_, v) => /^ha-preflight\/evidence\//.test(schemaOf(v)),
    instead: (f) => ours(f, 'judge'),
  },
  {
    what: 'settings of Ansible (ansible.cfg)',
    is: (text) => /^\s*\[(?:defaults|privilege_escalation|(?:ssh|paramiko|persistent)_connection)\]/m.test(text),
    instead: () => 'give the file that its inventory names to ha-preflight init --from-ansible',
  },
  {
    what: 'a file that ansible-vault encrypted',
    is: (text) => text.startsWith('$ANSIBLE_VAULT;'),
    instead: (f) => `ansible-inventory -i ${f} --list > all.json, then ha-preflight init --from-ansible all.json`,
  },
  {
    what: 'a playbook of Ansible',
    is: (_, v) => Array.isArray(v) && v.some((play) => isMap(play) && ('hosts' in play || 'import_playbook' in play)),
    instead: () => 'give its inventory to ha-preflight init --from-ansible',
  },
  {
    what: 'an inventory of Ansible',
    is: isOfAnsible,
    instead: (f) => `make one of ha-preflight with ha-preflight init --from-ansible ${f}`,
  },
  {
    what: 'a manifest of Kubernetes',
    is: (_, v) => isMap(v) && typeof v.apiVersion === 'string' && typeof v.kind === 'string',
    instead: () =>
      'the pods to audit are named with nodesFrom: { kubernetes: { namespace: NAME, selector: app=NAME } }',
  },
  {
    what: 'a file of Docker Compose',
    is: (_, v) => isMap(v) && isMap(v.services),
    instead: () => 'containers are nodes with connection: { type: command, argv: [docker, exec, -i, NAME, sh, -s] }',
  },
  {
    what: 'a list of hosts',
    is: isListOfHosts,
    instead: () => 'write them below nodes:, or make an inventory with ha-preflight init --nodes a,b',
  },
];

/** What a JSON file that this program wrote is, where another one is expected, behind the error; empty when it is none. */
export function instead(value: unknown, file: string): string {
  const kind = KINDS.find(({ what, is }) => what.endsWith('of ha-preflight') && is('', value));
  return kind ? `; this is ${kind.what}: ${kind.instead(file)}` : '';
}

/** One sentence on what a file is that is not an inventory; undefined when it may be one. */
export function foreign(text: string, value: unknown, file: string): string | undefined {
  const kind = isOurs(value) ? undefined : KINDS.find(({ is }) => is(text, value));
  return kind && `${file}: this looks like ${kind.what}: ${kind.instead(file)}`;
}
