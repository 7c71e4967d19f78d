/** Accepted failures: what a waiver covers, and what is said of one that covers nothing. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AnyCheck } from '../src/check.js';
import { builtIn } from '../src/load/products.js';
import { misnamed, placeOf } from '../src/misnamed.js';
import type { Waiver } from '../src/model/inventory.js';
import type { Verdict } from '../src/model/verdict.js';
import { bareCluster } from '../src/testing.js';
import { applyWaivers } from '../src/waivers.js';
import { verdict } from './reporters/reports.js';

const NAMES = ['n1', 'n2', 'n3'];
const NOW = new Date('2026-06-15T12:00:00Z');
const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  check: 'a',
  reason: 'known',
  until: '2026-12-31',
  ...more,
});
const apply = (verdicts: readonly Verdict[], waivers: readonly Waiver[], now = NOW): Verdict[] =>
  applyWaivers(verdicts, bareCluster(NAMES, { waivers }), now);
const failing = (...nodes: string[]): Verdict => verdict('a', 'fail', { nodes });

/** Verdicts as `id status` with `waived`, the complaints by their message. */
const said = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map((v) => (v.id === 'waivers' ? v.message : `${v.id} ${v.waiver ? 'waived' : v.status}`));

const MENDED = 'the waiver of a covers nothing: the failure is fixed, or on other nodes';

describe('what a waiver covers', () => {
  const cases: [string, Verdict[], Waiver | Waiver[], string[]][] = [
    ['without nodes: every fail', [failing('n1', 'n2'), failing('n3')], waiver(), ['a waived', 'a waived']],
    ['without nodes: also one about no node', [failing()], waiver(), ['a waived']],
    ['its node', [failing('n1')], waiver({ nodes: ['n1'] }), ['a waived']],
    ['some of its nodes', [failing('n1')], waiver({ nodes: ['n2', 'n1'] }), ['a waived']],
    ['no other node', [failing('n2')], waiver({ nodes: ['n1'] }), ['a fail', MENDED]],
    [
      'nothing about no node, which it says',
      [failing()],
      waiver({ nodes: ['n1'] }),
      ['a fail', 'the waiver of a covers nothing: it names nodes, and the failure is about the whole cluster'],
    ],
    [
      'no failure that is also elsewhere',
      [failing('n1', 'n2', 'n3')],
      waiver({ nodes: ['n1'] }),
      ['a fail', 'the waiver of a covers nothing: the failure is also on n2, n3'],
    ],
    [
      'one finding and not the other',
      [failing('n1'), failing('n1', 'n2')],
      waiver({ nodes: ['n1'] }),
      ['a waived', 'a fail'],
    ],
    [
      'two of them, each one node: together the whole failure',
      [failing('n1', 'n2')],
      [waiver({ nodes: ['n1'] }), waiver({ nodes: ['n2'], reason: 'other', until: '2026-07-01', by: 'ops' })],
      ['a waived'],
    ],
    [
      'two of them, and a node is left',
      [failing('n1', 'n2', 'n3')],
      [waiver({ nodes: ['n1'] }), waiver({ nodes: ['n2'] })],
      [
        'a fail',
        'the waiver of a covers nothing: the failure is also on n3',
        'the waiver of a covers nothing: the failure is also on n3',
      ],
    ],
    [
      'twice the same failure: the second is too many',
      [failing('n1')],
      [waiver(), waiver({ nodes: ['n1'] })],
      ['a waived', 'the waiver of a covers nothing: another waiver accepts the same failure'],
    ],
    [
      'nothing without a day, as evidence that was changed may say',
      [failing('n1')],
      waiver({ until: 'never' }),
      ['a fail', 'the waiver of a expired on never (known)'],
    ],
    ['no other check', [verdict('b', 'fail'), failing('n1')], waiver({ check: 'a' }), ['b fail', 'a waived']],
    ['no pass', [verdict('a', 'pass')], waiver(), ['a pass', MENDED]],
    ['no skip, and it is not called fixed', [verdict('a', 'skip')], waiver(), ['a skip']],
    [
      'no skip of its node, and it is not called fixed',
      [verdict('a', 'pass', { nodes: ['n1', 'n2'] }), verdict('a', 'skip', { nodes: ['n3'] })],
      waiver({ nodes: ['n3'] }),
      ['a pass', 'a skip'],
    ],
    [
      'a node that passes, whatever else was skipped',
      [verdict('a', 'pass', { nodes: ['n1', 'n2'] }), verdict('a', 'skip', { nodes: ['n1', 'n2'] })],
      waiver({ nodes: ['n1'] }),
      ['a pass', 'a skip', MENDED],
    ],
    ['no unknown, and it is not called fixed', [verdict('a', 'unknown')], waiver(), ['a unknown']],
    [
      'an unknown beside a pass: it may be broken still',
      [verdict('a', 'pass', { nodes: ['n1', 'n2'] }), verdict('a', 'unknown', { nodes: ['n3'] })],
      waiver({ nodes: ['n3'] }),
      ['a pass', 'a unknown'],
    ],
    ['a check that did not run', [verdict('b', 'pass')], waiver(), ['b pass']],
  ];
  for (const [name, verdicts, given, expected] of cases)
    it(name, () => assert.deepEqual(said(apply(verdicts, [given].flat())), expected));

  it('two of them: both reasons, and the day the first ends', () => {
    const [v] = apply(
      [failing('n1', 'n2')],
      [waiver({ nodes: ['n1'] }), waiver({ nodes: ['n2'], reason: 'other', until: '2026-07-01', by: 'ops' })],
    );
    assert.deepEqual(v!.waiver, { reason: 'known; other', until: '2026-07-01', by: 'ops' });
  });

  it('says whose word it is', () => {
    const [v] = apply([failing('n1')], [waiver({ by: 'ops' })]);
    assert.deepEqual(v!.waiver, { reason: 'known', until: '2026-12-31', by: 'ops' });
    assert.equal(v!.status, 'fail');
  });
  it('two of one failure: the first that covers it speaks', () => {
    const verdicts = apply([failing('n1')], [waiver({ nodes: ['n2'], reason: 'other' }), waiver({ reason: 'mine' })]);
    assert.equal(verdicts[0]!.waiver?.reason, 'mine');
    assert.deepEqual(said(verdicts), ['a waived', MENDED]);
  });
});

