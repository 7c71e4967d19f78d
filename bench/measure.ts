/** What one run of a program costs: time, processor time of all its processes and of the hosts, memory. */

import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processor time: the program with every process it started. */
  readonly cpu: number;
  /** Seconds of processor time of the hosts; only with cgroups. */
  readonly hosts?: number;
  /** MiB at the most: all processes of the program together, without what was cached before; only with cgroups. */
  readonly peak?: number;
  /** MiB at the most that the program's first process had in memory, shared pages included. */
  readonly resident: number;
  /** Share of the machine that went to neither: somebody else's work. Only with cgroups. */
  readonly others?: number;
}

/** Counts apart what the hosts and what the measured program use. */
export interface Meter {
  readonly how: string;
  /** Runs `start`, whose processes count as the hosts' for as long as they live. */
  readonly asHosts: <T>(start: () => T) => T;
  readonly measure: (argv: readonly string[], options: RunOptions) => Promise<Cost>;
  readonly close: () => void;
}

export interface RunOptions {
  /** Files that get standard output and standard error. */
  readonly stdout: string;
  readonly stderr: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

const TICKS = 100;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const read = (file: string): string => readFileSync(file, 'utf8');
const fields = (text: string): number[] =>
  text
    .slice(text.lastIndexOf(')') + 2)
    .split(/\s+/)
    .map(Number);

/** Processor time of this program's children that have ended, by getrusage's count. */
const ended = (): number => {
  const f = fields(read('/proc/self/stat'));
  return (f[13]! + f[14]!) / TICKS;
};

/** Processor time of the whole machine. */
const busy = (): number => {
  const t = read('/proc/stat').split('\n')[0]!.split(/\s+/).slice(1, 9).map(Number);
  return (t.reduce((a, b) => a + b, 0) - t[3]! - t[4]!) / TICKS;
};

/** Share of the machine that is in use while this program waits, over some seconds. */
export async function inUse(seconds: number): Promise<number> {
  const before = busy();
  await wait(seconds * 1000);
  return (busy() - before) / (seconds * cpus().length);
}

/** A group of processes below this program's own, so that a limit on this program holds there too. */
interface Group {
  readonly folders: readonly string[];
  readonly cpu: () => number;
  readonly peak: () => number | undefined;
}

/** The controllers' folders this program is in; undefined without cgroups it may write. */
function ownFolders(): { cpu: string; memory?: string; v2: boolean } | undefined {
  const lines = read('/proc/self/cgroup').split('\n');
  const own = (controller: string): string | undefined =>
    lines.find((l) => l.split(':')[1]?.split(',').includes(controller))?.split(':')[2];
  const usable = (folder: string): boolean => {
    try {
      accessSync(folder, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  };
  const [cpu, memory] = [own('cpuacct'), own('memory')];
  if (cpu !== undefined && memory !== undefined) {
    const found = {
      cpu: join('/sys/fs/cgroup/cpuacct', cpu),
      memory: join('/sys/fs/cgroup/memory', memory),
      v2: false,
    };
    return usable(found.cpu) && usable(found.memory) ? found : undefined;
  }
  const unified = join('/sys/fs/cgroup', own('') ?? '/');
  return usable(join(unified, 'cgroup.procs')) ? { cpu: unified, v2: true } : undefined;
}

function group(name: string): Group | undefined {
  const own = ownFolders();
  if (!own) return undefined;
  const folders = [own.cpu, ...(own.memory === undefined ? [] : [own.memory])].map((f) => join(f, name));
  for (const folder of folders) mkdirSync(folder);
  return {
    folders,
    cpu: () =>
      own.v2
        ? Number(/usage_usec (\d+)/.exec(read(join(folders[0]!, 'cpu.stat')))![1]) / 1e6
        : Number(read(join(folders[0]!, 'cpuacct.usage'))) / 1e9,
    peak: () => (own.v2 ? undefined : Number(read(join(folders[1]!, 'memory.max_usage_in_bytes'))) / 2 ** 20),
  };
}

const move = (folders: readonly string[], pid: number): void => {
  for (const folder of folders) writeFileSync(join(folder, 'cgroup.procs'), String(pid));
};

/** Ends what is left in a group (a connection kept open, say) and removes it. */
async function drop({ folders }: Group): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const left = read(join(folders[0]!, 'cgroup.procs')).split('\n').filter(Boolean);
    if (left.length === 0) break;
    for (const pid of left) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // gone meanwhile
      }
    }
    await wait(20);
  }
  for (const folder of folders) {
    for (let tries = 0; tries < 50; tries++) {
      try {
        rmdirSync(folder);
        break;
      } catch {
        await wait(20);
      }
    }
  }
}

/** The largest memory a process has had; 0 when it has ended. */
function highWater(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** With cgroups where they are to be had, else by what the kernel counts for children that have ended. */
export function meter(): Meter {
  const name = `ha-preflight-bench-${process.pid}`;
  const hosts = group(`${name}-hosts`);
  const home = ownFolders();
  let count = 0;
  return {
    how: hosts ? 'cgroups' : "getrusage; no cgroups, so the hosts' processor time is not known",
    asHosts(start) {
      if (!hosts || !home) return start();
      const [cpu] = hosts.folders;
      move([cpu!], process.pid);
      try {
        return start();
      } finally {
        move([home.cpu], process.pid);
      }
    },
    async measure(argv, { stdout, stderr, env, signal }) {
      const run = hosts && group(`${name}-${count++}`);
      const files = [openSync(stdout, 'w'), openSync(stderr, 'w')] as const;
      const before = { hosts: hosts?.cpu() ?? 0, busy: busy(), ended: ended() };
      const started = performance.now();
      // the shell enters the groups and becomes the program
      const enter = run ? run.folders.map((f) => `echo $$ >${join(f, 'cgroup.procs')}`).join('; ') : ':';
      const child = spawn('sh', ['-c', `${enter}; exec "$@"`, 'sh', ...argv], {
        stdio: ['ignore', ...files],
        detached: true,
        ...(env && { env: { ...process.env, ...env } }),
      });
      const stop = (): void => void (child.pid && process.kill(-child.pid, 'SIGKILL'));
      signal?.addEventListener('abort', stop);
      let resident = 0;
      const look = setInterval(() => {
        resident = Math.max(resident, highWater(child.pid!));
      }, 20);
      try {
        await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
        const wall = (performance.now() - started) / 1000;
        const cpu = run ? run.cpu() : ended() - before.ended;
        const peak = run?.peak();
        const used = { hosts: (hosts?.cpu() ?? 0) - before.hosts, busy: busy() - before.busy };
        return {
          wall,
          cpu,
          resident,
          ...(peak !== undefined && { peak }),
          ...(hosts && {
            hosts: used.hosts,
            others: Math.max(0, used.busy - cpu - used.hosts) / (wall * cpus().length),
          }),
        };
      } finally {
        clearInterval(look);
        signal?.removeEventListener('abort', stop);
        for (const file of files) closeSync(file);
        if (run) await drop(run);
        // sshd is still cleaning up after the last of them
        await wait(300);
      }
    },
    close() {
      for (const folder of hosts?.folders ?? []) {
        try {
          rmdirSync(folder);
        } catch {
          // the last process is still ending: the empty group stays, and costs nothing
        }
      }
    },
  };
}
