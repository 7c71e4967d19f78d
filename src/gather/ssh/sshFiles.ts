/** The files of the operator's ~/.ssh, each read once however many nodes there are. */

import { accessSync, statSync } from 'node:fs';
import { Unreachable } from '../transports/connection.js';
import { readKnownHosts } from './hostKey.js';
import type { KnownHostsFile } from './knownHosts.js';
import { defaultConfigFiles, loadSshConfig, type SshConfig } from './sshConfig.js';
import { type Key, type ParseKey, readKey, type Unusable } from './sshKeys.js';

/** Memoised readers. */
export interface SshFiles {
  /** The inventory's ssh_config, or the user's and the system's. Throws `Unreachable` when it cannot be read. */
  config(path: string | undefined): SshConfig;
  /** Read again when it has changed: the remedy for an unknown host is a line in it. */
  knownHosts(path: string): KnownHostsFile;
  /** Opening an encrypted key takes a tenth of a second of CPU by design. */
  key(path: string, parse: ParseKey, passphrase: string | undefined): Key | Unusable;
}

/** An empty memory. */
export function sshFiles(): SshFiles {
  const configs = new Map<string, SshConfig>();
  const known = new Map<string, KnownHostsFile>();
  const keys = new Map<string, Key | Unusable>();
  return {
    config(path) {
      return remember(configs, path ?? '', () => {
        try {
          // ssh passes over a missing default file; one that was asked for by name is a mistake.
          if (path !== undefined) accessSync(path);
          return loadSshConfig(path === undefined ? defaultConfigFiles() : [path]);
        } catch (error) {
          throw new Unreachable(`ssh_config cannot be read: ${(error as Error).message}`);
        }
      });
    },
    knownHosts: (path) => remember(known, `${path}\0${version(path)}`, () => readKnownHosts(path)),
    key: (path, parse, passphrase) =>
      remember(keys, `${path}\0${version(path)}\0${passphrase ?? ''}`, () => readKey(path, parse, passphrase)),
  };
}

function remember<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const value = memory.get(key) ?? make();
  memory.set(key, value);
  return value;
}

function version(path: string): string {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return '';
  }
}
