/** Whether to connect to a server with a certain key, and the message to the operator if not. */

import { readFileSync } from 'node:fs';
import type { OtherWay } from '../transports/connection.js';
import {
  fingerprint,
  judgeHostKey,
  type KnownHost,
  type KnownHostsFile,
  keyType,
  parseKnownHosts,
} from './knownHosts.js';
import type { Target } from './sshTarget.js';

/** `refuse` is the sentence for the operator; `note` is what an accepted key leaves to be reported. */
export type HostKeyDecision = { readonly refuse: string; readonly otherWay?: OtherWay } | { readonly note?: string };

/** Decides by the files and the target's policy. Synchronous, as ssh2's `hostVerifier` must be. */
export function decideHostKey(target: Target, files: readonly KnownHostsFile[], key: Buffer): HostKeyDecision {
  const offered = `${keyType(key)} ${fingerprint(key)}`;
  if (target.hostKeyCheck === 'off') return { note: `the host key of ${target.label} was not checked (${offered})` };
  const outcome = judgeHostKey(files, target.keyName, key);
  switch (outcome.status) {
    case 'ok':
      return {};
    case 'unknown':
      if (target.hostKeyCheck === 'accept-new')
        return { note: `the host key of ${target.label} was not known and was accepted (${offered})` };
      return { refuse: `no host key is known for ${target.keyName} ${looked(files)}; ${remedy(target, files, key)}` };
    case 'mismatch':
      return {
        refuse:
          `the host key of ${target.label} has CHANGED: it offers ${offered} but ${where(outcome.entry)} has a different key; ` +
          'no credential was offered; if the node was reinstalled, compare the fingerprint on its console and replace that line',
      };
    case 'other-type':
      return {
        refuse:
          `${target.label} offers only ${offered}, but ${where(outcome.entry)} knows it by a ${outcome.entry.type} key; ` +
          `no credential was offered; ${remedy(target, files, key)}`,
      };
    case 'revoked':
      return {
        refuse:
          `the host key of ${target.label} (${offered}) is marked @revoked at ${where(outcome.entry)}; ` +
          'no credential was offered; give the node a new host key',
      };
    case 'ca-only':
      return {
        refuse:
          `${target.keyName} is known only by a certificate authority (${where(outcome.entry)}), ` +
          `which needs the ssh program of the system: set "type: openssh"`,
        otherWay: { because: 'its host key is certified, which ssh2 cannot verify' },
      };
  }
}

/** Reads a known_hosts file; one that is not there, or may not be read, contains no hosts. */
export function readKnownHosts(path: string): KnownHostsFile {
  try {
    return parseKnownHosts(readFileSync(path, 'utf8'), path);
  } catch {
    return { file: path, hosts: [], badLines: [] };
  }
}

function where(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`;
}

function looked(files: readonly KnownHostsFile[]): string {
  const names = files.map(({ file, badLines }) => {
    const bad = badLines.slice(0, 5).join(', ');
    return bad === '' ? file : `${file} (not understood: line ${bad})`;
  });
  return `in ${names.join(', ')}`;
}

function remedy(target: Target, files: readonly KnownHostsFile[], key: Buffer): string {
  const type = keyType(key);
  const short = type.replace(/^ssh-/, '').replace(/-sha2-.*$/, '');
  const command = `ssh-keyscan -p ${target.port} -t ${short} ${target.host} >> ${files[0]?.file ?? '~/.ssh/known_hosts'}`;
  const through = target.jumps.length > 0 ? ' (run ssh-keyscan on the jump host)' : '';
  const alias = command.includes(target.keyName.replace(/^\[|\]:\d+$/g, '')) ? '' : `, filed under ${target.keyName}`;
  return (
    `it offers ${type} ${fingerprint(key)}: compare that with "ssh-keygen -lf /etc/ssh/ssh_host_${short}_key.pub" ` +
    `on its console, then add it with "${command}"${alias}${through}`
  );
}
