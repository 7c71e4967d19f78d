/** checks/README.md is followed step by step, and the sample plugin tested, with the package as npm packs it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installPacked, ROOT } from './support/packed.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-guide-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const guide = readFileSync(join(ROOT, 'checks', 'README.md'), 'utf8');

interface Block {
  readonly kind: string;
  readonly text: string;
}
const blocks = (section: string): Block[] =>
  [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind!, text: text! }));

/** Not the variables by which a test runner tells its children that they are tests. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;
function shell(script: string, cwd: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  });
  assert.equal(status, 0, `${script}\n${stdout}\n${stderr}`);
  return stdout;
}

const [, ours, ...own] = guide.split(/^## /m);

describe('checks/README.md', () => {
  it('a check of this repository', () => {
    const copy = join(folder, 'repository');
    const parts = ['src', 'checks', 'test', 'fixtures', 'bench', 'package.json', 'tsconfig.json', 'dist', '.build'];
    mkdirSync(copy);
    for (const part of parts) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const [steps] = blocks(ours!);
    assert.match(shell(steps!.text, copy), /^# pass [4-9]\n# fail 0$/m);
  });

  it('a plugin, every step', () => {
    const place = join(folder, 'plugin');
    mkdirSync(place);
    const state = join(place, '.where');
    writeFileSync(state, place);
    let tests = 0;
    let written = 0;
    for (const { kind, text } of own.flatMap(blocks)) {
      if (kind !== 'sh') {
        const name = /^(?:\/\/|#) (\S+)\n/.exec(text)![1]!;
        mkdirSync(dirname(join(place, name)), { recursive: true });
        writeFileSync(join(place, name), text);
        written++;
        continue;
      }
      // the package is not fetched, but put where npm would put it
      const [first, second] = text.split(/^npm install --save-dev \.\.\/ha-preflight-\S+\.tgz\n/m) as [string, string?];
      const step = (script: string): string => shell(`cd "$(cat ${state})"\n${script}\npwd >${state}`, place);
      let out = step(first);
      if (second !== undefined) {
        installPacked(readFileSync(state, 'utf8').trim());
        installPacked(place);
        out = step(second);
      }
      if (/npm test/.test(text)) {
        assert.match(out, /^# fail 0$/m);
        tests = Number(/^# pass (\d+)$/m.exec(out)![1]);
      }
      if (/plan /.test(text)) assert.match(out, /uname -r/);
    }
    assert.deepEqual([written, tests >= 8], [3, true]);
  });
});

describe('fixtures/plugin', () => {
  const place = join(folder, 'site');
  before(() => {
    cpSync(join(ROOT, 'fixtures', 'plugin'), join(place, 'node_modules', 'ha-preflight-plugin-acme'), {
      recursive: true,
    });
    installPacked(place);
  });
  it('its own npm test passes', () => {
    assert.match(shell('npm test', join(place, 'node_modules', 'ha-preflight-plugin-acme')), /^# pass 5\n# fail 0$/m);
  });
  it('is loaded by its name when it is named, and only then', () => {
    const inventory = (more: string): string => `version: 1\nnodes: [a, b]\n${more}`;
    writeFileSync(join(place, 'with.yml'), inventory('plugins: [ha-preflight-plugin-acme]\n'));
    writeFileSync(join(place, 'without.yml'), inventory(''));
    assert.match(shell('npx --no -- ha-preflight plan with.yml --only spool-backlog', place), /srv\/acme\/spool/);
    assert.doesNotMatch(shell('npx --no -- ha-preflight plan without.yml', place), /srv\/acme\/spool/);
  });
  it('what authors import has types', () => {
    writeFileSync(
      join(place, 'x.mts'),
      `import { testCheck, judgeCase, bareCluster, type Case, type Cases } from 'ha-preflight/testing';
import { defineCheck, everyNode, sh, type Finding } from 'ha-preflight';
import { clock } from 'ha-preflight/collectors/clock';
export const all = [testCheck, judgeCase, bareCluster, defineCheck, everyNode, sh, clock];
export type All = [Case<{}>, Cases<{}>, Finding];
`,
    );
    symlinkSync(join(ROOT, 'node_modules', '@types'), join(place, 'node_modules', '@types'));
    shell(
      `"${join(ROOT, 'node_modules', '.bin', 'tsc')}" --noEmit --strict --module nodenext --target es2023 --types node --skipLibCheck false x.mts`,
      place,
    );
  });
});
