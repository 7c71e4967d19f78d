/** Test files run with something wrong, and which of them come by a mutant at all. */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const TESTS = join(import.meta.dirname, '..');
const HOOK = new URL('./mutant.js', import.meta.url).href;
/** Tests that compare what is read and what is judged, a second or less each: no property tests, none that start hosts. */
const SUITABLE =
  /^(formats\/(?!properties)|checks\/|collectors\/|products\/(endpoints|stickiness)|(relations|unseen|report)\.test)/;
/** One test that failed, as TAP says it. */
const FAILED = /^ *not ok /m;

export const testNames = (): string[] =>
  (readdirSync(TESTS, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.test.js') && SUITABLE.test(name))
    .sort();

export type Ending = 'passed' | 'failed' | 'timeout';

/** Runs one file of tests, ended at its first failure. */
export const runTest = (name: string, env: Readonly<Record<string, string>>, timeoutMs: number): Promise<Ending> =>
  new Promise((resolve, reject) => {
    // a mutant that collects without end is stopped by the heap
    const args = ['--max-old-space-size=512', '--test-reporter=tap', '--import', HOOK, join(TESTS, name)];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let ending: Ending | undefined;
    const end = (as: Ending) => {
      ending ??= as;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(end, timeoutMs, 'timeout');
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (FAILED.test(text)) end('failed');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(ending ?? (code === 0 ? 'passed' : 'failed'));
    });
  });

/** A test file that passes, how long it takes, and how often it comes by each mutant. */
export interface Covering {
  readonly name: string;
  readonly ms: number;
  readonly hits: Readonly<Record<string, number>>;
}

/** Runs a test file over the instrumented sources with every mutant switched off. Throws if it fails. */
export async function coverageOf(name: string, files: string, scratch: string): Promise<Covering> {
  const to = join(scratch, `${name.replaceAll('/', '-')}.json`);
  const start = performance.now();
  const ending = await runTest(name, { MUTANT_FILES: files, MUTANT_COVERAGE: to }, 120_000);
  if (ending !== 'passed') throw new Error(`test/${name} ${ending} without any change`);
  const hits = JSON.parse(readFileSync(to, 'utf8')) as Readonly<Record<string, number>>;
  return { name, ms: performance.now() - start, hits };
}

/** More tests than these per mutant find next to nothing, and hours pass. */
const TESTS_PER_MUTANT = 6;

/**
 * The tests that come by a mutant, `together` with the others of its source: first the source's own, then those that use
 * the mutant, then the source, most often. What is computed when a module is loaded, each test comes by once.
 */
export function testsFor(
  covering: readonly Covering[],
  { id, file }: { readonly id: string; readonly file: string },
  together: readonly string[],
): readonly Covering[] {
  const own = `${basename(file, '.ts')}.test.js`;
  const rank = ({ name, hits }: Covering) =>
    basename(name) === own
      ? Number.POSITIVE_INFINITY
      : hits[id]! * 1000 + together.reduce((sum, other) => sum + (hits[other] ?? 0), 0);
  return covering
    .filter((c) => c.hits[id] !== undefined)
    .map((c) => ({ c, rank: rank(c) }))
    .sort((a, b) => (a.rank === b.rank ? a.c.ms - b.c.ms : b.rank - a.rank))
    .slice(0, TESTS_PER_MUTANT)
    .map(({ c }) => c);
}
