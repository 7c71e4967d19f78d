/** What a relay remembers between its steps, in the folder that it works in. */

import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../load/read.js';
import type { Answers } from '../model/evidence.js';
import { type Cluster, UsageError } from '../model/inventory.js';

/** One script that was written. */
export interface Asked {
  /** Names the script in its answer. */
  readonly id: string;
  /** Unguessable; closes the frames in the answer. */
  readonly boundary: string;
  /** Milliseconds since the epoch, by this machine. */
  readonly writtenMs: number;
  /** What is asked, in order. */
  readonly keys: readonly string[];
}

export interface State {
  readonly schema: 'ha-preflight/relay/1';
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Digests of what the first step was asked for; a later one must be asked for the same. */
  readonly asked: { readonly inventory: string; readonly selection: string };
  /** With the nodes as they were listed at the first step. */
  readonly cluster: Cluster;
  /** Keys the digests of this run; hexadecimal. */
  readonly nonce: string;
  readonly round: 1 | 2;
  /** Scripts of this round by node. */
  readonly scripts: Readonly<Record<string, Asked>>;
  /** Ids of scripts of the round before, with their nodes. */
  readonly before: Readonly<Record<string, string>>;
  /** Answers of round 1 by node. */
  readonly answers: Readonly<Record<string, Answers>>;
  /** Nodes that are left out, and why. */
  readonly lost: Readonly<Record<string, string>>;
}

/** What a record holds of a node: one may be called constructor. */
export const of = <T>(record: Readonly<Record<string, T>>, node: string): T | undefined =>
  Object.hasOwn(record, node) ? record[node] : undefined;
/** A record to be filled by the names of nodes. */
export const byNode = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

const FILE = 'relay.json';
const MAX_BYTES = 2_000_000_000;
export const statePath = (dir: string): string => join(dir, FILE);

/** Undefined before the first step. UsageError when the file is not one of this version of the program. */
export function loadState(dir: string, version: string): State | undefined {
  const path = statePath(dir);
  if (!existsSync(path)) return undefined;
  const again = `remove ${dir} and begin again`;
  const state = readJson(path, MAX_BYTES) as Partial<State> | null;
  if (typeof state !== 'object' || state?.schema !== 'ha-preflight/relay/1' || !state.scripts || !state.cluster)
    throw new UsageError(`${path}: not written by ha-preflight relay: ${again}`);
  if (state.version !== version)
    throw new UsageError(
      `${dir}: the relay began with ha-preflight ${String(state.version)}, this is ${version}: ${again}`,
    );
  return state as State;
}

/** Whole or not at all. */
export function saveState(dir: string, state: State): void {
  const path = statePath(dir);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, JSON.stringify(state), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  } finally {
    rmSync(draft, { force: true });
  }
}
