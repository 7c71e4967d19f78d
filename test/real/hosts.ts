/**
 * Linux hosts on one machine, for tests and the bench: each has its own network, host name, processes and an overlay
 * of this machine's files (so its own /etc, accounts and programs), and OpenSSH's sshd. Needs root, iproute2, unshare,
 * overlayfs; a wrong clock needs gcc as well.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRACKING, type Tree, type TreeFile, writeTree } from '../../src/demo/tree.js';
import { freePlace } from './addresses.js';

export interface Host {
  readonly name: string;
  readonly address: string;
  /** Where its files are seen from here. */
  readonly root: string;
  readonly exec: (command: string) => void;
}

export interface Hosts {
  readonly list: readonly Host[];
  readonly identity: string;
  readonly knownHosts: string;
  /** Seconds ahead; 0 for none. Moves everything dynamically linked on that host. */
  readonly clock: (host: Host, seconds: number) => void;
  readonly sshd: (host: Host, state: 'stop' | 'start') => void;
  /** `drop`: packets to the host vanish. */
  readonly net: (host: Host, state: 'drop' | 'ok') => void;
  /** sshd's log of that host, at level VERBOSE. */
  readonly log: (host: Host) => string;
  readonly stop: () => void;
}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Why hosts cannot be made here, or undefined. With CI set a test must fail rather than skip. */
export function whyNoHosts(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux namespaces';
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = ['/usr/sbin/sshd', '/usr/bin/ssh-keygen', '/usr/bin/unshare'].filter((p) => !existsSync(p));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  try {
    run('ip', 'netns', 'list');
  } catch {
    return 'needs ip (iproute2) and the right to make network namespaces';
  }
  return undefined;
}

/** Preloaded in one host: its clock reads `/etc/clock-ahead` seconds more. */
const CLOCK = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <time.h>
#include <sys/time.h>
static double ahead(void) { static double a = -1e9; if (a < -1e8) { FILE *f = fopen("/etc/clock-ahead", "r"); a = 0; if (f) { if (fscanf(f, "%lf", &a) != 1) a = 0; fclose(f); } } return a; }
static void *real(const char *n) { return dlsym(RTLD_NEXT, n); }
int clock_gettime(clockid_t c, struct timespec *t) { static int (*f)(clockid_t, struct timespec *); if (!f) f = real("clock_gettime"); int r = f(c, t); if (!r && c == CLOCK_REALTIME) t->tv_sec += ahead(); return r; }
int gettimeofday(struct timeval *restrict t, void *restrict z) { static int (*f)(struct timeval *, void *); if (!f) f = real("gettimeofday"); int r = f(t, z); if (!r) t->tv_sec += ahead(); return r; }
time_t time(time_t *t) { static time_t (*f)(time_t *); if (!f) f = real("time"); time_t r = f(0) + (time_t)ahead(); if (t) *t = r; return r; }
`;

const SETUP = `set -e
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=/,upperdir=$D/upper,workdir=$D/work" "$D/root"
mount --rbind /dev "$D/root/dev"
mount -t proc proc "$D/root/proc"
mount -t tmpfs tmpfs "$D/root/run"
mkdir "$D/root/run/sshd"
for s in $SHARES; do mkdir -p "$D/../shares/\${s#*=}"; mount --bind "$D/../shares/\${s#*=}" "$D/root\${s%%=*}"; done
hostname "$NAME"
chroot "$D/root" /usr/sbin/sshd -f /etc/ssh/test_config -E /sshd.log
echo up >"$D/up"
exec sleep 1000000`;

/**
 * The tree of a node as files over this machine's: accounts are added to its own, what only a file tree has is left out,
 * what it pretends of its time daemon is said by a stand-in.
 */
export function overlayOf(tree: Tree): Tree {
  const added = (path: string): string =>
    readFileSync(path, 'utf8') + String(tree[path]?.text ?? '').replace(/^root:.*\n/, '');
  const rest = Object.entries(tree).flatMap(([path, file]): [string, TreeFile][] => {
    if (path.startsWith('/proc/') || path.startsWith('/.fake-')) return [];
    return file.shared === undefined ? [[path, file]] : [[`${path}/`, { text: '' }]];
  });
  return {
    ...Object.fromEntries(rest),
    '/etc/passwd': { text: added('/etc/passwd') },
    '/etc/group': { text: added('/etc/group') },
    '/usr/local/bin/chronyc': { text: `#!/bin/sh\n# stand-in of a test\necho '${TRACKING}'\n`, mode: 0o755 },
  };
}

/** Folders all hosts share, as `PATH=NAME`. */
const sharesOf = (tree: Tree): string =>
  Object.entries(tree)
    .flatMap(([path, { shared }]) => (shared === undefined ? [] : [`${path}=${shared}`]))
    .join(' ');

/** How many sets of hosts have addresses, and how many hosts are in one. */
const PLACES = 160;
const PER_PLACE = 100;

/** Two addresses of a /30 of host `i`: of 198.18.0.0/16, set aside for tests of networks (RFC 2544) and on no real one. */
function pair(place: number, i: number): [string, string] {
  const at = (place * PER_PLACE + i) * 4;
  const spell = (n: number): string => `198.18.${n >> 8}.${n & 255}`;
  return [spell(at + 1), spell(at + 2)];
}

const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** An inventory of all of them, with the account and the keys that they know. */
export const inventoryOf = (hosts: Hosts): string =>
  `version: 1\ncluster: real\nconnection: { user: root, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n')}\n`;

