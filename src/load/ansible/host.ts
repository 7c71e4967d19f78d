/** From the variables of a host in Ansible to how it is reached here, and what of that is lost. Passwords are never read. */

import { isMap } from '../isMap.js';
import { parseTarget } from '../nodes.js';
import type { Vars } from './groups.js';
import { type SshFields, sshOptions } from './sshArgs.js';
import { unwrap } from './tree.js';

export interface AnsibleHost extends SshFields {
  readonly name: string;
  readonly host?: string;
  readonly sudo?: true;
  /** Why it cannot be asked over SSH, or what could not be read of it. */
  readonly note?: string;
  readonly leftOut?: true;
}

const SSH = ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'libssh'];
const PASSWORDS = ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'];
const SUDO_PASSWORDS = ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'];
/** A variable may hold another, but not for ever. */
const MAX_STEPS = 5;

/** `ansible.builtin.ssh` is ssh. */
const shortName = (name: string): string => name.replace(/^[a-z_][\w]*\.[a-z_][\w]*\./, '');
const isTrue = (text: string | undefined): boolean => /^(true|yes|on|1|y|t)$/i.test(text ?? '');
const isFalse = (text: string | undefined): boolean => /^(false|no|off|0|n|f)$/i.test(text ?? '');
const isPath = (text: string): boolean => !/^~[^/]|[%$]/.test(text);

/** Templates that are nothing but names of variables are filled in; `undefined` where more is needed to know. */
function fill(text: string, vars: Vars, steps = MAX_STEPS): string | undefined {
  let known = true;
  const filled = text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const value = unwrap(vars[name]);
    const inner = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    const result = inner === undefined || steps === 0 ? undefined : fill(inner, vars, steps - 1);
    known &&= result !== undefined;
    return result ?? '';
  });
  return known && !/\{[{%]/.test(filled) ? filled : undefined;
}

/** Values by name, of several the first that is there; what cannot be read becomes a note. */
function reader(vars: Vars, notes: string[]): (...keys: string[]) => string | undefined {
  return (...keys) => {
    const key = keys.find((k) => vars[k] !== undefined && vars[k] !== null && vars[k] !== '');
    if (key === undefined) return undefined;
    const value = unwrap(vars[key]);
    if (isMap(value) && '__ansible_vault' in value) notes.push(`${key} is encrypted with ansible-vault`);
    else if (typeof value === 'object') notes.push(`${key} is not text`);
    else {
      const text = fill(String(value), vars);
      if (text !== undefined) return text;
      notes.push(`${keys[0]} is a template`);
    }
    return undefined;
  };
}

type Text = ReturnType<typeof reader>;

/** Fields in the order in which ssh gets them from Ansible; of each the first counts. */
function fieldsOf(text: Text, notes: string[]): SshFields {
  const args = (key: string): SshFields => {
    const { fields, dropped } = sshOptions(text(key) ?? '');
    if (dropped.length > 0) notes.push(`${key}: ${dropped.join(', ')} is left out`);
    return fields;
  };
  const first = args('ansible_ssh_args');
  const checking = text('ansible_host_key_checking', 'ansible_ssh_host_key_checking');
  const [port, user] = [text('ansible_port', 'ansible_ssh_port'), text('ansible_user', 'ansible_ssh_user')];
  const key = text('ansible_private_key_file', 'ansible_ssh_private_key_file');
  const all: SshFields = {
    ...args('ansible_ssh_extra_args'),
    ...args('ansible_ssh_common_args'),
    ...(port !== undefined && { port: Number(port) }),
    ...(user !== undefined && { user }),
    ...(key !== undefined && { identityFile: key }),
    ...(isFalse(checking) && { hostKeyCheck: 'off' }),
    ...first,
  };
  const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
    port: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535,
    user: (value) => /^[^-\s:@]([^\s:]*[^\s:@])?$/.test(String(value)),
    identityFile: (value) => isPath(String(value)),
    configFile: (value) => isPath(String(value)),
    knownHosts: (value) => isPath(String(value)) && !/\s/.test(String(value)),
  };
  const wrong = Object.entries(all).flatMap(([field, value]) => (fits[field]?.(value) === false ? [field] : []));
  for (const field of wrong) notes.push(`ansible: the ${field} cannot be used and is left out`);
  return Object.fromEntries(Object.entries(all).filter(([field]) => !wrong.includes(field)));
}

function sudoOf(text: Text, vars: Vars, notes: string[]): boolean {
  if (!isTrue(text('ansible_become'))) return false;
  const method = shortName(text('ansible_become_method') ?? 'sudo');
  const user = text('ansible_become_user') ?? 'root';
  if (method !== 'sudo') notes.push(`ansible_become_method is ${method}, only sudo is known`);
  else if (user !== 'root') notes.push(`ansible_become_user is ${user}, sudo is only to root`);
  else {
    if (SUDO_PASSWORDS.some((key) => key in vars))
      notes.push('the sudo password is left out: sudo: { password: { env: NAME } }');
    return true;
  }
  return false;
}

/** A host with all its variables, those of its groups included. */
export function hostOf(written: string, given: Vars): AnsibleHost {
  const [, login, name = written] = /^(.+)@([^@]+)$/.exec(written) ?? [];
  const vars: Vars = {
    inventory_hostname: written,
    inventory_hostname_short: written.split('.')[0],
    ...(login !== undefined && { ansible_user: login }),
    ...given,
  };
  const notes: string[] = [];
  const text = reader(vars, notes);
  const connection = text('ansible_connection');
  if (connection !== undefined && !SSH.includes(shortName(connection)))
    return { name, leftOut: true, note: `ansible_connection is ${connection}` };
  const host = text('ansible_host', 'ansible_ssh_host');
  const target = parseTarget(host ?? name);
  if (/\s/.test(host ?? name) || 'wrong' in target || target.port !== undefined || target.user !== undefined)
    return {
      name,
      leftOut: true,
      note: `${host === undefined ? 'its name' : 'ansible_host'} is not a host name or an address`,
    };
  const fields = fieldsOf(text, notes);
  const sudo = sudoOf(text, vars, notes);
  if (PASSWORDS.some((key) => key in vars)) notes.push('the password is left out: logins are by key');
  return {
    name,
    ...(host !== undefined && host !== name && { host }),
    ...fields,
    ...(sudo && { sudo: true }),
    ...(notes.length > 0 && { note: [...new Set(notes)].join(', ') }),
  };
}
