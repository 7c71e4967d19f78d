/** How nodes relate: who is blamed, and that nobody is where nothing tells. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../src/model/verdict.js';
import {
  atLeastOne,
  connected,
  consensus,
  distinct,
  everyNode,
  groupsOf,
  type Has,
  list,
  same,
  sift,
} from '../src/relations.js';

/** `a=x b=x c=y`. */
const has = (text: string): Has[] =>
  text
    .split(' ')
    .filter((w) => w !== '')
    .map((w) => ({ node: w.split('=')[0]!, key: w.split('=')[1]! }));

/** Status and nodes: `fail c`. */
const short = ({ status, nodes = [] }: Finding): string => [status, ...nodes].join(' ');

describe('consensus', () => {
  const cases: [string, string | undefined, string][] = [
    ['a=x', undefined, 'unanimous a'],
    ['a=x b=x', undefined, 'unanimous a b'],
    ['a=x b=x c=y', undefined, 'outliers c'],
    ['a=y b=x c=x', undefined, 'outliers a'],
    ['a=x b=y', undefined, 'tie'],
    ['a=x b=y c=z', undefined, 'tie'],
    ['a=x b=x c=y d=y', undefined, 'tie'],
    // two of four is the largest group and no majority
    ['a=x b=x c=y d=z', undefined, 'tie'],
    ['a=x b=x c=x d=y e=z', undefined, 'outliers d e'],
    ['a=x b=y', 'b', 'outliers a'],
    ['a=x b=x c=y', 'c', 'outliers a b'],
    ['a=x b=x c=y', 'a', 'outliers c'],
    ['a=x b=y', 'gone', 'tie'],
    ['a=x b=x c=y', 'gone', 'outliers c'],
    ['a=x b=x', 'gone', 'unanimous a b'],
  ];
  for (const [values, reference, expected] of cases)
    it(`${values}${reference ? `, reference ${reference}` : ''}: ${expected}`, () => {
      const c = consensus(has(values), reference);
      const nodes =
        c.kind === 'unanimous' ? c.group.nodes : c.kind === 'outliers' ? c.wrong.flatMap((g) => g.nodes) : [];
      assert.equal([c.kind, ...nodes].join(' '), expected);
    });
});

describe('connected', () => {
  const near = (a: number, b: number): boolean => Math.abs(a - b) === 1;
  const sorted = (groups: number[][]): string => JSON.stringify(groups.map((g) => g.sort()).sort());
  for (const items of [
    [1, 2, 3, 7],
    [1, 3, 2, 7],
    [7, 3, 1, 2],
  ])
    it(items.join(' '), () => assert.equal(sorted(connected(items, near)), '[[1,2,3],[7]]'));
});

