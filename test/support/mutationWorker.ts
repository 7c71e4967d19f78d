/**
 * A process in which many mutants are tried, one after the other: what takes long is to start and to load. Asked by
 * lines of JSON on its input, answers one line each. Whoever asks ends it when it does not answer.
 */

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { runBlocks, taken } from './blocks.js';

export interface Question {
  /** The mutant that is switched on while the tests run; without one, they are what is measured. */
  readonly mutant?: string;
  /** Files of tests, in this order, to the first failure. */
  readonly tests: readonly string[];
}
export interface Answer {
  /** What the first failure says. */
  readonly failure?: string;
  /** Mutants come by while modules were loaded, and afterwards, with how often. */
  readonly loading: Hits;
  readonly running: Hits;
}
export type Hits = Readonly<Record<string, number>>;

/** What Stryker's instrumented sources look at. */
interface Switch {
  activeMutant: string | undefined;
  mutantCoverage?: { static: Hits };
}
const ALWAYS = process.env.MUTANT_ALWAYS;
const stryker: Switch = { activeMutant: ALWAYS };
Object.assign(globalThis, { __stryker__: stryker });

/** What one mutant derived must not serve the next one. */
let round = 0;
const Lasting = WeakMap;
class ForgetfulMap<K extends WeakKey, V> extends WeakMap<K, V> {
  readonly #rounds = new Lasting<K, number>();
  override has(key: K): boolean {
    return this.#rounds.get(key) === round && super.has(key);
  }
  override get(key: K): V | undefined {
    return this.has(key) ? super.get(key) : undefined;
  }
  override set(key: K, value: V): this {
    this.#rounds.set(key, round);
    return super.set(key, value);
  }
}
globalThis.WeakMap = ForgetfulMap;

const hits = (): Hits => ({ ...stryker.mutantCoverage?.static });
const loaded = new Map<string, ReturnType<typeof taken>>();

/** The blocks of a file of tests, loaded with no mutant but the one that is always on. */
async function blocksOf(name: string): Promise<ReturnType<typeof taken>> {
  if (!loaded.has(name)) {
    await import(pathToFileURL(join(import.meta.dirname, '..', name)).href);
    loaded.set(name, taken());
  }
  return loaded.get(name)!;
}

async function answer({ mutant, tests }: Question): Promise<Answer> {
  round += 1;
  let loading: Hits = {};
  try {
    for (const name of tests) {
      const blocks = await blocksOf(name);
      loading = hits();
      stryker.activeMutant = mutant ?? ALWAYS;
      if (mutant === undefined && stryker.mutantCoverage) stryker.mutantCoverage.static = {};
      await runBlocks(blocks);
      stryker.activeMutant = ALWAYS;
    }
    return { loading, running: hits() };
  } catch (error) {
    return { failure: String((error as Error)?.message ?? error).slice(0, 2000), loading, running: {} };
  } finally {
    taken();
    stryker.activeMutant = ALWAYS;
  }
}

const say = process.stdout.write.bind(process.stdout);
// what a test prints is no answer
process.stdout.write = () => true;
for await (const line of createInterface({ input: process.stdin }))
  say(`${JSON.stringify(await answer(JSON.parse(line) as Question))}\n`);
