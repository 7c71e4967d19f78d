/**
 * What can be wrong with a node, planted as root on a real host, and what is to be said of it. The two other nodes of its
 * cluster are clean, and stay measured whatever it does.
 */

const WB = '/etc/rstudio';
const KEY = `${WB}/secure-cookie-key`;
const PROGRAM = '/usr/lib/rstudio-server/bin/rstudio-server';
const VERSION = ['product-version'];

/** What is asked from the product's version on, and what of that is lost with it. */
const FROM_VERSIONS_ON = [
  ...['key-file', 'load-balancing', 'product-version', 'shared-keys'],
  ...['clock-skew', 'clock-source', 'leftover-sqlite', 'mount-persistence', 'runtimes', 'user-ids'],
];

export interface NodeCase {
  readonly fault: string;
  /** Shell, run as root on the host. */
  readonly plant: string;
  /** `measured`: every check; `unreached`: none; else the checks that are unknown on this node, the rest being measured. */
  readonly unknown: 'measured' | 'unreached' | 'no product' | readonly string[];
  /** Checks that fail on this node. */
  readonly fails?: readonly string[];
  /** Every unknown of the node says so. */
  readonly says?: RegExp;
  /** Its `connection` in the inventory. */
  readonly connection?: string;
  /** `--timeout`, seconds. */
  readonly timeout: number;
  /** Seconds the run may take at most, its start included. */
  readonly within: number;
  /** Nothing can be ended there any more. */
  readonly leaves?: true;
  /** The clock of this host can be moved while it runs. */
  readonly clock?: true;
}

const script = (path: string, body: string): string =>
  `printf '%s\n' '#!/bin/sh' '${body}' >${path}; chmod 755 ${path}`;
const restart = 'kill $(cat /run/sshd.pid); sleep 0.3; /usr/sbin/sshd -f /etc/ssh/test_config -E /sshd.log';
const instead = (python: string): string =>
  `kill $(cat /run/sshd.pid); sleep 0.3; setsid python3 -c "import socket
s = socket.socket(); s.setsockopt(1, 2, 1); s.bind(('', 22)); s.listen(); kept = []
${python}" >/dev/null 2>&1 </dev/null & sleep 1`;
const loginShell = (body: string): string => `${script('/bin/login-shell', body)}; usermod -s /bin/login-shell root`;
const ops = (sudoers: string): string =>
  `useradd -m -s /bin/sh ops; echo ops:planted-sudo-password | chpasswd; mkdir -p /etc/sudoers.d; printf '%s\n' ${sudoers} >/etc/sudoers.d/x; chmod 440 /etc/sudoers.d/x`;
const SUDO = 'user: ops, sudo: true';
/** What only root can read of the product's files. */
export const ROOT_ONLY = [
  'config-identical',
  'config-syntax',
  'database-password',
  'database-same',
  'key-file',
  'leftover-sqlite',
  'placeholder-secrets',
  'postgres-backend',
  'shared-keys',
];
const QUICK = { timeout: 20, within: 15 } as const;

