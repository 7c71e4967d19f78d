/** The only step that talks to machines: a plan to evidence. Never throws for what a node does. */

import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { recorded } from '../model/argv.js';
import type { Requests } from '../model/collector.js';
import type { Answer, Answers, Evidence, NodeEvidence } from '../model/evidence.js';
import type { Node, SecretSource } from '../model/inventory.js';
import { type Plan, roundOne } from '../plan.js';
import { bounded } from './lib/bounded.js';
import { budget, type Share } from './lib/budget.js';
import { limiter, turns } from './lib/limiter.js';
import { askerOf, scriptOptions } from './node/ask.js';
import { pingPong } from './node/pingPong.js';
import { secondRound } from './node/rounds.js';
import type { ServiceContext } from './services/context.js';
import { reachOf } from './services/reach.js';
import { askServices } from './services/round.js';
import { SERVICES_MS } from './services/services.js';
import { connect } from './transports/connect.js';
import { type NodeConnection, Unreachable } from './transports/connection.js';

export interface GatherOptions {
  readonly tool: Evidence['tool'];
  /** Milliseconds a node, everything included. */
  readonly timeoutMs: number;
  /** Nodes asked at once. */
  readonly concurrency: number;
  readonly secret: (source: SecretSource) => string;
  readonly signal?: AbortSignal;
  /** Whether what writes on shared storage or into a bucket may be asked (`--active`). */
  readonly active?: boolean;
  readonly onProgress?: Tell;
  /** The same for what is asked in addition to the nodes. */
  readonly onService?: Tell;
  /** A node has been asked: what it said can be read while others still answer. */
  readonly onAnswers?: (plan: Plan, node: string, answers: Answers) => void;
}

/** Reported as it happens; `note` is the reason of a failure. */
type Tell = (name: string, state: 'waiting' | 'asking' | 'done' | 'failed', note?: string) => void;

/** A node's own deadlines end it; this is for what escapes them. */
const LATE_MS = 5000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Clocks are read on few nodes at once: a busy machine widens every interval (4 at once, measured). */
const CLOCKS_AT_ONCE = 4;
/** That holds for nodes nearby. One that is far away, or silent, leaves the others their turn. */
const TURN_MS = 100;

/** Everything about one node: connect, two rounds, clock; in one shell while nothing goes wrong. */
async function gatherNode(
  plan: Plan,
  node: Node,
  nonce: string,
  options: GatherOptions,
  clocks: ReturnType<typeof turns>,
  share: Share,
): Promise<NodeEvidence> {
  const started = performance.now();
  const left = (): number => Math.max(1, options.timeoutMs - (performance.now() - started));
  const answers: Record<string, Answer> = {};
  let asked: Requests = {};
  let connection: NodeConnection | undefined;
  try {
    const script = scriptOptions(node, nonce, options.secret);
    connection = await connect(node, {
      timeoutMs: left(),
      secret: options.secret,
      ...(options.signal && { signal: options.signal }),
    });
    const asker = askerOf(connection, script, share);
    Object.assign(answers, await asker.ask(roundOne(plan), left(), options.signal));
    const { batch, exchanges } = secondRound(plan, node.name, answers);
    asked = { ...batch, ...exchanges };
    // what hangs there must not cost the clock its turn
    const exchanging = Object.keys(exchanges).length > 0;
    if (Object.keys(batch).length > 0)
      Object.assign(answers, await asker.ask(batch, left() * (exchanging ? 0.8 : 1), options.signal));
    for (const [key, request] of Object.entries(exchanges)) {
      const prefix = `LC_ALL=C; R='${script.root.replaceAll("'", "'\\''")}'; export LC_ALL R\n`;
      answers[key] = await clocks(async () =>
        options.signal?.aborted
          ? { unseen: 'interrupted' }
          : pingPong(
              await asker.shell(left()),
              `${prefix}${request.script}\n`,
              request.pingPong!,
              Math.min(left(), 15_000),
            ),
      );
    }
    return {
      reached: true,
      answers,
      tookMs: Math.round(performance.now() - started),
      ...(connection.notes.length > 0 && { notes: connection.notes }),
    };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    // what had been answered before the connection was lost still counts
    const reached = Object.keys(answers).length > 0;
    for (const key of Object.keys(asked)) answers[key] ??= { unseen: error.message };
    const notes = connection?.notes ?? error.notes;
    return {
      reached,
      reason: error.message,
      answers,
      ...(notes.length > 0 && { notes }),
      tookMs: Math.round(performance.now() - started),
    };
  } finally {
    connection?.close();
  }
}

