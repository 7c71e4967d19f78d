import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { statusFindings } from '../../../checks/support/workbenchStatus.js';
import type { BalancedNode } from '../../../src/formats/listNodes.js';
import type { Finding } from '../../../src/model/verdict.js';
import { KNOWN, node, short } from '../../support/clusterNodes.js';

describe('the status page', () => {
  const busy = (host: string, state?: string, last = 0.3): BalancedNode => ({
    host,
    port: 8787,
    ...(state !== undefined && { state }),
    load: [5, 5, last],
    sessions: 0,
  });
  const page = (nodes: readonly BalancedNode[], blamed: readonly string[] = [], trouble?: string): Finding[] =>
    statusFindings(
      [node('a', { status: { value: { nodes, ...(trouble !== undefined && { trouble }) } } }), node('b'), node('c')],
      KNOWN,
      blamed,
    );
  const REST = [busy('a'), busy('c.example.com')];
  const ABOUT = 'status a b c WB-39 WB-40';
  const ROWS: readonly [what: string, findings: Finding[], expected: readonly string[], message?: RegExp][] = [
    [
      'all serve',
      page([...REST, busy('b')]),
      [`pass ${ABOUT}`],
      /^load: a 5 5 0\.3; c\.example\.com 5 5 0\.3; b 5 5 0\.3$/,
    ],
    ['no load', page([...REST, { host: 'b', port: 1, sessions: 0 }]), [`pass ${ABOUT}`], /; b \?$/],
    [
      'unreachable',
      page([...REST, busy('b', 'unreachable')]),
      ['fail critical unreachable b WB-39'],
      /^unreachable: b$/,
    ],
    ['offline', page([...REST, busy('b', 'offline')]), ['fail warning offline b WB-39']],
    ['reported by its row', page([...REST, busy('b', 'offline')], ['b']), [`pass ${ABOUT}`]],
    [
      'another state',
      page([...REST, busy('b', 'draining')]),
      [`unknown warning ${ABOUT.replace('status', 'status b')}`],
    ],
    [
      'nodes that are missing, but for the one that answers, those that do not run and those reported by their row',
      page([busy('x')]),
      ['fail warning not balanced b c WB-39'],
      /^a balances over x and not over b and c, where Workbench runs$/,
    ],
    ['a node that is missing, and was reported', page(REST, ['b']), [`pass ${ABOUT}`]],
    [
      'an address that may be of the node that is missing',
      page([...REST, busy('192.0.2.7')]),
      ['unknown warning status names b WB-39 WB-40'],
      /whether 192\.0\.2\.7 is b is not known/,
    ],
    [
      'a stranger',
      page([...REST, busy('b'), busy('x', 'offline')]),
      [`unknown warning ${ABOUT.replace('status', 'status x')}`],
    ],
    ['a line', page(REST, [], 'not understood: b:1 ?'), [`unknown warning ${ABOUT}`], /status: not understood: b:1/],
    ['nothing', page([]), [`unknown warning ${ABOUT}`], /status: no node is listed$/],
    [
      'nothing, with a reason',
      page([], [], 'not understood: x'),
      [`unknown warning ${ABOUT}`],
      /status: not understood/,
    ],
    ['one load per processor', page([...REST, busy('b', undefined, 1)]), [`pass ${ABOUT}`]],
    [
      'more',
      page([...REST, busy('b', undefined, 1.01)]),
      ['fail info load b WB-40'],
      /more load than processors .*: b$/,
    ],
  ];
  for (const [what, findings, expected, message] of ROWS)
    it(what, () => {
      assert.deepEqual(findings.map(short), expected);
      if (message) assert.match(findings[0]!.message, message);
    });

  it('that was not got', () => {
    const [finding] = statusFindings([node('a', { status: { unseen: 'ended with 22' } })], KNOWN, []);
    assert.match(finding!.message, /status: a: ended with 22$/);
    assert.equal(page([...REST, busy('b', undefined, 2)])[0]!.observed, 'b 5 5 2');
  });
});
