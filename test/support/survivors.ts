/** Which tests come by a mutant, and which mutants none of them notices. */

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Change } from './instrumented.js';
import { Worker } from './mutationAsker.js';
import type { Hits } from './mutationWorker.js';

const TESTS = join(import.meta.dirname, '..');
/** Tests of what is read and what is judged: no property tests, none that start hosts. */
const SUITABLE =
  /^(formats\/(?!properties|readBack)|checks\/|collectors\/(?!opening)|products\/(endpoints|settings|stickiness)|(judge|relations|unseen|report)\.test)/;
/** What our blocks know of node:test. */
const SIMPLE = /^import \{ (after, )?(describe|it|test)(, (it|test))? \} from 'node:test'/m;

export const testNames = (): string[] =>
  (readdirSync(TESTS, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.test.js') && SUITABLE.test(name))
    .filter((name) => {
      const text = readFileSync(join(TESTS, name), 'utf8');
      return SIMPLE.test(text) || !text.includes("'node:test'");
    })
    .sort();

/** A file of tests that passes, how long it takes in a new process, and what it comes by. */
export interface Covering {
  readonly name: string;
  readonly ms: number;
  readonly loading: Hits;
  readonly running: Hits;
}

/** Throws if the tests fail with every mutant switched off. */
export async function coverageOf(name: string, files: string): Promise<Covering> {
  const start = performance.now();
  const worker = new Worker(files);
  const answer = await worker.ask({ tests: [name] }, 120_000);
  worker.end();
  if (answer?.failure !== undefined || answer === undefined)
    throw new Error(`test/${name} fails without any change: ${answer?.failure ?? 'no answer'}`);
  return { name, ms: performance.now() - start, loading: answer.loading, running: answer.running };
}

/** The tests that come by a change: the source's own before those that come by it most often. */
export function testsFor(covering: readonly Covering[], { id, file }: Change): readonly Covering[] {
  const own = `${basename(file, '.ts')}.test.js`;
  const rank = ({ name, running }: Covering) =>
    basename(name) === own ? Number.POSITIVE_INFINITY : (running[id] ?? 0);
  return covering
    .filter((c) => (c.running[id] ?? c.loading[id]) !== undefined)
    .map((c) => ({ c, rank: rank(c) }))
    .sort((a, b) => (a.rank === b.rank ? a.c.ms - b.c.ms : b.rank - a.rank))
    .map(({ c }) => c);
}

/** Does this for every item, so many at once. */
export async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

const quoted = (text: string) => JSON.stringify(text.replaceAll(/\s+/g, ' ').slice(0, 200));
const LONGEST_MS = 5_000;

/**
 * A line for each change of a source that no test notices. What is computed while modules are loaded needs a process for
 * itself. A worker that does not answer in time is in a loop: that is noticed. Throws if tests fail without any change.
 */
export async function survivorsOf(
  source: string,
  changes: readonly Change[],
  covering: readonly Covering[],
  files: string,
): Promise<readonly string[]> {
  const tests = new Map(changes.map((change) => [change, testsFor(covering, change)]));
  const names = [...new Set([...tests.values()].flat())];
  const early = new Set(names.flatMap(({ loading }) => Object.keys(loading)));
  const survivors: string[] = [];
  const passed = (change: Change) => {
    const why = tests.get(change)!.length === 0 ? 'no test comes by it' : `${tests.get(change)!.length} pass`;
    survivors.push(
      `${source}:${change.line} ${change.mutator}: ${quoted(change.was)} became ${quoted(change.is)}: ${why}`,
    );
  };
  const baseline = async (worker: Worker) => {
    const answer = await worker.ask({ mutant: '', tests: names.map(({ name }) => name) }, 120_000);
    if (answer === undefined || answer.failure !== undefined)
      throw new Error(`${source}: a test fails without any change: ${answer?.failure ?? 'no answer'}`);
  };
  let worker: Worker | undefined;
  for (const change of changes) {
    const own = tests.get(change)!.map(({ name }) => name);
    if (own.length === 0) passed(change);
    else if (early.has(change.id)) {
      const one = new Worker(files, source, change.id);
      const answer = await one.ask(
        { tests: own },
        LONGEST_MS + tests.get(change)!.reduce((sum, { ms }) => sum + 3 * ms, 0),
      );
      one.end();
      if (answer !== undefined && answer.failure === undefined) passed(change);
    } else {
      if (worker === undefined) {
        worker = new Worker(files, source);
        await baseline(worker);
      }
      const answer = await worker.ask({ mutant: change.id, tests: own }, LONGEST_MS);
      if (answer === undefined) worker = undefined;
      else if (answer.failure === undefined) passed(change);
    }
  }
  if (worker !== undefined) await baseline(worker);
  worker?.end();
  return survivors;
}
