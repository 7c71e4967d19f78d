/** What is asked of things that are not nodes, and the shape of the answer: the twin of a collector. */

import type { Answers, Fact, Response } from '../model/evidence.js';
import type { Cluster } from '../model/inventory.js';
import type { Settings } from '../products/settings.js';

export type Via = 'ntp' | 's3' | 'database' | 'storage' | 'http' | 'aws';

/**
 * A question that no single node answers: to an NTP server, an object store or a load balancer, or to several nodes at
 * once (one database through all of them, a file one writes and the others read). Asked once a run, after the nodes.
 */
export interface ServiceQuestion {
  readonly via: Via;
  readonly target: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** It writes on shared storage or into a bucket: asked only with `--active`. */
  readonly writes?: boolean;
}

export interface Probe<T> {
  readonly via: Via;
  /** Pure. `installed`: what the configuration of each node says, of those that could be read. */
  readonly questions: (
    cluster: Cluster,
    installed: ReadonlyMap<string, Settings>,
  ) => readonly Omit<ServiceQuestion, 'via'>[];
  /** Pure. Makes a value of one answer; what it throws makes the answer unseen. */
  readonly parse: (answer: Response) => T;
}

/** Identity; infers the type of the answer. */
export const defineProbe = <T>(probe: Probe<T>): Probe<T> => probe;

/** The answers to one probe's questions. */
export interface Asked<T> {
  /** By the question's target; undefined: it was not asked. */
  get(target: string): Fact<T> | undefined;
}

export const questionsOf = (
  probe: Probe<unknown>,
  cluster: Cluster,
  installed: ReadonlyMap<string, Settings>,
): ServiceQuestion[] => probe.questions(cluster, installed).map((q) => ({ via: probe.via, ...q }));

export const keyOf = (via: Via, target: string): string => `${via}:${target}`;

export const askedOf = <T>(probe: Probe<T>, answers: Answers): Asked<T> => ({
  get(target) {
    const answer = answers[keyOf(probe.via, target)];
    if (answer === undefined || 'unseen' in answer) return answer;
    try {
      return { value: probe.parse(answer) };
    } catch {
      return { unseen: `the answer of ${probe.via} ${target} could not be understood` };
    }
  },
});

/** An answer that is JSON, as the askers of `gather/services` give it. */
export const json = <T>({ stdout }: Response): T => JSON.parse(stdout) as T;
