import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { adHocCluster, loadInventory } from '../../src/load/inventory.js';

test('says where the cluster and its nodes stand, by the path as given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-lines-'));
  const before = process.cwd();
  try {
    writeFileSync(
      join(folder, 'prod.yml'),
      'version: 1\n# a comment\ncluster: x\nnodes:\n  - a\n  -\n    name: b\n    host: b.example.com\n  - { name: c }\n',
    );
    process.chdir(folder);
    const places = { line: 3, nodes: [5, 7, 9] };
    assert.deepEqual(loadInventory('././prod.yml').inventory, { file: 'prod.yml', ...places });
    assert.deepEqual(loadInventory(join(folder, 'prod.yml')).inventory, { file: join(folder, 'prod.yml'), ...places });
    writeFileSync('short.yml', 'nodes: &n\n- a\n- b\nversion: 1\n');
    assert.deepEqual(loadInventory('short.yml').inventory, { file: 'short.yml', line: 1, nodes: [2, 3] });
    assert.equal(adHocCluster(['a', 'b']).inventory, undefined);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
