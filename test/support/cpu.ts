/** How much CPU some work takes. On a busy machine a clock would also count the work of others. */

/** Milliseconds of this process, all its threads together. */
export function cpuOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3;
}

/** What is over at once says nothing; `parts` is as much work in ten parts, or eight. */
export const tooFast = (parts: number, whole: number): boolean => whole >= 150 && whole >= 4 * parts;

/** The least of five, while it is more than says something: what else the machine does only adds. */
export function least(measure: () => number): number {
  let ms = measure();
  for (let tries = 0; tries < 4 && ms >= 150; tries++) ms = Math.min(ms, measure());
  return ms;
}
