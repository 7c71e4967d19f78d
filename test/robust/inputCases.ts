/** Faults that are not a node's; each has its test in this folder. */

import type { Row } from './rows.js';

export const STUCK_MOUNT = 'the file server of a hard NFS mount is gone';

const of = (group: string, rows: readonly (readonly [fault: string, verdict: string])[]): Row[] =>
  rows.map(([fault, verdict]) => ({ group, fault, verdict }));

export const INPUT_CASES: readonly Row[] = [
  {
    group: 'A node',
    fault: STUCK_MOUNT,
    verdict:
      '`shared-directories` fails on the node, since the others got an answer; unknown, naming the file system that does not answer: `file-locking`, `free-space`, `mount-persistence`, `nfs-mount-options`, `nfs-version`, `storage-kind`; the rest is measured',
  },
  ...of(
    'Identity',
    ['ssh', 'openssh'].flatMap((type): [string, string][] => [
      [`${type}: ForwardAgent yes in ssh_config`, 'the agent is used here, and not forwarded'],
      [`${type}: a jump host whose key has changed`, 'the node is unknown; nothing was offered to the jump host'],
      ...['a key exchange with SHA-1', 'a cipher in CBC mode', 'a MAC with MD5', 'host keys signed with SHA-1'].map(
        (what): [string, string] => [
          `${type}: a server that only knows ${what}`,
          'the node is unknown; no login is tried',
        ],
      ),
    ]),
  ),
  ...of('This program', [
    [
      'SIGINT',
      'exit 130 within a second; what was measured is reported, the rest is unknown; nothing is left on the nodes',
    ],
    ['SIGTERM', 'as SIGINT'],
    ['a second signal', 'exit 130 at once; no report, and no draft of one'],
    ['a reader that has gone (| head)', "the gate's exit code, no message"],
    ['standard output on a full disk', 'exit 4, and said'],
    ['a report file that cannot be written', 'exit 2 before anything is contacted'],
    [
      'a disk that is full when the report is written',
      'exit 4, and said; the other reports are whole, an older file stays as it was',
    ],
    ['a report file that is a device, a pipe or a link', 'written to, not replaced'],
    [
      '24 kinds of secret on the nodes and given to it',
      'in no report, evidence, message, argument list or environment; evidence is 0600 and holds no nonce',
    ],
    ['a password in the inventory', 'exit 2 with line and column, not repeated; says how to give it'],
  ]),
];
