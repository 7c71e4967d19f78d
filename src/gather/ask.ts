/** One round: a script to a shell, its answers back, whatever happens in between. */

import { randomBytes } from 'node:crypto';
import type { Requests } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { Shell } from './connection.js';
import { answersFrom, FrameReader, NODE_LIMIT, renderScript, type ScriptOptions } from './script.js';

/**
 * Asks all requests in one shell. Never rejects: what has no answer by `timeoutMs`, or when the node is cut off for
 * sending too much, is unseen with the reason. `signal` ends it at once, keeping what has arrived.
 */
export function ask(
  shell: Shell,
  requests: Requests,
  options: Omit<ScriptOptions, 'boundary'>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Record<string, Answer>> {
  const boundary = randomBytes(16).toString('hex');
  const count = Object.keys(requests).length;
  const out = new FrameReader(boundary);
  const err = new FrameReader(boundary);
  return new Promise((resolve) => {
    let bytes = 0;
    let done = false;
    const finish = (reason: string): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      shell.kill();
      resolve(answersFrom(requests, out, err, reason));
    };
    const interrupted = (): void => finish('interrupted');
    const timer = setTimeout(() => finish(`no answer within ${Math.round(timeoutMs / 1000)} s (--timeout)`), timeoutMs);
    signal?.addEventListener('abort', interrupted);
    if (signal?.aborted) return interrupted();
    const take = (reader: FrameReader) => (chunk: Buffer) => {
      if (done) return;
      bytes += chunk.length;
      reader.push(chunk);
      if (bytes > NODE_LIMIT) finish(`cut off: the node sent more than ${NODE_LIMIT >> 20} MiB`);
      else if (out.frames.length === count && err.frames.length === count) finish('');
    };
    shell.onStdout(take(out));
    shell.onStderr(take(err));
    void shell.closed.then(({ lost, exit }) => {
      const words = (err.rest() || out.rest()).trim().split('\n').at(-1)?.slice(0, 300);
      finish(lost ?? `the shell on the node ended early (exit ${exit ?? 'unknown'})${words ? `: ${words}` : ''}`);
    });
    shell.write(renderScript(requests, { ...options, boundary }));
    shell.end();
  });
}
