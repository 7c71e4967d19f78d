/** Settings that differ: who is shown as what, in which sense they are one, and what is said of one of them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  alikeIn,
  differingKeys,
  inWords,
  meant,
  OFTEN_OWN,
  oneSetting,
  type Sense,
} from '../../../checks/support/configurationSettings.js';

const exact: Sense = (_, value) => value ?? '-';
const folded: Sense = (_, value) => (value ?? '-').toLowerCase();
const trimmed: Sense = (_, value) => (value ?? '-').trim();

type Options = Parameters<typeof oneSetting>[2];
const judge = (
  given: readonly (string | undefined)[],
  over: Partial<Options> & { readonly subject?: string; readonly origins?: readonly (string | undefined)[] } = {},
) =>
  oneSetting(
    over.subject ?? 'x.conf:key',
    given.map((value, i) => ({ node: 'abcd'[i]!, value, origin: over.origins?.[i] })),
    { what: 'x.conf differs', in: 'key', reference: undefined, sense: exact, ...over },
    (right, bad) => ({ remediation: `${bad.join()} as ${right}` }),
  );

describe('settings of several nodes', () => {
  const sides = (...of: readonly Readonly<Record<string, string>>[]) =>
    of.map((settings, i) => ({ node: 'abc'[i]!, settings: new Map(Object.entries(settings)) }));
  it('those that differ, by name, the deviants first', () => {
    const found = differingKeys(
      sides({ z: '1', a: '1', same: '1' }, { z: '2', a: '1', same: '1' }, { z: '1', same: '1' }),
      undefined,
      exact,
    );
    assert.deepEqual(found.map(inWords), ['a: c not set, a and b "1"', 'z: b "2", a and c "1"']);
  });
  it('the reference is right, and of a tie the groups are in the order of the nodes', () => {
    const two = sides({ a: '1' }, { a: '2' });
    assert.deepEqual(differingKeys(two, 'b', exact).map(inWords), ['a: a "1", b "2"']);
    assert.deepEqual(differingKeys(two, 'a', exact).map(inWords), ['a: b "2", a "1"']);
    assert.deepEqual(differingKeys(two, undefined, exact).map(inWords), ['a: a "1", b "2"']);
  });
  it('those that are one in this sense do not', () => {
    assert.deepEqual(differingKeys(sides({ a: 'On' }, { a: 'on' }), undefined, folded), []);
  });
  it('are one in some reading', () => {
    assert.equal(alikeIn([exact, folded], 'k', ['On', 'on']), true);
    assert.equal(alikeIn([exact, trimmed], 'k', ['On', 'on']), false);
    assert.equal(alikeIn([], 'k', ['on', 'on']), false);
  });
});

describe('one setting', () => {
  it('fails on the odd node, with what is expected and the remedy', () => {
    const finding = judge(['5', '5', '6']);
    assert.deepEqual(
      [finding.status, finding.message, finding.nodes, finding.observed, finding.expected, finding.remediation],
      ['fail', 'x.conf differs on c in key', ['c'], 'key: c "6", a and b "5"', 'as on a', 'c as a'],
    );
    assert.deepEqual(finding.differences, [
      {
        key: 'key',
        values: [
          { nodes: ['c'], value: '"6"' },
          { nodes: ['a', 'b'], value: '"5"' },
        ],
      },
    ]);
    assert.equal(finding.severity, undefined);
    assert.equal(finding.details, undefined);
  });
  it('of a tie both are named, and nobody knows which is right', () => {
    const finding = judge(['5', undefined]);
    assert.deepEqual(
      [finding.message, finding.nodes, finding.observed, finding.expected, finding.remediation],
      [
        'x.conf differs between a and b in key',
        ['a', 'b'],
        'key: a "5", b not set',
        'the same on every node',
        undefined,
      ],
    );
  });
  it('the reference decides', () => {
    const finding = judge(['5', '6'], { reference: 'b' });
    assert.deepEqual([finding.nodes, finding.expected], [['a'], 'as on b']);
  });
  it('says where it is set, each place once', () => {
    const { differences } = judge(['5', '5', '5', '6'], { origins: ['line 1', 'line 1', 'line 2', undefined] });
    assert.deepEqual(
      differences?.[0]?.values.map((v) => v.origin),
      [undefined, 'line 1; line 2'],
    );
  });
  it('that often is the own one of each node says how to allow that', () => {
    assert.deepEqual(judge(['5', '6'], { in: 'www-host-name' }).details, [meant('x.conf:key')]);
    for (const [key, is] of [
      ['node', true],
      ['cluster.node-id', true],
      ['the-node', true],
      ['anode', false],
      ['timeout', false],
      ['HostName', true],
    ] as const)
      assert.equal(OFTEN_OWN.test(key), is, key);
  });
  it('that only says where a file is, is a warning, unless it is none', () => {
    const place = { subject: 'rserver.conf:database-config-file', movingOptions: 'x|database-config-file' };
    assert.equal(judge(['/a', '/b'], place).severity, 'warning');
    assert.equal(judge(['/a', 'none'], place).severity, undefined);
    assert.equal(judge(['/a', '/b'], { ...place, movingOptions: 'x' }).severity, undefined);
  });
});

describe('one setting that the product may read in several ways', () => {
  it('is unknown where they are one in some of them', () => {
    const finding = judge(['On', 'on', 'on'], { readings: [exact, folded] });
    assert.deepEqual(
      [finding.status, finding.subject, finding.nodes, finding.details],
      ['unknown', 'x.conf:key', ['a', 'b', 'c'], ['key: a "On", b and c "on"']],
    );
  });
  it('where they are one in the strict sense as well, there is nothing to show', () => {
    assert.deepEqual(judge(['on', 'on'], { readings: [folded] }).details, []);
  });
  it('what is one value in all of them is one group', () => {
    const finding = judge(['On', 'on', 'off'], { readings: [folded, (key, value) => folded(key, value).trim()] });
    assert.deepEqual([finding.status, finding.nodes], ['fail', ['c']]);
  });
  it('where they do not agree, the strict sense decides', () => {
    const finding = judge(['On', 'on', 'off '], { readings: [folded, trimmed, folded] });
    assert.deepEqual([finding.status, finding.nodes], ['fail', ['a', 'b', 'c']]);
  });
});
