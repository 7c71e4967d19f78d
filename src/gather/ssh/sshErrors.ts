/** Errors of ssh2 and of the network, each as one sentence that says what to do. Pure. */

import { oneLine } from '../lib/oneLine.js';
import type { OtherWay } from '../transports/connection.js';

/** What is known of an attempt when it fails. */
export interface Attempt {
  /** `user@host:port`. */
  readonly label: string;
  readonly address: string;
  /** `waiting`: for other logins to the same server. */
  readonly stage: 'waiting' | 'connecting' | 'handshake' | 'authentication';
  /** The first bytes the server sent. */
  readonly heard: string;
  /** Algorithms the server offers, by `KEX method`, `Host key format`, `C->S cipher` and the like. */
  readonly serverAlgorithms: ReadonlyMap<string, string>;
  /** Names of the keys that were tried. */
  readonly tried: readonly string[];
  /** Why some keys were not. */
  readonly problems: readonly string[];
  /** Authentication methods the server still wants. */
  readonly methods: readonly string[];
  readonly certificate: boolean;
  /** What the ssh program could do with a key that was not tried. */
  readonly otherWay?: OtherWay | undefined;
  /** Keys that are at hand, in the order in which they are offered. */
  readonly offers: number;
  /** What the server said to everybody who logs in (RFC 4252, 5.4): often why it will refuse. */
  readonly banner: string;
  /** A key was accepted, and the server asks for more. */
  readonly partial: boolean;
}

type Failure = Error & { readonly code?: unknown; readonly level?: unknown };

/** What sshd says instead of its version when it takes no login: until 9.7, and from 9.8 on. */
const BUSY = /^(?:Exceeded MaxStartups|Not allowed at this time)/m;

/** Whether it may be otherwise in a moment; `silent` where the server only closed the connection. */
export const busy = ({ stage, heard }: Attempt): { readonly silent: boolean } | undefined =>
  stage === 'handshake' && (heard === '' || BUSY.test(heard)) ? { silent: heard === '' } : undefined;

const OPENSSH = 'set "type: openssh" to use the ssh program of the system';

/** The sentence for an attempt that ended with an error, or without one (`undefined`: the connection was closed). */
export function whyFailed(attempt: Attempt, error: Failure | undefined): string {
  const message = error?.message ?? 'closed';
  const { label } = attempt;
  if (attempt.stage === 'connecting') return whyNotConnected(attempt.address, error);
  const algorithm = lacking(message);
  if (algorithm !== undefined) return noCommon(attempt, algorithm);
  if (BUSY.test(attempt.heard))
    return `${attempt.address} takes no more logins now (its words are "${oneLine(attempt.heard, 60)}"): look at MaxStartups and PerSourcePenalties in its sshd_config, and wait a minute`;
  if (notSsh(attempt.heard))
    return `${attempt.address} is not an SSH server (its first words are "${oneLine(attempt.heard, 60)}"): check the port`;
  if (error?.level === 'client-authentication') return refused(attempt);
  if (attempt.stage === 'authentication') {
    return TOO_MANY.test(message)
      ? tooMany(attempt)
      : `${label} ended the connection during authentication (${oneLine(message)})${said(attempt)}; look at the node's sshd log`;
  }
  if (attempt.heard === '') {
    return `${attempt.address} closed the connection without an answer: look at MaxStartups, tcp wrappers, fail2ban and the node's sshd log`;
  }
  return `the SSH handshake with ${label} failed (${oneLine(message)})`;
}

/** What the ssh program may do after such an attempt; undefined: it would end in the same way. */
export function otherWay(attempt: Attempt, error: Failure | undefined): OtherWay | undefined {
  const algorithm = attempt.stage === 'connecting' ? undefined : lacking(error?.message ?? '');
  if (algorithm !== undefined) return { because: `no ${kindOf(algorithm)} in common` };
  const { stage, certificate, partial, methods } = attempt;
  const wasRefused =
    error?.level === 'client-authentication' || (stage === 'authentication' && TOO_MANY.test(error?.message ?? ''));
  if (!wasRefused || partial) return undefined;
  if (certificate) return { because: 'ssh2 cannot offer a certificate' };
  if (attempt.otherWay) return attempt.otherWay;
  return methods.some(isKerberos) ? { because: 'the server takes Kerberos', kerberos: true } : undefined;
}