describe('the end of a waiver', () => {
  const cases: [string, string, boolean][] = [
    ['the day before', '2026-12-30T00:00:00.000Z', true],
    ['the last second of its day, UTC', '2026-12-31T23:59:59.999Z', true],
    ['midnight after it', '2027-01-01T00:00:00.000Z', false],
  ];
  for (const [name, now, holds] of cases)
    it(`${name}: ${holds ? 'in force' : 'expired'}`, () =>
      assert.deepEqual(
        said(apply([failing('n1')], [waiver()], new Date(now))),
        holds ? ['a waived'] : ['a fail', 'the waiver of a expired on 2026-12-31 (known)'],
      ));
  it('an expired one is named though its check did not run', () =>
    assert.equal(apply([], [waiver({ until: '2020-01-01' })]).length, 1));
  it('a renewed one beside it covers', () =>
    assert.deepEqual(said(apply([failing('n1')], [waiver({ until: '2020-01-01' }), waiver()])), [
      'a waived',
      'the waiver of a expired on 2020-01-01 (known)',
    ]));
});

describe('a complaint', () => {
  const complaint = (w: Waiver, ...verdicts: Verdict[]): Verdict => apply(verdicts, [w]).at(-1)!;
  it('is a warning that names the nodes of the waiver, with what to do', () => {
    const v = complaint(waiver({ nodes: ['n1'] }), verdict('a', 'pass'));
    assert.deepEqual([v.status, v.severity, v.nodes], ['fail', 'warning', ['n1']]);
    assert.match(v.remediation!, /remove the waiver of a from the inventory/);
  });
  it('of a partial one says which nodes to fix or to add', () =>
    assert.match(
      complaint(waiver({ nodes: ['n1'] }), failing('n1', 'n2')).remediation!,
      /fix n2, or add to the nodes of the waiver/,
    ));
  it('has a fingerprint of its own, the same in every run', () => {
    const twice = [waiver(), waiver(), waiver({ nodes: ['n1'] })];
    const prints = apply([verdict('a', 'pass')], twice).map((v) => v.fingerprint);
    assert.equal(new Set(prints).size, prints.length);
    assert.deepEqual(
      apply([verdict('a', 'pass')], twice)
        .map((v) => v.fingerprint)
        .slice(1),
      prints.slice(1),
    );
  });
});

