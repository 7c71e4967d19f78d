/**
 * What the ssh program of this machine would do with a host: `ssh -G` is the truth about ssh_config(5), with its
 * Include, Match, CanonicalizeHostname and whatever a release adds. It looks names up and runs `Match exec`, as the
 * operator's own `ssh HOST` does; so it is asked only for hosts that are about to be logged in to. docs/sources.md 11.
 */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { oneLine } from '../lib/oneLine.js';
import { Unreachable } from '../transports/connection.js';
import { plainConfig } from './plainConfig.js';
import { ordinary, sameForAll } from './sameForAll.js';
import { type AskedHost, accountHome, expand, type HostConfig, type Self, self } from './sshConfig.js';

export interface SshAnswer {
  readonly config: HostConfig;
  /** What only that program can do, each a few words; none: ssh2 can do all of it. */
  readonly reasons: readonly string[];
  /** Likewise, where an identity of the inventory could do without: what ssh would offer beside a plain key. */
  readonly keys: readonly string[];
  /** It would offer Kerberos. */
  readonly gssapi: boolean;
  /** The control socket of a connection that the operator may have open. */
  readonly controlPath?: string;
}

/** Milliseconds for `ssh -G`, which may wait for DNS and for a command of `Match exec`. */
const PATIENCE_MS = 10_000;
const MOST_OUTPUT = 1 << 20;
/** Milliseconds that a node waits for the answer about another; it usually takes 10. */
const SHARED_MS = 1000;

/** What ssh offers where nobody chose a key. */
const DEFAULT_KEYS = /^~\/\.ssh\/id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|mldsa\S*)$/;

/** What it printed of one host, and the files it read for that. */
interface Printed {
  readonly host: string;
  readonly text: string;
  readonly files: readonly string[];
}

/** By everything but the host: what is true of every host, where the files it was read from say so. */
const common = new Map<string, Promise<Printed | undefined>>();

/**
 * Undefined without an ssh program, with one too old to be asked (before 6.8), or with one that does not know this account. Rejects with `Unreachable` in its
 * own words where it refuses its configuration: then it would not connect either. A program for each of many nodes costs more than all
 * else that is done for it here: where the files distinguish no hosts, it is asked about the first.
 */
export async function askSsh(asked: AskedHost, timeoutMs: number): Promise<SshAnswer | undefined> {
  const { host, user, port, configFile } = asked;
  for (const text of [host, user])
    if (text !== undefined && (/^-|[\s\u0000-\u001f]/.test(text) || text === ''))
      throw new Unreachable(`${JSON.stringify(text)} cannot be a host or user name`);
  const key = JSON.stringify([user, port, configFile]);
  const asking = ordinary(host) ? common.get(key) : undefined;
  // not awaited where nobody was asked: all nodes would begin to wait before the first one is asked about
  const known =
    asking && (await Promise.race([asking, setTimeout(Math.min(SHARED_MS, timeoutMs / 4), undefined, { ref: false })]));
  if (known) {
    const text = known.text.replace(/^(host|hostname) .*$/gm, `$1 ${host}`);
    return answerOf(text, asked, self());
  }
  const me = self();
  // ssh reads the files of the account's own folder, whatever HOME is
  const plain = ordinary(host) && me.home === accountHome() ? plainConfig(asked, me) : undefined;
  const printing = plain === undefined ? print(asked, timeoutMs) : Promise.resolve({ host, text: plain, files: [] });
  if (ordinary(host) && !common.has(key))
    common.set(
      key,
      printing.then(
        (printed) => (printed && isCommon(printed) ? printed : undefined),
        () => undefined,
      ),
    );
  const printed = await printing;
  return printed && answerOf(printed.text, asked, self());
}

function isCommon({ host, text, files }: Printed): boolean {
  try {
    return text.includes(`\nhostname ${host}\n`) && sameForAll(files.map((file) => readFileSync(file, 'utf8')));
  } catch {
    return false;
  }
}

function print({ host, user, port, configFile }: AskedHost, timeoutMs: number): Promise<Printed | undefined> {
  // -v: names the files it reads
  const args = [
    '-Gv',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ];
  const options = {
    timeout: Math.ceil(Math.min(timeoutMs, PATIENCE_MS)),
    maxBuffer: MOST_OUTPUT,
    encoding: 'utf8' as const,
  };
  return new Promise((resolve, reject) => {
    const child = execFile('ssh', args, { ...options, env: { ...process.env, LC_ALL: 'C' } }, (error, text, told) => {
      const files = [...told.matchAll(/^debug1: Reading configuration data (.*?)\r?$/gm)].map((m) => m[1]!);
      const words = told.replace(/^(debug\d: |OpenSSH_).*\n?/gm, '');
      if (!error) resolve({ host, text, files });
      else if (error.code === 'ENOENT' || /(unknown|illegal) option|^usage: |^No user exists for uid/im.test(words))
        resolve(undefined);
      else if (error.killed)
        reject(
          new Unreachable(
            `ssh -G ${host} gave no answer within ${Math.round(options.timeout / 1000)} s: a name server, or a command of "Match exec"`,
          ),
        );
      else reject(new Unreachable(`ssh refuses its configuration for ${host}: ${oneLine(words || error.message)}`));
    });
    child.stdin?.end();
  });
}

