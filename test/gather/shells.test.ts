/** A node tree answers the questions of both rounds alike, whatever shell `sh` is. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { planOf } from '../../src/audit.js';
import { writeTree } from '../../src/demo/tree.js';
import { secondRound } from '../../src/gather/node/rounds.js';
import { loadInventory } from '../../src/load/inventory.js';
import type { Answer } from '../../src/model/evidence.js';
import { type Plan, roundOne } from '../../src/plan.js';
import { askTree } from '../support/answers.js';
import { EDITIONS, type ProductCluster } from '../support/clusters.js';

const SHELLS = [['bash', '--posix'], ['busybox', 'sh'], ['mksh'], ['zsh', '--emulate', 'sh']] as const;

for (const edition of ['launcher', 'connect', 'primaryStandby'] as const) {
  const { name, node, inventory = '' }: ProductCluster = EDITIONS[edition];
  describe(`${name}: the same answers`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-shells-'));
    const root = join(folder, 'n1');
    let plan: Plan;
    let expected: Readonly<Record<string, Answer>>;
    const answers = (shell: readonly string[], how: 'together' | 'alone'): Record<string, Answer> => {
      const first = askTree(root, roundOne(plan), shell, how);
      return { ...first, ...askTree(root, secondRound(plan, 'n1', first).batch, shell, how) };
    };
    before(async () => {
      writeTree(root, node('n1'));
      const file = join(folder, 'it.yml');
      writeFileSync(file, `version: 1\ncluster: it\n${inventory}nodes:\n  - { name: n1, host: localhost }\n`);
      plan = await planOf(loadInventory(file), { only: [], skip: [] });
      expected = answers(['dash'], 'together');
      assert.ok(Object.keys(expected).length > 6);
    });
    after(() => rmSync(folder, { recursive: true }));
    for (const shell of SHELLS) {
      const missing = spawnSync(shell[0], ['-c', 'true']).error ? `${shell[0]} is not installed` : false;
      for (const how of ['together', 'alone'] as const)
        it(`${shell.join(' ')}, ${how}`, { skip: process.env.CI === 'true' ? false : missing }, () =>
          assert.deepEqual(answers(shell, how), expected),
        );
    }
  });
}
