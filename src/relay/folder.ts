/** The folder of a relay: scripts in `ask/ROUND/NODE.sh`, answers in `answer/ROUND/NODE.out`. */

import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../gather/lib/bytes.js';
import { readBytes } from '../load/read.js';
import { UsageError } from '../model/inventory.js';
import { statePath } from './state.js';

type Round = 1 | 2;

/** A name that no file system takes for anything else; those of most nodes stay as they are. */
export const fileName = (node: string): string =>
  node.replaceAll(/[^A-Za-z0-9._-]|^\./g, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

export const askFolder = (dir: string, round: Round): string => join(dir, 'ask', String(round));
export const answerFolder = (dir: string, round: Round): string => join(dir, 'answer', String(round));
export const scriptPath = (dir: string, round: Round, node: string): string =>
  join(askFolder(dir, round), `${fileName(node)}.sh`);
export const answerPath = (dir: string, round: Round, node: string): string =>
  join(answerFolder(dir, round), `${fileName(node)}.out`);

const entries = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** UsageError for what is not a folder, or one in which others could exchange the scripts. */
export function refuseUnfit(dir: string): void {
  if (!existsSync(dir)) return;
  const there = statSync(dir);
  if (!there.isDirectory()) throw new UsageError(`--dir ${dir}: not a folder`);
  if ((there.mode & 0o002) !== 0)
    throw new UsageError(
      `--dir ${dir}: everybody may write there: take a folder of your account, such as ${join(dir, 'relay')}`,
    );
  for (const path of [join(dir, 'ask'), join(dir, 'answer')])
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new UsageError(`--dir ${dir}: ${path} is a link: remove it`);
}

/** UsageError when scripts or answers of another relay lie in the folder. */
export function refuseLeftovers(dir: string): void {
  const files = ([1, 2] as const).flatMap((round) => [
    ...entries(askFolder(dir, round)).map((file) => join(askFolder(dir, round), file)),
    ...entries(answerFolder(dir, round)).map((file) => join(answerFolder(dir, round), file)),
  ]);
  if (files.length > 0)
    throw new UsageError(
      `--dir ${dir}: ${files[0]} is from another relay: remove ${join(dir, 'ask')} and ${join(dir, 'answer')}`,
    );
}

/** Only for this user: the scripts hold the key of the run, the answers what only root may read. */
export function writeScripts(dir: string, round: Round, scripts: ReadonlyMap<string, string>): void {
  try {
    for (const folder of [dir, askFolder(dir, round), answerFolder(dir, round)])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [node, script] of scripts) {
      const path = scriptPath(dir, round, node);
      // an old file keeps its mode
      rmSync(path, { force: true });
      writeFileSync(path, bytesOf(script), { mode: 0o600, flag: 'wx' });
    }
  } catch (error) {
    throw new UsageError(`--dir ${dir}: cannot be written: ${(error as Error).message}`);
  }
}

const MAX_BYTES = 200_000_000;

/** The bytes of a node's answer; undefined while there is none. */
export function answerOf(dir: string, round: Round, node: string): Buffer | undefined {
  const path = answerPath(dir, round, node);
  return existsSync(path) ? readBytes(path, MAX_BYTES, path) : undefined;
}

/** Everything that the relay and its answers left; the folder too, where nothing else is in it. Returns what could not be removed. */
export function cleanUp(dir: string): string | undefined {
  try {
    for (const path of [join(dir, 'ask'), join(dir, 'answer'), statePath(dir)])
      rmSync(path, { recursive: true, force: true });
  } catch (error) {
    return `${dir}: the scripts hold the key of this run, and could not be removed: ${(error as Error).message}`;
  }
  try {
    rmdirSync(dir);
  } catch {
    // the operator's own files are in it
  }
  return undefined;
}
