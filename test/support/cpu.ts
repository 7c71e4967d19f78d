/** How much CPU some work takes. On a busy machine a clock would also count the work of others. */

/** Milliseconds of this process, all its threads together. */
export function cpuOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3;
}
