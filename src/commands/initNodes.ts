/** Nodes and their connections as `init` writes them: what all have in common once, the rest on each line. */

import { relative, resolve } from 'node:path';
import type { AnsibleHost } from '../load/ansible.js';
import { safe } from '../reporters/text.js';

const FIELDS = ['user', 'port', 'identityFile', 'configFile', 'knownHosts', 'hostKeyCheck', 'jump', 'sudo'] as const;
const PATHS: readonly string[] = ['identityFile', 'configFile', 'knownHosts'];

export type Fields = Partial<Pick<AnsibleHost, (typeof FIELDS)[number]>>;

/** As YAML: bare where it cannot be anything but a word, else in quotes. */
export const word = (text: string): string =>
  /^[A-Za-z][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);

/** What Ansible takes relative to the current folder is written relative to the folder of the inventory. */
function path(text: string, folder: string): string {
  if (/^[~/]/.test(text)) return text;
  const from = relative(folder, resolve(text));
  return from.startsWith('.') ? from : `./${from}`;
}

function written(fields: Fields, folder: string): string {
  const parts = FIELDS.flatMap((field) => {
    const value = fields[field];
    if (value === undefined) return [];
    if (typeof value !== 'string') return [`${field}: ${value}`];
    return [`${field}: ${word(PATHS.includes(field) ? path(value, folder) : value)}`];
  });
  return `{ ${parts.join(', ')} }`;
}

/** Given by flags, or what all hosts have in common. */
export function commonFields(
  given: { readonly user?: string | undefined; readonly sudo?: boolean | undefined },
  hosts: readonly AnsibleHost[],
): Fields {
  const [first, ...others] = hosts;
  const shared = FIELDS.filter((field) => others.every((host) => host[field] === first?.[field]));
  return {
    ...Object.fromEntries(shared.flatMap((field) => (first?.[field] === undefined ? [] : [[field, first[field]]]))),
    ...(given.user !== undefined && { user: given.user }),
    ...(given.sudo === true && { sudo: true }),
  };
}

/** The connection of all nodes; an example in a comment when nothing is known of it. */
export function connectionLine(common: Fields, folder: string): string {
  if (Object.keys(common).length === 0) return '# connection: { user: ops, sudo: true }';
  const remark = common.sudo ? '' : '    # sudo: true when that user may not read the files of the product';
  return `connection: ${written(common, folder)}${remark}`;
}

export function nodeLine(node: AnsibleHost, common: Fields, folder: string): string {
  const { name, host, note } = node;
  const own: Fields = Object.fromEntries(
    FIELDS.flatMap((field) => {
      const value = node[field];
      const plain = value === common[field] || (field === 'port' && value === 22 && common.port === undefined);
      return value === undefined || plain ? [] : [[field, value]];
    }),
  );
  const named = /^\w[\w.:-]*$/.test(name);
  const fields = [
    ...(named ? [`name: ${word(name)}`] : []),
    ...(host === undefined ? (named ? [] : [`host: ${word(name)}`]) : [`host: ${word(host)}`]),
    ...(Object.keys(own).length === 0 ? [] : [`connection: ${written(own, folder)}`]),
  ];
  const remark = note === undefined ? '' : `    # ${safe(note)}`;
  return `  - ${fields.length === 1 && host === undefined ? word(name) : `{ ${fields.join(', ')} }`}${remark}`;
}
