/** Colour and links: who gets them, and that a process does as it is told. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { wantsColor, wantsLinks } from '../src/commands/screen.js';
import { run } from './support/run.js';

const TTY = { isTTY: true };
const PIPE = { isTTY: false };

describe('colour', () => {
  const cases: [string, { isTTY: boolean }, Record<string, string>, boolean][] = [
    ['on a terminal', TTY, { TERM: 'xterm' }, true],
    ['not in a pipe', PIPE, { TERM: 'xterm' }, false],
    ['not with NO_COLOR', TTY, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR says nothing', TTY, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', TTY, { TERM: 'dumb' }, false],
    ['FORCE_COLOR in a pipe', PIPE, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0 on a terminal', TTY, { FORCE_COLOR: '0' }, false],
  ];
  for (const [name, stream, env, wanted] of cases) it(name, () => assert.equal(wantsColor(stream, env), wanted));
});

describe('links', () => {
  const cases: [string, { isTTY: boolean }, Record<string, string>, boolean][] = [
    ['not on a terminal nobody knows', TTY, { TERM: 'xterm-256color' }, false],
    ['on one that is known by its version', TTY, { VTE_VERSION: '6800' }, true],
    ['not on one that is too old', TTY, { VTE_VERSION: '4200' }, false],
    ['by its name', TTY, { TERM_PROGRAM: 'WezTerm' }, true],
    ['by its type', TTY, { TERM: 'xterm-kitty' }, true],
    ['not inside tmux', TTY, { TERM_PROGRAM: 'WezTerm', TMUX: '/tmp/x' }, false],
    ['not in a pipe', PIPE, { VTE_VERSION: '6800' }, false],
    ['not where CI shows it', TTY, { VTE_VERSION: '6800', CI: 'true' }, false],
    ['FORCE_HYPERLINK=1 anywhere', PIPE, { FORCE_HYPERLINK: '1' }, true],
    ['FORCE_HYPERLINK=0 nowhere', TTY, { VTE_VERSION: '6800', FORCE_HYPERLINK: '0' }, false],
  ];
  for (const [name, stream, env, wanted] of cases) it(name, () => assert.equal(wantsLinks(stream, env), wanted));
});

describe('the report of a process', () => {
  it('has neither in a pipe, and both when it is told so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-screen-'));
    try {
      const saved = join(folder, 'r.json');
      await run(['demo', '-q', '--report', `json=${saved}`]);
      const bare = await run(['report', saved]);
      assert.doesNotMatch(bare.out, /\u001b/);
      const forced = await run(['report', saved], { FORCE_COLOR: '1', FORCE_HYPERLINK: '1' });
      assert.match(
        forced.out,
        /\u001b\[31mFAIL\u001b\[0m \u001b\]8;;https:\/\/docs\.rstudio\.com\/rspm\/admin\/high-availability\.html\u001b\\/,
      );
      assert.equal(forced.out.replaceAll(/\u001b\]8;;.*?\u001b\\|\u001b\[\d+m/g, ''), bare.out);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
