/** Clocks that another program read: what was read, then what the daemons answer for. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { relayedFinding } from '../../../checks/support/relayedClocks.js';
import type { Clock } from '../../../src/collectors/clock.js';
import { type Finding, fail, pass, unknown } from '../../../src/model/verdict.js';

type Own = readonly [low: number, high: number];
const clock = (own: Own | undefined, said = 'chrony runs'): Clock =>
  ({
    low: -1000,
    high: 1000,
    relayed: true,
    source: said === '' ? { unseen: 'no daemon' } : { value: { said, by: 'chronyd' } },
    ...(own && { own: { low: own[0], high: own[1] } }),
  }) as unknown as Clock;
const read = (...of: readonly Clock[]) => of.map((c, i) => ({ node: 'abc'[i]!, clock: c }));

/** Judges what was read as `first`, and the bounds of the daemons as `second`. */
function judge(nodes: ReturnType<typeof read>, first: Finding, second: Finding = pass('not asked')) {
  const asked: (readonly (readonly [string, number, number])[])[] = [];
  const finding = relayedFinding(nodes, (readings) => {
    asked.push(readings.map((r) => [r.node, r.low, r.high]));
    return asked.length === 1 ? first : second;
  });
  return { finding, asked };
}
const VAGUE = unknown('too slow', { nodes: ['a'], details: ['a: 5 ms'] });
const WAY_OUT = /run ha-preflight check where the nodes can be reached$/;

describe('what was read goes first', () => {
  for (const first of [pass('near'), fail('apart', { nodes: ['b'] })])
    it(first.status, () => {
      const { finding, asked } = judge(read(clock([0, 1]), clock([0, 1])), first);
      assert.equal(finding, first);
      assert.deepEqual(asked, [
        [
          ['a', -1000, 1000],
          ['b', -1000, 1000],
        ],
      ]);
    });
});

describe('where that shows nothing', () => {
  it('a daemon without a bound leaves it unknown, and is named with its words', () => {
    const one = judge(read(clock([0, 1]), clock(undefined, 'timesyncd runs')), VAGUE).finding;
    assert.match(one.message, /the time daemon of b gives no bound: /);
    assert.match(one.message, WAY_OUT);
    assert.deepEqual(
      [one.status, one.nodes, one.details],
      ['unknown', ['a', 'b'], ['a: 5 ms', 'b: timesyncd runs, without a bound of its error']],
    );
    const two = judge(read(clock(undefined, ''), clock([0, 1]), clock(undefined)), unknown('too slow')).finding;
    assert.match(two.message, /the time daemons of a and c give no bound: /);
    assert.deepEqual(two.details, ['a: no daemon', 'c: chrony runs, without a bound of its error']);
  });
  it('the bounds of the daemons pass, which is declared', () => {
    const { finding, asked } = judge(read(clock([1, 2]), clock([3, 4])), VAGUE, pass('near', { nodes: ['a', 'b'] }));
    assert.deepEqual(
      [finding.status, finding.message, finding.proof, finding.nodes],
      ['pass', 'near, by the bounds that their own time daemons report', 'declared', ['a', 'b']],
    );
    assert.deepEqual(asked[1], [
      ['a', 1, 2],
      ['b', 3, 4],
    ]);
  });
  it('bounds that are too wide, or apart, leave it unknown: a daemon can be wrong', () => {
    for (const second of [
      fail('apart', { nodes: ['b'], details: ['b: 9 s'] }),
      unknown('wide', { nodes: ['b'], details: ['b: 9 s'] }),
    ]) {
      const { finding } = judge(read(clock([0, 1]), clock([0, 1])), VAGUE, second);
      assert.match(finding.message, /the clocks of b may differ too much: /);
      assert.match(finding.message, WAY_OUT);
      assert.deepEqual([finding.status, finding.nodes, finding.details], ['unknown', ['b'], ['b: 9 s']]);
    }
  });
});
