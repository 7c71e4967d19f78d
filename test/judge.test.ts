/** Evidence to verdicts: the product, the release, and what the judge adds to a finding. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context } from '../src/check.js';
import { fingerprint } from '../src/fingerprint.js';
import { defineCollector } from '../src/model/collector.js';
import { bareCluster } from '../src/model/inventory.js';
import { type Finding, fail, type Severity, type Status, type Verdict } from '../src/model/verdict.js';
import { allPass, checkOf, closed, judged, type Nodes, says } from './support/judged.js';

describe('the product', () => {
  const ofBeta = says(fail('bad'), { id: 'beta', products: ['beta'], severityFor: { beta: 'info' } });
  const unfit = says(fail('bad'), { id: 'unfit', when: () => false });
  const ROWS: readonly [nodes: Nodes, product: string | undefined, is: string | undefined, verdicts: string][] = [
    [{ a: 'alpha x', b: 'alpha x' }, undefined, 'alpha', 'word pass'],
    [{ a: 'alpha x', b: closed }, undefined, 'alpha', 'word pass, word unknown'],
    [{ a: 'beta x' }, undefined, 'beta', 'word pass, beta fail'],
    [{ a: closed }, 'beta', 'beta', 'word unknown, beta unknown'],
    [{ a: 'alpha x', b: 'beta x' }, 'alpha', 'alpha', 'word pass'],
    // nobody knows which checks hold, so all are unknown
    [{ a: 'none x' }, undefined, undefined, 'word unknown, beta unknown, unfit unknown'],
    [{ a: 'alpha x', b: 'beta x' }, undefined, undefined, 'word unknown, beta unknown, unfit unknown'],
  ];
  for (const [nodes, product, is, expected] of ROWS)
    it(`${JSON.stringify(nodes)}, inventory ${product}: ${is}`, () => {
      const { verdicts, ...rest } = judged([allPass, ofBeta, unfit], nodes, product === undefined ? {} : { product });
      assert.deepEqual(rest, is === undefined ? {} : { product: is });
      assert.equal(verdicts.map((v) => `${v.id} ${v.status}`).join(', '), expected);
    });
  it('says why nobody knows it', () => {
    const messages = (nodes: Nodes) => judged(allPass, nodes).verdicts.map((v) => v.message);
    assert.deepEqual(messages({ a: 'none x', b: closed }), ['a: no product found', 'b: the port is closed']);
    assert.deepEqual(messages({ a: 'alpha x', b: 'beta x', c: closed }), [
      'a and b: the nodes run different products (alpha on a; beta on b): set product: in the inventory',
      'c: the port is closed',
    ]);
  });
  it('is what collectors are asked about', () => {
    const asked = defineCollector({ id: 'asked', requests: {}, parse: (_, asking) => asking });
    let seen: unknown;
    const check = checkOf(
      (nodes) => {
        seen = nodes;
        return [];
      },
      { needs: { asked } },
    );
    judged(check, { a: 'alpha x', b: 'alpha x' });
    const cluster = bareCluster(['a', 'b']);
    assert.deepEqual(
      seen,
      ['a', 'b'].map((node) => ({ node, asked: { cluster, node, product: 'alpha' } })),
    );
  });
  it('has its own severity and rows', () => {
    const cited = { requirements: ['A-1', 'A-OLD', 'B-1', 'X-1'], severityFor: { beta: 'info' } };
    const check = says(fail('bad'), cited);
    const shown = (product: string) =>
      judged(check, { a: `${product} x 1` }).verdicts.map((v) => [v.severity, ...v.requirements]);
    assert.deepEqual(shown('alpha'), [['critical', 'A-1', 'A-OLD', 'X-1']]);
    assert.deepEqual(shown('beta'), [['info', 'B-1', 'X-1']]);
    assert.deepEqual(shown('none'), [['critical', 'A-1', 'A-OLD', 'B-1', 'X-1']]);
  });
});

describe('the release', () => {
  const ROWS: readonly [nodes: Nodes, release: string | undefined][] = [
    [{ a: 'alpha x 10 11', b: 'alpha x 9.2 8' }, '9.2'],
    [{ a: 'alpha x - 11', b: 'alpha x 12' }, '11'],
    [{ a: 'alpha x', b: closed }, undefined],
  ];
  for (const [nodes, release] of ROWS)
    it(`${JSON.stringify(nodes)}: ${release}`, () => {
      let given: Context<object> | undefined;
      const result = judged(
        checkOf((_, context) => {
          given = context;
          return [];
        }),
        nodes,
      );
      assert.deepEqual([result.release, 'release' in result], [release, release !== undefined]);
      assert.equal('release' in given!, release !== undefined);
      assert.deepEqual([given?.release, given?.product, given?.profile.product], [release, 'alpha', 'alpha']);
      assert.equal(given?.now.toISOString(), '2026-11-01T00:00:00.000Z');
    });
  const LIMITS: readonly [
    name: string,
    status: Status,
    rows: string[],
    release: string,
    expected: string,
    over?: object,
  ][] = [
    ['a row that holds', 'fail', ['A-1', 'A-NEW'], '1', 'fail critical A-1: bad'],
    ['a row that holds no longer', 'fail', ['A-OLD'], '2', 'fail info : bad'],
    ['a row that does not hold yet', 'fail', ['A-NEW'], '1', 'fail info : bad'],
    ['no rows', 'fail', [], '1', 'fail critical : bad'],
    ['a row that no document has', 'fail', ['X-1'], '-', 'fail critical X-1: bad'],
    [
      'the release is not known',
      'fail',
      ['A-OLD', 'A-NEW'],
      '-',
      'unknown critical A-OLD A-NEW: bad; whether that is wrong depends on the release, which is not known',
    ],
    ['the release matters to one row of two', 'fail', ['A-OLD', 'A-1'], '-', 'fail critical A-OLD A-1: bad'],
    ['a pass', 'pass', ['A-OLD'], '2', 'pass critical : bad'],
    ['the rows of the finding', 'fail', ['A-1'], '2', 'fail info : bad', { requirements: ['A-OLD'] }],
    ['the rows of another product', 'fail', ['B-1'], '2', 'fail critical : bad'],
  ];
  for (const [name, status, requirements, release, expected, over] of LIMITS)
    it(name, () => {
      const check = says({ status, message: 'bad', nodes: ['a'], ...over }, { requirements });
      const [v] = judged(check, { a: `alpha x ${release} ${release}` }).verdicts;
      assert.equal(`${v!.status} ${v!.severity} ${v!.requirements.join(' ')}: ${v!.message}`, expected);
    });
});

/** The verdict made of a finding about the node a. */
function verdictOf(finding: Partial<Finding>, over: object = {}): Verdict {
  const { verdicts } = judged(says({ status: 'fail', message: 'bad', nodes: ['a'], ...finding }, over));
  assert.equal(verdicts.length, 1);
  return verdicts[0]!;
}
const digest = `%masked:${'0a'.repeat(32)}%`;

