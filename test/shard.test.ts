/** Which files a shard takes, from its number or from the engine that runs it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shard } from '../src/commands/shard.js';
import { UsageError } from '../src/model/inventory.js';

const FILES = [...'abcdefg'];

describe('--shard', () => {
  const CASES: readonly [name: string, spec: string | undefined, environment: NodeJS.ProcessEnv, own: string][] = [
    ['none', undefined, { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' }, 'abcdefg'],
    ['a number', '2/3', {}, 'be'],
    ['a number, whatever the engine says', '3/3', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' }, 'cf'],
    ['GitLab counts from 1', '', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' }, 'adg'],
    ['Kubernetes counts from 0', '', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETION_TOTAL: '3' }, 'adg'],
    ['its last', '', { JOB_COMPLETION_INDEX: '2', JOB_COMPLETION_TOTAL: '3' }, 'cf'],
  ];
  for (const [name, spec, environment, own] of CASES)
    it(name, () => assert.equal(shard(FILES, spec, environment).join(''), own));

  it('every file is in exactly one', () => {
    for (const of of [1, 2, 3, 7])
      assert.deepEqual(
        Array.from({ length: of }, (_, i) => shard(FILES, `${i + 1}/${of}`))
          .flat()
          .sort(),
        FILES,
      );
  });

  const ERRORS: readonly [spec: string, environment: NodeJS.ProcessEnv, message: RegExp][] = [
    ['0/3', {}, /expected i\/n/],
    ['4/3', {}, /expected i\/n/],
    ['a.yml', {}, /--shard a\.yml: expected i\/n/],
    ['', {}, /JOB_COMPLETION_INDEX, CI_NODE_INDEX is set/],
    ['', { JOB_COMPLETION_INDEX: '1' }, /set JOB_COMPLETION_TOTAL to the number of jobs/],
    ['', { CI_NODE_INDEX: '0', CI_NODE_TOTAL: '3' }, /expected 1 to 3/],
    ['', { JOB_COMPLETION_INDEX: '3', JOB_COMPLETION_TOTAL: '3' }, /expected 0 to 2/],
    ['', { CI_NODE_INDEX: 'x', CI_NODE_TOTAL: '3' }, /expected 1 to 3/],
    ['8/9', {}, /only 7 files/],
  ];
  for (const [spec, environment, message] of ERRORS)
    it(`refuses ${spec || 'no number'} ${JSON.stringify(environment)}`, () =>
      assert.throws(
        () => shard(FILES, spec, environment),
        (e) => e instanceof UsageError && message.test(e.message),
      ));
});
