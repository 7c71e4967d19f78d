/** Who answered, and what follows. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chanceOf, oneIn, stickinessOf } from '../../checks/support/stickiness.js';
import type { BalancerProbe, HttpReply } from '../../src/probes/http.js';
import { cookie, probeOf, reply } from '../support/balancer.js';

const ABC = ['n1', 'n2', 'n3'];
const EVEN = Array.from({ length: 12 }, (_, i) => ABC[i % 3]!);
const STAY = Array.from({ length: 8 }, (_, i) => Array<string>(4).fill(ABC[i % 3]!));
const TURN = Array.from({ length: 8 }, (_, i) => Array.from({ length: 4 }, (_, j) => ABC[(i + j) % 3]!));
const ONE = Array.from({ length: 8 }, () => Array<string>(4).fill('n1'));
const SILENT = { n1: [], n2: [], n3: [] };
const kindOf = (probe: BalancerProbe) => stickinessOf(probe).stickiness;
const why = (probe: BalancerProbe): string => {
  const s = kindOf(probe);
  return s.kind === 'unclear' ? s.why : assert.fail(`not unclear: ${JSON.stringify(s)}`);
};

describe('the chance of looking sticky', () => {
  it('is (1/n)^(sessions*(requests-1)) for n nodes dealt out evenly', () => {
    const control = Array.from({ length: 24 }, (_, i) => ['a', 'b'][i % 2]);
    const jars = Array.from({ length: 8 }, (_, i) => Array(4).fill(['a', 'b'][i % 2]));
    assert.ok(Math.abs(chanceOf(jars, control) / 0.5 ** 24 - 1) < 1e-9);
  });
  it('is great where one node gets nearly everything', () => {
    const control = [...Array(39).fill('a'), 'b'];
    assert.ok(chanceOf(Array(8).fill(Array(4).fill('a')), control) > 0.4);
  });
  it('is 1 where nothing was seen, and never beyond', () => {
    assert.equal(chanceOf([], []), 1);
    const backend = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.array(backend)), fc.array(backend), (jars, control) => {
        const chance = chanceOf(jars, control);
        assert.ok(chance >= 0 && chance <= 1 + 1e-9);
      }),
    );
  });
  it('is said as one in so many', () => {
    assert.deepEqual([1, 0.5, 1 / 3, 0.001, 0.5 ** 24, 1e-11].map(oneIn), ['1', '2', '3', '1000', '10^7', '10^11']);
  });
});

describe('stickiness', () => {
  it("by each kind of the balancer's cookie", () => {
    for (const [by, set, own] of [
      ['ALB', (_: string, i: number) => [cookie('AWSALB', `v${i}`), cookie('AWSALBCORS', `v${i}`)], []],
      ['insert', (node: string) => [cookie('SERVERID', node)], []],
      ['insert', (node: string) => [cookie('app', 'x'), cookie('whose', node)], [cookie('app', 'y')]],
      ['prefix', (node: string, i: number) => [cookie('app', `${i}`, node)], [cookie('app', 'y')]],
      ['balancer', (_: string, i: number) => [cookie('other', `v${i}`)], []],
      ['application', (_: string, i: number) => [cookie('app', `v${i}`)], [cookie('app', 'y')]],
    ] as const) {
      const s = kindOf(probeOf({ jars: STAY, control: EVEN, set, own }));
      assert.equal(s.kind === 'cookie' && s.by, by, JSON.stringify(s));
      assert.ok(s.kind === 'cookie' && s.chance < 1e-8);
    }
  });
  it('none: sessions go from node to node, whatever cookies are set', () => {
    const bare = kindOf(probeOf({ jars: TURN, control: EVEN }));
    assert.ok(bare.kind === 'none' && bare.moved === 8 && /no answer set a cookie/.test(bare.hints.join()));
    const set = kindOf(probeOf({ jars: TURN, control: EVEN, set: (node) => [cookie('SERVERID', node)] }));
    assert.ok(set.kind === 'none' && /cookies set: SERVERID/.test(set.hints.join()));
  });
  it('by address: one node for all, others alive; a cookie of the application changes nothing', () => {
    assert.deepEqual(kindOf(probeOf({ jars: ONE, control: Array(12).fill('n1') })), { kind: 'address', backend: 'n1' });
    const application = { set: () => [cookie('app', 'x')], own: [cookie('app', 'y')] };
    assert.equal(kindOf(probeOf({ jars: ONE, control: Array(12).fill('n1'), ...application })).kind, 'address');
  });
  it('one node for all and a cookie of the balancer: unclear', () => {
    assert.match(
      why(probeOf({ jars: ONE, control: Array(12).fill('n1'), set: () => [cookie('SERVERID', 'a')] })),
      /whether SERVERID keeps/,
    );
  });
  it('one of several sessions moved: unclear', () => {
    assert.match(why(probeOf({ jars: [...STAY.slice(1), TURN[0]!], control: EVEN })), /perhaps a node failed/);
  });
  it('too few requests, or one node that gets nearly all: chance', () => {
    const few = probeOf({ jars: STAY.slice(0, 2), control: EVEN, set: (n) => [cookie('SERVERID', n)] });
    assert.match(why(few), /once in \d+ runs/);
    const skewed = probeOf({ jars: ONE, control: [...Array(39).fill('n1'), 'n2'], set: (n) => [cookie('S', n)] });
    assert.match(why(skewed), /by chance/);
  });
  it('sessions stay, and no cookie is sent back', () => {
    assert.match(why(probeOf({ jars: STAY, control: EVEN })), /although no cookie/);
    const unsent = probeOf({
      jars: STAY,
      control: EVEN,
      set: (n) => [{ ...cookie('SERVERID', n), unsent: 'it is Secure' }],
    });
    assert.match(why(unsent), /although no cookie/);
  });
  it('nodes that answer alike are not told apart, and what changes from answer to answer tells nothing', () => {
    assert.match(why(probeOf({ jars: TURN, control: EVEN, trait: 'none' })), /is not visible/);
    assert.match(why(probeOf({ jars: TURN, control: EVEN, trait: 'every answer' })), /is not visible/);
  });
  it('an address that only redirects', () => {
    const probe = probeOf({ jars: TURN, control: EVEN, trait: 'none' });
    const to = (r: HttpReply): HttpReply => ({ ...r, status: 301 });
    const redirected = { ...probe, jars: probe.jars.map((j) => j.map(to)), control: probe.control.map(to) };
    assert.match(why(redirected), /^HTTP 301: every answer is a redirect.* the address at which users end up$/);
  });
  it("by the balancer's header or cookie where the nodes cannot be asked", () => {
    const header = stickinessOf({ ...probeOf({ jars: TURN, control: EVEN }), nodes: SILENT });
    assert.deepEqual([header.stickiness.kind, header.named, header.told], ['none', false, 'header x-served-by']);
    const set = (node: string) => [cookie('SERVERID', node)];
    const inserted = probeOf({ jars: STAY, control: EVEN, set, trait: 'none' });
    const s = stickinessOf({ ...inserted, nodes: SILENT });
    assert.deepEqual([s.stickiness.kind, s.named, s.told], ['cookie', false, 'the cookie SERVERID']);
  });
  it('proxies before the balancer are no nodes', () => {
    const via = (probe: BalancerProbe, name: string): BalancerProbe => {
      const told = (r: HttpReply, i: number) => ({ ...r, traits: { [name]: `proxy ${i % 2}` } });
      return { jars: probe.jars.map((j) => j.map(told)), control: probe.control.map(told), nodes: SILENT };
    };
    const set = (node: string) => [cookie('SERVERID', node)];
    assert.equal(kindOf(via(probeOf({ jars: STAY, control: EVEN, set }), 'header via')).kind, 'cookie');
    assert.equal(kindOf(via(probeOf({ jars: TURN, control: EVEN }), 'header x-served-by')).kind, 'none');
    // two proxies in turn, each with its name, and behind them a balancer that keeps sessions by its cookie
    assert.match(
      why(via(probeOf({ jars: STAY, control: EVEN, set }), 'header x-served-by')),
      /^the header x-served-by and the cookie SERVERID do not name the same backends/,
    );
    // the name of a backend, which the cookie confirms
    const named = probeOf({ jars: STAY, control: EVEN, set });
    assert.equal(stickinessOf({ ...named, nodes: SILENT }).stickiness.kind, 'cookie');
  });
  it('a balancer that counts requests', () => {
    const limited = reply('', { status: 429, traits: { 'header server': 'balancer' } });
    const probe = probeOf({ jars: STAY, control: EVEN, set: (n) => [cookie('SERVERID', n)] });
    const told = (r: HttpReply, i: number) => (i === 3 ? limited : { ...r, traits: { 'header server': 'node' } });
    const s = stickinessOf({
      jars: probe.jars.map((j) => j.map(told)),
      control: probe.control.map(told),
      nodes: SILENT,
    });
    assert.deepEqual([s.stickiness.kind, s.told, s.failures], ['cookie', 'the cookie SERVERID', ['HTTP 429']]);
  });
  it('a node of which the inventory does not know is another', () => {
    const stranger = probeOf({ jars: TURN, control: EVEN.map((n) => (n === 'n3' ? 'n9' : n)) });
    assert.ok(stickinessOf(stranger).backends.includes('another (1)'));
  });
  it("the balancer's own errors are no node", () => {
    const probe = probeOf({ jars: STAY, control: EVEN, set: (n) => [cookie('SERVERID', n)] });
    const s = stickinessOf({
      ...probe,
      control: [...probe.control, reply('n1', { status: 503 }), reply('n1', { error: 'reset' })],
    });
    assert.deepEqual([s.stickiness.kind, s.failures], ['cookie', ['HTTP 503', 'reset']]);
    const dead = { ...probe, jars: [], control: [reply('', { status: 503 })] };
    assert.match(why(dead), /no node answered through the balancer: HTTP 503/);
  });
});