describe('a waiver of a check that does not exist', () => {
  it('is refused, with where it stands', () => {
    const cluster = { ...bareCluster(NAMES, { waivers: [waiver({ check: 'clocks' })] }), file: 'prod.yml' };
    assert.deepEqual(misnamed(cluster, [], builtIn), [
      {
        ...{ pointer: '/waivers/0/check', at: 'value' },
        message: 'a waiver names check clocks, which does not exist: see ha-preflight list',
      },
    ]);
    assert.equal(placeOf(cluster, '/waivers/0/check'), 'prod.yml');
  });
  it('is refused with its line and the one that is meant, every one of them', () => {
    const waivers = [waiver({ check: 'clocks' }), waiver(), waiver({ check: 'zz' })];
    const cluster = {
      ...bareCluster(NAMES, { waivers }),
      ...{ file: './prod.yml', inventory: { file: 'prod.yml', line: 1, nodes: [2], waivers: [7, 8, 9] } },
    };
    const checks = [{ id: 'a' }, { id: 'clock-skew' }] as unknown as AnyCheck[];
    const named = [{ ...cluster.waivers[0]!, check: 'clock-skw' }, ...cluster.waivers.slice(1)];
    assert.deepEqual(
      misnamed({ ...cluster, waivers: named }, checks, builtIn).map(
        ({ pointer, message }) => `${placeOf(cluster, pointer)}: ${message}`,
      ),
      [
        './prod.yml:7: a waiver names check clock-skw, which does not exist; did you mean "clock-skew"?',
        './prod.yml:9: a waiver names check zz, which does not exist: see ha-preflight list',
      ],
    );
    assert.match(applyWaivers([verdict('a', 'pass')], cluster, NOW)[1]!.remediation!, /from prod\.yml line 8,/);
  });
});

describe('whatever the verdicts and waivers', () => {
  const nodes = fc.subarray(NAMES);
  const verdicts = fc.array(
    fc
      .record({
        id: fc.constantFrom('a', 'b'),
        status: fc.constantFrom('pass' as const, 'fail' as const, 'unknown' as const, 'skip' as const),
        nodes,
      })
      .map((v) => verdict(v.id, v.status, { nodes: v.nodes })),
    { maxLength: 5 },
  );
  const waivers = fc.array(
    fc
      .record({ check: fc.constantFrom('a', 'b'), until: fc.constantFrom('2020-01-01', '2030-01-01'), on: nodes })
      .map(({ on, ...w }) => waiver({ ...w, ...(on.length > 0 && { nodes: on }) })),
    { maxLength: 4 },
  );
  it('no verdict is lost or changed but for its waiver; only a fail whose every node is accepted is waived', () =>
    fc.assert(
      fc.property(verdicts, waivers, (given, accepted) => {
        const result = apply(given, accepted);
        assert.deepEqual(
          result.slice(0, given.length).map(({ waiver: _, ...v }) => v),
          given,
        );
        for (const v of result.filter((r) => r.waiver !== undefined)) {
          assert.equal(v.status, 'fail');
          const inForce = accepted.filter((w) => w.check === v.id && w.until === '2030-01-01');
          const whole = inForce.some((w) => w.nodes === undefined);
          assert.ok(whole || v.nodes.length > 0);
          assert.ok(whole || v.nodes.every((n) => inForce.some((w) => w.nodes!.includes(n))));
        }
        assert.ok(result.slice(given.length).every((v) => v.id === 'waivers' && v.waiver === undefined));
        assert.equal(new Set(result.map((v) => v.fingerprint)).size, result.length);
      }),
    ));
});

describe('a waiver of one subject', () => {
  const about = (subject: string, nodes = ['n1']): Verdict =>
    verdict('a', 'fail', { nodes, subject, fingerprint: subject });
  it('accepts that failure and no other', () =>
    assert.deepEqual(said(apply([about('x'), about('y')], [waiver({ subject: 'x' })])), ['a waived', 'a fail']));
  it('and only on its nodes', () =>
    assert.equal(apply([about('x', ['n2'])], [waiver({ subject: 'x', nodes: ['n1'] })])[0]!.waiver, undefined));
  it('that names nothing is reported', () =>
    assert.deepEqual(said(apply([about('y')], [waiver({ subject: 'x' })])), [
      'a fail',
      'the waiver of a (x) covers nothing: the failure is fixed, or on other nodes; what fails is y',
    ]));
  it('in other letters is reported as that, whatever else is not known', () =>
    assert.deepEqual(
      said(apply([about('WB1'), verdict('a', 'unknown', { subject: 'y' })], [waiver({ subject: 'wb1' })])),
      ['a fail', 'a unknown', 'the waiver of a (wb1) covers nothing: the subject of the failure is written WB1'],
    ));
  it('left out where there are several: a warning that names them', () => {
    const [x, y, complaint] = apply([about('x'), about('y')], [waiver()]);
    assert.ok(x!.waiver && y!.waiver);
    assert.deepEqual([complaint!.id, complaint!.severity], ['waivers', 'warning']);
    assert.match(complaint!.message, /covers 2 failures: x, y/);
  });
  it('left out where there is one: no word', () => assert.equal(apply([about('x')], [waiver()]).length, 1));
});
