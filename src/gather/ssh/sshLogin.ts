/** One SSH login by ssh2, the only file that knows that package: host key, keys, agent. */

import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, AuthHandlerMiddleware, Client, ParsedKey, ServerHostKeyAlgorithm } from 'ssh2';
import type { Opened } from '../lib/deadline.js';
import { type ConnectOptions, type OtherWay, Unreachable } from '../transports/connection.js';
import { decideHostKey } from './hostKey.js';
import { type KnownHostsFile, preferKnown } from './knownHosts.js';
import { address, overhear } from './sshDial.js';
import { type Attempt, busy, otherWay, whyFailed } from './sshErrors.js';
import type { SshFiles } from './sshFiles.js';
import { chooseOffers, hasCertificate, type Offer, type Offers, type ParseKey } from './sshKeys.js';
import type { Target } from './sshTarget.js';
import { Busy } from './turns.js';

/** What is used of ssh2. */
export type Ssh2 = Pick<typeof import('ssh2'), 'Client' | 'createAgent' | 'utils'>;

/** Everything of one connect. */
export interface Run {
  readonly ssh2: Ssh2;
  readonly files: SshFiles;
  readonly opened: Opened;
  readonly notes: Set<string>;
  readonly secret: ConnectOptions['secret'];
  /** The stage it has reached, for the message when time is up. */
  attempt: Progress;
}

/** An attempt under way. */
export type Progress = { -readonly [K in keyof Attempt]: Attempt[K] };

export type { Client };

/** No ssh-rsa, which signs with SHA-1; OpenSSH has dropped it as well. */
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];
/** ssh2, loaded only when a node needs it: it would double the start-up time of every other command. */
export async function loadSsh2(): Promise<Ssh2> {
  return (await import('ssh2')).default;
}

/** An attempt that has not begun. */
export function attemptAt(target: Target): Progress {
  return {
    label: target.label,
    address: address(target.host, target.port),
    stage: 'connecting',
    heard: '',
    serverAlgorithms: new Map(),
    tried: [],
    problems: [],
    methods: [],
    certificate: false,
    offers: 0,
    banner: '',
    partial: false,
  };
}

/** What a login needs from this machine; read before connecting, so that a bad key file costs no connection. */
export interface Prepared extends Offers {
  readonly known: readonly KnownHostsFile[];
  readonly certificate: boolean;
}

/** Asks the agent and reads the key files and known_hosts. Rejects with `Unreachable`. */
export async function prepare(run: Run, target: Target): Promise<Prepared> {
  const parse = run.ssh2.utils.parseKey as ParseKey;
  const read = (path: string, passphrase?: string) => run.files.key(path, parse, passphrase);
  const passphrase = () => target.passphrase && run.secret(target.passphrase);
  const agent = await keysOfAgent(run.ssh2, target);
  const { problems, ...chosen } = chooseOffers(target, agent.keys, read, parse, passphrase);
  return {
    ...chosen,
    problems: [...agent.problems, ...problems],
    known: target.knownHostsFiles.map(run.files.knownHosts),
    certificate: hasCertificate(target, chosen.offers),
  };
}

/**
 * Handshake, host key, authentication over `sock`. Rejects with `Unreachable`; on any doubt about the host key before a
 * credential is offered.
 */
export function login(run: Run, target: Target, prepared: Prepared, sock: Duplex): Promise<Client> {
  const { ssh2, attempt } = run;
  const { offers, known, problems, certificate } = prepared;
  Object.assign(attempt, {
    stage: 'handshake',
    problems,
    certificate,
    otherWay: prepared.otherWay,
    offers: offers.length,
  });
  let refusal: { readonly refuse: string; readonly otherWay?: OtherWay } | undefined;
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const fail = (error?: Error): void => {
      const later = busy(attempt);
      reject(
        refusal === undefined && later
          ? new Busy(whyFailed(attempt, error), later.silent)
          : refusal === undefined
            ? new Unreachable(whyFailed(attempt, error), otherWay(attempt, error))
            : new Unreachable(refusal.refuse, refusal.otherWay),
      );
    };
    client.on('ready', () => resolve(client));
    client.on('close', () => fail());
    // It may be emitted more than once, and without a listener it would end this program.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level === 'agent') attempt.problems = [...attempt.problems, 'the agent refused to sign'];
      else fail(error);
    });
    client.on('banner', (text) => {
      attempt.banner = text.slice(0, MOST_BANNER);
    });
    client.on('handshake', () => {
      attempt.stage = 'authentication';
    });
    try {
      run.opened.add(() => client.end());
      client.connect({
        sock: sock as NonNullable<Parameters<Client['connect']>[0]['sock']>,
        username: target.user,
        readyTimeout: 0,
        keepaliveInterval: 15_000,
        keepaliveCountMax: 3,
        algorithms: { serverHostKey: [...preferKnown(HOST_KEYS, known, target.keyName)] as ServerHostKeyAlgorithm[] },
        // Plain and synchronous: ssh2 takes a promise, like anything truthy, for consent.
        hostVerifier: (key: Buffer): boolean => {
          const decision = decideHostKey(target, known, key);
          if ('refuse' in decision) refusal = decision;
          else if (decision.note !== undefined) run.notes.add(decision.note);
          return refusal === undefined;
        },
        authHandler: offering(ssh2, target, offers, attempt),
        // The only way to learn what the server would have accepted.
        debug: (message) => {
          // called several times a packet
          if (!message.startsWith('Handshake: (remote)')) return;
          const [, name, list] = /^Handshake: \(remote\) ([^:]+): (.*)$/.exec(message) ?? [];
          if (name !== undefined && list !== undefined)
            attempt.serverAlgorithms = new Map([...attempt.serverAlgorithms, [name, list]]);
        },
      });
      withoutFurtherKeys(client);
      overhear(sock, (text) => {
        attempt.heard = text;
      });
    } catch (error) {
      fail(error as Error);
    }
  });
}

