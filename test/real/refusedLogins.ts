/** Logins and uses of sudo that a real server refuses, each with what is said then: of refusals.test.ts, privileges.test.ts and docs/robustness.md. */

import assert from 'node:assert/strict';

/** By fault; … stands for what is not the same everywhere. */
const SENTENCES = {
  'sshd asks for a second factor':
    'accepted …, and asks for a second factor (password), which needs a person: log in once with ssh -M',
  'sshd asks for a second factor, by the system ssh': 'a second factor needs a person',
  'sshd accepts no key': 'refused authentication: tried …; put the',
  'sshd accepts no key, and says why':
    'refused authentication: tried …; the server says "Your account has expired;…ask the help desk."; put the',
  'sshd refuses before it got the right key of an agent':
    'MaxAuthTries was reached, and … of 9 keys were not offered: name the right one as identityFile',
  'an agent that never answers': 'the agent at … did not answer within 5 s: unlock it',
  'ssh_config has a Match that is not supported': 'Match … is not supported and was ignored',
  'an account whose login only prints that it may not': 'no POSIX shell on the node: …Please login as the user ubuntu',
  'sudo: no right to use it': 'a password is required',
  'sudo: a wrong password': '1 incorrect password attempt; correct the password that connection.sudo names',
  'sudo: requiretty': 'you must have a tty to run sudo; sudo asks for a terminal: put "Defaults:USER !requiretty"',
  'sudo: only another command is allowed': 'a password is required',
  'sudo: it is not installed': 'sudo: not found; install sudo on the node, or log in as root',
  'sudo: its file may be written by everybody': 'sudo: /etc/sudoers is world writable; sudo refuses everybody there',
  'sudo: its program has lost the bit that makes it root': 'setuid bit set; sudo cannot become root there',
  'sudo: its program is for another group':
    'this account may not start the program (Permission denied); let the account run sudo',
  'sudo: that of another project, which asks for a password':
    'interactive authentication is required; give it with connection.sudo',
  'sudo: noexec': 'sudo allows no further program there (noexec): put "Defaults:USER !noexec"',
} as const;

export type Refusal = keyof typeof SENTENCES;

/** Fails unless the text says the sentence of this fault. */
export function says(text: string, fault: Refusal): void {
  const parts = SENTENCES[fault].split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  assert.match(text, new RegExp(parts.join('.*?')));
}

export const REFUSAL_ROWS = Object.entries(SENTENCES).map(([fault, sentence]) => ({
  group: 'A login or sudo that is refused',
  fault,
  verdict: fault.startsWith('sudo')
    ? `unknown, what needs no sudo is measured: "${sentence}"`
    : `the node is unknown where no other way gets in: "${sentence}"`,
}));
