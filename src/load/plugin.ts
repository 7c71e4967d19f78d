/**
 * The fence around a plugin's code. It is trusted not to be hostile, not to be free of errors: what it throws, never
 * gives back, or gives back as junk makes its own check unknown, and changes no other.
 */

import { type Context, createContext, Script } from 'node:vm';
import type { AnyCheck, Needs } from '../check.js';
import type { Collector, Requests } from '../model/collector.js';
import { frozen } from '../model/frozen.js';
import { UsageError } from '../model/inventory.js';
import { type Finding, SEVERITIES, STATUSES } from '../model/verdict.js';
import type { Probe } from '../probes/probe.js';

/** Seconds one call may take, and all plugins to load. */
const SECONDS = 10;
const MAX_FINDINGS = 1000;
const MAX_TEXT = 10_000;
const MAX_LINES = 1000;

let scene: { readonly call: Script; readonly stage: Context } | undefined;

/** Calls what is synchronous, and ends it when it does not end: V8 stops an endless loop as well. */
function bounded<T>(call: () => T, seconds: number): T {
  scene ??= { call: new Script('call()'), stage: createContext({ call: undefined }) };
  const { stage } = scene;
  stage.call = call;
  try {
    return scene.call.runInContext(stage, { timeout: seconds * 1000 }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`did not end within ${seconds} s`);
  } finally {
    stage.call = undefined;
  }
}

const copied = (value: unknown): unknown =>
  value instanceof Map ? new Map(value) : value instanceof Date ? new Date(value) : value;

/** A promise is no answer, and one that is rejected must not end the process. */
function noPromise<T>(value: T): T {
  const { then } = ((typeof value === 'object' && value) || {}) as Partial<Promise<unknown>>;
  if (typeof then !== 'function') return value;
  Promise.resolve(value).catch(() => {});
  throw new Error('returned a promise, but must be synchronous');
}

/** One function of a plugin, which cannot hang, change what it is given, or say later what it should say now. */
function fenced<A extends unknown[], T>(what: string, call: (...args: A) => T, seconds: number): (...args: A) => T {
  let hung: Error | undefined;
  return (...args) => {
    // once is enough: it would be called for every node
    if (hung) throw hung;
    const own = args.map(copied) as A;
    // what a plugin gets belongs to other checks as well
    frozen(own);
    try {
      return noPromise(bounded(() => call(...own), seconds));
    } catch (error) {
      if (error instanceof Error && /^did not end within/.test(error.message)) {
        hung = new Error(`${what} ${error.message}`);
        throw hung;
      }
      throw error;
    }
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const maybe = (value: unknown, is: (v: unknown) => boolean): boolean => value === undefined || is(value);
const short = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text);

function isDifference(value: unknown): boolean {
  const { key, values } = (value ?? {}) as { key?: unknown; values?: unknown };
  const sound = (v: { nodes?: unknown; value?: unknown } | null): boolean => isTexts(v?.nodes) && isText(v?.value);
  return isText(key) && Array.isArray(values) && values.every(sound);
}

function isFix(value: unknown): boolean {
  const { nodes, commands, note } = (value ?? {}) as { nodes?: unknown; commands?: unknown; note?: unknown };
  return isTexts(nodes) && isTexts(commands) && maybe(note, isText);
}

const RULES: Readonly<Record<keyof Finding, (value: unknown) => boolean>> = {
  status: (v) => STATUSES.includes(v as never),
  message: isText,
  nodes: (v) => maybe(v, isTexts),
  subject: (v) => maybe(v, isText),
  observed: (v) => maybe(v, isText),
  expected: (v) => maybe(v, isText),
  details: (v) => maybe(v, isTexts),
  differences: (v) => maybe(v, (d) => Array.isArray(d) && d.every(isDifference)),
  remediation: (v) => maybe(v, isText),
  fixes: (v) => maybe(v, (f) => Array.isArray(f) && f.every(isFix)),
  severity: (v) => maybe(v, (s) => SEVERITIES.includes(s as never)),
  proof: (v) => maybe(v, (p) => p === 'measured' || p === 'declared'),
  requirements: (v) => maybe(v, isTexts),
};

/** A copy of what a judge gave back: only what a finding has, and of that no more than a person reads. */
function findings(given: unknown): Finding[] {
  const all: unknown[] = Array.isArray(given) ? given : [given];
  if (all.length > MAX_FINDINGS)
    throw new Error(`returned ${all.length} findings, but at most ${MAX_FINDINGS} are read`);
  return all.map((one) => {
    if (typeof one !== 'object' || one === null) throw new Error('returned something that is not a finding');
    const fields = Object.keys(RULES).map((key) => [key, (one as Record<string, unknown>)[key]] as const);
    const wrong = fields.find(([key, value]) => !RULES[key as keyof Finding](value));
    if (wrong) throw new Error(`returned something that is not a finding: ${wrong[0]} is wrong`);
    const cut = (value: unknown): unknown =>
      isText(value) ? short(value) : isTexts(value) ? value.slice(0, MAX_LINES).map(short) : value;
    return Object.fromEntries(
      fields
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [key, key === 'nodes' || key === 'subject' ? value : cut(value)]),
    ) as unknown as Finding;
  });
}

