/** The programs that are compared: how each is told to ask every host for the same evidence. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, Hosts } from '../test/real/hosts.js';

/** One program on one set of hosts. */
export interface Tool {
  readonly name: string;
  /** The command; `folder` is empty and its own. */
  readonly argv: (folder: string) => readonly string[];
  readonly env?: (folder: string) => NodeJS.ProcessEnv;
  /** How many of the hosts its output answers for. */
  readonly answered: (stdout: string) => number;
}

/** Connections at once, of every program: our default. */
const AT_ONCE = 32;

/** About what `check` collects of a Workbench node, as one would write it by hand: a program for each fact. */
const FACTS = String.raw`# evidence of a node, the plain way
C=/etc/rstudio
s() { printf '\n@@%s\n' "$1"; }
s product; ls -d /usr/lib/rstudio-server/bin/rserver /usr/lib/rstudio-server/bin/rstudio-server $C/rserver.conf 2>/dev/null
ls -d /opt/rstudio-connect/bin/connect /etc/rstudio-connect/rstudio-connect.gcfg 2>/dev/null
ls -d /opt/rstudio-pm/bin/rstudio-pm /etc/rstudio-pm/rstudio-pm.gcfg 2>/dev/null
s processes; pgrep -x 'rserver|rstudio-launche|connect|rstudio-pm'
s environment; grep -sE 'RSTUDIO_|XDG_CONFIG_DIRS=|WORKBENCH_' /etc/default/rstudio-server /etc/systemd/system/rstudio-server.service $C/env-vars
s listing; find -L $C -exec stat -L -c '%f %s %U %G %n' {} +
for f in rserver.conf load-balancer rsession.conf launcher.conf; do s "$f"; [ -f $C/$f ] && cat $C/$f; done
s database.conf; sed 's/^\(password=\).*/\1?/' $C/database.conf
s secret; sed -n 's/^password=//p' $C/database.conf | sha256sum
s sums; find $C -type f -exec sha256sum {} +
s key; k=$C/secure-cookie-key; stat -L -c '%f %U %G %s' $k; sha256sum <$k; head -c 65536 $k | od -An -v -tu1
s version; /usr/lib/rstudio-server/bin/rstudio-server version 2>&1
s package; dpkg-query -W 'rstudio*' 2>/dev/null
s shared; d=$(sed -n 's/^server-shared-storage-path=//p' $C/rserver.conf); readlink -f "$d"; stat -L -c '%d' "$d/."
s mounts; cat /proc/self/mountinfo; s mountstats; cat /proc/self/mountstats
s users; cat /etc/passwd; s groups; cat /etc/group; s named; getent passwd rstudio-server
s source; chronyc -c tracking 2>&1
s clock; date +%s.%N
printf '\n@@END %s\n' "$(hostname)"
`;

const count = (stdout: string): number => new Set(stdout.match(/@@END h\d+/g)).size;

/** The report answers for a node that was reached, when nothing at all was left unknown. */
function judged(stdout: string): number {
  try {
    const report = JSON.parse(stdout) as {
      cluster: { nodes: { reached: boolean }[] };
      summary: { unknown: number };
      gate: { result: string };
    };
    if (report.summary.unknown > 0 || report.gate.result !== 'pass') return 0;
    return report.cluster.nodes.filter((n) => n.reached).length;
  } catch {
    return 0;
  }
}

/** This tool, by the file that starts it. */
export const ours = (name: string, bin: string, inventory: string): Tool => ({
  name,
  argv: () => [process.execPath, bin, 'check', inventory, '--format', 'json'],
  answered: judged,
});

/** Files every peer needs, for the first `n` hosts. */
export interface Files {
  readonly inventory: string;
  readonly hosts: string;
  readonly config: string;
  readonly facts: string;
  readonly pdsh: string;
}

