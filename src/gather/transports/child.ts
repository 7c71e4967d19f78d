/** A process on this machine as a `Shell`: what the transports `local`, `command` and `openssh` share. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type NodeConnection, type Shell, Unreachable } from './connection.js';

/** A started process, and the same process seen as a shell. */
export interface Spawned {
  readonly child: ChildProcessWithoutNullStreams;
  readonly shell: Shell;
}

/**
 * Starts `argv` as the leader of its own process group, so that `kill` ends whatever it started as well. Rejects with
 * `Unreachable` when the program cannot be started. `env` defaults to this program's own environment.
 */
export async function spawnShell(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Spawned> {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    try {
      return await spawnOnce(argv, env);
    } catch (error) {
      // others that run now give theirs back
      if (!(error instanceof TooMany) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Milliseconds to wait for a process or a file descriptor, and between two tries. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 50;

/** This machine has no more to give. */
class TooMany extends Unreachable {}

function spawnOnce(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Spawned> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(
        new (/^(EMFILE|ENFILE|EAGAIN)$/.test(error.code ?? '') ? TooMany : Unreachable)(whyNotStarted(program, error)),
      );
    try {
      const child = spawn(program, rest, { detached: true, env, stdio: 'pipe' });
      child.once('error', refuse);
      // without file descriptors it has no streams either; its error follows
      if (!child.stdin || !child.stdout || !child.stderr) return;
      const shell = shellOf(child, program);
      child.once('spawn', () => resolve({ child, shell }));
    } catch (error) {
      // A NUL byte in an argument, or an empty program name, throws here rather than emitting 'error'.
      refuse(error as NodeJS.ErrnoException);
    }
  });
}

/**
 * A connection of independent processes: each shell is another `start()`, and `close` kills those still running and
 * then calls `onClose`.
 */
export function connectionOf(
  start: (timeoutMs?: number) => Promise<Shell>,
  onClose: () => void = () => {},
): NodeConnection {
  const running = new Set<Shell>();
  let open = true;
  return {
    notes: [],
    async shell(timeoutMs) {
      if (!open) throw new Unreachable('the connection has been closed');
      const shell = await start(timeoutMs);
      running.add(shell);
      void shell.closed.then(() => running.delete(shell));
      // It may have been closed while this shell was starting; nothing else would end it then.
      if (!open) shell.kill();
      return shell;
    },
    close() {
      if (!open) return;
      open = false;
      for (const shell of running) shell.kill();
      onClose();
    },
  };
}

/** Ends a process group; it may be gone already, and a process that never started has no pid. Never throws. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: nothing is left to end.
  }
}

function shellOf(child: ChildProcessWithoutNullStreams, program: string): Shell {
  let killed = false;
  let gone = false;
  const closed = new Promise<{ exit?: number; lost?: string }>((resolve) => {
    child.once('close', (code, signal) => {
      gone = true;
      if (killed) resolve({ lost: 'ended by this program' });
      else if (code === null) resolve({ exit: 137, lost: `${program} was ended by ${signal}` });
      else resolve({ exit: code });
    });
  });
  // Writing to a shell that has ended is not an error here: `closed` reports how it ended. An 'error' event
  // without a listener would end this program.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  return {
    closed,
    write: (text) => void (child.stdin.writable && child.stdin.write(text)),
    end: () => void child.stdin.end(),
    // resume: a stream that has been paused does not start again by itself.
    onStdout: (listener) => void child.stdout.on('data', listener).resume(),
    onStderr: (listener) => void child.stderr.on('data', listener).resume(),
    kill() {
      if (killed || gone) return;
      killed = true;
      killGroup(child.pid);
      // A grandchild that left the group may hold the pipes for ever; without this `closed` would wait for it.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}

function whyNotStarted(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `"${program}" was not found on this machine: install it or correct its path`;
  if (error.code === 'EACCES') return `"${program}" was not found on this machine, or this user may not execute it`;
  if (error.code === 'EMFILE' || error.code === 'ENFILE')
    return `"${program}" could not be started: too many open files on this machine; raise ulimit -n, or lower --concurrency`;
  return `"${program}" could not be started (${error.code ?? error.message})`;
}
