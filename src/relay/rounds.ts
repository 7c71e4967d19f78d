/** Questions of each round as letters, and letters as the evidence that a connection would have brought. Pure. */

import { RELAYED } from '../collectors/clock.js';
import { scriptOptions } from '../gather/node/ask.js';
import { answersFrom, FrameReader } from '../gather/node/frames.js';
import { secondRound } from '../gather/node/rounds.js';
import { renderScript, withDeadlines } from '../gather/node/script.js';
import { recorded } from '../model/argv.js';
import { type Requests, raw, shell } from '../model/collector.js';
import type { Answer, Answers, Evidence, NodeEvidence, Request } from '../model/evidence.js';
import type { Cluster, Node } from '../model/inventory.js';
import { type Plan, roundOne } from '../plan.js';
import type { Damage, Streams } from './answer.js';
import { letterScript } from './envelope.js';
import { type Asked, of } from './state.js';

/** No secret is written into a script: what is left is `sudo -n`, or root, which the other program may be. */
export const relayedCluster = (cluster: Cluster): Cluster => ({
  ...cluster,
  nodes: cluster.nodes.map(({ connection: { passphrase: _, sudo, ...connection }, ...node }) => ({
    ...node,
    connection: { ...connection, ...(sudo && { sudo: true }) },
  })),
});

/** An exchange without the other side: its first line is there before it begins. */
const onePing = ({ script }: Request): Request => ({
  script: shell`printf '0\n' | (
${raw(script)}
)`,
  timeoutSeconds: 5,
});

/** Plans of one node, with their places: a question of several products is asked for each. */
type Placed = readonly (readonly [place: number, plan: Plan])[];

const plansFor = (plans: readonly Plan[], node: string): Placed =>
  plans.flatMap((plan, i) => (plan.cluster.nodes.some((n) => n.name === node) ? [[i, plan] as const] : []));

const keyAt = (place: number, key: string): string => `${place} ${key}`;

/** Everything a node is asked in a round. */
export function questions(plans: readonly Plan[], node: string, round: 1 | 2, first: Answers): Requests {
  if (round === 1) return roundOne(plans[0]!);
  return Object.fromEntries(
    plansFor(plans, node).flatMap(([place, plan]) => {
      const { batch, exchanges } = secondRound(plan, node, first);
      return [
        ...Object.entries(batch).map(([key, r]): [string, Request] => [keyAt(place, key), r]),
        ...Object.entries(exchanges).map(([key, r]): [string, Request] => [keyAt(place, key), onePing(r)]),
      ];
    }),
  );
}

/** The script to carry to a node. */
export function scriptFor(
  node: Node,
  requests: Requests,
  { id, boundary }: Asked,
  given: { readonly nonce: string; readonly timeoutMs: number; readonly about: readonly string[] },
): string {
  const options = scriptOptions(node, given.nonce, () => '');
  return letterScript({
    id,
    about: given.about,
    body: renderScript(withDeadlines(requests, given.timeoutMs), { ...options, boundary }, 'alone'),
    seconds: Math.ceil(given.timeoutMs / 1000),
  });
}

/** Answers of a round by the keys of its questions. */
export function answersIn({ stdout, stderr }: Streams, requests: Requests, { boundary }: Asked): Answers | Damage {
  const [out, err] = [new FrameReader(boundary), new FrameReader(boundary)];
  out.push(stdout);
  err.push(stderr);
  if (!out.started) {
    const words = (err.rest() || out.rest()).trim().split('\n').at(-1)?.slice(0, 300);
    return { damage: `says that its questions were not read${words ? `: ${words}` : ''}` };
  }
  return answersFrom(requests, out, err, 'the script on the node ended, or was ended, before this question');
}

/** The reading of a clock as an exchange reports it: sent when the script was written, received when its answer was read. */
function exchanged(answer: Answer, writtenMs: number, readMs: number): Answer {
  if ('unseen' in answer) return answer;
  const read = /^0 (.+)$/m.exec(answer.stdout)?.[1];
  if (read === undefined) return { unseen: answer.stdout.trim().split('\n').at(-1) || 'the clock was not read' };
  return { ...answer, stdout: `${RELAYED}\n${writtenMs.toFixed(3)} ${readMs.toFixed(3)} ${read}` };
}

/** What a connection would have brought of one node. */
function nodeEvidence(
  plan: Plan,
  place: number,
  node: string,
  first: Answers,
  second: Answers,
  asked: Asked,
  readMs: number,
): NodeEvidence {
  const { batch, exchanges } = secondRound(plan, node, first);
  const answer = (key: string): Answer => second[keyAt(place, key)] ?? { unseen: 'was not asked' };
  return {
    reached: true,
    answers: Object.fromEntries([
      ...Object.keys(roundOne(plan)).flatMap((key) => (first[key] ? [[key, first[key]] as const] : [])),
      ...Object.keys(batch).map((key) => [key, answer(key)] as const),
      ...Object.keys(exchanges).map((key) => [key, exchanged(answer(key), asked.writtenMs, readMs)] as const),
    ]),
  };
}

export interface Relayed {
  readonly tool: Evidence['tool'];
  readonly startedAt: string;
  /** When the last answer was read, milliseconds since the epoch. */
  readonly readMs: number;
  readonly scripts: Readonly<Record<string, Asked>>;
  readonly first: Readonly<Record<string, Answers>>;
  readonly second: Readonly<Record<string, Answers>>;
  readonly lost: Readonly<Record<string, string>>;
}

/** Evidence of one plan, without its services. */
export function evidenceOf(
  plan: Plan,
  place: number,
  { tool, startedAt, readMs, scripts, first, second, lost }: Relayed,
): Evidence {
  const nodes = plan.cluster.nodes.map(({ name }): [string, NodeEvidence] => {
    const [asked, before, after] = [of(scripts, name), of(first, name), of(second, name)];
    const reason = of(lost, name);
    if (reason !== undefined || !asked || !before || !after)
      return [name, { reached: false, reason: reason ?? 'no answer was relayed', answers: {} }];
    return [name, nodeEvidence(plan, place, name, before, after, asked, readMs)];
  });
  return {
    schema: 'ha-preflight/evidence/1',
    tool,
    startedAt,
    durationMs: Math.max(0, Math.round(readMs - Date.parse(startedAt))),
    cluster: recorded(plan.cluster),
    nodes: Object.fromEntries(nodes),
    services: {},
  };
}