export function writeFiles(folder: string, { identity, knownHosts }: Hosts, list: readonly Host[]): Files {
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const nodes = list.map((h) => `  - { name: ${h.name}, host: ${h.address} }\n`).join('');
  return {
    inventory: put(
      'inventory.yml',
      `version: 1\ncluster: bench\nconnection: { user: root, identityFile: ${identity}, knownHosts: ${knownHosts} }\nnodes:\n${nodes}`,
    ),
    hosts: put('hosts', list.map((h) => `${h.address}\n`).join('')),
    config: put(
      'ssh_config',
      `Host *\n  User root\n  IdentityFile ${identity}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${knownHosts}\n  StrictHostKeyChecking yes\n  BatchMode yes\n  LogLevel ERROR\n`,
    ),
    facts: put('facts.sh', FACTS),
    // pdsh hands no standard input on, so the script travels in the command; % is its own character
    pdsh: put('facts.pdsh', `exec sh -s <<'EOF_FACTS'\n${FACTS.replaceAll('%', '%%')}EOF_FACTS\n`),
  };
}

const CURVE = '-o KexAlgorithms=curve25519-sha256';
/** `remote`: what each host runs, with what on its standard input. */
const openssh = (files: Files, options: string, remote = `sh -s <${files.facts}`): readonly string[] => [
  'sh',
  '-c',
  `xargs -P ${AT_ONCE} -I{} sh -c 'ssh -F ${files.config} ${options} {} ${remote}' <${files.hosts}`,
];

const ansibleConfig = (files: Files, folder: string): string => `[defaults]
inventory = ${files.hosts}
forks = ${AT_ONCE}
gathering = explicit
interpreter_python = /usr/bin/python3
local_tmp = ${folder}
[ssh_connection]
pipelining = True
ssh_args = -F ${files.config} -C -o ControlMaster=auto -o ControlPersist=60s
control_path_dir = ${folder}
`;

/** Name, the program it needs, and the tool. */
export const PEERS: Readonly<
  Record<string, { program: string; title: string; tool: (files: Files) => Omit<Tool, 'name'> }>
> = {
  openssh: {
    program: 'ssh',
    title: 'OpenSSH, xargs -P32',
    tool: (files) => ({ argv: () => openssh(files, ''), answered: count }),
  },
  'openssh-curve25519': {
    program: 'ssh',
    title: 'OpenSSH, curve25519',
    tool: (files) => ({ argv: () => openssh(files, CURVE), answered: count }),
  },
  login: {
    program: 'ssh',
    title: 'a login alone',
    tool: (files) => ({ argv: () => openssh(files, CURVE, 'echo @@END \\$HOSTNAME </dev/null'), answered: count }),
  },
  clush: {
    program: 'clush',
    title: 'clush -f 32',
    tool: (files) => ({
      argv: () => [
        'sh',
        '-c',
        `exec clush -q -N --hostfile ${files.hosts} -f ${AT_ONCE} -O 'ssh_options=-F ${files.config}' sh -s <${files.facts}`,
      ],
      answered: count,
    }),
  },
  pdsh: {
    program: 'pdsh',
    title: 'pdsh -f 32',
    tool: (files) => ({
      argv: () => ['sh', '-c', `exec pdsh -R ssh -f ${AT_ONCE} -w ^${files.hosts} "$(cat ${files.pdsh})"`],
      env: () => ({ PDSH_SSH_ARGS_APPEND: `-F ${files.config}` }),
      answered: count,
    }),
  },
  ansible: {
    program: 'ansible',
    title: 'ansible -m script',
    tool: (files) => ({
      argv(folder) {
        writeFileSync(join(folder, 'ansible.cfg'), ansibleConfig(files, folder));
        return ['ansible', 'all', '-m', 'script', '-a', files.facts];
      },
      env: (folder) => ({ ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_HOME: folder }),
      answered: count,
    }),
  },
};

/** Whether a program is on this machine. */
export function installed(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
