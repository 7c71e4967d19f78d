/** What was not seen, as verdicts: one a reason, however long each node was waited for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import check from '../checks/platform.js';
import { findingsOf } from '../src/findings.js';
import { bareCluster } from '../src/testing.js';

test('seconds in a reason do not part what has one cause, another reason does', () => {
  const [need] = Object.values(check.needs as unknown as Record<string, { id: string }>);
  const node = (name: string, unseen: string) => ({ node: name, facts: new Map([[need!.id, { unseen }]]) });
  const late = (seconds: number): string => `did not answer within ${seconds} s on the node`;
  const findings = findingsOf(check as never, [node('a', late(5)), node('b', late(4)), node('c', 'denied')], {
    cluster: bareCluster(['a', 'b', 'c']),
    services: {},
    now: new Date(),
  } as never);
  assert.deepEqual(
    findings.map(({ status, nodes, message }) => [status, nodes, message]),
    [
      ['unknown', ['a', 'b'], `a and b: ${late(5)}`],
      ['unknown', ['c'], 'c: denied'],
    ],
  );
});

test('a node that the cluster does not have is in no verdict, and hides none that it has', () => {
  const finding = (status: string, nodes: readonly string[]) => {
    const judged = { ...check, needs: {}, judge: () => ({ status, nodes, message: 'seen' }) };
    const seen = ['a', 'b'].map((node) => ({ node, facts: new Map() }));
    const [only] = findingsOf(judged as never, seen, {
      cluster: bareCluster(['a', 'b']),
      services: {},
      now: new Date(),
    } as never);
    return [only!.status, only!.nodes];
  };
  assert.deepEqual(finding('fail', ['a', 'ghost']), ['fail', ['a']]);
  assert.deepEqual(finding('fail', ['ghost']), ['unknown', []]);
  assert.deepEqual(finding('pass', ['a', 'ghost']), ['unknown', ['a']]);
  assert.deepEqual(finding('pass', ['a']), ['pass', ['a']]);
});
