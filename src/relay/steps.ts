/** The steps of a relay: scripts out, answers in. */

import { randomBytes } from 'node:crypto';
import { nowMs } from '../gather/lib/now.js';
import type { Requests } from '../model/collector.js';
import type { Answers } from '../model/evidence.js';
import type { Plan } from '../plan.js';
import { readAnswer } from './answer.js';
import { answerFolder, answerOf, askFolder, fileName, writeScripts } from './folder.js';
import { answersIn, questions, scriptFor } from './rounds.js';
import { type Asked, byNode, of, type State, saveState } from './state.js';

type Begun = Pick<State, 'version' | 'startedAt' | 'asked' | 'nonce' | 'answers' | 'lost'>;

/** Writes the scripts of a round for all nodes that are not lost, then what the next step needs to know. */
export function ask(
  dir: string,
  round: 1 | 2,
  { cluster }: Plan,
  plans: readonly Plan[],
  timeoutMs: number,
  begun: Begun & { readonly before: State['before'] },
): void {
  const scripts = new Map<string, string>();
  const asked = byNode<Asked>();
  for (const node of cluster.nodes.filter(({ name }) => of(begun.lost, name) === undefined)) {
    const requests = questions(plans, node.name, round, of(begun.answers, node.name) ?? {});
    const one: Asked = {
      id: randomBytes(6).toString('hex'),
      boundary: randomBytes(16).toString('hex'),
      writtenMs: nowMs(),
      keys: Object.keys(requests),
    };
    const about = [
      `ha-preflight ${begun.version}: questions to ${node.name} of cluster ${cluster.name}, round ${round} of 2.`,
      'Run this with sh on that node; its standard output is the answer. It only reads.',
      'The script holds the key of this run: keep it private, and delete it when it has run.',
    ];
    asked[node.name] = one;
    scripts.set(node.name, scriptFor(node, requests, one, { nonce: begun.nonce, timeoutMs, about }));
  }
  writeScripts(dir, round, scripts);
  saveState(dir, { schema: 'ha-preflight/relay/1', ...begun, cluster, round, scripts: asked });
}

export interface Taken {
  readonly answers: Readonly<Record<string, Answers>>;
  /** Nodes whose answer cannot be used; goes on after the name. */
  readonly unusable: Readonly<Record<string, string>>;
  /** Nodes without an answer. */
  readonly missing: readonly string[];
  /** When the last of them was read, by this machine. */
  readonly readMs: number;
}

/** Answers to the scripts of the state's round. `asking` gives the questions of a node as they were asked. */
export function takeAnswers(dir: string, { round, scripts, before }: State, asking: (node: string) => Requests): Taken {
  const owners = new Map(Object.entries(scripts).map(([node, { id }]) => [id, node]));
  const answers = byNode<Answers>();
  const unusable = byNode<string>();
  const missing: string[] = [];
  for (const [node, asked] of Object.entries(scripts)) {
    const bytes = answerOf(dir, round, node);
    if (bytes === undefined) {
      missing.push(node);
      continue;
    }
    const whose = (id: string): string | undefined =>
      owners.has(id) ? `of ${owners.get(id)}` : before[id] === undefined ? undefined : `of ${before[id]} to round 1`;
    const streams = readAnswer(bytes, asked.id, whose);
    const read = 'damage' in streams ? streams : answersIn(streams, asking(node), asked);
    if ('damage' in read && typeof read.damage === 'string') unusable[node] = read.damage;
    else answers[node] = read as Answers;
  }
  return { answers, unusable, missing, readMs: nowMs() };
}

const MOST_NAMED = 8;

const named = (nodes: readonly string[]): string =>
  nodes.length > MOST_NAMED
    ? `${nodes.slice(0, MOST_NAMED).join(', ')} and ${nodes.length - MOST_NAMED} more`
    : nodes.join(', ');

/** What is wrong with the answers of a round, in lines; empty when all are there. */
export function complaints(dir: string, round: 1 | 2, { unusable, missing }: Taken): string[] {
  const [first] = missing;
  return [
    ...Object.entries(unusable).map(([node, why]) => `the answer of ${node} ${why}; run its script again`),
    ...(first === undefined
      ? []
      : [
          `no answer of ${named(missing)}: run ${askFolder(dir, round)}/NODE.sh there, and save its standard output as ${answerFolder(dir, round)}/NODE.out`,
        ]),
  ];
}

/** One line on what to do next. */
export function nextStep(dir: string, round: 1 | 2, nodes: readonly string[]): string {
  const [file = 'NODE'] = nodes.length === 1 ? nodes.map(fileName) : [];
  const each = nodes.length === 1 ? 'the node' : 'each node';
  return `round ${round} of 2: run ${askFolder(dir, round)}/${file}.sh on ${each} (${named(nodes)}), save its standard output as ${answerFolder(dir, round)}/${file}.out, then run this command again`;
}
