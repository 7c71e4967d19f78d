/** The memory of another process while it runs. Used by tests and the bench. */

import { readFileSync } from 'node:fs';

/** How often it is looked at: the kernel keeps the most there ever was. */
const EVERY_MS = 50;

/** Looks until it is stopped; that gives the most the process had in memory, in bytes. `also` is called at each look. */
export function watchMemory(pid: number | undefined, also: () => void = () => {}): () => number {
  let most = 0;
  const look = setInterval(() => {
    try {
      also();
      const [, kib = 0] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      most = Math.max(most, Number(kib) * 1024);
    } catch {
      // it ended between two looks
    }
  }, EVERY_MS);
  return () => {
    clearInterval(look);
    return most;
  };
}