/** The sentence for an attempt that was given up after `ms` milliseconds. */
export function whyTimedOut(attempt: Attempt, ms: number): string {
  const within = `within ${ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${ms} ms`}`;
  if (attempt.stage === 'waiting')
    return `the login to ${attempt.label} had no turn ${within}: other logins to ${attempt.address} did not end`;
  if (attempt.stage === 'connecting') {
    return `no answer from ${attempt.address} ${within}: check the address, the route and firewalls`;
  }
  if (attempt.heard === '') {
    return `${attempt.address} accepts connections but sends nothing ${within}: sshd hangs or is overloaded, or another program uses the port`;
  }
  if (BUSY.test(attempt.heard) || notSsh(attempt.heard)) return whyFailed(attempt, undefined);
  const last = attempt.tried.at(-1) ?? '';
  if (attempt.stage === 'authentication' && /^agent key |\(agent\)$/.test(last))
    return `${attempt.label} did not finish the SSH authentication ${within}: the agent may be locked, or wait for somebody to confirm the use of ${last}; else the node is overloaded, or its directory service hangs`;
  return `${attempt.label} did not finish the SSH ${attempt.stage} ${within}: perhaps the node is overloaded, or its directory service hangs`;
}

/** The sentence for a TCP connection that could not be made. */
export function whyNotConnected(address: string, error: Failure | undefined): string {
  switch (error?.code) {
    case 'ECONNREFUSED':
      return `${address} refused the connection: is sshd running there, and on that port?`;
    case 'ENOTFOUND':
      return `${address.replace(/:\d+$/, '')} was not found in DNS: correct "host" in the inventory, or the resolver`;
    case 'EAI_AGAIN':
      return `${address.replace(/:\d+$/, '')} could not be looked up: the DNS server does not answer`;
    case 'ETIMEDOUT':
      return `no answer from ${address}: check the address, the route and firewalls`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `there is no route to ${address}`;
    default:
      return `${address} could not be connected to (${oneLine(String(error?.code ?? error?.message ?? 'closed'))})`;
  }
}

/** The sentence for a session that an open connection did not grant. */
export function whyNoSession(label: string, error: Error & { readonly reason?: unknown }): string {
  const message = oneLine(error.message);
  if (/channel open failure/i.test(message) && error.reason !== '') {
    return `${label} allows no more sessions on a connection: raise MaxSessions in its sshd_config`;
  }
  if (/unable to exec/i.test(message)) return `${label} does not run commands: the account may be restricted`;
  return `the connection to ${label} was lost (${message})`;
}

/** The sentence for a jump host that did not connect on to `address`. */
export function whyNotForwarded(jump: string, address: string, error: Error & { readonly reason?: unknown }): string {
  if (error.reason === 1)
    return `the jump host ${jump} does not forward connections: set AllowTcpForwarding in its sshd_config`;
  return `the jump host ${jump} could not connect to ${address} (${oneLine(error.message.replace(/^.*failure: /, ''))})`;
}

const TOO_MANY = /too many/i;

const isKerberos = (method: string): boolean => method.startsWith('gssapi');

/** The kind of algorithm that both sides would need. */
const lacking = (message: string): string | undefined => /no matching (.+)/i.exec(message)?.[1];
const kindOf = (algorithm: string): string => algorithm.replace(/[CS]->[CS] /, '');

function noCommon({ label, serverAlgorithms }: Attempt, algorithm: string): string {
  const key = [...serverAlgorithms.keys()].find((name) => algorithm.toLowerCase().startsWith(name.toLowerCase()));
  const isExchange = algorithm.toLowerCase().startsWith('key exchange');
  const offered = serverAlgorithms.get(isExchange ? 'KEX method' : (key ?? '')) ?? '';
  const list = oneLine(
    offered
      .split(',')
      .filter((name) => !/^(ext-info|kex-strict)-/.test(name))
      .join(', '),
    300,
  );
  return `no ${kindOf(algorithm)} in common with ${label}${list === '' ? '' : `: the server offers only ${list}`}; ${OPENSSH}`;
}

/** The words of the server itself. */
const said = ({ banner }: Attempt): string => {
  const words = oneLine(banner, 300);
  return words === '' ? '' : `; the server says "${words}"`;
};

/** The server hung up before all keys had their turn. */
function tooMany(attempt: Attempt): string {
  const left = attempt.offers - attempt.tried.length;
  const rest =
    left > 0
      ? `, and ${left} of ${attempt.offers} keys ${left === 1 ? 'was' : 'were'} not offered: name the right one as identityFile`
      : '';
  return `${refused(attempt)}; the server's MaxAuthTries was reached${rest}`;
}

/** A second factor needs a person. What a person has opened can be used. */
function secondFactor({ label, tried, methods }: Attempt): string {
  const factor = methods.length > 0 ? ` (${oneLine(methods.join(', '))})` : '';
  return `${label} accepted ${tried.at(-1) ?? 'the key'}, and asks for a second factor${factor}, which needs a person: log in once with ssh -M -S SOCKET, and use "type: command" with argv: [ssh, -S, SOCKET, HOST, sh, -s]; or exempt the audit account`;
}

function refused(attempt: Attempt): string {
  const { label, tried, problems, methods, certificate } = attempt;
  if (attempt.partial) return [secondFactor(attempt) + said(attempt), ...problems].join('; ');
  const keys = tried.length > 0 ? `tried ${oneLine(tried.join(', '), 400)}` : 'no key was found';
  const wants = methods.length > 0 ? `; the server accepts ${oneLine(methods.join(', '))}` : '';
  const special = certificate
    ? 'a certificate'
    : methods.some(isKerberos) && !methods.includes('publickey')
      ? 'Kerberos'
      : '';
  const hint =
    special === ''
      ? 'put the public key in ~/.ssh/authorized_keys there, or correct "user" and "identityFile"'
      : `${special} needs "type: openssh"`;
  return [`${label} refused authentication: ${keys}${wants}${said(attempt)}`, ...problems, hint].join('; ');
}

function notSsh(heard: string): boolean {
  return heard !== '' && !/^SSH-/m.test(heard);
}
