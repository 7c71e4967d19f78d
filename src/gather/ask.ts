/** One round: a script to a shell, its answers back, whatever happens in between. */

import { randomBytes } from 'node:crypto';
import type { Requests } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { Node, SecretSource } from '../model/inventory.js';
import { type Connection, type Shell, Unreachable } from './connection.js';
import { answersFrom, FrameReader, NODE_LIMIT, renderScript, type ScriptOptions } from './script.js';

/** Asks over one connection, in one shell as long as it lasts. */
export interface Asker {
  /**
   * Asks all requests. Never rejects for what they do: what has no answer by `timeoutMs`, or when the node is cut off
   * for sending too much, is unseen with the reason. `signal` ends it at once, keeping what has arrived. Rejects with
   * `Unreachable` when no shell can be had.
   */
  ask(requests: Requests, timeoutMs: number, signal?: AbortSignal): Promise<Record<string, Answer>>;
  /** The shell, for the caller alone: the next question gets another. */
  shell(): Promise<Shell>;
}

/** How scripts run on this node. `secret` gives sudo's password, where it has one. */
export const scriptOptions = (
  { connection: { root = '', sudo } }: Node,
  nonce: string,
  secret: (source: SecretSource) => string,
): Omit<ScriptOptions, 'boundary'> => ({
  nonce,
  root,
  sudo: sudo === true ? 'passwordless' : sudo ? { password: secret(sudo.password) } : 'no',
});

/** What is asked together usually takes a tenth of a second; then its shell is ended. */
const TOGETHER_MS = 5000;

export function askerOf(connection: Connection, options: Omit<ScriptOptions, 'boundary'>): Asker {
  let kept: Shell | undefined;
  const shell = async (): Promise<Shell> => {
    const own = kept ?? (await connection.shell());
    kept = undefined;
    return own;
  };
  const once = async (
    own: Shell,
    requests: Requests,
    how: 'together' | 'alone',
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Round> => {
    const round = await askOnce(own, requests, options, how, timeoutMs, signal);
    if (round.end === 'whole') kept = own;
    return round;
  };
  return {
    shell,
    async ask(requests, timeoutMs, signal) {
      const started = performance.now();
      const first = await once(await shell(), requests, 'together', timeoutMs, signal);
      const rest = Object.fromEntries(Object.entries(requests).filter(([key]) => 'unseen' in first.answers[key]!));
      if (first.end === 'over' || Object.keys(rest).length === 0) return first.answers;
      // one of them hangs, or is such that it ended the shell: each gets a deadline and a shell of its own
      let own: Shell;
      try {
        own = await shell();
      } catch (error) {
        if (error instanceof Unreachable) return first.answers;
        throw error;
      }
      const left = Math.max(1, timeoutMs - (performance.now() - started));
      return { ...first.answers, ...(await once(own, rest, 'alone', left, signal)).answers };
    },
  };
}

interface Round {
  readonly answers: Record<string, Answer>;
  /** `whole`: the script ran to its end, and the shell can be asked again. `over`: there is no point in asking again. */
  readonly end: 'whole' | 'broken' | 'over';
}

function askOnce(
  shell: Shell,
  requests: Requests,
  options: Omit<ScriptOptions, 'boundary'>,
  how: 'together' | 'alone',
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Round> {
  const boundary = randomBytes(16).toString('hex');
  const out = new FrameReader(boundary);
  const err = new FrameReader(boundary);
  return new Promise((resolve) => {
    let bytes = 0;
    let done = false;
    const finish = (end: Round['end'], reason: string): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      if (end !== 'whole') shell.kill();
      resolve({ answers: answersFrom(requests, out, err, reason), end });
    };
    const interrupted = (): void => finish('over', 'interrupted');
    const patience = how === 'together' ? Math.min(TOGETHER_MS, timeoutMs) : timeoutMs;
    const timer = setTimeout(
      () =>
        finish(
          patience < timeoutMs ? 'broken' : 'over',
          `no answer within ${Math.round(timeoutMs / 1000)} s (--timeout)`,
        ),
      patience,
    );
    signal?.addEventListener('abort', interrupted);
    if (signal?.aborted) return interrupted();
    const take = (reader: FrameReader) => (chunk: Buffer) => {
      if (done) return;
      bytes += chunk.length;
      reader.push(chunk);
      if (bytes > NODE_LIMIT) finish('over', `cut off: the node sent more than ${NODE_LIMIT >> 20} MiB`);
      else if (out.ended && err.ended) finish('whole', 'no answer');
    };
    shell.onStdout(take(out));
    shell.onStderr(take(err));
    void shell.closed.then(({ lost, exit }) => {
      const words = (err.rest() || out.rest()).trim().split('\n').at(-1)?.slice(0, 300);
      const end = exit === undefined || !out.started ? 'over' : 'broken';
      finish(end, lost ?? `the shell on the node ended early (exit ${exit ?? 'unknown'})${words ? `: ${words}` : ''}`);
    });
    shell.write(renderScript(requests, { ...options, boundary }, how));
  });
}
