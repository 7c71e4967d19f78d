/** What a node tree answers to the script of round 1, by the shell of this machine. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discovery } from '../../src/collectors/found.js';
import { foundScript } from '../../src/collectors/foundScript.js';
import { type Tree, writeTree } from '../../src/demo/tree.js';
import { answersFrom, FrameReader } from '../../src/gather/node/frames.js';
import { renderScript } from '../../src/gather/node/script.js';
import type { Response } from '../../src/model/evidence.js';
import type { Found, Profile } from '../../src/products/profile.js';

/** The answer's standard output. Throws when the node did not answer. */
export function answerOfTree(profile: Profile, tree: Tree): string {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-answer-'));
  try {
    writeTree(root, tree);
    const requests = { it: { script: foundScript(profile), allowExit: 'any' as const } };
    const boundary = 'b0b1b2b3b4b5b6b7';
    const script = renderScript(requests, { boundary, nonce: 'ab', root, sudo: 'no' }, 'together');
    const ran = spawnSync('sh', ['-s'], { input: script });
    const [out, err] = [new FrameReader(boundary), new FrameReader(boundary)];
    out.push(ran.stdout);
    err.push(ran.stderr);
    return (answersFrom(requests, out, err, 'no answer').it as Response).stdout.replaceAll(root, '');
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What is found in that answer. */
export const foundIn = (profile: Profile, stdout: string): Found =>
  discovery([profile]).parse({ [profile.product]: { exit: 0, stdout, stderr: '' } }, {} as never, undefined);