describe('a verdict', () => {
  it('has what the check says, and nothing where nothing is', () => {
    const common = { id: 'word', title: 'All is well', severity: 'critical', proof: 'measured', requirements: [] };
    const print = fingerprint('test', 'word', '');
    const given = { details: [], differences: [], fixes: [], message: 'm' };
    assert.deepEqual(
      verdictOf({ ...given, status: 'pass', remediation: 'x', fixes: [{ nodes: [], commands: ['x'] }] }),
      {
        ...common,
        status: 'pass',
        nodes: ['a'],
        message: 'm',
        fingerprint: print,
      },
    );
    assert.deepEqual(verdictOf({ ...given, nodes: [] }), {
      ...common,
      status: 'fail',
      nodes: [],
      message: 'm',
      remediation: 'sudo repair',
      fingerprint: print,
    });
  });
  const SEVERITIES: readonly [
    check: Severity,
    product: Severity | undefined,
    finding: Severity | undefined,
    is: Severity,
  ][] = [
    ['critical', undefined, undefined, 'critical'],
    ['critical', 'warning', undefined, 'warning'],
    ['critical', undefined, 'info', 'info'],
    ['warning', undefined, 'critical', 'warning'],
    ['warning', 'critical', undefined, 'warning'],
    ['critical', 'info', 'warning', 'info'],
  ];
  for (const [severity, alpha, finding, is] of SEVERITIES)
    it(`is ${is}: the check ${severity}, the product ${alpha}, the finding ${finding}`, () => {
      const over = { severity, ...(alpha && { severityFor: { alpha } }) };
      assert.equal(verdictOf(finding ? { severity: finding } : {}, over).severity, is);
    });
  it('is as well proven as the finding says, or else the check', () => {
    assert.equal(verdictOf({}, { proof: 'declared' }).proof, 'declared');
    assert.equal(verdictOf({ proof: 'measured' }, { proof: 'declared' }).proof, 'measured');
  });
  const SUBJECTS: readonly [subject: string, status: Status, spoken: string | undefined][] = [
    ['www-port', 'fail', 'www-port'],
    ['user jdoe', 'fail', 'jdoe'],
    ['members of staff', 'fail', 'staff'],
    ['/etc/key mode', 'fail', '/etc/key'],
    ['/etc/key mode 2', 'fail', '/etc/key mode 2'],
    ['a user x', 'fail', 'a user x'],
    [' mode', 'fail', ' mode'],
    ['/srv/\udcff', 'fail', '/srv/\\xff'],
    ['unseen a', 'fail', 'unseen a'],
    ['unseen a', 'unknown', undefined],
    ['crash', 'unknown', undefined],
    ['crash x', 'unknown', 'crash x'],
    ['a crash', 'unknown', 'a crash'],
    ['not unseen a', 'unknown', 'not unseen a'],
  ];
  for (const [subject, status, spoken] of SUBJECTS)
    it(`${status} of ${JSON.stringify(subject)} is about ${JSON.stringify(spoken)}`, () => {
      const verdict = verdictOf({ status, subject });
      assert.deepEqual([verdict.subject, 'subject' in verdict], [spoken, spoken !== undefined]);
      assert.equal(verdict.fingerprint, fingerprint('test', 'word', subject));
    });
  it('has a fingerprint that no other has', () => {
    const twice = checkOf(() => [fail('bad'), fail('worse')]);
    const prints = judged([twice, says(fail('bad'), { id: 'other' })]).verdicts.map((v) => v.fingerprint);
    const own = fingerprint('test', 'word', '');
    assert.deepEqual(prints, [own, `${own}-2`, fingerprint('test', 'other', '')]);
  });
  it('shows no digest of a masked value', () => {
    const [shown, secret] = ['is (masked)', `is ${digest}`];
    const parts = (text: string) => ({
      message: text,
      observed: text,
      expected: text,
      details: [text],
      differences: [{ key: 'k', values: [{ nodes: ['a'], value: text }] }],
      remediation: text,
    });
    const { message, observed, expected, details, differences, remediation } = verdictOf(parts(secret));
    assert.deepEqual({ message, observed, expected, details, differences, remediation }, parts(shown));
    assert.equal(verdictOf({}, { remediation: secret }).remediation, shown);
  });
});

describe('remediation', () => {
  const fix = (command: string, note?: string) => ({ nodes: ['a'], commands: [command], ...(note && { note }) });
  const ROWS: readonly [name: string, finding: Partial<Finding>, text: string, kept: number][] = [
    ['the check', {}, 'sudo repair', 0],
    ['commands of the finding', { fixes: [fix('chmod 0600 x')] }, 'chmod 0600 x    # on a', 1],
    ['words of the finding', { fixes: [fix('chmod 0600 x')], remediation: 'by hand' }, 'by hand', 1],
    ['no command with a masked value', { fixes: [fix(`x ${digest}`)] }, 'sudo repair', 0],
    ['no note with one', { fixes: [fix('x', digest)] }, 'sudo repair', 0],
    ['the others', { fixes: [fix(`x ${digest}`), fix('y', 'careful')] }, 'y    # on a; careful', 1],
  ];
  for (const [name, finding, text, kept] of ROWS)
    it(name, () => {
      const { remediation, fixes } = verdictOf(finding);
      assert.equal(remediation, text);
      assert.equal(fixes?.length ?? 0, kept);
    });
});
