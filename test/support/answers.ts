/** What a node tree answers, by the shell of this machine. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discovery } from '../../src/collectors/found.js';
import { foundRequest } from '../../src/collectors/foundScript.js';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import { answersFrom, FrameReader } from '../../src/gather/node/frames.js';
import { renderScript } from '../../src/gather/node/script.js';
import type { Requests } from '../../src/model/collector.js';
import type { Response } from '../../src/model/evidence.js';
import type { Found, Profile } from '../../src/products/profile.js';

/** What the tree says to these requests, as paths on the node. Throws where one has no answer. */
export function answersOfTree(requests: Requests, tree: Tree): Readonly<Record<string, Response>> {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-answer-'));
  try {
    writeTree(root, tree);
    const boundary = 'b0b1b2b3b4b5b6b7';
    const script = renderScript(requests, { boundary, nonce: 'ab', root, sudo: 'no' }, 'together');
    const ran = spawnSync('sh', ['-s'], { input: script, timeout: 20_000 });
    const [out, err] = [new FrameReader(boundary), new FrameReader(boundary)];
    out.push(ran.stdout);
    err.push(ran.stderr);
    return Object.fromEntries(
      Object.entries(answersFrom(requests, out, err, 'no answer')).map(([key, answer]) => {
        if ('unseen' in answer) throw new Error(`${key}: ${answer.unseen}`);
        return [key, { ...answer, stdout: answer.stdout.replaceAll(root, '') }];
      }),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The answer of round 1, its standard output. */
export const answerOfTree = (profile: Profile, tree: Tree): string =>
  answersOfTree({ it: foundRequest(profile) }, tree).it!.stdout;

/** What is found in that answer. */
export const foundIn = (profile: Profile, stdout: string): Found =>
  discovery([profile]).parse({ [profile.product]: { exit: 0, stdout, stderr: '' } }, {} as never, undefined);
