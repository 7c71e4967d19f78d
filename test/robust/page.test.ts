/** docs/robustness.md is of the faults there are, and each was measured. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pageOf, withoutSeconds } from './page.js';
import { ROWS } from './rows.js';

describe('docs/robustness.md', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'robustness.md'), 'utf8');
  it('is as the tests say; else: npm run robustness', () => {
    assert.equal(withoutSeconds(page), withoutSeconds(pageOf(() => 0)));
  });
  it('has the seconds of every fault', () => {
    assert.deepEqual(
      page.split('\n').filter((l) => /\| {2}\|$/.test(l)),
      [],
    );
  });
  it('names no fault twice', () => {
    assert.equal(new Set(ROWS.map((r) => r.fault)).size, ROWS.length);
  });
});