/** Longest that a run can take, whatever anyone answers: the nodes in turns, then all services at once. */
const longest = (nodes: number, { timeoutMs, concurrency }: GatherOptions): number =>
  Math.min(Math.ceil(nodes / concurrency) * (timeoutMs + 2 * LATE_MS) + SERVICES_MS + LATE_MS, LONGEST_TIMER_MS);

/** Asks every node and service; bounded in time by one node's timeout for each `concurrency` dead nodes. */
export async function gather(plan: Plan, given: GatherOptions): Promise<Evidence> {
  // one timer for the whole run: while it is set the process cannot end for want of something to wait for
  return bounded(
    (signal) => gatherAll(plan, { ...given, signal }, given.signal),
    { limitMs: longest(plan.cluster.nodes.length, given), graceMs: LONGEST_TIMER_MS, signal: given.signal },
    () => {
      throw new Error('the run did not end');
    },
  );
}

async function gatherAll(plan: Plan, options: GatherOptions, interrupt: AbortSignal | undefined): Promise<Evidence> {
  const startedAt = new Date();
  // every node listens
  if (options.signal) setMaxListeners(0, options.signal);
  const started = performance.now();
  // keys the digests of this run; lives here and on the nodes for as long as they are asked, and is never saved
  const nonce = randomBytes(32).toString('hex');
  const atOnce = limiter(options.concurrency);
  const clocks = turns(CLOCKS_AT_ONCE, TURN_MS);
  const memory = budget();
  for (const node of plan.cluster.nodes) options.onProgress?.(node.name, 'waiting');
  const nodes = await Promise.all(
    plan.cluster.nodes.map((node) =>
      atOnce(async (): Promise<[string, NodeEvidence]> => {
        options.onProgress?.(node.name, 'asking');
        const evidence: NodeEvidence = options.signal?.aborted
          ? { reached: false, reason: 'interrupted', answers: {} }
          : await bounded(
              (signal) => gatherNode(plan, node, nonce, { ...options, signal }, clocks, memory.share()),
              { limitMs: options.timeoutMs + LATE_MS, graceMs: LATE_MS, signal: options.signal },
              (why): NodeEvidence => ({ reached: false, reason: why, answers: {} }),
            );
        options.onAnswers?.(plan, node.name, evidence.answers);
        options.onProgress?.(node.name, evidence.reason === undefined ? 'done' : 'failed', evidence.reason);
        return [node.name, evidence];
      }),
    ),
  );
  const answered = new Set(nodes.flatMap(([name, { reached }]) => (reached ? [name] : [])));
  const context: ServiceContext = {
    cluster: plan.cluster,
    secret: options.secret,
    timeoutMs: options.timeoutMs,
    reach: reachOf(
      plan.cluster.nodes.filter((n) => answered.has(n.name)),
      options,
    ),
    ...(options.signal && { signal: options.signal }),
  };
  const services = await askServices(plan, nodes, context, options);
  return {
    schema: 'ha-preflight/evidence/1',
    tool: options.tool,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - started),
    cluster: recorded(plan.cluster),
    nodes: Object.fromEntries(nodes),
    services,
    ...(interrupt?.aborted && { interrupted: true }),
  };
}
