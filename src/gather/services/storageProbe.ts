/**
 * Shared storage, tried from all nodes at once (`--active`): a marker one writes and the others read, how long a new file
 * stays unseen, locks one holds and the others must be refused, the file server's clock. In a folder of its own on each
 * shared directory, which is removed whatever happens. Source: docs/sources.md F9, F13, F14, X-02, X-13.
 */

import { randomBytes } from 'node:crypto';
import type { Answer } from '../../model/evidence.js';
import type { ServiceQuestion } from '../../probes/probe.js';
import { LONGEST_MS, type LockTrial, type PlaceTrial, type StorageTrial } from '../../probes/storage.js';
import { wordsOf } from '../lib/oneLine.js';
import { until } from '../lib/until.js';
import type { NodeConnection } from '../transports/connection.js';
import type { ServiceContext } from './context.js';
import { lockTrial, testerTrial } from './lockTrials.js';
import { type Agent, type Agents, startAgent } from './storageAgent.js';

interface Place {
  readonly setting: string;
  /** Path by node. */
  readonly paths: Readonly<Record<string, string>>;
  readonly locks: boolean;
}

/** Workbench's own; a program of a foreign tree is never executed. */
const TESTER = '/usr/lib/rstudio-server/bin/locktester';
/** A marker that is not seen at once may be on its way. */
const SEEN_MS = 5000;
/** The time the file server gives a file, against the node's own: milliseconds it is ahead, at least and at most. */
function serverClock(said: string): { low: number; high: number } | undefined {
  const [before, middle, after] = said.split(' ').map((t) => {
    const [s = '', n = '0'] = t.split('.');
    return /^\d+$/.test(s) ? Number(s) * 1000 + Number(n.padEnd(9, '0').slice(0, 9)) / 1e6 : Number.NaN;
  });
  const clock = { low: middle! - after!, high: middle! - before! };
  return Number.isFinite(clock.low) && Number.isFinite(clock.high) ? clock : undefined;
}

/** Nothing was tried. */
const NOTHING = { markers: {}, unseenMs: {}, owners: {}, clocks: {}, chown: {}, locks: {} };

/** The first node that can create a folder there; of those before it, why they cannot. */
async function firstWriter(
  nodes: readonly string[],
  agents: Agents,
): Promise<{ readonly writer?: string; readonly trouble: Record<string, string> }> {
  const trouble: Record<string, string> = {};
  for (const node of nodes) {
    const said = await agents.get(node)!.ask('mk');
    if (said === 'ok') return { writer: node, trouble };
    trouble[node] = said || 'a folder could not be created';
  }
  return { trouble };
}

