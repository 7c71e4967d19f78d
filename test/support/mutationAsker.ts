/** The other end of a worker that tries mutants. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Answer, Question } from './mutationWorker.js';

const HOOK = new URL('./mutant.js', import.meta.url).href;

/** A worker over these sources. `always`: a mutant that is on from the start, for what is computed when a module is loaded. */
export class Worker {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;

  constructor(files: string, source?: string, always?: string) {
    // a mutant that collects without end is stopped by the heap
    this.#child = spawn(
      process.execPath,
      ['--max-old-space-size=512', '--import', HOOK, join(import.meta.dirname, 'mutationWorker.js')],
      {
        env: {
          ...process.env,
          MUTANT_FILES: files,
          ...(source !== undefined && { MUTANT_ONLY: source.replace(/ts$/, 'js') }),
          ...(always !== undefined && { MUTANT_ALWAYS: always }),
        },
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout });
  }

  /** The answer; undefined if there was none in time. The worker has ended then. */
  ask(question: Question, timeoutMs: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
      const gone = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
      this.#child.once('close', gone);
      this.#lines.once('line', (line) => {
        clearTimeout(timer);
        this.#child.off('close', gone);
        resolve(JSON.parse(line) as Answer);
      });
      this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Lets it clean up, if it can. */
  end(): void {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 500);
    this.#child.once('close', () => clearTimeout(timer));
  }
}