/** Brings up `names.length` hosts with the files of `tree`; about 0.1 s each. Everything is gone after `stop`. */
export function startHosts(names: readonly string[], tree: (name: string) => Tree): Hosts {
  const folder = mkdtempSync(join(tmpdir(), 'hp-hosts-'));
  run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'hp-hosts', folder);
  const identity = join(folder, 'id');
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', identity);
  const children: ChildProcess[] = [];
  const place = freePlace(PLACES, (p) => names.map((_, i) => pair(p, i)[0]));
  const known: string[] = [];
  let networks = 0;
  const stop = (): void => {
    for (const child of children) {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {}
    }
    while (networks > 0) run('ip', 'netns', 'del', `hp-${place}-${--networks}`);
    pause(200);
    run('umount', '-l', folder);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = (name: string, i: number): Host => {
    const d = join(folder, name);
    for (const share of ['a', 'b', 'c'].flatMap((f) => ['shared', 'homes'].map((s) => join(folder, 'shares', s, f))))
      mkdirSync(share, { recursive: true });
    for (const part of ['upper', 'work', 'root']) mkdirSync(join(d, part), { recursive: true });
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(d, 'hostkey'));
    const key = readFileSync(join(d, 'hostkey.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    const [here, address] = pair(place, i);
    known.push(`${address} ${key}\n`);
    writeTree(join(d, 'upper'), {
      ...overlayOf(tree(name)),
      '/etc/hostname': { text: `${name}\n` },
      // bash reads it under sshd: what this machine's root has in it must not run, nor wait for its locks
      '/root/.bashrc': { text: '' },
      '/etc/ssh/test_key': { text: readFileSync(join(d, 'hostkey')), mode: 0o600 },
      '/etc/ssh/test_authorized': { text: readFileSync(`${identity}.pub`) },
      '/etc/ssh/test_config': {
        text: 'Port 22\nHostKey /etc/ssh/test_key\nAuthorizedKeysFile /etc/ssh/test_authorized\nPermitRootLogin prohibit-password\nUsePAM no\nUseDNS no\nStrictModes no\nLogLevel VERBOSE\nMaxStartups 100\nPidFile /run/sshd.pid\n',
      },
    });
    const ns = `hp-${place}-${i}`;
    run('ip', 'netns', 'add', ns);
    networks++;
    run('ip', 'link', 'add', `hp-${place}v${i}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', ns);
    run('ip', 'addr', 'add', `${here}/30`, 'dev', `hp-${place}v${i}`);
    run('ip', 'link', 'set', `hp-${place}v${i}`, 'up');
    for (const args of [
      ['link', 'set', 'lo', 'up'],
      ['addr', 'add', `${address}/30`, 'dev', 'eth0'],
      ['link', 'set', 'eth0', 'up'],
    ])
      run('ip', '-n', ns, ...args);
    const child = spawn(
      'ip',
      [
        'netns',
        'exec',
        ns,
        'unshare',
        '--mount',
        '--uts',
        '--ipc',
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        '-c',
        SETUP,
      ],
      {
        env: { ...process.env, D: d, NAME: name, SHARES: sharesOf(tree(name)) },
        stdio: ['ignore', 'ignore', 'inherit'],
        detached: true,
      },
    );
    child.unref();
    children.push(child);
    const inside = (): string => {
      const [pid] = run('pgrep', '-P', String(child.pid)).trim().split('\n');
      return pid!;
    };
    return {
      name,
      address,
      get root() {
        return `/proc/${inside()}/root${join(d, 'root')}`;
      },
      exec: (command) =>
        void run('nsenter', '-t', inside(), '-m', '-u', '-n', '-p', 'chroot', join(d, 'root'), 'sh', '-c', command),
    };
  };
  let list: Host[];
  try {
    list = names.map(start);
  } catch (error) {
    // an interrupt ends what is being run: nothing may be left
    stop();
    throw error;
  }
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, known.join(''));
  for (let tries = 0; list.some((h) => !existsSync(join(folder, h.name, 'up'))); tries++) {
    if (tries > 300) {
      stop();
      throw new Error('the test hosts did not come up');
    }
    pause(50);
  }
  return {
    list,
    identity,
    knownHosts,
    clock(host, seconds) {
      const library = join(folder, 'clock.so');
      if (!existsSync(library)) {
        writeFileSync(join(folder, 'clock.c'), CLOCK);
        run('gcc', '-O1', '-shared', '-fPIC', '-o', library, join(folder, 'clock.c'), '-ldl');
      }
      copyFileSync(library, join(host.root, 'usr/lib/testclock.so'));
      host.exec(
        seconds === 0
          ? 'rm -f /etc/ld.so.preload'
          : `echo ${seconds} >/etc/clock-ahead; echo /usr/lib/testclock.so >/etc/ld.so.preload`,
      );
    },
    sshd: (host, state) =>
      host.exec(state === 'stop' ? 'kill $(cat /run/sshd.pid)' : '/usr/sbin/sshd -f /etc/ssh/test_config -E /sshd.log'),
    net(host, state) {
      const i = list.indexOf(host);
      // the host's answers are dropped: to us it is silent, as behind a firewall
      run(
        'ip',
        '-n',
        `hp-${place}-${i}`,
        'route',
        state === 'drop' ? 'replace' : 'del',
        'blackhole',
        `${pair(place, i)[0]}/32`,
      );
    },
    log: (host) => readFileSync(join(host.root, 'sshd.log'), 'utf8'),
    stop,
  };
}
