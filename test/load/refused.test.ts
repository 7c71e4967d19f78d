import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { loadInventory, validateInventoryText } from '../../src/load/inventory.js';
import { UsageError } from '../../src/model/inventory.js';
import { MALFORMED } from './malformed.js';
import { MISTAKEN } from './mistaken.js';

const BAD = [...MALFORMED, ...MISTAKEN];

for (const [title, text, ...expected] of BAD) {
  test(`refused: ${title}`, () => {
    const errors = validateInventoryText(text, 'inv.yml');
    const heads = errors.map((error) => error.split('\n')[0]!);
    assert.equal(heads.length, expected.length, heads.join('\n'));
    for (const [i, [position, fragment]] of expected.entries()) {
      assert.ok(heads[i]!.startsWith(`inv.yml:${position}: `), `${heads[i]} is not at ${position}`);
      assert.ok(heads[i]!.includes(fragment), `${heads[i]} lacks ${fragment}`);
    }
    for (const error of errors) {
      const [, line, caret, ...more] = error.split('\n');
      assert.match(line!, /^ {2}\d+ \| /);
      assert.match(caret!, /^ +\| +\^$/);
      assert.deepEqual(more, []);
      assert.doesNotMatch(error, /hunter2/, 'a secret is echoed');
    }
  });
}

test('there are at least forty bad inventories', () => assert.ok(BAD.length >= 40, String(BAD.length)));

test('the excerpt shows the line with a caret under the place', () => {
  assert.deepEqual(validateInventoryText('nodes: [a, b]\nprodct: workbench\n', 'x.yml'), [
    'x.yml:2:1: found the unknown key "prodct"; did you mean "product"?\n  2 | prodct: workbench\n    | ^',
  ]);
});

test('all errors of a file come in one UsageError, in order of position', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-'));
  writeFileSync(join(folder, 'prod.yml'), 'nodes: [a, a]\nreference: c\ncluster: 1\n');
  assert.throws(
    () => loadInventory(join(folder, 'prod.yml')),
    (error: unknown) => {
      assert.ok(error instanceof UsageError);
      const positions = [...error.message.matchAll(/prod\.yml:(\d+:\d+):/g)].map(([, at]) => at);
      assert.deepEqual(positions, ['1:12', '2:12', '3:10']);
      return true;
    },
  );
  rmSync(folder, { recursive: true });
});

test('many errors are cut off and counted', () => {
  const errors = validateInventoryText(
    `nodes: [a]\n${Array.from({ length: 20_000 }, (_, i) => `x${i}: 1\n`).join('')}`,
    'x.yml',
  );
  assert.equal(errors.length, 51);
  assert.equal(errors.at(-1), 'x.yml: 19950 more errors');
});
