/**
 * Work that ends in time whatever it waits for. The timers are ordinary ones: they keep the process alive until the
 * work has an answer, and no garbage collector takes them, as it may take a signal that nothing else refers to.
 */

export interface Bounds {
  /** Milliseconds until the work is told to end. */
  readonly limitMs: number;
  /** Milliseconds it then has to clean up, before it is left alone. */
  readonly graceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * `work`, which gets a signal that says when to end; `late` makes the result of work that does not end even then.
 * Rejects as the work does.
 */
export async function bounded<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { limitMs, graceMs, signal }: Bounds,
  late: (why: string) => T,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stop = (_why: string): void => {};
  const interrupted = (): void => stop('interrupted');
  const left = new Promise<T>((resolve) => {
    stop = (why) => {
      if (controller.signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(() => resolve(late(why)), graceMs);
      controller.abort();
    };
    timer = setTimeout(() => stop(`no answer within ${Math.round(limitMs / 1000)} s`), limitMs);
  });
  signal?.addEventListener('abort', interrupted);
  if (signal?.aborted) interrupted();
  const done = work(controller.signal);
  // left alone, it may still reject, with nobody to hear it
  done.catch(() => {});
  try {
    return await Promise.race([done, left]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupted);
  }
}
