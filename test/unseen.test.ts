/** What was not seen, as verdicts: a pass is about nodes that were seen, and all others are unknown. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import check from '../checks/platform.js';
import type { AnyCheck } from '../src/check.js';
import { findingsOf } from '../src/findings.js';
import { fingerprint } from '../src/fingerprint.js';
import type { Answers } from '../src/model/evidence.js';
import { fail, pass, skip } from '../src/model/verdict.js';
import { type Asked, defineProbe } from '../src/probes/probe.js';
import { bareCluster } from '../src/testing.js';
import { allPass, checkOf, closed, judged, type Nodes, said, says } from './support/judged.js';

test('seconds in a reason do not part what has one cause, another reason does', () => {
  const [need] = Object.values(check.needs as unknown as Record<string, { id: string }>);
  const node = (name: string, unseen: string) => ({ node: name, facts: new Map([[need!.id, { unseen }]]) });
  const late = (seconds: number): string => `did not answer within ${seconds} s on the node`;
  const findings = findingsOf(check as never, [node('b', late(15)), node('a', late(4)), node('c', 'denied')], {
    cluster: bareCluster(['a', 'b', 'c']),
    services: {},
    now: new Date(),
  } as never);
  assert.deepEqual(
    findings.map(({ status, nodes, message, subject }) => [status, nodes, message, subject]),
    [
      ['unknown', ['b', 'a'], `b and a: ${late(15)}`, 'unseen a b'],
      ['unknown', ['c'], 'c: denied', 'unseen c'],
    ],
  );
});

const outsider = says(pass('well', { nodes: ['b'] }));
const probe = defineProbe({ via: 'http', questions: () => [], parse: ({ stdout }) => stdout });
const asking = says(pass('well'), { asks: { probe } });
const askingBoth = says(pass('well'), { asks: { probe, time: { ...probe, via: 'ntp' } } });
const pair = checkOf((nodes) => pass('equal', { nodes: nodes.map((n) => n.node) }), { minimumNodes: 2 });
const broken = checkOf(() => {
  throw new Error('oops');
});
const two: Nodes = { a: 'alpha yes', b: 'alpha yes' };
const blind: Nodes = { a: 'alpha yes', b: closed };
const one: Nodes = { a: 'alpha yes' };
const unseen = 'unknown b: b: the port is closed';
const nothing = 'unknown : nothing was compared (well)';
const bug = 'the check itself failed (a bug in the check)';
const noFinding = `unknown : ${bug}: returned something that is not a finding`;
const ROWS: readonly [name: string, check: AnyCheck, nodes: Nodes, expected: string[], services?: Answers][] = [
  ['every node seen', allPass, two, ['pass a b: well']],
  ['a node not reached', allPass, blind, ['pass a: well', unseen]],
  ['a node not asked', allPass, { ...one, b: undefined }, ['pass a: well', 'unknown b: b: was not asked']],
  [
    'an answer that the evidence lacks',
    allPass,
    { ...one, b: { reached: true, answers: {} } },
    ['pass a: well', 'unknown b: b: word: is not in the evidence: gather it again with this version'],
  ],
  ['no reason', allPass, { a: { reached: false, answers: {} } }, ['unknown a: a: not reached']],
  ['a fact not seen', allPass, { a: 'alpha -', b: 'alpha x' }, ['pass b: well', 'unknown a: a: word: timed out']],
  ['no node seen', allPass, { a: closed, b: closed }, ['unknown a b: a and b: the port is closed']],
  ['a pass names a node not seen', outsider, blind, ['unknown b: b could not be judged (well)', unseen]],
  [
    'a pass names a node of another cluster',
    outsider,
    one,
    ['unknown : an answer is about b, not a node of this cluster (well)'],
  ],
  ['a fail names one beside its own', says(fail('bad', { nodes: ['a', 'z'] })), one, ['fail a: bad']],
  ['a pass without nodes', says(pass('well')), two, [nothing]],
  ['a fail without nodes', says(fail('bad')), two, ['fail : bad']],
  ['a skip without nodes', says(skip('off')), two, ['skip : off']],
  ['a service answered', asking, two, ['pass : well'], { 'http:x': said('') }],
  ['a service did not answer', asking, two, [nothing], { 'http:x': { unseen: 'timed out' } }],
  ['another service answered', asking, two, [nothing], { 'ntp:x': said('') }],
  [
    'it needs no fact of a node',
    says(pass('well', { nodes: ['b'] }), { needs: {} }),
    blind,
    ['unknown b: b could not be judged (well)', unseen],
  ],
  ['one of two services answered', askingBoth, two, ['pass : well'], { 'ntp:x': said('') }],
  ['no findings', checkOf(() => []), blind, [unseen]],
  ['no words', says(fail(' ', { nodes: ['a'] })), one, ['fail a: no reason was given']],
  ['not a status', checkOf(() => ({ status: 'fine', message: '' })), two, [noFinding]],
  ['no message', checkOf(() => ({ status: 'pass', nodes: ['a'] })), two, [noFinding]],
  ['nodes that are not a list', checkOf(() => ({ status: 'pass', message: '', nodes: 'a' })), two, [noFinding]],
  ['nothing returned', checkOf(() => undefined), two, [noFinding]],
  ['one of two is not a finding', checkOf(() => [fail('bad'), null]), two, ['fail : bad', noFinding]],
  ['the check throws', broken, blind, [`unknown a: ${bug}: oops`, unseen]],
  ['two to compare', pair, two, ['pass a b: equal']],
  [
    'one of two seen',
    pair,
    blind,
    [unseen, 'unknown a: a: no other node could be asked, so there is nothing to compare with'],
  ],
  ['a cluster of one', pair, one, ['skip a: the inventory has only one node, so there is nothing to compare']],
];
for (const [name, check, nodes, expected, services = {}] of ROWS)
  test(name, () =>
    assert.deepEqual(
      judged(check, nodes, { services }).verdicts.map((v) => `${v.status} ${v.nodes.join(' ')}: ${v.message}`),
      expected,
    ),
  );

test('thresholds of the inventory are laid over those of the check', () => {
  let params: unknown;
  const check = checkOf(
    (_, context) => {
      params = context.params;
      return [];
    },
    { params: { least: 1, most: 2 } },
  );
  judged(check, one, { params: { word: { most: 3 }, other: { least: 4 } } });
  assert.deepEqual(params, { least: 1, most: 3 });
});

test('a check that counts knows who was not seen, and what its services answered', () => {
  let known: unknown;
  const check = checkOf(
    (nodes, { unseen, services }) => {
      const { probe } = services as Record<string, Asked<string>>;
      known = [nodes.map((n) => n.node), unseen, probe!.get('x'), probe!.get('y')];
      return [];
    },
    { asks: { probe } },
  );
  judged(check, blind, { services: { 'http:x': said('up') } });
  assert.deepEqual(known, [['a'], ['b'], { value: 'up' }, undefined]);
});

test('an answer about another cluster, and a bug of the check, keep what the ticket is about', () => {
  const ofStranger = (subject?: string) => judged(says(fail('bad', { nodes: ['z'], ...(subject && { subject }) })));
  const crashes = [judged(broken), judged(checkOf(() => null))];
  assert.deepEqual(
    [ofStranger('www-port'), ofStranger(), ...crashes].map(({ verdicts }) => verdicts[0]!.fingerprint),
    ['www-port', '', 'crash', 'crash'].map((subject) => fingerprint('test', 'word', subject)),
  );
  assert.equal(ofStranger('www-port').verdicts[0]!.subject, 'www-port');
});
