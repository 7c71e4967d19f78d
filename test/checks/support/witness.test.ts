/** Which node gave an answer of the load balancer, by what the answers have in them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Backend, witnessOf } from '../../../checks/support/witness.js';
import type { BalancerProbe, HttpReply } from '../../../src/probes/http.js';

interface Given {
  readonly traits?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly status?: number;
}
const reply = ({ traits = {}, cookies = {}, status = 200 }: Given): HttpReply => ({
  status,
  ms: 1,
  traits,
  cookies: Object.entries(cookies).map(([name, value]) => ({ name, value }) as HttpReply['cookies'][number]),
});
const by = (header: string, value: string): Given => ({ traits: { [`header ${header}`]: value } });

const probe = (
  control: readonly Given[],
  {
    nodes = {},
    jars = [],
  }: { nodes?: Readonly<Record<string, readonly Given[]>>; jars?: readonly (readonly Given[])[] } = {},
): BalancerProbe => ({
  nodes: Object.fromEntries(Object.entries(nodes).map(([name, own]) => [name, own.map(reply)])),
  jars: jars.map((jar) => jar.map(reply)),
  control: control.map(reply),
});
const told = (...given: Parameters<typeof probe>): readonly [string?, (readonly Backend[])?] => {
  const seen = witnessOf(probe(...given));
  return seen ? [seen.told, seen.control] : [];
};

describe('by what the nodes answer themselves', () => {
  const twice = (given: Given): readonly Given[] => [given, given];
  const nodes = { a: twice(by('etag', '1')), b: twice(by('etag', '2')) };

  it('the value of each', () => {
    assert.deepEqual(told([by('etag', '2'), by('etag', '1')], { nodes }), ['header etag', ['b', 'a']]);
  });

  it('not by one answer, nor by those of a node that failed in between', () => {
    const one = { a: [by('etag', '1')], b: twice(by('etag', '2')) };
    assert.deepEqual(told([by('etag', '2'), by('etag', '1')], { nodes: one }), []);
    const ill = { ...nodes, b: [by('etag', '2'), { ...by('etag', '2'), status: 503 }] };
    assert.deepEqual(told([by('etag', '2'), by('etag', '1')], { nodes: ill }), []);
  });

  it('not by what changes on a node, or is alike on two', () => {
    const changing = { a: [by('date', '1'), by('date', '2')], b: twice(by('date', '3')) };
    assert.deepEqual(told([by('date', '1'), by('date', '3')], { nodes: changing }), []);
    const alike = { a: twice(by('etag', '1')), b: twice(by('etag', '1')) };
    assert.deepEqual(told([by('etag', '1')], { nodes: alike }), []);
  });

  it('a value of neither is another node, but for a page, and where there are too many of them', () => {
    const answers = ['1', '9', '2', '8'].map((v) => by('etag', v));
    assert.deepEqual(told(answers, { nodes })[1], ['a', 'another (1)', 'b', 'another (2)']);
    assert.deepEqual(told([...answers, by('etag', '7')], { nodes })[1], ['a', undefined, 'b', undefined, undefined]);
    const body = (v: string): Given => ({ traits: { body: v } });
    const pages = { a: twice(body('1')), b: twice(body('2')) };
    assert.deepEqual(told(['1', '9', '2'].map(body), { nodes: pages })[1], ['a', undefined, 'b']);
  });

  it('by what shows most of the answers', () => {
    const both = (x: string, y: string): Given => ({ traits: { 'header x-a': x, 'header x-b': y } });
    const own = { a: twice(both('1', '1')), b: twice(both('2', '2')) };
    assert.deepEqual(told([both('1', '1'), both('', '2'), both('', '1')], { nodes: own }), [
      'header x-b',
      ['a', 'b', 'a'],
    ]);
  });

  it('an answer of a gateway names no node', () => {
    const answers = [by('etag', '1'), { ...by('etag', '2'), status: 502 }, by('etag', '2')];
    assert.deepEqual(told(answers, { nodes })[1], ['a', undefined, 'b']);
  });

  it('in the answers of a session as well', () => {
    const seen = witnessOf(probe([by('etag', '1')], { nodes, jars: [[by('etag', '2'), by('etag', '1')]] }));
    assert.deepEqual(seen?.jars, [['b', 'a']]);
    assert.equal(seen?.named, true);
  });
});

describe('by a header that names who answered', () => {
  const answers = (header: string, ...values: string[]) => told(values.map((v) => by(header, v)));

  it('in the order in which they came', () => {
    assert.deepEqual(answers('x-served-by', 'p', 'q', 'p'), [
      'header x-served-by',
      ['backend 1', 'backend 2', 'backend 1'],
    ]);
    assert.equal(answers('server', 'p', 'q')[0], 'header server');
    assert.equal(answers('x-upstream-addr', 'p', 'q')[0], 'header x-upstream-addr');
  });

  it('not one value, nor as many as answers, nor where one answer has none', () => {
    assert.deepEqual(answers('x-served-by', 'p', 'p'), []);
    assert.deepEqual(answers('x-served-by', 'p', 'q', 'r'), []);
    assert.deepEqual(told([by('x-served-by', 'p'), by('x-served-by', 'q'), {}]), []);
    // of three nodes there are three
    const nodes = { a: [{}], b: [{}], c: [{}] };
    assert.equal(
      told(
        ['p', 'q', 'r'].map((v) => by('x-served-by', v)),
        { nodes },
      )[0],
      'header x-served-by',
    );
  });

  it('not a header of another name', () => {
    for (const header of ['date', 'via', 'not-server', 'server-timing', 'x-request-id', 'x-served2'])
      assert.deepEqual(answers(header, 'p', 'q'), [], header);
  });
});

describe('by a cookie of the balancer', () => {
  const set = (name: string, value: string): Given => ({ cookies: { [name]: value } });

  it('by the usual name, where no node could be asked', () => {
    assert.deepEqual(told([set('SERVERID', 'p'), set('SERVERID', 'q')]), [
      'the cookie SERVERID',
      ['backend 1', 'backend 2'],
    ]);
    for (const name of ['BIGipServerpool', 'route', 'ApplicationGatewayAffinityCORS'])
      assert.equal(told([set(name, 'p'), set(name, 'q')])[0], `the cookie ${name}`);
    for (const name of ['session', 'MYSERVERID', 'SERVERID2', 'AWSALB', 'AWSALBAPP-0'])
      assert.deepEqual(told([set(name, 'p'), set(name, 'q')]), [], name);
  });

  it('by any name that the nodes do not set themselves', () => {
    const nodes = { a: [set('own', '1'), set('own', '2')] };
    assert.equal(told([set('mine', 'p'), set('mine', 'q')], { nodes })[0], 'the cookie mine');
    assert.deepEqual(told([set('own', 'p'), set('own', 'q')], { nodes }), []);
    assert.deepEqual(told([set('AWSALB', 'p'), set('AWSALB', 'q')], { nodes }), []);
  });

  it('not where an answer has none, or each has another', () => {
    assert.deepEqual(told([set('SERVERID', 'p'), set('SERVERID', 'q'), {}]), []);
    assert.deepEqual(told(['p', 'q', 'r'].map((v) => set('SERVERID', v))), []);
  });

  it('holds in a session until it is set again', () => {
    const seen = witnessOf(
      probe([set('SERVERID', 'p'), set('SERVERID', 'q')], {
        jars: [[set('SERVERID', 'q'), {}, set('SERVERID', 'p'), { status: 503 }]],
      }),
    );
    assert.deepEqual(seen?.jars, [['backend 1', 'backend 1', 'backend 2', undefined]]);
    assert.deepEqual(seen?.control, ['backend 2', 'backend 1']);
  });
});

describe('a header and a cookie', () => {
  const both = (header: string, cookie: string): Given => ({
    ...by('x-served-by', header),
    cookies: { SERVERID: cookie },
  });
  const contradicted = (...given: readonly Given[]) => witnessOf(probe(given))?.contradicted;

  it('that agree', () => assert.equal(contradicted(both('p', '1'), both('q', '2'), both('p', '1')), undefined));
  it('that do not: one of two values of the header has both of the cookie', () => {
    assert.equal(contradicted(both('p', '1'), both('q', '2'), both('p', '2')), 'the cookie SERVERID');
    const nodes = { a: [{}], b: [{}], c: [{}] };
    assert.equal(
      witnessOf(probe([both('p', '1'), both('q', '2'), both('q', '3')], { nodes }))?.contradicted,
      'the cookie SERVERID',
    );
    assert.equal(
      witnessOf(probe([both('p', '1'), both('q', '2'), both('r', '2')], { nodes }))?.contradicted,
      'the cookie SERVERID',
    );
  });
});
