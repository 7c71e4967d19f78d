/** What V8 is told where there is much to do. */

const SMALL = '--semi-space-growth-factor=1';
const LATE = '--invocation-count-for-turbofan=100000';
/** By release of Node, since V8 complains about a flag that it does not know. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  20: ['--interrupt-budget=4000000', SMALL],
  22: [LATE, SMALL],
  24: [LATE, SMALL],
  26: [LATE, SMALL],
};

/**
 * V8 begins to optimise so early that this takes a tenth of the CPU of a run of a hundred nodes, and gains nothing before the
 * run is over. And its young generation grows to a quarter of all memory of such a run, which saves no CPU either. A short
 * run is over sooner without.
 */
export async function prepareForLongRun(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of FLAGS[process.versions.node.split('.')[0]!] ?? []) setFlagsFromString(flag);
}
