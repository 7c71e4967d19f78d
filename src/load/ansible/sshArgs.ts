/** Options of ssh in an inventory's ansible_ssh_common_args and its like: those that ha-preflight has a field for. */

import type { Connection } from '../../model/inventory.js';
import { parseTarget } from '../nodes.js';
import { shellWords } from './words.js';

export type SshFields = Partial<
  Pick<Connection, 'user' | 'port' | 'identityFile' | 'configFile' | 'knownHosts' | 'hostKeyCheck' | 'jump'>
>;

interface SshOptions {
  readonly fields: SshFields;
  /** Options without a field here, by name; values may be secret. */
  readonly dropped: readonly string[];
}

/** Flags of ssh(1) with an argument that stand for an option of ssh_config(5). */
const FLAGS: Readonly<Record<string, string>> = {
  J: 'proxyjump',
  i: 'identityfile',
  F: '-f',
  p: 'port',
  l: 'user',
};
/** Flags with an argument, all of them. */
const WITH_ARGUMENT = 'BbcDEeFIiJLlmOopQRSWw';
/** Options that change how ssh works, but not which host is reached, nor who logs in. */
const HARMLESS =
  /^(control(master|path|persist)|serveralive(interval|countmax)|tcpkeepalive|connecttimeout|connectionattempts|compression|forwardagent|forwardx11|batchmode|loglevel|requesttty)$/;

/** Options in order, as name (lower case) and value; and the words that are not options. */
function optionsOf(words: readonly string[]): { options: [string, string][]; rest: string[] } {
  const options: [string, string][] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    // what follows the host is its command
    if (!/^-./.test(word)) return { options, rest: words.slice(i) };
    const at = [...word].findIndex((letter, j) => j > 0 && WITH_ARGUMENT.includes(letter));
    if (at < 0) continue;
    const letter = word[at]!;
    const value = word.slice(at + 1) || (words[++i] ?? '');
    if (letter === 'o') {
      const [, name = value, of = ''] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*)$/s.exec(value) ?? [];
      options.push([name.toLowerCase(), of]);
    } else options.push([FLAGS[letter] ?? `-${letter}`, value]);
  }
  return { options, rest: [] };
}

function jumpOf(text: string): string | undefined {
  const target = text.replace(/^ssh:\/\//, '');
  return 'wrong' in parseTarget(target) ? undefined : target;
}

/** The host that `ssh -W %h:%p bastion` or `ssh bastion nc %h %p` goes through; undefined for any other command. */
function jumpOfCommand(command: string): string | undefined {
  const [program = '', ...words] = shellWords(command.replace(/^\s*exec\s+/, '')) ?? [];
  if (!/(^|\/)ssh$/.test(program)) return undefined;
  // options may follow the host
  const first = optionsOf(words);
  const { options, rest } = optionsOf(first.rest.slice(1));
  const all = new Map([...first.options, ...options].reverse());
  const forwards = /^(%h|\[%h\]):%p$/.test(all.get('-W') ?? '') || /^(nc|netcat|ncat)\b.*%h.*%p/.test(rest.join(' '));
  // how the jump host's key is checked stays with hostKeyCheck
  const known = ['-W', 'user', 'port', 'stricthostkeychecking', 'userknownhostsfile'];
  if (!forwards || [...all.keys()].some((name) => !known.includes(name) && !HARMLESS.test(name))) return undefined;
  const target = parseTarget(first.rest[0] ?? '');
  if ('wrong' in target) return undefined;
  const { host, user = all.get('user'), port = all.get('port') } = target;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return jumpOf(`${user === undefined ? '' : `${user}@`}${bracketed}${port === undefined ? '' : `:${port}`}`);
}

/** Takes the arguments apart. Of an option that is given twice, the first counts, as for ssh. */
export function sshOptions(args: string): SshOptions {
  const { options, rest } = optionsOf(shellWords(args) ?? ['-o', args]);
  const fields: { -readonly [K in keyof SshFields]: SshFields[K] } = {};
  const dropped: string[] = rest.length > 0 ? ['words that are not options'] : [];
  const drop = (name: string): void => void dropped.push(name);
  for (const [name, value] of options) {
    if (name === 'proxyjump' || name === 'proxycommand') {
      const jump = name === 'proxyjump' ? jumpOf(value) : jumpOfCommand(value);
      if (value.toLowerCase() === 'none') continue;
      if (jump === undefined) drop(name === 'proxyjump' ? 'ProxyJump through several hosts' : 'ProxyCommand');
      else fields.jump ??= jump;
    } else if (name === 'identityfile') fields.identityFile ??= value;
    else if (name === '-f') fields.configFile ??= value;
    else if (name === 'user') fields.user ??= value;
    else if (name === 'port' && /^\d+$/.test(value)) fields.port ??= Number(value);
    else if (name === 'stricthostkeychecking') {
      if (/^(no|off|false)$/i.test(value)) fields.hostKeyCheck ??= 'off';
      else if (/^accept-new$/i.test(value)) fields.hostKeyCheck ??= 'accept-new';
    } else if (name === 'userknownhostsfile') {
      // /dev/null: keys are not kept, which needs no file here
      if (value !== '/dev/null') fields.knownHosts ??= value;
    } else if (!HARMLESS.test(name)) drop(name);
  }
  return { fields, dropped };
}
