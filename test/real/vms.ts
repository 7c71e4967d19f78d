/**
 * Linux kernels of their own as processes (user-mode Linux): NFS clients and a kernel NFS server that containers cannot
 * have. Each sees this machine's files through an overlay, like the hosts of `hosts.ts`, but mounts, locks and clock are
 * its own kernel's. Needs root, linux.uml, nfs-kernel-server, nfs-common, gcc, /dev/net/tun.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import { freePlace } from './addresses.js';
import { overlayOf } from './hosts.js';

const MODULES = '/usr/lib/uml/modules';
const PROGRAMS = [
  '/usr/bin/linux.uml',
  '/usr/sbin/sshd',
  '/usr/sbin/rpc.nfsd',
  '/usr/sbin/rpc.statd',
  '/usr/sbin/mount.nfs',
  '/usr/bin/gcc',
];
/** How long a kernel may take to come up. */
const BOOT_MS = 300_000;

/** Why there can be none here, or undefined. */
export function whyNoVms(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'user-mode Linux needs Linux on x86-64';
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/dev/net/tun')) return 'needs /dev/net/tun';
  const missing = PROGRAMS.filter((p) => !existsSync(p) && !existsSync(p.replace('/usr/sbin', '/sbin')));
  return missing.length > 0
    ? `needs ${missing.join(', ')} (user-mode-linux, nfs-kernel-server, nfs-common)`
    : undefined;
}

/**
 * A processor with AMX has more floating-point state than a 6.1 kernel of this kind hands back to a process, and refuses
 * a part of it. Preloaded, this adds what the process has.
 */
const PRELOAD = `#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
static char state[1 << 16] __attribute__((aligned(64)));
long ptrace(int what, ...) {
  va_list list; va_start(list, what);
  long pid = va_arg(list, long); void *a = va_arg(list, void *), *b = va_arg(list, void *);
  va_end(list);
  if (what == 0x4205 && (long)a == 0x202) {
    struct iovec *given = b, full = {state, sizeof state};
    if (!syscall(SYS_ptrace, 0x4204, pid, a, &full) && full.iov_len > given->iov_len) {
      memcpy(state, given->iov_base, given->iov_len);
      return syscall(SYS_ptrace, what, pid, a, &full);
    }
  }
  if (what > 0 && what < 4) { long word = 0; if (syscall(SYS_ptrace, what, pid, a, &word)) return -1; errno = 0; return word; }
  return syscall(SYS_ptrace, what, pid, a, b);
}
`;