describe('same', () => {
  const cases: [string, string | undefined, string, RegExp][] = [
    ['a=x b=x c=x', undefined, 'pass a b c', /^It is the same on 3 nodes: x$/],
    ['a=x b=x c=y', undefined, 'fail c', /^It on c differs from a and b$/],
    ['a=x b=y', undefined, 'fail a b', /^It differs: a: x; b: y \(no majority: set reference: to the right node/],
    ['a=x b=y', 'b', 'fail a', /^It on a differs from b$/],
    ['a=x b=y', 'c', 'fail a b', /no majority, and the reference c is not among these nodes/],
    ['a=x', undefined, 'skip a', /nothing to compare a with/],
    ['a=x', 'a', 'skip a', /nothing to compare/],
    ['', undefined, 'unknown', /nothing was compared/],
  ];
  for (const [values, reference, expected, message] of cases)
    it(`${values || 'no values'}${reference ? `, reference ${reference}` : ''}: ${expected}`, () => {
      const finding = same('It', has(values), reference, { subject: 's' });
      assert.equal(short(finding), expected);
      assert.match(finding.message, message);
      assert.equal(finding.subject, 's');
    });
  it('says what was seen and what was expected', () => {
    const { observed, expected } = same('It', has('a=x b=x c=y d=z'), 'a');
    assert.deepEqual([observed, expected], ['c: y; d: z', 'x (as on a and b)']);
  });
  it('shows no value that is not to be shown', () => {
    const secret = (text: string): Has[] => has(text).map((v) => ({ ...v, shown: '' }));
    const outlier = same('It', secret('a=x b=x c=y'), undefined);
    assert.deepEqual([outlier.observed, outlier.expected], ['c', 'as on a and b']);
    const tie = same('It', secret('a=x b=y c=x d=y'), undefined);
    assert.match(tie.message, /^It differs: a and c; b and d \(no majority/);
    assert.equal(same('It', secret('a=x b=x'), undefined).message, 'It is the same on 2 nodes');
  });
});

describe('distinct', () => {
  const cases: [string, string, RegExp][] = [
    ['a=x b=y c=z', 'pass a b c', /different on each of 3 nodes/],
    ['a=x b=y c=x', 'fail a c', /^It is the same on a and c$/],
    ['a=x b=y c=x d=y e=z', 'fail a c b d', /^It is the same on a and c, and on b and d$/],
    ['a=x b=x c=x', 'fail a b c', /^It is the same on a, b and c$/],
    ['a=x', 'skip a', /nothing to compare a with/],
    ['', 'unknown', /nothing was compared/],
  ];
  for (const [values, expected, message] of cases)
    it(`${values || 'no values'}: ${expected}`, () => {
      const finding = distinct('It', has(values));
      assert.equal(short(finding), expected);
      assert.match(finding.message, message);
    });
});

describe('atLeastOne', () => {
  const cases: [string, string, RegExp][] = [
    ['a=yes b=no', 'pass a b', /^It on a$/],
    ['a=yes b=yes', 'pass a b', /^It on a and b$/],
    ['a=no b=no', 'fail a b', /^It on no node$/],
    ['a=no', 'fail a', /^It on no node$/],
    ['', 'unknown', /nothing was compared/],
  ];
  for (const [values, expected, message] of cases)
    it(`${values || 'no values'}: ${expected}`, () => {
      const finding = atLeastOne(
        'It',
        has(values).map((v) => ({ node: v.node, holds: v.key === 'yes' })),
      );
      assert.equal(short(finding), expected);
      assert.match(finding.message, message);
    });
});

describe('everyNode', () => {
  const judge = (value: string) =>
    value === 'good' ? undefined : { problem: `is ${value}`, ...(value === 'worst' && { observed: '100 %' }) };
  const cases: [string, string, string, string | undefined][] = [
    ['a=good b=good', 'pass a b', 'all good', undefined],
    ['a=good b=bad', 'fail b', 'is bad (b)', 'b: is bad'],
    ['a=bad b=good c=bad', 'fail a c', 'is bad (a and c)', 'a: is bad; c: is bad'],
    ['a=bad b=worst', 'fail a b', 'a: is bad; b: is worst', 'a: is bad; b: 100 %'],
    ['', 'unknown', 'nothing was compared (all good)', undefined],
  ];
  for (const [values, expected, message, observed] of cases)
    it(`${values || 'no values'}: ${expected}`, () => {
      const finding = everyNode(
        'all good',
        has(values).map((v) => ({ node: v.node, value: v.key })),
        judge,
      );
      assert.equal(short(finding), expected);
      assert.equal(finding.message, message);
      assert.equal(finding.observed, observed);
    });
  it('tells the judge which node it is', () => {
    const finding = everyNode('', [{ node: 'a', value: 1 }], (value, node) => ({ problem: `${node} has ${value}` }));
    assert.equal(finding.message, 'a has 1 (a)');
  });
});

describe('sift', () => {
  it('everything seen: no finding', () => {
    assert.deepEqual(sift([{ node: 'a', fact: { value: 1 } }], 's'), { seen: [{ node: 'a', value: 1 }], findings: [] });
  });
  it('what could not be seen is one unknown, by reason', () => {
    const { seen, findings } = sift<number>(
      [
        { node: 'a', fact: { unseen: 'denied' } },
        { node: 'b', fact: { value: 0 } },
        { node: 'c', fact: { unseen: 'missing' } },
        { node: 'd', fact: { unseen: 'denied' } },
      ],
      's',
    );
    assert.deepEqual(seen, [{ node: 'b', value: 0 }]);
    assert.deepEqual(findings.map(short), ['unknown a c d']);
    assert.equal(findings[0]!.message, 'a and d: denied; c: missing');
    assert.equal(findings[0]!.subject, 's');
  });
  it('a value of undefined is a value', () => {
    assert.equal(sift([{ node: 'a', fact: { value: undefined } }], 's').seen.length, 1);
  });
  it('of nothing is nothing', () => assert.deepEqual(sift([], 's'), { seen: [], findings: [] }));
});

describe('list', () => {
  for (const [names, text] of [
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ] as const)
    it(`"${text}"`, () => assert.equal(list(names), text));
});

/** Values of 2 to 9 nodes with few different keys, in one order and in another, and a node that may be the reference. */
const clusters = fc
  .array(fc.constantFrom('x', 'y', 'z', '__proto__'), { minLength: 2, maxLength: 9 })
  .map((keys) => keys.map((key, i): Has => ({ node: `n${i}`, key })))
  .chain((values) =>
    fc.record({
      values: fc.constant(values),
      shuffled: fc.shuffledSubarray(values, { minLength: values.length }),
      reference: fc.option(fc.constantFrom(...values.map((v) => v.node), 'gone'), { nil: undefined }),
    }),
  );
const always = (check: (given: { values: Has[]; shuffled: Has[]; reference: string | undefined }) => void): void =>
  fc.assert(fc.property(clusters, check), { numRuns: 500 });
const blamed = (finding: Finding): string[] => [...(finding.nodes ?? [])].sort();

describe('whatever the values', () => {
  it('the order of nodes never changes who is blamed', () =>
    always(({ values, shuffled, reference }) => {
      for (const [a, b] of [
        [same('It', values, reference), same('It', shuffled, reference)],
        [distinct('It', values), distinct('It', shuffled)],
      ] as const) {
        assert.equal(a.status, b.status);
        assert.deepEqual(blamed(a), blamed(b));
      }
    }));
  it('unanimous if and only if there is one key', () =>
    always(({ values, reference }) => {
      const one = new Set(values.map((v) => v.key)).size === 1;
      assert.equal(consensus(values, reference).kind === 'unanimous', one);
      assert.equal(same('It', values, reference).status, one ? 'pass' : 'fail');
    }));
  it('a tie blames all or nobody, outliers never all', () =>
    always(({ values, reference }) => {
      const c = consensus(values, reference);
      const all = values.map((v) => v.node).sort();
      const nodes = blamed(same('It', values, reference));
      if (c.kind === 'outliers') assert.ok(nodes.length > 0 && nodes.length < all.length);
      else assert.deepEqual(nodes, all);
    }));
  it('the reference is right, and who agrees with it; without it more than half', () =>
    always(({ values, reference }) => {
      const c = consensus(values, reference);
      const seen = values.find((v) => v.node === reference);
      if (seen) assert.notEqual(c.kind, 'tie');
      if (c.kind !== 'outliers') return;
      if (seen) assert.equal(c.right.key, seen.key);
      else assert.ok(c.right.nodes.length * 2 > values.length);
      const wrong = values.filter((v) => v.key !== c.right.key).map((v) => v.node);
      assert.deepEqual(blamed(same('It', values, reference)), wrong.sort());
    }));
  it('distinct blames exactly those that share', () =>
    always(({ values }) => {
      const sharing = values.filter((v) => values.some((w) => w !== v && w.key === v.key)).map((v) => v.node);
      const finding = distinct('It', values);
      assert.equal(finding.status, sharing.length > 0 ? 'fail' : 'pass');
      assert.deepEqual(blamed(finding), (sharing.length > 0 ? sharing : values.map((v) => v.node)).sort());
    }));
  it('groups hold every node once, the largest first', () =>
    always(({ values }) => {
      const groups = groupsOf(values);
      assert.deepEqual(groups.flatMap((g) => g.nodes).sort(), values.map((v) => v.node).sort());
      assert.ok(groups.every((g, i) => i === 0 || groups[i - 1]!.nodes.length >= g.nodes.length));
    }));
});
