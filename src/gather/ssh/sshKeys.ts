/** Which keys to offer a server, and in which order. Knows key files and the agent's list, not the protocol. */

import { createPrivateKey, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { oneLine } from '../lib/oneLine.js';
import { type OtherWay, Unreachable } from '../transports/connection.js';
import type { Target } from './sshTarget.js';

/** A key as ssh2 parses it; only what is used here, so that this file need not import ssh2. */
export interface Key {
  readonly type: string;
  readonly comment: string;
  isPrivateKey(): boolean;
  getPublicSSH(): Buffer;
  getPrivatePEM(): string;
  /** ssh2 signs by it, with `algorithm` for RSA. */
  sign(data: Buffer, algorithm?: string): Buffer | Error;
}

/** ssh2's parser: an `Error` is returned, not thrown. */
export type ParseKey = (data: Buffer, passphrase?: string) => Key | Error;

/** One thing to try, with the name under which it may be mentioned. */
export type Offer =
  | { readonly from: 'file'; readonly name: string; readonly key: Key }
  | { readonly from: 'agent'; readonly name: string; readonly key: Key };

/** What will be offered, and why some key that one would expect will not. */
export interface Offers {
  readonly offers: readonly Offer[];
  readonly problems: readonly string[];
  /** One of these is a key that the ssh program could use. */
  readonly otherWay?: OtherWay;
}

/** sshd hangs up at the sixth refusal by default (MaxAuthTries), and says so; until then each of the keys may be the one. */
const MOST = 30;

const DEFAULTS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** Why a key file cannot be used. */
export interface Unusable {
  readonly problem: string;
  readonly otherWay?: OtherWay;
}

/** Reads a key file. */
export type ReadKey = (path: string, passphrase?: string) => Key | Unusable;

/**
 * Chosen keys first (by the agent where it holds them), then what else the agent has, then OpenSSH's default files.
 * Throws `Unreachable` when the very file that the inventory names cannot be used.
 */
export function chooseOffers(
  target: Target,
  agentKeys: readonly Key[],
  read: ReadKey,
  parse: ParseKey,
  passphrase: () => string | undefined,
): Offers {
  const offers: Offer[] = [];
  const problems: string[] = [];
  let otherWay: OtherWay | undefined;
  const usable = agentKeys.filter((key) => !/-cert-v01@|^sk-/.test(key.type));
  const offer = (from: Offer['from'], name: string, key: Key): void => {
    const seen = offers.some((other) => other.key.getPublicSSH().equals(key.getPublicSSH()));
    if (!seen) offers.push({ from, name, key });
  };
  const offerFile = (path: string): void => {
    const held = heldByAgent(path, usable, parse);
    const key = held ?? read(path, path === target.required ? passphrase() : undefined);
    if (held) offer('agent', `${path} (agent)`, held);
    else if (!('problem' in key)) offer('file', path, key);
    else if (path === target.required) throw new Unreachable(key.problem, key.otherWay);
    else {
      problems.push(key.problem);
      otherWay ??= key.otherWay;
    }
  };
  for (const path of target.identityFiles) offerFile(path);
  if (!target.identitiesOnly) for (const key of usable) offer('agent', `agent key ${agentName(key)}`, key);
  if (target.identityFiles.length === 0) for (const path of defaultFiles()) offerFile(path);
  return { offers: offers.slice(0, MOST), problems, ...(otherWay && { otherWay }) };
}

/** Reads and, where it is encrypted, opens a private key. Its contents are never part of a problem's sentence. */
export function readKey(path: string, parse: ParseKey, passphrase?: string): Key | Unusable {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    return { problem: `identity file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
  const key = parse(data, passphrase);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return opened(key);
    return { problem: `identity file ${path} is a public key, and the agent does not have its private key` };
  }
  return whyNotRead(path, key.message, passphrase !== undefined);
}

/** ssh2 reads the text of a key again for each signature, which takes ten times as long as Ed25519 takes to sign. */
function opened(key: Key): Key {
  if (key.type !== 'ssh-ed25519') return key;
  const secret = createPrivateKey(key.getPrivatePEM());
  key.sign = (data) => sign(null, data, secret);
  return key;
}

function whyNotRead(path: string, message: string, hasPassphrase: boolean): Unusable {
  if (/no passphrase given/i.test(message)) {
    return {
      problem: `identity file ${path} is encrypted: give "passphrase: {env: NAME}" or "{file: PATH}" next to identityFile, or run ssh-add`,
    };
  }
  // A private key that ssh2 knows by name but cannot read is the system's ssh's business.
  if (/unsupported/i.test(message))
    return {
      problem: `identity file ${path} is a kind of key that only "type: openssh" can use`,
      otherWay: { because: `ssh2 cannot use the identity file ${path}` },
    };
  if (hasPassphrase)
    return { problem: `identity file ${path} cannot be opened with the passphrase given, or is damaged` };
  return { problem: `identity file ${path} is not a usable private key` };
}

/** The agent's key for a file, by the public key next to it (or by the file itself, when there is no other). */
function heldByAgent(path: string, agentKeys: readonly Key[], parse: ParseKey): Key | undefined {
  if (agentKeys.length === 0) return undefined;
  for (const candidate of [`${path}.pub`, path]) {
    if (!existsSync(candidate)) continue;
    const key = parse(readFileSync(candidate));
    if (!(key instanceof Error)) return agentKeys.find((held) => held.getPublicSSH().equals(key.getPublicSSH()));
  }
  return undefined;
}

function defaultFiles(): string[] {
  return DEFAULTS.map((name) => join(homedir(), '.ssh', name)).filter((path) => existsSync(path));
}

function agentName(key: Key): string {
  const comment = oneLine(key.comment, 60);
  return `"${comment.includes('/') ? basename(comment) : comment || key.type}"`;
}

/** A certificate next to the keys would explain a refusal: ssh2 can only offer the plain key. */
export function hasCertificate(target: Target, offers: readonly Offer[]): boolean {
  const files = [...target.identityFiles, ...offers.flatMap((o) => (o.from === 'file' ? [o.name] : []))];
  return target.certificateFiles.length > 0 || files.some((path) => existsSync(`${path}-cert.pub`));
}