/** First process of a kernel: the overlay, the network, sshd, and on the server one exported ext4 disk. */
const INIT = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
mount -t proc proc /proc
for w in $(cat /proc/cmdline); do case $w in hp.*=*) k=\${w%%=*}; eval "hp_\${k#hp.}=\\\${w#*=}" ;; esac; done
mount -t tmpfs -o size=80% tmpfs /media
mkdir -p /media/m/lib/modules; mount -t hostfs -o ${MODULES} none /media/m/lib/modules
modprobe -d /media/m overlay
mkdir /media/up /media/work /media/root /media/conf
mount -t hostfs -o "$hp_conf" none /media/conf
N=/media/root
mount -t overlay -o lowerdir=/,upperdir=/media/up,workdir=/media/work overlay $N || exit
mount -t proc proc $N/proc; mount -t sysfs sysfs $N/sys
mount -t devtmpfs dev $N/dev || mount -t tmpfs dev $N/dev
mkdir -p $N/dev/pts; mount -t devpts devpts $N/dev/pts
mount -t tmpfs -o mode=755 tmpfs $N/run; mkdir -p $N/run/sshd $N/run/rpcbind $N/run/sendsigs.omit.d
mount -t tmpfs -o mode=1777 tmpfs $N/tmp
mkdir -p $N/lib/modules; mount -t hostfs -o ${MODULES} none $N/lib/modules
for f in fd:/proc/self/fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -sf \${f#*:} $N/dev/\${f%%:*}; done
cp -a /media/conf/tree/. $N/; chown -R 0:0 $N/etc/ssh
hostname "$hp_name"
ip link set lo up; ip link set vec0 name eth0; ip addr add "$hp_ip/24" dev eth0; ip link set eth0 up
umount /media/conf
mkdir $N/.old; cd $N; pivot_root . .old
exec chroot / env -i PATH="$PATH" server="$hp_server" sh -c '
umount -l /.old
/usr/sbin/sshd -f /etc/ssh/test_config
modprobe lockd nlm_grace_period=1; modprobe nfs; modprobe nfsv3; modprobe nfsv4
rpcbind -w; mkdir -p /var/lib/nfs/rpc_pipefs; mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs; rpc.statd
if [ -n "$server" ]; then
  modprobe nfsd; mkdir -p /srv/disk; mkfs.ext4 -q -F -O ^has_journal /dev/ubda; mount -t ext4 /dev/ubda /srv/disk
  for d in storage homes; do mkdir /srv/disk/$d; touch /srv/disk/$d/a /srv/disk/$d/b /srv/disk/$d/c; done
  mount -t nfsd nfsd /proc/fs/nfsd; echo "/srv/disk *(rw,sync,no_subtree_check,no_root_squash,fsid=0)" >/etc/exports; exportfs -ra
  echo 10 >/proc/fs/nfsd/nfsv4leasetime; echo 10 >/proc/fs/nfsd/nfsv4gracetime
  rpc.nfsd -V 3 -V 4 4; echo Y >/proc/fs/nfsd/v4_end_grace; rpc.mountd
fi
echo HP-READY >/dev/console
while :; do sleep 1000; done' init </dev/null
`;

export interface Vm {
  readonly name: string;
  readonly address: string;
  readonly exec: (command: string) => string;
}

export interface Vms {
  readonly server: Vm;
  readonly list: readonly Vm[];
  readonly identity: string;
  readonly knownHosts: string;
  readonly stop: () => void;
}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 600_000 });

/** Brings up a server and `names.length` clients; 20 s where page faults are cheap. Rejects with what the kernel said last. */
export async function startVms(names: readonly string[], tree: (name: string) => Tree): Promise<Vms> {
  const folder = mkdtempSync(join(tmpdir(), 'hp-vms-'));
  run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'hp-vms', folder);
  const third = freePlace(250, (place) => [`198.19.${place}.1`]);
  const bridge = `hpb${third}`;
  const children: ChildProcess[] = [];
  const taps: string[] = [];
  const stop = (): void => {
    for (const child of children) {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {}
    }
    for (const name of ['nfs', ...names]) {
      try {
        run('ssh', '-o', `ControlPath=${join(folder, name, 'control')}`, '-O', 'exit', name);
      } catch {}
    }
    for (const link of [...taps, bridge]) {
      try {
        run('ip', 'link', 'del', link);
      } catch {}
    }
    run('sleep', '0.3');
    run('umount', '-l', folder);
    rmSync(folder, { recursive: true, force: true });
  };
  const identity = join(folder, 'id');
  const knownHosts = join(folder, 'known_hosts');
  const known: string[] = [];
  const start = (name: string, i: number): Vm => {
    const d = join(folder, name);
    mkdirSync(d);
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(d, 'hostkey'));
    const address = `198.19.${third}.${10 + i}`;
    known.push(`${address} ${readFileSync(join(d, 'hostkey.pub'), 'utf8').split(' ').slice(0, 2).join(' ')}\n`);
    writeTree(join(d, 'tree'), {
      ...(i === 0 ? {} : overlayOf(tree(name))),
      '/etc/hostname': { text: `${name}\n` },
      '/root/.bashrc': { text: '' },
      '/etc/ssh/test_key': { text: readFileSync(join(d, 'hostkey')), mode: 0o600 },
      '/etc/ssh/test_authorized': { text: readFileSync(`${identity}.pub`) },
      '/etc/ssh/test_config': {
        text: 'Port 22\nHostKey /etc/ssh/test_key\nAuthorizedKeysFile /etc/ssh/test_authorized\nPermitRootLogin prohibit-password\nUsePAM no\nUseDNS no\nStrictModes no\nPidFile /run/sshd.pid\n',
      },
    });
    writeFileSync(join(d, 'init'), INIT);
    const tap = `hpt${third}x${i}`;
    run('ip', 'tuntap', 'add', tap, 'mode', 'tap');
    taps.push(tap);
    run('ip', 'link', 'set', tap, 'master', bridge, 'up');
    if (i === 0) run('truncate', '-s', '200M', join(d, 'disk'));
    const child = spawn(
      'sh',
      [
        '-c',
        'exec "$@" >"$CONSOLE" 2>&1',
        'x',
        'linux.uml',
        'mem=192M',
        `umid=hp${process.pid}-${i}`,
        `uml_dir=${d}`,
        ...(i === 0 ? [`ubd0=${join(d, 'disk')}`] : []),
        'root=/dev/root',
        'rootfstype=hostfs',
        'rootflags=/',
        'ro',
        'quiet',
        `vec0:transport=tap,ifname=${tap},depth=64,mac=52:54:00:${third.toString(16).padStart(2, '0')}:02:0${i}`,
        'con=null',
        'con0=null,fd:1',
        'ssl=null',
        `hp.name=${name}`,
        `hp.ip=${address}`,
        `hp.conf=${d}`,
        `hp.server=${i === 0 ? '1' : ''}`,
        'init=/bin/sh',
        '--',
        '-c',
        `"mount -t hostfs -o ${d} none /mnt && exec sh /mnt/init"`,
      ],
      {
        env: { ...process.env, TMPDIR: d, LD_PRELOAD: join(folder, 'preload.so'), CONSOLE: join(d, 'console') },
        stdio: 'ignore',
        detached: true,
      },
    );
    children.push(child);
    return {
      name,
      address,
      exec: (command) =>
        run(
          'ssh',
          '-i',
          identity,
          '-o',
          `UserKnownHostsFile=${knownHosts}`,
          '-o',
          'BatchMode=yes',
          '-o',
          'ConnectTimeout=60',
          // a login takes such a kernel a second, a command on one that is open a tenth
          '-o',
          'ControlMaster=auto',
          '-o',
          `ControlPath=${join(d, 'control')}`,
          '-o',
          'ControlPersist=yes',
          `root@${address}`,
          command,
        ),
    };
  };
  const ready = async (name: string): Promise<void> => {
    const console = join(folder, name, 'console');
    for (const started = Date.now(); ; ) {
      const said = existsSync(console) ? readFileSync(console, 'utf8') : '';
      if (said.includes('HP-READY')) return;
      if (Date.now() - started > BOOT_MS || /Kernel panic|not syncing/.test(said))
        throw new Error(`${name} did not come up: ${said.trim().split('\n').slice(-3).join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  try {
    writeFileSync(join(folder, 'preload.c'), PRELOAD);
    run('gcc', '-O2', '-shared', '-fPIC', '-o', join(folder, 'preload.so'), join(folder, 'preload.c'));
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', identity);
    run('ip', 'link', 'add', bridge, 'type', 'bridge');
    run('ip', 'addr', 'add', `198.19.${third}.1/24`, 'dev', bridge);
    run('ip', 'link', 'set', bridge, 'up');
    const [server, ...list] = ['nfs', ...names].map(start);
    writeFileSync(knownHosts, known.join(''));
    await Promise.all(['nfs', ...names].map(ready));
    return { server: server!, list, identity, knownHosts, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
