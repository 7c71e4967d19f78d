/** What it takes to start: `--version` and `--help` against a bare `node -e 0`. */

import { spawnSync } from 'node:child_process';
import { median, type Results } from './goals.js';

/** Medians of the wall time of each command, one after the other in every round. */
export function startup(bin: string, runs: number, say: (text: string) => void): NonNullable<Results['startup']> {
  const commands = [
    ['-e', '0'],
    [bin, '--version'],
    [bin, '--help'],
  ];
  const times: number[][] = commands.map(() => []);
  for (let round = 0; round <= Math.max(runs, 5) * 4; round++) {
    for (const [i, argv] of commands.entries()) {
      const started = performance.now();
      const { status } = spawnSync(process.execPath, argv, { stdio: 'ignore' });
      if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`);
      if (round > 0) times[i]!.push(performance.now() - started);
    }
  }
  const [bare, version, help] = times.map(median);
  say(
    `start-up: node -e 0 ${bare!.toFixed(1)} ms, --version ${version!.toFixed(1)} ms, --help ${help!.toFixed(1)} ms\n\n`,
  );
  return { version: version! / bare!, help: help! / bare! };
}