/** The part of ssh2 that `withoutFurtherKeys` changes, which it does not publish. */
interface Inside {
  readonly _protocol?: {
    readonly _handlers?: { GLOBAL_REQUEST?: (...given: [{ ping(): void }, string, ...unknown[]]) => void };
  };
}

/**
 * After the login sshd lists all its host keys, and ssh2 has it sign for each of them and verifies that: work for both
 * sides, and a round trip, for an event that nobody listens to. The key of this connection was verified before. But without
 * an answer this machine acknowledges the list only after 40 ms, and until then sshd (Nagle) holds back that there is a channel.
 */
function withoutFurtherKeys(client: Client): void {
  const handlers = (client as unknown as Inside)._protocol?._handlers;
  const handle = handlers?.GLOBAL_REQUEST;
  if (!handlers || !handle) return;
  handlers.GLOBAL_REQUEST = (...given) => {
    const [protocol, name] = given;
    if (name === 'hostkeys-00@openssh.com') protocol.ping();
    else handle(...given);
  };
}

/** Offers one key after the other; ssh2 asks for the next, after the host key has been accepted and never before. */
function offering(ssh2: Ssh2, target: Target, offers: readonly Offer[], attempt: Progress): AuthHandlerMiddleware {
  const username = target.user;
  const left: AnyAuthMethod[] = offers.map(({ from, key }) =>
    from === 'file'
      ? { type: 'publickey', username, key: key as unknown as ParsedKey }
      : { type: 'agent', username, agent: agentOfOne(ssh2, target.agent!, key as unknown as ParsedKey) },
  );
  // An account may be open to the network it is on; it is also how a server is asked what it accepts.
  if (left.length === 0) left.push({ type: 'none', username });
  let tried = 0;
  return (methods: readonly string[] | null, partial, next) => {
    attempt.methods = methods ?? [];
    attempt.partial ||= partial === true;
    const method = methods && !methods.includes('publickey') ? undefined : left[tried];
    const name = offers[tried++]?.name;
    if (method && name !== undefined) attempt.tried = [...attempt.tried, name];
    // `false` ends the attempt; the type knows only methods.
    next((method ?? false) as AnyAuthMethod);
  };
}

/** Milliseconds for an agent to list its keys: one whose store is locked may never answer. */
const AGENT_MS = 5000;
/** Characters of a banner; some are a page of law. */
const MOST_BANNER = 2000;

function keysOfAgent(ssh2: Ssh2, target: Target): Promise<{ keys: ParsedKey[]; problems: string[] }> {
  if (target.agent === undefined) return Promise.resolve({ keys: [], problems: [] });
  const agent = ssh2.createAgent(target.agent);
  return new Promise((resolve) => {
    const late = setTimeout(
      () =>
        resolve({
          keys: [],
          problems: [`the agent at ${target.agent} did not answer within ${AGENT_MS / 1000} s: unlock it`],
        }),
      AGENT_MS,
    );
    agent.getIdentities((error, keys) => {
      clearTimeout(late);
      const problems = error ? [`the agent at ${target.agent} does not answer`] : [];
      resolve({ keys: (keys ?? []) as ParsedKey[], problems });
    });
  });
}

/** An agent that shows only one of its keys, so that keys of the agent and of files can be offered in any order. */
function agentOfOne(ssh2: Ssh2, socket: string, key: ParsedKey): ReturnType<Ssh2['createAgent']> {
  const agent = ssh2.createAgent(socket);
  agent.getIdentities = (callback: (error: undefined, keys: ParsedKey[]) => void) => callback(undefined, [key]);
  return agent;
}
