/**
 * A small coverage-guided fuzzer: V8 counts what ran (node:inspector), inputs that ran something new are kept and changed
 * further. `npm run fuzz -- SECONDS [TARGET]`; what broke is written to fixtures/fuzz/TARGET and replayed by a test.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { TARGETS, type Target } from './fuzzTargets.js';

export const SEEDS = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'fuzz');
/** An input that takes longer is a fault. */
const SLOW_MS = 2000;
const MAX_BYTES = 4096;

export const seedsOf = (name: string): { file: string; input: Buffer }[] =>
  readdirSync(join(SEEDS, name)).map((file) => ({ file, input: readFileSync(join(SEEDS, name, file)) }));

/** Runs one input; gives back what is wrong with what happened. */
export function attempt(target: Target, input: Buffer): string | undefined {
  const started = performance.now();
  try {
    target.run(input);
  } catch (error) {
    if (!target.allows.includes((error as Error)?.name)) return `threw ${(error as Error)?.stack ?? String(error)}`;
  }
  const ms = performance.now() - started;
  if (ms > SLOW_MS) return `took ${Math.round(ms)} ms`;
  for (const key in {}) return `${key} is in every object now`;
  return Object.keys(Object.prototype).length > 0 ? 'Object.prototype was changed' : undefined;
}

/** Reproducible, unlike Math.random. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % Math.max(1, below);
  };
}

function mutate(input: Buffer, other: Buffer, words: readonly string[], below: (n: number) => number): Buffer {
  let data: Buffer = Buffer.from(input);
  for (let n = 1 + below(4); n > 0; n--) {
    const at = below(data.length + 1);
    const to = Math.min(data.length, at + 1 + below(16));
    const put = (bytes: Buffer, end = at): Buffer => Buffer.concat([data.subarray(0, at), bytes, data.subarray(end)]);
    const how = below(7);
    if (how === 0 && at < data.length) data[at] = data[at]! ^ (1 << below(8));
    else if (how === 1) data = put(Buffer.alloc(0), to);
    else if (how === 2) data = put(data.subarray(at, to));
    else if (how === 3) data = put(Buffer.from([below(256)]));
    else if (how === 4) data = Buffer.concat([data.subarray(0, at), other.subarray(below(other.length + 1))]);
    else data = put(Buffer.from(words[below(words.length)]!), how === 5 ? at : to);
  }
  return data.subarray(0, MAX_BYTES);
}

// before anything is compiled: what is compiled without counters of its blocks never gets them
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Blocks of what is fuzzed that ran since the last look, and how often, by powers of two. */
function look(): Set<string> {
  const ran = new Set<string>();
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error) throw error;
    for (const { url, functions } of coverage.result)
      if (/\/dist\/src\/|\/js-yaml\/|fuzz\.test\.js$/.test(url))
        // what did not run counts too: a block that ran as often as what is around it is not listed
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            ran.add(`${url} ${startOffset} ${endOffset} ${Math.min(8, 32 - Math.clz32(count))}`);
  });
  return ran;
}

export interface Fuzzed {
  readonly executions: number;
  readonly edges: number;
  readonly kept: number;
  readonly findings: readonly { readonly input: Buffer; readonly what: string }[];
}

/** Inputs between two looks at the coverage, which costs more than a run. */
const BATCH = 16;

export function fuzz(
  target: Target,
  seconds: number,
  seed = 1,
  corpus: Buffer[] = seedsOf(target.name).map(({ input }) => input),
): Fuzzed {
  const below = randomOf(seed);
  const findings = new Map<string, { input: Buffer; what: string }>();
  const seen = new Set<string>();
  const first = corpus.length;
  let executions = 0;
  /** Runs them; gives back what ran that had not. */
  const execute = (inputs: readonly Buffer[]): string[] => {
    for (const input of inputs) {
      executions++;
      const what = attempt(target, input);
      if (what !== undefined) findings.set(what.split('\n').slice(0, 3).join('\n'), { input, what });
    }
    return [...look()].filter((edge) => !seen.has(edge));
  };
  const learn = (edges: readonly string[]): void => edges.forEach((edge) => void seen.add(edge));
  look();
  learn(execute(corpus));
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const batch = Array.from({ length: BATCH }, () =>
      mutate(corpus[below(corpus.length)]!, corpus[below(corpus.length)]!, target.words, below),
    );
    if (execute(batch).length === 0) continue;
    // which of them did it
    for (const input of batch) {
      const fresh = execute([input]);
      if (fresh.length > 0) corpus.push(input);
      learn(fresh);
    }
  }
  return { executions, edges: seen.size, kept: corpus.length - first, findings: [...findings.values()] };
}

if (process.argv[1] === import.meta.filename) {
  const [seconds = '60', only] = process.argv.slice(2);
  const seed = Date.now() >>> 0;
  let failed = false;
  for (const target of TARGETS.filter(({ name }) => only === undefined || name === only)) {
    const { executions, edges, kept, findings } = fuzz(target, Number(seconds), seed);
    process.stdout.write(
      `${target.name}: ${executions} inputs, ${edges} edges, ${kept} kept, ${findings.length} findings\n`,
    );
    for (const { input, what } of findings) {
      failed = true;
      const file = join(SEEDS, target.name, `crash-${createHash('sha256').update(input).digest('hex').slice(0, 8)}`);
      mkdirSync(join(SEEDS, target.name), { recursive: true });
      writeFileSync(file, input);
      process.stdout.write(`  ${file}: ${what}\n`);
    }
  }
  process.stdout.write(`seed ${seed}\n`);
  process.exitCode = failed ? 1 : 0;
}
