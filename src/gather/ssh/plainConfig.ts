/**
 * Where no file says anything that matters here, as on most machines of CI, `ssh -G` would print its defaults: they need
 * no program, which takes a good part of the time that three nodes take.
 */

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type AskedHost, defaultConfigFiles, type Self } from './sshConfig.js';
import { type ConfigLine, readConfigFile } from './sshConfigFile.js';

/** The program that reads /etc/ssh/ssh_config, where that is; another one (conda's, Homebrew's, openSUSE's) has it elsewhere. */
const SYSTEM_SSH = /^(\/usr)?\/bin\/ssh$/;
const SYSTEM_FILE = '/etc/ssh/ssh_config';
/** Keywords that decide neither where a connection goes, nor with which key, nor whom it trusts. */
const INERT = /^(sendenv|hashknownhosts|gssapi(authentication|delegatecredentials))$/;
const DEFAULT_KEYS = ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk'];

const flat = (lines: readonly ConfigLine[]): ConfigLine[] =>
  lines.flatMap((line) => (line.included ? flat(line.included) : [line]));

/** What all files say; undefined where they say more than what is the same for every host. */
function lines(me: Self): ConfigLine[] | undefined {
  try {
    const all = flat(defaultConfigFiles(me).flatMap((file) => readConfigFile(file, me.home)));
    const inert = ({ keyword, args }: ConfigLine): boolean =>
      keyword === 'host' ? args.length === 1 && args[0] === '*' : INERT.test(keyword);
    return all.every(inert) ? all : undefined;
  } catch {
    return undefined;
  }
}

/** What the ssh program would print of this host; undefined where only the program knows. */
export function plainConfig({ host, user, port, configFile }: AskedHost, me: Self): string | undefined {
  const programs = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'ssh'));
  const program = programs.find((file) => existsSync(file)) ?? '';
  if (configFile !== undefined || !SYSTEM_SSH.test(program) || !existsSync(SYSTEM_FILE)) return undefined;
  const said = lines(me);
  if (said === undefined) return undefined;
  const kerberos = said.find(({ keyword }) => keyword === 'gssapiauthentication')?.args[0] ?? 'no';
  return [
    `host ${host}`,
    `user ${user ?? me.user}`,
    `hostname ${host}`,
    `port ${port ?? 22}`,
    'addressfamily any',
    `gssapiauthentication ${kerberos.toLowerCase()}`,
    'identitiesonly no',
    ...DEFAULT_KEYS.map((key) => `identityfile ~/.ssh/id_${key}`),
    'globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2',
    'userknownhostsfile ~/.ssh/known_hosts ~/.ssh/known_hosts2',
    '',
  ].join('\n');
}
