/** What a node tree answers, by the shell of this machine. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { discovery } from '../../src/collectors/found.js';
import { foundRequest } from '../../src/collectors/foundScript.js';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import { answersFrom, FrameReader } from '../../src/gather/node/frames.js';
import { renderScript } from '../../src/gather/node/script.js';
import type { Requests } from '../../src/model/collector.js';
import type { Answer, Response } from '../../src/model/evidence.js';
import type { Found, Profile } from '../../src/products/profile.js';

const BOUNDARY = 'b0b1b2b3b4b5b6b7';

/** What the tree at `root` says to these requests by one shell. */
export function askTree(
  root: string,
  requests: Requests,
  shell: readonly string[] = ['sh'],
  how: 'together' | 'alone' = 'together',
): Record<string, Answer> {
  const input = renderScript(requests, { boundary: BOUNDARY, nonce: 'ab', root, sudo: 'no' }, how);
  const { stdout, stderr } = spawnSync(shell[0]!, [...shell.slice(1), '-s'], { input, timeout: 60_000 });
  const [out, err] = [new FrameReader(BOUNDARY), new FrameReader(BOUNDARY)];
  out.push(stdout);
  err.push(stderr);
  return answersFrom(requests, out, err, 'no answer');
}

interface Asked {
  readonly shell?: readonly string[];
  /** Links to write, with where they lead. */
  readonly links?: Readonly<Record<string, string>>;
}

/** The same of a tree that is written for it, as paths on the node. Throws where one has no answer. */
export function answersOfTree(
  requests: Requests,
  tree: Tree,
  { shell, links = {} }: Asked = {},
): Readonly<Record<string, Response>> {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-answer-'));
  try {
    writeTree(root, tree);
    for (const [path, to] of Object.entries(links)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(to, join(root, path));
    }
    return Object.fromEntries(
      Object.entries(askTree(root, requests, shell)).map(([key, answer]) => {
        if ('unseen' in answer) throw new Error(`${key}: ${answer.unseen}`);
        return [key, { ...answer, stdout: answer.stdout.replaceAll(root, '') }];
      }),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The answer of round 1, its standard output. */
export const answerOfTree = (profile: Profile, tree: Tree, asked?: Asked): string =>
  answersOfTree({ it: foundRequest(profile) }, tree, asked).it!.stdout;

/** What is found in that answer. */
export const foundIn = (profile: Profile, stdout: string): Found =>
  discovery([profile]).parse({ [profile.product]: { exit: 0, stdout, stderr: '' } }, {} as never, undefined);
