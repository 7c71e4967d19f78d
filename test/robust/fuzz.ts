/**
 * A small coverage-guided fuzzer: V8 counts what ran (node:inspector), inputs that ran something new are kept and changed
 * further. `npm run fuzz -- SECONDS [TARGET]`; what broke is written to fixtures/fuzz/TARGET and replayed by a test.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from './coverage.js';
import { type Problem, TARGETS, type Target } from './fuzzTargets.js';

export const SEEDS = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'fuzz');
/** An input that takes longer is a fault. */
const SLOW_MS = 2000;
const MAX_BYTES = 4096;
/** What an hour may keep: inputs, edges, faults. Beyond the first, one is given up for another; beyond the others, nothing is new. */
const MOST_KEPT = 3000;
const MOST_EDGES = 1_000_000;
const MOST_FINDINGS = 50;

export const seedsOf = (name: string): { file: string; input: Buffer }[] =>
  readdirSync(join(SEEDS, name)).map((file) => ({ file, input: readFileSync(join(SEEDS, name, file)) }));

/** Runs one input; gives back what is wrong with what happened. */
export function attempt(target: Target, input: Buffer, again = false): string | undefined {
  const started = performance.now();
  try {
    target.run(input);
  } catch (error) {
    if (!target.allows.includes((error as Error)?.name)) return `threw ${(error as Error)?.stack ?? String(error)}`;
  }
  const ms = performance.now() - started;
  // twice: once may be the machine
  if (ms > SLOW_MS) return again ? `took ${Math.round(ms)} ms` : attempt(target, input, true);
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

export interface Fuzzed {
  readonly executions: number;
  readonly edges: number;
  readonly kept: number;
  readonly findings: readonly Problem[];
}

/** Inputs between two looks at the coverage, which costs more than a run. */
const BATCH = 16;
/** Batches between two looks at what a target puts off. */
const PUT_OFF = 64;

/** The target must be prepared. It ends after `seconds`, or with `most` findings. */
export function fuzz(
  target: Target,
  seconds: number,
  seed = 1,
  corpus: Buffer[] = seedsOf(target.name).map(({ input }) => input),
  most = Number.POSITIVE_INFINITY,
): Fuzzed {
  const below = randomOf(seed);
  const findings = new Map<string, Problem>();
  const seen = new Set<string>();
  const first = corpus.length;
  let executions = 0;
  const note = (found: Problem): void => {
    const kind = found.what.split('\n').slice(0, 3).join('\n');
    if (findings.size < MOST_FINDINGS || findings.has(kind)) findings.set(kind, found);
  };
  /** Runs them; gives back what ran that had not. */
  const execute = (inputs: readonly Buffer[]): string[] => {
    for (const input of inputs) {
      executions++;
      const what = attempt(target, input);
      if (what !== undefined) note({ input, what });
    }
    return [...look()].filter((edge) => !seen.has(edge));
  };
  const learn = (edges: readonly string[]): void => {
    if (seen.size < MOST_EDGES) edges.forEach((edge) => void seen.add(edge));
  };
  const keep = (input: Buffer): void => {
    if (corpus.length < MOST_KEPT) corpus.push(input);
    else corpus[first + below(MOST_KEPT - first)] = input;
  };
  look();
  learn(execute(corpus));
  const end = performance.now() + seconds * 1000;
  for (let batches = 1; performance.now() < end && findings.size < most; batches++) {
    if (batches % PUT_OFF === 0) target.settle?.().forEach(note);
    const batch = Array.from({ length: BATCH }, () =>
      mutate(corpus[below(corpus.length)]!, corpus[below(corpus.length)]!, target.words, below),
    );
    if (execute(batch).length === 0 || seen.size >= MOST_EDGES) continue;
    // which of them did it
    for (const input of batch) {
      const fresh = execute([input]);
      if (fresh.length > 0) keep(input);
      learn(fresh);
    }
  }
  target.settle?.().forEach(note);
  return { executions, edges: seen.size, kept: corpus.length - first, findings: [...findings.values()] };
}

if (process.argv[1] === import.meta.filename) {
  const [seconds = '60', only] = process.argv.slice(2);
  const seed = Date.now() >>> 0;
  let failed = false;
  for (const target of TARGETS.filter(({ name }) => only === undefined || name === only)) {
    await target.prepare?.();
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
