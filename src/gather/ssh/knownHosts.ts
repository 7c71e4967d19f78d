/** OpenSSH's known_hosts files: which key a host is known by. Pure; ssh2 has no notion of them. */

import { createHash, createHmac } from 'node:crypto';

/** One usable line. `hosts` is the pattern list as written, perhaps hashed. */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker?: 'revoked' | 'cert-authority';
  readonly hosts: string;
  readonly type: string;
  /** The public key in base64, as on the line. */
  readonly key: string;
}

/** A file, read. Lines that make no sense are kept by number, so that a refusal can mention them. */
export interface KnownHostsFile {
  readonly file: string;
  readonly hosts: readonly KnownHost[];
  readonly badLines: readonly number[];
}

/** What the files say of a key that a server has offered. */
export type HostKeyOutcome =
  | { readonly status: 'ok' | 'revoked' | 'mismatch' | 'other-type' | 'ca-only'; readonly entry: KnownHost }
  | { readonly status: 'unknown' };

/** Reads a known_hosts file's text. `file` is only for messages. */
export function parseKnownHosts(text: string, file: string): KnownHostsFile {
  const hosts: KnownHost[] = [];
  const badLines: number[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseLine(line, file, index + 1);
    if (entry) hosts.push(entry);
    else badLines.push(index + 1);
  }
  return { file, hosts, badLines };
}

/**
 * The name a server is filed under: `host`, `[host]:port` when the port is not 22, or its HostKeyAlias, which takes no
 * port.
 */
export function hostKeyName(host: string, port: number, alias?: string): string {
  if (alias !== undefined) return alias.toLowerCase();
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/**
 * Judges the key a server offered (the SSH wire format) against every line that names the server. A revoked key is
 * refused whatever else is written; one line with the very key suffices; else a line of the same type is a changed key.
 */
export function judgeHostKey(files: readonly KnownHostsFile[], name: string, offered: Buffer): HostKeyOutcome {
  const key = offered.toString('base64');
  const type = keyType(offered);
  const entries = matching(files, name);
  const plain = entries.filter((entry) => entry.marker === undefined);
  // Like OpenSSH, a key on file for the bare host is believed on any of its ports; a differing one proves nothing.
  const bare = /^\[(.*)\]:\d+$/.exec(name)?.[1];
  const portless = bare === undefined ? [] : matching(files, bare);
  const rules: readonly [Exclude<HostKeyOutcome['status'], 'unknown'>, KnownHost | undefined][] = [
    ['revoked', [...entries, ...portless].find((entry) => entry.marker === 'revoked' && entry.key === key)],
    ['ok', plain.find((entry) => entry.key === key)],
    ['mismatch', plain.find((entry) => entry.type === type)],
    ['other-type', plain[0]],
    ['ok', portless.find((entry) => entry.marker === undefined && entry.key === key)],
    ['ca-only', entries.find((entry) => entry.marker === 'cert-authority')],
  ];
  for (const [status, entry] of rules) if (entry) return { status, entry };
  return { status: 'unknown' };
}

/**
 * `algorithms` with those first whose keys are on file for the server. OpenSSH does the same: without it a server that
 * has several keys may offer one that is not in known_hosts, and look like an impostor.
 */
export function preferKnown(
  algorithms: readonly string[],
  files: readonly KnownHostsFile[],
  name: string,
): readonly string[] {
  const known = new Set(matching(files, name).flatMap((e) => (e.marker ? [] : [e.type])));
  const isKnown = (algorithm: string): boolean =>
    known.has(algorithm) || (known.has('ssh-rsa') && algorithm.startsWith('rsa-sha2-'));
  return [...algorithms.filter(isKnown), ...algorithms.filter((algorithm) => !isKnown(algorithm))];
}

/** `SHA256:...` as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type a public key in wire format gives itself, such as `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
}

function parseLine(line: string, file: string, number: number): KnownHost | undefined {
  const words = line.split(/[ \t]+/);
  const marker = words[0]?.startsWith('@') ? words.shift()?.slice(1) : undefined;
  const [hosts, type, key] = words;
  if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return undefined;
  if (!hosts || !type || !key || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return undefined;
  if (keyType(Buffer.from(key, 'base64')) !== type) return undefined;
  if (hosts.startsWith('|') && !/^\|1\|[^|]+\|[^|]+$/.test(hosts)) return undefined;
  return { file, line: number, ...(marker && { marker }), hosts, type, key };
}

function matching(files: readonly KnownHostsFile[], name: string): KnownHost[] {
  return files.flatMap((file) => file.hosts.filter((entry) => matchesHost(entry.hosts, name)));
}

function matchesHost(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = patterns.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  // nearly every line; the lines are looked at for every node
  if (!/[*?!,]/.test(patterns)) return patterns.toLowerCase() === name.toLowerCase();
  return matchesPatterns(patterns.split(','), name);
}

/** OpenSSH's pattern lists: `*` and `?`, case ignored; a `!pattern` that matches settles it, whatever else does. */
export function matchesPatterns(patterns: readonly string[], name: string): boolean {
  const hit = (pattern: string): boolean => wildcard(pattern.toLowerCase(), name.toLowerCase());
  if (patterns.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && hit(pattern));
}

/** Not a regular expression made of the pattern: `*a*a*a*a*b` would take for ever. */
function wildcard(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
