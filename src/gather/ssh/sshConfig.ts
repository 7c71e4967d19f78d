/**
 * The part of ssh_config(5) that decides where a connection goes and with which key, read by ourselves: for `type: ssh`,
 * and where no ssh program can be asked (askSsh.ts).
 */

import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { matchesPatterns } from './knownHosts.js';
import { type ConfigLine, readConfigFile } from './sshConfigFile.js';

/** What the files say of one host. Paths are expanded; absent means that they say nothing (or `none`). */
export interface HostConfig {
  readonly hostName: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly identityAgent?: string;
  readonly certificateFiles: readonly string[];
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly userKnownHostsFiles?: readonly string[];
  /** Absent: those of OpenSSH's default. */
  readonly globalKnownHostsFiles?: readonly string[];
  readonly hostKeyAlias?: string;
  /** What stands in the files and could not be honoured. */
  readonly notes: readonly string[];
}

/** The files, read once: resolves as many hosts as wanted. `given` is what the inventory says; it takes part in `Match`. */
export type SshConfig = (host: string, given?: { readonly user?: string; readonly port?: number }) => HostConfig;

/** Who and where we are, for `~` and `%` tokens; a parameter only so that tests need not be somebody. */
export interface Self {
  readonly home: string;
  readonly user: string;
}

/** Who is asked about, as the inventory says. */
export interface AskedHost {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly configFile?: string | undefined;
}

/** This process's own account. In a container it may be a number that no file lists; then the environment has to do. */
export function self(): Self {
  try {
    return { home: homedir(), user: userInfo().username };
  } catch {
    return { home: homedir(), user: process.env.USER || process.env.LOGNAME || String(process.getuid?.()) };
  }
}

/** The folder that the system lists for this account; that of the environment where it lists none. */
export function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir();
  }
}

/** The files that ssh reads by default, in their order. */
export function defaultConfigFiles(me: Self = self()): readonly string[] {
  return [join(me.home, '.ssh/config'), '/etc/ssh/ssh_config'];
}

/** Reads the files (a missing one is empty). Throws when one exists and cannot be read. */
export function loadSshConfig(paths: readonly string[], me: Self = self()): SshConfig {
  const files = paths.map((path) => readConfigFile(path, me.home));
  return (host, given = {}) => {
    const found: Found = { first: new Map(), all: new Map(), notes: new Set() };
    for (const lines of files) walk(lines, found, { host, me, given });
    return hostConfig(found, host, given, me);
  };
}

type Given = { readonly user?: string; readonly port?: number };
type Asked = { readonly host: string; readonly me: Self; readonly given: Given };

interface Found {
  /** First value wins: ssh_config's rule, so that special blocks stand before general ones. */
  readonly first: Map<string, readonly string[]>;
  /** Those that add up instead. */
  readonly all: Map<string, string[]>;
  readonly notes: Set<string>;
}

const SINGLE = [
  'hostname',
  'user',
  'port',
  'identitiesonly',
  'identityagent',
  'userknownhostsfile',
  'hostkeyalias',
] as const;
const ADDING = ['identityfile', 'certificatefile'] as const;

function walk(lines: readonly ConfigLine[], found: Found, asked: Asked): void {
  // Lines before the first Host or Match are for everybody; in an included file too, if its Include is.
  let active: boolean | 'cannot tell' = true;
  let block = '';
  for (const { keyword, args, at, included } of lines) {
    if (keyword === 'host') active = matchesPatterns(args, asked.host);
    else if (keyword === 'match') {
      active = matches(args, found, asked);
      block = `${at} "Match ${args.join(' ')}"`;
    } else if (active === true && included) walk(included, found, asked);
    else if (active === true) take(keyword, args, found);
    else if (active === 'cannot tell' && (included || isRead(keyword)))
      found.notes.add(`${block} is not supported and was ignored; "type: openssh" uses it`);
  }
}

function isRead(keyword: string): boolean {
  return [...SINGLE, ...ADDING, 'proxyjump', 'proxycommand'].some((known) => known === keyword);
}

function take(keyword: string, args: readonly string[], found: Found): void {
  if (!isRead(keyword) || args.length === 0) return;
  if (ADDING.some((known) => known === keyword)) {
    found.all.set(keyword, [...(found.all.get(keyword) ?? []), args[0]!]);
    return;
  }
  // Whichever of the two comes first is the way to the host, and the other one is not.
  const key = keyword === 'proxyjump' || keyword === 'proxycommand' ? 'proxy' : keyword;
  const value = key === 'proxy' ? [keyword, ...args] : args;
  if (!found.first.has(key)) found.first.set(key, value);
}

/** Only the criteria that need just names; `exec`, `canonical` and the like cannot be evaluated here. */
function matches(args: readonly string[], found: Found, { host, me, given }: Asked): boolean | 'cannot tell' {
  const subjects: Readonly<Record<string, string>> = {
    host: expand(found.first.get('hostname')?.[0] ?? host, { '%': '%', h: host }),
    originalhost: host,
    user: given.user ?? found.first.get('user')?.[0] ?? me.user,
    localuser: me.user,
  };
  let result: boolean | 'cannot tell' = true;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!.toLowerCase();
    if (word === 'all') continue;
    const subject = subjects[word.replace(/^!/, '')];
    if (subject === undefined) {
      result = 'cannot tell';
      break;
    }
    if (matchesPatterns((args[++i] ?? '').split(','), subject) === word.startsWith('!')) return false;
  }
  return args.length === 0 ? 'cannot tell' : result;
}

function hostConfig(found: Found, host: string, given: Given, me: Self): HostConfig {
  const one = (key: string): string | undefined => found.first.get(key)?.[0];
  const hostName = expand(one('hostname') ?? host, { '%': '%', h: host });
  const user = one('user');
  const port = Number(one('port')) || undefined;
  const tokens: Tokens = {
    '%': '%',
    h: hostName,
    n: host,
    p: String(given.port ?? port ?? 22),
    r: given.user ?? user ?? me.user,
    u: me.user,
    d: me.home,
  };
  const path = (text: string): string => expand(text.replace(/^~(?=\/|$)/, me.home), tokens);
  const paths = (list: readonly string[] = []): string[] => list.filter((text) => text !== 'none').map(path);
  const [proxy, ...proxyArgs] = found.first.get('proxy') ?? [];
  const route = proxyArgs.join(' ');
  const agent = one('identityagent');
  const alias = one('hostkeyalias');
  const knownHosts = found.first.get('userknownhostsfile');
  return {
    hostName,
    ...(user !== undefined && { user: expand(user, tokens) }),
    ...(port !== undefined && { port }),
    identityFiles: paths(found.all.get('identityfile')),
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    ...(agent !== undefined && { identityAgent: path(agent) }),
    certificateFiles: paths(found.all.get('certificatefile')),
    ...(proxy === 'proxyjump' && route.toLowerCase() !== 'none' && { proxyJump: expand(route, tokens) }),
    ...(proxy === 'proxycommand' && route.toLowerCase() !== 'none' && { proxyCommand: route }),
    ...(knownHosts && { userKnownHostsFiles: paths(knownHosts) }),
    ...(alias !== undefined && { hostKeyAlias: expand(alias, tokens) }),
    notes: [...found.notes],
  };
}

type Tokens = Readonly<Record<string, string>>;

/** `%h` and its kind. A token that is not ours stays as it is: better a path that is not there than another one. */
export function expand(text: string, tokens: Tokens): string {
  return text.replace(/%(.)/g, (whole, letter: string) => tokens[letter] ?? whole);
}
