/** What was asked and what was answered, verbatim. Everything a run learns about the world is in one `Evidence`. */

import type { Cluster, Product } from './inventory.js';

/** One question to one node: POSIX shell, run with an empty standard input, `LC_ALL=C` and a fixed `PATH`. */
export interface Request {
  readonly script: string;
  /**
   * Shell text before `script`: functions, and what several requests stand on. It prints nothing. Each text is run once,
   * before the first request that has it.
   */
  readonly base?: readonly string[];
  /**
   * Shell text that the shell itself runs before `script`, which it leaves out where this fails: a process less. It neither
   * ends the shell nor changes its folder, `IFS` and options. With it `script` may be empty.
   */
  readonly first?: string;
  /** Seconds before it is killed; default 10. */
  readonly timeoutSeconds?: number;
  /**
   * Run inside the main shell, without a process and deadline of its own. Only for what cannot hang:
   * builtins, `/proc`, local files.
   */
  readonly direct?: boolean;
  /** Lines to exchange, one at a time, on a shell of its own after the other requests; the answer is one line each: sent, received, text. */
  readonly pingPong?: number;
  /** Exit codes that are an answer; default only 0. Any other makes the fact unknown. */
  readonly allowExit?: readonly number[] | 'any';
  /**
   * When it has no answer (timed out, not asked) the parser still gets a response, with exit -1 and the reason as
   * `stderr`: one path that hangs then hides nothing else.
   */
  readonly optional?: boolean;
}

export interface Response {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** More was sent than is kept. */
  readonly truncated?: boolean;
}

/** Why there is no answer, in a sentence an operator can act on. */
export interface Unseen {
  readonly unseen: string;
}

export type Answer = Response | Unseen;
export type Answers = Readonly<Record<string, Answer>>;

/** A value that was measured, or why it could not be. */
export type Fact<T> = { readonly value: T } | Unseen;

export interface NodeEvidence {
  readonly reached: boolean;
  /** Why the node was not reached, or what a run had to accept (an unchecked host key). */
  readonly reason?: string;
  readonly notes?: readonly string[];
  /** By request key, `collector.request`. */
  readonly answers: Answers;
  /** Milliseconds from the first byte to the last. */
  readonly tookMs?: number;
}

/** The saved form of a run (`gather -o`). Mode 0600, holds masked values, never a nonce. */
export interface Evidence {
  readonly schema: 'ha-preflight/evidence/1';
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly cluster: Cluster;
  readonly nodes: Readonly<Record<string, NodeEvidence>>;
  /** Answers of things that are no node: NTP servers, the object store. */
  readonly services: Answers;
  readonly interrupted?: boolean;
}

/** What a collector may build its questions from. */
export interface Asking {
  readonly cluster: Cluster;
  readonly node: string;
  /** Undefined while no product was found on the node. */
  readonly product?: Product;
}

/** Thrown by a parser whose answer does not contain the value. Becomes `unknown` in the judge loop. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen';
}

export const isUnseen = <T>(fact: Fact<T> | Answer): fact is Unseen => 'unseen' in fact;
