/** Faults that are not a node's; each has its test in this folder. */

import type { Row } from './rows.js';

const of = (group: string, rows: readonly (readonly [fault: string, verdict: string])[]): Row[] =>
  rows.map(([fault, verdict]) => ({ group, fault, verdict }));

export const INPUT_CASES: readonly Row[] = [
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
