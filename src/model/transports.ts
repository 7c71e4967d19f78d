/** The ways to a node, each described once. `gather/transports/connect.ts` has the code of each; the compiler demands it. */

import { shownArgv } from './argv.js';
import type { Connection } from './inventory.js';
import { unmapped } from './unmapped.js';

interface Way {
  /** Fields of `connection` that mean something for it, besides `type`. */
  readonly fields: readonly (keyof Connection)[];
  /** By SSH: it has a host, a port and host keys, and a command can be given to it as `ssh HOST COMMAND`. */
  readonly ssh: boolean;
  /** For people. */
  readonly describe: (connection: Connection, host: string) => string;
  /** Two nodes with the same text are the same machine. */
  readonly machine: (connection: Pick<Connection, 'argv' | 'root' | 'port' | 'jump'>, host: string) => string;
  /** What makes two nodes the same machine, for people. */
  readonly machineIs: string;
}

/** A host in one spelling: names in lower case, addresses as URLs have them. */
function oneSpelling(host: string): string {
  const plain = host.toLowerCase().replace(/\.$/, '');
  const url = `http://${plain.includes(':') ? `[${plain}]` : plain}/`;
  if (!/^[\da-f:.]+$/.test(plain) || !URL.canParse(url)) return plain;
  return unmapped(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}

/** A path without what does not change where it leads: `./`, double and final slashes. */
const samePath = (path: string): string =>
  path
    .replaceAll(/\/+/g, '/')
    .replaceAll(/(?<=^|\/)\.(?:\/|$)/g, '')
    .replace(/(?<=.)\/$/, '');

const address: Pick<Way, 'ssh' | 'machine' | 'machineIs'> = {
  ssh: true,
  machine: ({ port, jump }, host) => `${oneSpelling(host)} ${port ?? 22} ${jump ?? ''}`,
  machineIs: 'host, port and jump host',
};
const login = (word: string, { user, port, jump, sudo }: Connection, host: string): string =>
  `${word} ${user ? `${user}@` : ''}${port && host.includes(':') ? `[${host}]` : host}${port ? `:${port}` : ''}${jump ? ` through ${jump}` : ''}${sudo ? ', sudo' : ''}`;

const ssh = {
  ...address,
  fields: ['user', 'port', 'identityFile', 'passphrase', 'knownHosts', 'hostKeyCheck', 'configFile', 'jump', 'sudo'],
  describe: (connection, host) => login('ssh', connection, host),
} as const satisfies Way;

/** Where an inventory names none. */
export const DEFAULT_TRANSPORT = 'auto';

export const TRANSPORTS = {
  auto: ssh,
  ssh,
  openssh: {
    ...address,
    fields: ['user', 'port', 'identityFile', 'knownHosts', 'hostKeyCheck', 'configFile', 'jump', 'sudo'],
    describe: (connection, host) => login('openssh', connection, host),
  },
  local: {
    fields: ['sudo', 'root'],
    ssh: false,
    describe: ({ root }) => `this machine${root ? `, at ${root}` : ''}`,
    machine: ({ root }) => `local ${samePath(root ?? '/')}`,
    machineIs: 'root',
  },
  command: {
    fields: ['argv', 'sudo', 'root'],
    ssh: false,
    describe: ({ argv = [] }) => shownArgv(argv).join(' '),
    machine: ({ argv, root }) => JSON.stringify(['command', argv, samePath(root ?? '/')]),
    machineIs: 'argv and root',
  },
} as const satisfies Record<Connection['type'], Way>;

/** Whether a node is reached by SSH. */
export const bySsh = ({ type }: Pick<Connection, 'type'>): boolean => TRANSPORTS[type].ssh;
