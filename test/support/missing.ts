/** Programs a test needs. In CI they are installed, so there nothing is skipped for want of them. */

import { spawnSync } from 'node:child_process';

/** Why to skip, or false. */
export function missing(...programs: readonly string[]): string | false {
  const lacking = programs.filter((p) => spawnSync('sh', ['-c', 'command -v -- "$0"', p]).status !== 0);
  if (lacking.length === 0 || process.env.CI === 'true') return false;
  return `${lacking.join(' and ')} is not installed`;
}
