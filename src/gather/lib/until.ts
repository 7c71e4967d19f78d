/** Waiting for something to hold. */

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds until `holds`, asked every `every` of them; undefined: not within the limit. Rejects when interrupted. */
export async function until(
  limitMs: number,
  every: number,
  signal: AbortSignal | undefined,
  holds: () => Promise<boolean>,
): Promise<number | undefined> {
  const started = performance.now();
  for (;;) {
    if (signal?.aborted) throw new Error('interrupted');
    if (await holds()) return Math.round(performance.now() - started);
    if (performance.now() - started > limitMs) return undefined;
    await pause(every);
  }
}
