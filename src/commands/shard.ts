/** `--shard`: which of many files this run takes. */

import { UsageError } from '../model/inventory.js';
import { count, verb } from '../model/words.js';

interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** Variables in which an engine says which of several equal jobs this is: Kubernetes counts from 0, GitLab from 1. */
const ENGINES = [
  { index: 'JOB_COMPLETION_INDEX', total: 'JOB_COMPLETION_TOTAL', first: 0 },
  { index: 'CI_NODE_INDEX', total: 'CI_NODE_TOTAL', first: 1 },
] as const;

function fromEngine(environment: NodeJS.ProcessEnv): Shard {
  const engine = ENGINES.find(({ index }) => environment[index]);
  if (!engine)
    throw new UsageError(
      `--shard without a number is for a job that an engine numbers, and none of ${ENGINES.map((e) => e.index).join(', ')} is set: expected --shard i/n, such as 1/4`,
    );
  const { index: name, total, first } = engine;
  const said = `--shard: ${name} is ${environment[name]}, and ${total} is ${environment[total] || 'not set'}`;
  const [index, of] = [name, total].map((n) =>
    /^\d+$/.test(environment[n] ?? '') ? Number(environment[n]) : Number.NaN,
  );
  // Kubernetes does not tell a pod how many there are
  if (Number.isNaN(of!)) throw new UsageError(`${said}: set ${total} to the number of jobs`);
  if (Number.isNaN(index!) || index! < first || index! >= of! + first)
    throw new UsageError(`${said}: expected ${first} to ${of! + first - 1}`);
  return { index: index! - first + 1, of: of! };
}

function fromText(spec: string): Shard {
  const [, index, of] = (/^(\d+)\/(\d+)$/.exec(spec) ?? []).map(Number);
  if (!index || !of || index > of) throw new UsageError(`--shard ${spec}: expected i/n with 1 <= i <= n, such as 1/4`);
  return { index, of };
}

/** Every n-th, from the i-th: `2/3` of a..g is b and e. An empty `spec` takes both from the job's environment. */
export function shard<T>(items: readonly T[], spec: string | undefined, environment = process.env): T[] {
  if (spec === undefined) return [...items];
  const { index, of } = spec === '' ? fromEngine(environment) : fromText(spec);
  const own = items.filter((_, k) => k % of === index - 1);
  if (own.length === 0)
    throw new UsageError(
      `--shard ${index}/${of}: there ${verb(items.length, 'is', 'are')} only ${count(items.length, 'file')}, so this shard has nothing to do`,
    );
  return own;
}
