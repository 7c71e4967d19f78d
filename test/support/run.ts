/** The tool as its user runs it: the command line in a process of its own. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';

export const BIN = join(import.meta.dirname, '..', '..', 'src', 'bin.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `ha-preflight ARGS`; `env` is added to this process's own. */
export function run(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
  timeoutMs = 300_000,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      ...(cwd && { cwd }),
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (err += d));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** `check FILE --format json`, parsed. */
export async function report(inventory: string, ...more: string[]): Promise<Ran & { report: Report }> {
  const ran = await run(['check', inventory, '--format', 'json', ...more]);
  try {
    return { ...ran, report: JSON.parse(ran.out) as Report };
  } catch {
    throw new Error(`no report: exit ${ran.code}\n${ran.out}\n${ran.err}`);
  }
}

/** Fails and unknowns as `check node node`, sorted: what a test compares. */
export const troubles = (r: Report, ...statuses: Verdict['status'][]): string[] =>
  r.verdicts
    .filter((v) => (statuses.length > 0 ? statuses : ['fail', 'unknown']).includes(v.status))
    .map((v) => `${v.id} ${v.nodes.join(' ')}`)
    .sort();
