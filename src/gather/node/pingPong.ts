/** Lines there and back, timed: how a clock is read across a network. */

import type { Answer } from '../../model/evidence.js';
import { nowMs } from '../lib/now.js';
import type { Shell } from '../transports/connection.js';

/** Splits a shell's output into lines of at most 4 KiB, handing each on with the moment it arrived. */
function lines(shell: Shell, listener: (line: string, at: number) => void): void {
  let rest = '';
  shell.onStdout((chunk) => {
    const at = nowMs();
    const parts = (rest + chunk.toString('latin1')).split('\n');
    rest = parts.pop()!.slice(-4096);
    for (const line of parts) listener(line, at);
  });
}

/**
 * Starts `script` in the shell, waits for its line `ready`, then sends `count` numbered lines, each after the answer
 * to the one before. The answer is one line for each: sent, received (milliseconds since the epoch), text.
 */
export function pingPong(shell: Shell, script: string, count: number, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const samples: string[] = [];
    let heard = '';
    let sent = 0;
    let done = false;
    const finish = (answer: Answer): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      shell.kill();
      resolve(answer);
    };
    const timer = setTimeout(
      () => finish({ unseen: `only ${samples.length} of ${count} readings within ${Math.round(timeoutMs / 1000)} s` }),
      timeoutMs,
    );
    const ping = (): void => {
      sent = nowMs();
      shell.write(`${samples.length}\n`);
    };
    lines(shell, (line, received) => {
      if (sent === 0) {
        if (line === 'ready') ping();
        else heard = line;
        return;
      }
      const [number, ...text] = line.split(' ');
      // a login shell's noise is no answer
      if (number !== String(samples.length)) return;
      samples.push(`${sent.toFixed(3)} ${received.toFixed(3)} ${text.join(' ')}`);
      if (samples.length < count) ping();
      else finish({ exit: 0, stdout: samples.join('\n'), stderr: '' });
    });
    shell.onStderr((chunk) => {
      heard = chunk.toString('utf8').slice(0, 400) || heard;
    });
    void shell.closed.then(({ lost }) => finish({ unseen: lost ?? (heard.trim() || 'the shell ended') }));
    shell.write(script);
  });
}
