import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { leftovers } from '../../src/collectors/leftovers.js';
import type { Requests } from '../../src/model/collector.js';
import { type Asking, NotSeen, type Response } from '../../src/model/evidence.js';
import { settingsOf } from '../../src/products/profile.js';
import { askTree } from '../support/answers.js';
import { foundOf } from '../support/facts.js';

it('a folder that cannot be looked at is not one without a file', () => {
  const root = mkdtempSync(join(tmpdir(), 'ha-preflight-leftovers-'));
  try {
    const found = foundOf('workbench', {});
    const folder = join(root, dirname(settingsOf(found).sqlite[0]!));
    mkdirSync(dirname(folder), { recursive: true });
    // it leads to itself, which no shell can distinguish from a folder that is not there
    symlinkSync(folder, folder);
    const requests = (leftovers.requests as (asking: Asking, of: typeof found) => Requests)({} as Asking, found);
    const answers = askTree(root, requests) as Record<string, Response>;
    assert.throws(() => leftovers.parse(answers, {} as Asking, found), NotSeen);
  } finally {
    rmSync(root, { recursive: true });
  }
});