/** A request is a script, and some numbers. */
function requests(given: unknown): Requests {
  const all = Object.entries((given ?? {}) as object) as [string, { script?: unknown } | null][];
  const wrong = all.find(([, r]) => !isText(r?.script));
  if (wrong) throw new Error(`the request ${wrong[0]} has no script`);
  return given as Requests;
}

const fencedProbe = (name: string, probe: Probe<unknown>, seconds: number): Probe<unknown> => ({
  via: probe.via,
  questions: fenced(
    `questions of ${name}`,
    (...args: Parameters<typeof probe.questions>) => probe.questions(...args),
    seconds,
  ),
  parse: fenced(`parse of ${name}`, (...args: Parameters<typeof probe.parse>) => probe.parse(...args), seconds),
});

/** Makes checks that behave from those of plugins; a collector that two of them share is one afterwards, too. */
export function fence(ours: readonly AnyCheck[], seconds = SECONDS): (check: AnyCheck) => AnyCheck {
  // the collectors of this program stay as they are
  const known = new Map<unknown, Collector<unknown, never>>();
  for (const c of ours.flatMap((check) => Object.values(check.needs as Needs))) known.set(c, c);
  const ourProbes = new Set<unknown>(ours.flatMap((check) => Object.values(check.asks ?? {})));
  const collector = (c: Collector<unknown, never>): Collector<unknown, never> => {
    const before = known.get(c);
    if (before) return before;
    const parse = fenced(`parse of ${c.id}`, (...args: Parameters<typeof c.parse>) => c.parse(...args), seconds);
    const ask = c.requests;
    const fencedAsk =
      typeof ask === 'function' &&
      fenced(`requests of ${c.id}`, (...args: Parameters<typeof ask>) => requests(ask(...args)), seconds);
    const safe = Object.assign(Object.create(c), { parse, ...(fencedAsk && { requests: fencedAsk }) });
    known.set(c, safe);
    return safe;
  };
  return (check) => {
    const needs = Object.entries(check.needs as Needs).map(([name, c]) => [name, collector(c)] as const);
    const asks = Object.entries((check.asks ?? {}) as Record<string, Probe<unknown>>).map(([name, probe]) => [
      name,
      ourProbes.has(probe) ? probe : fencedProbe(`${check.id}.${name}`, probe, seconds),
    ]);
    return Object.assign(Object.create(check) as AnyCheck, {
      id: check.id,
      needs: Object.fromEntries(needs),
      judge: fenced(
        'judge',
        (...args: Parameters<AnyCheck['judge']>) => findings(noPromise(check.judge(...args))),
        seconds,
      ),
      ...(asks.length > 0 && { asks: Object.fromEntries(asks) }),
    });
  };
}

/**
 * Runs what loads plugins. Their `console` is standard error: standard output is the report's. What waits for ever at
 * its top level is a `UsageError`; a loop there is ended by a thread, together with the process, because no other code runs.
 */
export async function loading<T>(names: readonly string[], load: () => Promise<T>, seconds = SECONDS): Promise<T> {
  const [{ Console }, { Worker }] = await Promise.all([import('node:console'), import('node:worker_threads')]);
  Object.assign(globalThis.console, new Console(process.stderr, process.stderr));
  const words = `plugins (${names.join(', ')}) did not load within ${seconds} s: a module must not wait or loop at its top level`;
  const thread = new Worker(
    `const { workerData: w } = require('node:worker_threads');
     setTimeout(() => { require('node:fs').writeSync(2, w.words); process.kill(process.pid, 'SIGKILL'); }, w.ms);`,
    { eval: true, stdin: false, workerData: { words: `ha-preflight: ${words}\n`, ms: seconds * 1000 + 1000 } },
  );
  thread.unref();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UsageError(words)), seconds * 1000);
  });
  try {
    return await Promise.race([load(), late]);
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
