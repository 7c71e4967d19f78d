/** How slow this machine is at the moment: limits of time are those of a quiet one, and grow with it. */

import { spawnSync } from 'node:child_process';

/** Milliseconds in which the machine that the limits were set on starts Node. */
const QUIET_MS = 50;

/** More than this is excused for no machine, or what waits in vain would pass. */
const MOST = 3;

/** From 1 to MOST. Measured each time, right after what it is to excuse: other work comes and goes. */
function slowness(): number {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now();
    spawnSync(process.execPath, ['-e', '0'], { env });
    return performance.now() - started;
  });
  return Math.min(MOST, Math.max(1, ...times.map((ms) => ms / QUIET_MS)));
}

/** Whether something that took `took` is within `limit`, of the same unit: as it is, or on a machine as slow as this one now. */
export const inTime = (took: number, limit: number): boolean => took < limit || took < limit * slowness();