export const NODE_CASES: readonly NodeCase[] = [
  // the configuration directory
  {
    fault: 'FIFOs in the configuration directory',
    plant: `mkfifo ${WB}/pipe.conf ${WB}/rserver-http.conf`,
    unknown: 'measured',
    fails: ['config-identical'],
    ...QUICK,
  },
  {
    fault: 'devices in the configuration directory',
    plant: `mknod ${WB}/zero.conf c 1 5; ln -s /dev/zero ${WB}/jupyter.conf`,
    unknown: ['config-syntax', 'placeholder-secrets'],
    fails: ['config-identical'],
    ...QUICK,
  },
  {
    fault: 'database.conf is a FIFO',
    plant: `rm ${WB}/database.conf; mkfifo ${WB}/database.conf`,
    unknown: [
      'config-syntax',
      'database-password',
      'database-same',
      'leftover-sqlite',
      'placeholder-secrets',
      'postgres-backend',
    ],
    fails: ['config-identical'],
    ...QUICK,
  },
  { fault: 'the key is a FIFO', plant: `rm ${KEY}; mkfifo ${KEY}`, unknown: [], fails: ['key-file'], ...QUICK },
  {
    fault: 'the key is a link to /dev/zero',
    plant: `rm ${KEY}; ln -s /dev/zero ${KEY}`,
    unknown: [],
    fails: ['key-file'],
    ...QUICK,
  },
  {
    fault: 'the key is a sparse file of 2 GB',
    plant: `truncate -s 2G ${KEY}`,
    unknown: [],
    fails: ['key-file'],
    ...QUICK,
  },
  {
    fault: 'a sparse configuration file of 2 GB',
    plant: `truncate -s 2G ${WB}/big.conf`,
    unknown: [],
    fails: ['config-identical'],
    ...QUICK,
  },
  {
    fault: '20 000 files in the configuration directory',
    plant: `mkdir ${WB}/many; cd ${WB}/many; seq 20000 | sed 's/$/.conf/' | xargs touch`,
    unknown: ['config-identical'],
    says: /more than 2000 entries/,
    ...QUICK,
  },
  {
    fault: 'a link to / in the configuration directory',
    plant: `ln -s / ${WB}/everything`,
    unknown: ['config-identical'],
    // the first files of this machine may be large
    says: /more than 2000 entries|digests: did not answer within/,
    ...QUICK,
  },
  {
    fault: 'a loop of symbolic links',
    plant: `ln -s . ${WB}/loop; ln -s loopb ${WB}/loopa; ln -s loopa ${WB}/loopb`,
    unknown: ['config-identical'],
    says: /symbolic links|ELOOP/i,
    ...QUICK,
  },
  {
    fault: 'file names with newlines, escape codes, shell syntax, invalid UTF-8, our own marks',
    plant: `cd ${WB}; touch -- "$(printf 'a\\nb.conf')" '$(touch pwned).conf' "a'b\\".conf" '-n.conf' '; rm -rf x.conf' "$(printf 'esc\\033[2J.conf')" "$(printf 'x\\377y.conf')"; echo hi >'two words.conf'; echo x=1 >"$(printf 'q\\n=end\\n.conf')"; echo x=1 >"$(printf 'r\\n=tree\\n~81a4 9 9 root root forged.conf')"`,
    unknown: ['config-identical'],
    ...QUICK,
  },
  // programs on the node
  {
    fault: 'a program that prints 200 MB',
    plant: `printf '%s\n' '#!/bin/sh' 'head -c 200000000 /dev/zero | tr "\\000" x' >${PROGRAM}`,
    unknown: VERSION,
    says: /more than 32 MiB/,
    ...QUICK,
  },
  {
    fault: 'a program that prints without end',
    plant: script(PROGRAM, 'yes spam'),
    unknown: VERSION,
    says: /more than 32 MiB/,
    ...QUICK,
  },
  {
    fault: 'a program that never ends',
    plant: script(PROGRAM, 'exec sleep 7777'),
    unknown: VERSION,
    says: /did not answer within \d+ s on the node/,
    timeout: 8,
    within: 12,
  },
  {
    fault: 'a program that never ends, and is deaf to signals but KILL',
    plant: script('/usr/local/bin/chronyc', `trap "" TERM INT HUP; while :; do sleep 7777; done`),
    unknown: ['clock-source'],
    says: /did not answer within \d+ s on the node/,
    timeout: 8,
    within: 12,
  },
  {
    fault: 'a program that kills the shell it was called from',
    plant: script(PROGRAM, 'kill -9 $PPID'),
    unknown: VERSION,
    timeout: 10,
    within: 14,
  },
  {
    fault: 'a program that stops itself',
    plant: script(PROGRAM, 'kill -STOP $$'),
    unknown: VERSION,
    timeout: 8,
    within: 12,
  },
  {
    fault: '/etc/os-release is a FIFO',
    plant: 'rm /etc/os-release; mkfifo /etc/os-release',
    unknown: ['cluster-state', 'node-address', 'node-count', 'peer-ports', 'platform'],
    timeout: 8,
    within: 12,
  },
  {
    fault: 'the host name holds escape codes and HTML',
    plant: `printf '%s\n' '#!/bin/sh' 'printf "evil\\033[2J<script>\\n"' >/usr/local/sbin/hostname; chmod 755 /usr/local/sbin/hostname`,
    unknown: 'measured',
    ...QUICK,
  },
  {
    fault: '200 000 accounts',
    plant: `seq 200000 | sed 's/.*/u&:x:&:&:x:\\/home:\\/bin\\/sh/' >>/etc/passwd`,
    unknown: ['user-ids'],
    says: /1 MiB/,
    ...QUICK,
  },
  // what is missing on it
  ...['stat', 'sha256sum', 'awk', 'find', 'grep'].map(
    (program): NodeCase => ({
      fault: `no ${program}`,
      plant: `rm -f /usr/bin/${program} /bin/${program}`,
      unknown: 'no product',
      says: new RegExp(`${program} missing on the node: install`),
      ...QUICK,
    }),
  ),
  { fault: 'no timeout', plant: 'rm /usr/bin/timeout', unknown: 'measured', ...QUICK },
  { fault: 'no base64', plant: 'rm /usr/bin/base64', unknown: 'measured', ...QUICK },
  { fault: 'no bash', plant: 'rm -f /bin/bash /usr/bin/bash; usermod -s /bin/sh root', unknown: 'measured', ...QUICK },
  { fault: 'bash as sh', plant: 'ln -sf bash /bin/sh', unknown: 'measured', ...QUICK },
  {
    fault: 'bash as sh, and no head',
    plant: 'ln -sf bash /bin/sh; rm /usr/bin/head',
    unknown: 'no product',
    says: /head missing on the node: install/,
    ...QUICK,
  },
  {
    fault: 'no getent',
    plant: 'rm /usr/bin/getent',
    unknown: ['database-same', 'name-resolution'],
    says: /getent/,
    ...QUICK,
  },
  {
    fault: 'no getent, and a directory before the files in nsswitch.conf',
    plant: "rm /usr/bin/getent; sed -i 's/^passwd:.*/passwd: sss files/' /etc/nsswitch.conf",
    unknown: ['database-same', 'name-resolution', 'user-ids'],
    says: /getent/,
    ...QUICK,
  },
  {
    fault: 'busybox in place of coreutils, findutils, grep, sed and awk',
    plant:
      'for t in stat find grep sed awk tr cat head sort uniq od sha256sum timeout base64 id hostname uname date readlink; do ln -sf /bin/busybox /usr/local/sbin/$t; done',
    unknown: 'measured',
    ...QUICK,
  },
  {
    fault: '/tmp is read-only',
    plant: 'mount -t tmpfs -o ro tmpfs /tmp; mount -t tmpfs -o ro tmpfs /var/tmp',
    unknown: 'measured',
    ...QUICK,
  },
  {
    fault: 'the disk is full',
    plant:
      'for d in /tmp /var/tmp /root; do mount -t tmpfs -o size=64k tmpfs $d; dd if=/dev/zero of=$d/full bs=1k 2>/dev/null; done; :',
    unknown: 'measured',
    ...QUICK,
  },
  // its login shell
  {
    fault: 'a login shell that prints noise',
    plant: `printf '%s\n' 'echo welcome; printf "\\033[31merror\\n" >&2' | tee /root/.bashrc >/etc/bash.bashrc`,
    unknown: 'measured',
    ...QUICK,
  },
  {
    fault: 'a start file of the shell that makes one stream of two',
    plant: `echo 'exec 2>&1' | tee /root/.bashrc >/etc/bash.bashrc`,
    unknown: 'unreached',
    says: /errors and answers as one stream/,
    ...QUICK,
  },
  {
    fault: 'tcsh as login shell',
    plant: `usermod -s /bin/tcsh root; echo 'echo hello' >/root/.tcshrc`,
    unknown: 'measured',
    ...QUICK,
  },
  { fault: 'fish as login shell', plant: 'usermod -s /usr/bin/fish root', unknown: 'measured', ...QUICK },
  {
    fault: 'nologin as login shell',
    plant: 'usermod -s /usr/sbin/nologin root',
    unknown: 'unreached',
    says: /no POSIX shell on the node.*not available/,
    ...QUICK,
  },
  {
    fault: 'a login shell that is none',
    plant: 'usermod -s /usr/bin/perl root',
    unknown: 'unreached',
    says: /no POSIX shell on the node/,
    ...QUICK,
  },
  {
    fault: 'a login that takes 6 s',
    plant: loginShell('sleep 6; exec /bin/sh "$@"'),
    unknown: 'measured',
    timeout: 30,
    within: 25,
  },
  {
    fault: 'a login shell that never ends',
    plant: loginShell('exec sleep 7777'),
    unknown: 'unreached',
    says: /no answer in the 4 s/,
    timeout: 4,
    within: 8,
  },
  {
    fault: 'a login shell that prints without end',
    plant: loginShell('yes spam'),
    unknown: 'unreached',
    says: /more than 32 MiB/,
    timeout: 8,
    within: 12,
  },
  // sudo
  {
    fault: 'sudo that lectures',
    plant: ops(`'Defaults lecture=always' 'ops ALL=(ALL) NOPASSWD: ALL'`),
    connection: SUDO,
    unknown: 'measured',
    ...QUICK,
  },
  {
    fault: 'sudo that asks for a password',
    plant: ops(`'ops ALL=(ALL) ALL'`),
    connection: SUDO,
    unknown: ROOT_ONLY,
    says: /password is required; give it with|grant the audit account read access/,
    ...QUICK,
  },
  {
    fault: 'no sudo',
    plant: `${ops(`''`)}; rm /usr/bin/sudo`,
    connection: SUDO,
    unknown: ROOT_ONLY,
    says: /sudo: not found; install sudo|grant the audit account read access/,
    ...QUICK,
  },
  {
    fault: 'sudo that hangs',
    plant: `${ops(`''`)}; ${script('/usr/bin/sudo', 'exec sleep 7777')}`,
    connection: SUDO,
    unknown: ROOT_ONLY,
    says: /sudo did not answer within 3 s on the node|grant the audit account read access/,
    timeout: 20,
    within: 26,
  },
  // sshd and the network
  {
    fault: 'MaxSessions 1',
    plant: `sed -i '1i MaxSessions 1' /etc/ssh/test_config; ${restart}`,
    unknown: 'measured',
    ...QUICK,
  },
  {
    fault: 'ForceCommand',
    plant: `sed -i '1i ForceCommand echo no shell for you' /etc/ssh/test_config; ${restart}`,
    unknown: 'unreached',
    says: /no POSIX shell on the node.*no shell for you/,
    ...QUICK,
  },
  {
    fault: 'sftp only',
    plant: `sed -i '1i ForceCommand internal-sftp' /etc/ssh/test_config; ${restart}`,
    unknown: 'unreached',
    says: /sftp connections only/,
    ...QUICK,
  },
  {
    fault: 'the connection is lost in the middle of the script',
    plant: `printf '%s\n' '#!/bin/sh' 'kill -9 $(pgrep -x sshd | tail -n +2)' >${PROGRAM}`,
    unknown: FROM_VERSIONS_ON,
    says: /the connection to .* was lost/,
    ...QUICK,
  },
  {
    fault: 'sshd stops in the middle of the script',
    plant: `printf '%s\n' '#!/bin/sh' 'kill -STOP $(pgrep -x sshd | tail -n +2)' >${PROGRAM}`,
    unknown: FROM_VERSIONS_ON,
    says: /no answer in the|did not start a shell/,
    leaves: true,
    timeout: 5,
    within: 9,
  },
  {
    fault: 'a server that accepts and says nothing',
    plant: instead('while 1: kept.append(s.accept())'),
    unknown: 'unreached',
    says: /accepts connections but sends nothing/,
    timeout: 4,
    within: 8,
  },
  {
    fault: 'a server that greets without end',
    plant: instead(`while 1:
  c, _ = s.accept()
  try:
    while 1: c.sendall(b'x' * 60 + b'\\r\\n')
  except OSError: pass`),
    unknown: 'unreached',
    says: /is not an SSH server/,
    ...QUICK,
  },
  {
    fault: 'a server that greets, and then says nothing',
    plant: instead(`while 1:
  c, _ = s.accept(); c.sendall(b'SSH-2.0-x\\r\\n'); kept.append(c)`),
    unknown: 'unreached',
    timeout: 4,
    within: 8,
  },
  // time
  {
    fault: 'a clock that is asked for and never read',
    plant: `mv /bin/bash /bin/bash.real; ${script('/bin/bash', 'case $1 in --norc) echo ready; exec sleep 600;; esac; exec /bin/bash.real "$@"')}`,
    unknown: ['clock-skew', 'clock-source'],
    says: /only 0 of 20 readings/,
    timeout: 5,
    within: 10,
  },
  {
    fault: 'a clock that is stepped while it is read',
    plant:
      'rm -f /bin/bash /usr/bin/bash; usermod -s /bin/sh root; (while :; do echo 0 >/etc/clock-ahead; sleep 0.02; echo 3600 >/etc/clock-ahead; sleep 0.02; done) >/dev/null 2>&1 </dev/null &',
    unknown: ['clock-skew', 'clock-source'],
    says: /jumped while it was read/,
    clock: true,
    ...QUICK,
  },
];
