/** Verdicts to report: the gate, and what became of each requirement. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Judged } from '../src/judge.js';
import { builtIn } from '../src/load/products.js';
import { validate } from '../src/load/validate.js';
import type { Evidence } from '../src/model/evidence.js';
import type { Product } from '../src/model/inventory.js';
import type { Report } from '../src/model/report.js';
import type { Status, Verdict } from '../src/model/verdict.js';
import { rowsFor } from '../src/products/index.js';
import { joinReports, rejudged, reportOf, withoutFit } from '../src/report.js';

const { requirements } = builtIn;

import schema from '../src/schema/report.schema.json' with { type: 'json' };
import { bareCluster } from '../src/testing.js';
import { verdict } from './reporters/reports.js';

const evidence = {
  schema: 'ha-preflight/evidence/1',
  tool: { name: 'ha-preflight', version: '0.1.0' },
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  cluster: bareCluster(['n1', 'n2']),
  nodes: { n1: { reached: true, answers: {} }, n2: { reached: false, reason: 'refused', answers: {} } },
  services: {},
} satisfies Evidence;

const reported = (
  verdicts: readonly Verdict[],
  product: Product | undefined = 'connect',
  gate: Partial<Parameters<typeof reportOf>[3]> = {},
) =>
  reportOf(builtIn, evidence, { verdicts, ...(product && { product }) } satisfies Judged, {
    failOn: 'critical',
    allowUnknown: false,
    ...gate,
  });
const row = (verdicts: readonly Verdict[], id: string) => reported(verdicts).requirements.find((r) => r.id === id);
const citing = (status: Status, ...ids: string[]): Verdict => verdict(`c-${status}`, status, { requirements: ids });

describe('requirements of a report', () => {
  it('are all of the product, looked at or not', () => {
    for (const product of builtIn.profiles.keys())
      assert.deepEqual(
        reported([], product).requirements.map((r) => r.id),
        rowsFor(builtIn, [...requirements.keys()], product).sort(),
      );
  });
  it('without a product: those the verdicts cite', () => {
    const r = reportOf(
      builtIn,
      evidence,
      { verdicts: [citing('unknown', 'WB-01', 'CONN-01')] },
      { failOn: 'critical', allowUnknown: false },
    );
    assert.deepEqual(
      r.requirements.map((x) => `${x.id} ${x.status}`),
      ['CONN-01 unknown', 'WB-01 unknown'],
    );
  });

  const cases: [Status[], Status][] = [
    [[], 'skip'],
    [['skip'], 'skip'],
    [['skip', 'pass'], 'pass'],
    [['pass', 'unknown', 'skip'], 'unknown'],
    [['unknown', 'fail', 'pass'], 'fail'],
    [['fail', 'unknown'], 'fail'],
  ];
  for (const [statuses, worst] of cases)
    it(`${statuses.join(', ') || 'no verdict'}: ${worst}`, () => {
      const verdicts = [...statuses.map((s) => citing(s, 'CONN-01')), citing('fail', 'CONN-02')];
      assert.deepEqual(row(verdicts, 'CONN-01'), {
        id: 'CONN-01',
        level: 'must',
        status: worst,
        checks: statuses.map((s) => `c-${s}`),
      });
    });

  it('name a check once', () => {
    assert.deepEqual(row([citing('pass', 'CONN-01'), citing('pass', 'CONN-01')], 'CONN-01')?.checks, ['c-pass']);
  });
  it('guidance neither passes nor fails, though a verdict cites it', () => {
    for (const status of ['pass', 'fail', 'unknown'] as const)
      assert.deepEqual(row([citing(status, 'CONN-25')], 'CONN-25'), {
        id: 'CONN-25',
        level: 'must-not',
        status: 'skip',
        checks: [],
        guidance: true,
      });
  });
  it('fit the published schema', () => {
    assert.deepEqual(validate(schema, JSON.parse(JSON.stringify(reported([citing('fail', 'CONN-01')])))), []);
  });
});

describe('the gate', () => {
  const waiver = { reason: 'r', until: '2030-01-01' };
  const cases: [string, Verdict[], Parameters<typeof reported>[2], number][] = [
    ['nothing', [], {}, 3],
    ['nothing, whatever is allowed', [verdict('a', 'unknown')], { allowUnknown: true }, 3],
    ['a pass', [verdict('a', 'pass')], {}, 0],
    ['a critical fail', [verdict('a', 'fail'), verdict('b', 'unknown')], {}, 1],
    ['a warning', [verdict('a', 'fail', { severity: 'warning' })], {}, 0],
    ['a warning that counts', [verdict('a', 'fail', { severity: 'warning' })], { failOn: 'warning' }, 1],
    ['an info never counts', [verdict('a', 'fail', { severity: 'info' })], { failOn: 'warning' }, 0],
    ['a waived fail', [verdict('a', 'fail', { waiver })], {}, 0],
    ['a critical unknown', [verdict('a', 'unknown')], {}, 3],
    ['a critical unknown, allowed', [verdict('a', 'unknown'), verdict('b', 'pass')], { allowUnknown: true }, 0],
    ['an unknown warning', [verdict('a', 'unknown', { severity: 'warning' })], { failOn: 'warning' }, 3],
    ['an unknown warning and a pass', [verdict('a', 'unknown', { severity: 'warning' }), verdict('b', 'pass')], {}, 0],
    ['a skip', [verdict('a', 'skip')], {}, 3],
    ['a skip and a pass', [verdict('a', 'skip'), verdict('b', 'pass')], {}, 0],
    ['only a complaint about a waiver', [verdict('waivers', 'fail', { severity: 'warning' })], {}, 3],
  ];
  for (const [name, verdicts, options, exitCode] of cases)
    it(`${name}: ${exitCode}`, () => assert.equal(reported(verdicts, 'connect', options).gate.exitCode, exitCode));

  it('says that nothing was measured', () =>
    assert.match(reported([verdict('a', 'skip')]).gate.reason ?? '', /^nothing was measured/));

  it('a cluster for which no check was selected counts only where all are so', () => {
    const [good, none] = [reported([verdict('a', 'pass')]), reported([])];
    assert.equal(joinReports([good, none]).gate.exitCode, 0);
    assert.equal(joinReports([none, none]).gate.exitCode, 3);
  });

  it('a saved report is judged anew, whatever its file says', () => {
    const forged = (v: Verdict[]): Report => ({
      ...reported(v),
      gate: { result: 'pass', failOn: 'critical', exitCode: 0 },
    });
    const codes = [[verdict('a', 'fail')], [verdict('a', 'pass'), verdict('b', 'unknown')], [], [verdict('a', 'pass')]];
    assert.deepEqual(
      codes.map((v) => rejudged(forged(v)).gate.exitCode),
      [1, 3, 3, 0],
    );
  });

  it('a word of --only that fits no product of the run leaves it unknown', () => {
    const { gate } = withoutFit(reported([verdict('a', 'pass')]), ['grid-nodes']);
    assert.deepEqual([gate.result, gate.exitCode], ['unknown', 3]);
    assert.match(gate.reason!, /^nothing was measured for grid-nodes/);
    assert.equal(withoutFit(reported([verdict('a', 'fail')]), ['grid-nodes']).gate.exitCode, 1);
  });

  it('of several clusters is the worst: fail before unknown before pass', () => {
    const [good, blind, bad] = (['pass', 'unknown', 'fail'] as const).map((s) => reported([verdict('a', s)]));
    assert.equal(joinReports([good!]), good);
    assert.equal(joinReports([good!, blind!]).gate.exitCode, 3);
    assert.equal(joinReports([blind!, bad!, good!]).gate.exitCode, 1);
  });
});

describe('the summary', () => {
  it('counts waived fails apart', () => {
    const waiver = { reason: 'r', until: '2030-01-01' };
    const { summary } = reported([
      verdict('a', 'fail'),
      verdict('b', 'fail', { waiver }),
      verdict('c', 'pass'),
      verdict('d', 'skip'),
      verdict('e', 'unknown'),
    ]);
    assert.deepEqual(summary, { pass: 1, fail: 1, skip: 1, unknown: 1, waived: 1, unreached: 1 });
  });
});

describe('nodes of a report', () => {
  it('say why one was not reached', () => {
    assert.deepEqual(reported([]).cluster.nodes, [
      { name: 'n1', host: 'n1', reached: true },
      { name: 'n2', host: 'n2', reached: false, reason: 'refused' },
    ]);
  });
});
