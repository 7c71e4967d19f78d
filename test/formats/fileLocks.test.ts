/** Times of Workbench's file-locks. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { lockSeconds } from '../../src/formats/fileLocks.js';

it('takes whole seconds, and nothing else', () => {
  assert.deepEqual(['20', ' 30 ', '0'].map(lockSeconds), [20, 30, 0]);
  for (const text of ['20s', '', '-1', '1.5', '1e3', '1234567890']) assert.equal(lockSeconds(text), undefined, text);
});