async function trial(
  place: Place,
  nodes: readonly string[],
  agents: Agents,
  signal: AbortSignal | undefined,
): Promise<PlaceTrial> {
  const { writer, trouble } = await firstWriter(nodes, agents);
  if (writer === undefined) return { ...NOTHING, trouble };
  const a = agents.get(writer)!;
  const rest = nodes.filter((n) => n !== writer);
  const each = async <T>(
    names: readonly string[],
    ask: (agent: Agent, node: string) => Promise<T>,
  ): Promise<Record<string, T>> =>
    Object.fromEntries(
      (
        await Promise.all(
          names.map(async (node): Promise<[string, T][]> => {
            try {
              return [[node, await ask(agents.get(node)!, node)]];
            } catch (error) {
              if (signal?.aborted) throw error;
              trouble[node] = wordsOf(error);
              return [];
            }
          }),
        )
      ).flat(),
    );
  const mark = randomBytes(8).toString('hex');
  const written = await a.ask('put', 'marker', mark);
  if (written !== 'ok') return { ...NOTHING, writer, trouble: { ...trouble, [writer]: written } };
  const markers = await each(rest, async (agent) => {
    const seen = await until(SEEN_MS, 250, signal, async () => (await agent.ask('get', 'marker')) === mark);
    if (seen !== undefined) return 'seen';
    const said = await agent.ask('get', 'marker');
    return /no such file/i.test(said) ? 'absent' : said || 'empty';
  });
  const sharing = rest.filter((n) => markers[n] === 'seen');
  const owners = await each([writer, ...sharing], (agent) => agent.ask('own', 'marker'));
  const clocks = await each([writer, ...sharing], async (agent) => serverClock(await agent.ask('clock')));
  const chown = await each([writer, ...sharing], (agent, node) => agent.ask('chown', `chown.${nodes.indexOf(node)}`));
  await each(sharing, (agent) => agent.ask('see', 'late'));
  await a.ask('put', 'late', 'x');
  const unseenMs = await each(
    sharing,
    async (agent) =>
      (await until(LONGEST_MS, 200, signal, async () => (await agent.ask('see', 'late')) === 'yes')) ?? null,
  );
  const locks: Record<string, LockTrial> = {};
  if (place.locks && sharing.length > 0) {
    Object.assign(locks, await testerTrial([writer, ...sharing], agents));
    for (const kind of ['link', 'flock', 'fcntl'])
      locks[kind] = await lockTrial(kind, [writer, ...sharing], agents, signal);
  }
  return {
    writer,
    trouble,
    markers,
    unseenMs,
    owners,
    clocks: Object.fromEntries(Object.entries(clocks).flatMap(([node, c]) => (c ? [[node, c]] : []))),
    chown,
    locks,
  };
}

async function tryPlace(place: Place, context: ServiceContext): Promise<PlaceTrial> {
  const name = `.ha-preflight-${randomBytes(12).toString('hex')}`;
  const agents = new Map<string, Agent>();
  const connections: NodeConnection[] = [];
  const trouble: Record<string, string> = {};
  const nodes = context.reach.nodes.filter((n) => place.paths[n] !== undefined);
  try {
    await Promise.all(
      nodes.map(async (node) => {
        try {
          const connection = await context.reach.open(node);
          connections.push(connection);
          const { connection: how } = context.reach.node(node);
          if (context.signal?.aborted) return;
          const folder = `${how.root ?? ''}${place.paths[node]}`;
          agents.set(
            node,
            await startAgent(await connection.shell(), folder, name, how.sudo === true, how.root ? '' : TESTER),
          );
        } catch (error) {
          trouble[node] = wordsOf(error);
        }
      }),
    );
    if (context.signal?.aborted) throw new Error('interrupted');
    const result = await trial(
      place,
      nodes.filter((n) => agents.has(n)),
      agents,
      context.signal,
    );
    const left: string[] = [];
    for (const [node, agent] of agents) {
      // of a node that says nothing any more it is not known, which matters where it made the folder
      const said = await agent.ask('rm').catch(() => (node === result.writer ? 'left' : 'gone'));
      if (said !== 'gone') left.push(node);
    }
    return {
      ...result,
      trouble: { ...trouble, ...result.trouble },
      ...(left.length > 0 && { left: { nodes: left, name } }),
    };
  } finally {
    // each removes the folder when its input ends
    await Promise.all([...agents.values()].map((agent) => agent.end()));
    for (const connection of connections) connection.close();
  }
}

/** `options.places`: what to try. The answer is a `StorageTrial`, by setting. */
export async function askStorage(question: ServiceQuestion, context: ServiceContext): Promise<Answer> {
  const places = question.options?.places as readonly Place[];
  // each in a separate folder, and mostly waiting: together they take as long as the slowest
  const tried = await Promise.allSettled(places.map((place) => tryPlace(place, context)));
  if (context.signal?.aborted) return { unseen: 'interrupted' };
  const trials: Record<string, PlaceTrial> = {};
  for (const [i, result] of tried.entries()) {
    if (result.status === 'rejected') throw result.reason;
    trials[places[i]!.setting] = result.value;
  }
  return { exit: 0, stdout: JSON.stringify(trials satisfies StorageTrial), stderr: '' };
}