/** What `ssh -G` printed. Keywords are in lower case, one value a line; what is not set is missing or `none`. */
export function answerOf(printed: string, { host }: AskedHost, me: Self): SshAnswer {
  const all = new Map<string, string[]>();
  for (const line of printed.split('\n')) {
    const [, keyword, value] = /^(\S+) (.*)$/.exec(line.trimEnd()) ?? [];
    if (keyword !== undefined) all.set(keyword, [...(all.get(keyword) ?? []), value!]);
  }
  const one = (keyword: string): string | undefined => all.get(keyword)?.[0];
  const set = (keyword: string): string | undefined => {
    const value = one(keyword);
    return value === undefined || value.toLowerCase() === 'none' || value === '' ? undefined : value;
  };
  const hostName = one('hostname') ?? host;
  const user = one('user') ?? me.user;
  const port = Number(one('port') ?? 22);
  const tokens = { '%': '%', h: hostName, n: host, p: String(port), r: user, u: me.user, d: me.home };
  const path = (text: string): string =>
    expand(
      text.replace(/^~(?=\/|$)/, me.home).replace(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole),
      tokens,
    );
  const paths = (texts: readonly string[]): string[] => texts.filter((t) => t.toLowerCase() !== 'none').map(path);
  const named = (keyword: string): string[] => paths((one(keyword) ?? '').split(' ').filter((t) => t !== ''));
  const written = all.get('identityfile') ?? [];
  const chosen = written.every((file) => DEFAULT_KEYS.test(file)) ? [] : paths(written);
  const certificates = paths(all.get('certificatefile') ?? []);
  const agent = set('identityagent');
  const jump = set('proxyjump');
  const alias = set('hostkeyalias');
  const gssapi = one('gssapiauthentication') === 'yes';
  const command = jump === undefined ? set('proxycommand') : undefined;
  const controlPath = set('controlpath');
  return {
    config: {
      hostName,
      user,
      port,
      identityFiles: chosen,
      identitiesOnly: one('identitiesonly') === 'yes',
      ...(agent !== undefined && { identityAgent: path(agent) }),
      ...(one('identityagent')?.toLowerCase() === 'none' && { identityAgent: 'none' }),
      certificateFiles: certificates,
      ...(jump !== undefined && { proxyJump: jump }),
      ...(command !== undefined && { proxyCommand: command }),
      userKnownHostsFiles: named('userknownhostsfile'),
      globalKnownHostsFiles: named('globalknownhostsfile'),
      ...(alias !== undefined && { hostKeyAlias: alias }),
      notes: [],
    },
    reasons: [
      ...(command === undefined ? [] : ['a ProxyCommand']),
      ...['KnownHostsCommand', 'PKCS11Provider', 'RevokedHostKeys', 'BindAddress', 'BindInterface'].flatMap(
        (keyword) => (set(keyword.toLowerCase()) === undefined ? [] : [`a ${keyword}`]),
      ),
      ...(['any', undefined].includes(one('addressfamily')) ? [] : ['an AddressFamily']),
    ],
    keys: specialKeys(paths(written), certificates),
    gssapi,
    ...(controlPath !== undefined && { controlPath }),
  };
}

/** Keys that ssh would offer and ssh2 cannot: certificates, and those of a security token. */
function specialKeys(files: readonly string[], certificates: readonly string[]): string[] {
  const there = files.filter((file) => existsSync(file));
  const certificate = [...certificates, ...there.map((file) => `${file}-cert.pub`)].find((file) => existsSync(file));
  const token = there.find((file) => /^sk-/.test(publicType(file)));
  return [
    ...(certificate === undefined ? [] : [`the certificate ${certificate}`]),
    // beside another key it is one of several
    ...(token === undefined || there.length > 1 ? [] : [`the key ${token} of a security token`]),
  ];
}

/** The type in the public key beside a private one. */
function publicType(file: string): string {
  try {
    return readFileSync(`${file}.pub`, 'utf8').slice(0, 100);
  } catch {
    return '';
  }
}
