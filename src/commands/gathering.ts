/** What a run needs in addition to its plan: secrets, limits, progress, and what an interrupt does. */

import { readFileSync } from 'node:fs';
import type { GatherOptions } from '../gather/gather.js';
import { resolveSecret } from '../load/secrets.js';
import { UsageError } from '../model/inventory.js';
import { tool } from '../version.js';
import { progress } from './progress.js';

/** A timer of Node can wait for 24 days; a longer one would end at once. */
const LONGEST_MS = 1_000_000_000;

/** Files this program itself needs open, and those of one node. */
const OWN_FILES = 40;
const FILES_PER_NODE = 5;

/** How many nodes can be asked at once with the open files that this process may have. */
function roomFor(): number {
  try {
    const [, most] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return most === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.floor((Number(most) - OWN_FILES) / FILES_PER_NODE));
  } catch {
    // no such file: a system without a limit that could be read
    return Number.POSITIVE_INFINITY;
  }
}

/** Secrets by reference, interrupts, progress on standard error: everything a run needs in addition to its plan. */
export function gathering(
  args: { timeout: number; concurrency: number; quiet?: boolean | undefined; active?: boolean | undefined },
  total: number,
): GatherOptions & { interrupted: () => boolean; end: () => void } {
  if (!(args.timeout > 0)) throw new UsageError('--timeout must be a positive number, in seconds');
  if (!Number.isInteger(args.concurrency) || args.concurrency < 1)
    throw new UsageError('--concurrency must be a positive whole number');
  const controller = new AbortController();
  const stop = (): void => {
    // a second one ends at once
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    shown.interrupted();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // every wait has a timer, so this does not happen; if it does, what was measured is reported all the same
  let stalled = false;
  const stall = (): void => {
    stalled = true;
    controller.abort();
  };
  process.on('beforeExit', stall);
  const shown = progress(total, args.quiet === true);
  return {
    tool,
    timeoutMs: Math.min(args.timeout * 1000, LONGEST_MS),
    concurrency: Math.min(args.concurrency, roomFor()),
    secret: resolveSecret,
    active: args.active === true,
    signal: controller.signal,
    onProgress: shown.node,
    onService: shown.service,
    interrupted: () => controller.signal.aborted && !stalled,
    end() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      process.off('beforeExit', stall);
      shown.clear();
    },
  };
}
