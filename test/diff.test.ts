/** What became of verdicts between two reports, as `diff` tells it and as `--baseline` counts it. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { diffReports } from '../src/diff.js';
import { validate } from '../src/load/validate.js';
import type { Report } from '../src/model/report.js';
import type { Verdict } from '../src/model/verdict.js';
import schema from '../src/schema/report.schema.json' with { type: 'json' };
import { hostile } from './reporters/hostile.js';
import { broken, clean, report, several, verdict } from './reporters/reports.js';
import { run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-diff-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, value: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
};

const v = (status: Verdict['status'], more: Partial<Verdict> = {}): Verdict =>
  verdict('clock-skew', status, { fingerprint: 'f', nodes: ['a'], ...more });
const waiver = { reason: 'r', until: '2030-01-01' };

describe('diffReports', () => {
  const cases: [string, Verdict[], Verdict[], string[]][] = [
    ['a fail that was not there', [], [v('fail')], ['new']],
    ['an unknown that was not there', [], [v('unknown')], ['new']],
    ['a pass that was not there', [], [v('pass')], ['unchanged']],
    ['pass, then fail', [v('pass')], [v('fail')], ['worse']],
    ['unknown, then fail', [v('unknown')], [v('fail')], ['worse']],
    ['pass, then unknown', [v('pass')], [v('unknown')], ['worse']],
    ['warning, then critical', [v('fail', { severity: 'warning' })], [v('fail')], ['worse']],
    ['critical, then warning', [v('fail')], [v('fail', { severity: 'warning' })], ['unchanged']],
    ['one more node', [v('fail')], [v('fail', { nodes: ['a', 'b'] })], ['worse']],
    ['one node less', [v('fail', { nodes: ['a', 'b'] })], [v('fail')], ['unchanged']],
    ['another message', [v('fail')], [v('fail', { message: 'x' })], ['unchanged']],
    ['more nodes that pass', [v('pass')], [v('pass', { nodes: ['a', 'b'] })], ['unchanged']],
    ['fail, then pass', [v('fail')], [v('pass')], ['mended']],
    ['fail, then unknown: nobody saw it go', [v('fail')], [v('unknown')], ['unseen']],
    ['fail, then skip: nobody looked', [v('fail')], [v('skip')], ['unseen']],
    ['a waiver', [v('fail')], [v('fail', { waiver })], ['unchanged']],
    ['a waiver that ended', [v('fail', { waiver })], [v('fail')], ['worse']],
    ['gone, and the check passes', [v('fail')], [v('pass', { fingerprint: 'g' })], ['unchanged', 'mended']],
    ['gone, and the check is blind', [v('fail')], [v('unknown', { fingerprint: 'g' })], ['new', 'unseen']],
    [
      'gone, and the check is blind elsewhere',
      [v('fail'), v('unknown', { fingerprint: 'g', nodes: ['b'] })],
      [v('pass', { fingerprint: 'h' }), v('unknown', { fingerprint: 'g', nodes: ['b'] })],
      ['unchanged', 'unchanged', 'mended'],
    ],
    [
      'two nodes lost, one is back',
      [v('unknown', { nodes: ['a', 'b'] })],
      [v('unknown', { fingerprint: 'g', nodes: ['b'] })],
      ['unchanged'],
    ],
    [
      'two nodes lost for one reason, then each for its own',
      [v('unknown', { nodes: ['a', 'b'] })],
      [v('unknown', { fingerprint: 'g', nodes: ['a'] }), v('unknown', { fingerprint: 'h', nodes: ['b'] })],
      ['unchanged', 'unchanged'],
    ],
    [
      'each for its own reason, then both for one',
      [v('unknown', { fingerprint: 'g', nodes: ['a'] }), v('unknown', { fingerprint: 'h', nodes: ['b'] })],
      [v('unknown', { nodes: ['a', 'b'] })],
      ['unchanged'],
    ],
    [
      'one node lost, then a different one',
      [v('unknown')],
      [v('unknown', { fingerprint: 'g', nodes: ['b'] }), v('pass', { fingerprint: 'h', nodes: ['a'] })],
      ['new', 'unchanged', 'mended'],
    ],
    [
      'the node that failed is lost, and the others pass',
      [v('fail')],
      [v('pass', { nodes: ['b', 'c'] }), v('unknown', { fingerprint: 'g' })],
      ['unseen', 'new'],
    ],
    [
      'the node that failed is skipped, and the others pass',
      [v('fail')],
      [v('pass', { nodes: ['b', 'c'] }), v('skip', { fingerprint: 'g', subject: 'a silent' })],
      ['unseen', 'unchanged'],
    ],
    [
      'the node that failed is skipped, and what failed is gone',
      [v('fail', { subject: 'x' })],
      [v('pass', { fingerprint: 'h', nodes: ['b', 'c'] }), v('skip', { fingerprint: 'g' })],
      ['unchanged', 'unchanged', 'unseen'],
    ],
    [
      'all pass, and a second matter is skipped',
      [v('fail')],
      [v('pass', { nodes: ['a', 'b'] }), v('skip', { fingerprint: 'g', nodes: ['a', 'b'] })],
      ['mended', 'unchanged'],
    ],
    [
      'all pass, and a different node is lost',
      [v('fail')],
      [v('pass', { nodes: ['a', 'b'] }), v('unknown', { fingerprint: 'g', nodes: ['c'] })],
      ['mended', 'new'],
    ],
    ['the node that failed has left the cluster', [v('fail')], [v('pass', { nodes: ['b', 'c'] })], ['mended']],
    ['a pass about the cluster as a whole', [v('fail')], [v('pass', { nodes: [] })], ['mended']],
    [
      'one node lost, then another too',
      [v('unknown')],
      [v('unknown', { fingerprint: 'g', nodes: ['a', 'b'] })],
      ['worse'],
    ],
    [
      'one subject unknown before, and now the whole node',
      [v('unknown', { subject: 'a.conf:b' })],
      [v('unknown', { fingerprint: 'g' })],
      ['new', 'unseen'],
    ],
    [
      'the whole node unknown before, and now one subject',
      [v('unknown')],
      [v('unknown', { fingerprint: 'g', subject: 'a.conf:b' })],
      ['unchanged', 'unseen'],
    ],
    ['of one cluster twice the worst counts', [v('pass')], [v('fail'), v('pass')], ['worse']],
    ['gone, and so is the check', [v('fail')], [], ['unseen']],
    ['a pass that is gone', [v('pass')], [], []],
  ];
  for (const [name, before, now, changes] of cases)
    it(`${name}: ${changes.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(
        diffReports([report(before)], [report(now)]).map(({ change }) => change),
        changes,
      ));
  it('keeps clusters apart', () => {
    const other: Report = { ...report([v('fail')]), cluster: { ...clean.cluster, name: 'other' } };
    assert.deepEqual(
      diffReports([report([v('fail')])], [other]).map(({ change, cluster }) => `${change} ${cluster}`),
      ['new other', 'unseen wb-prod'],
    );
  });
});

describe('diff', () => {
  it('exits 1 when something is new or worse, else 0', async () => {
    const [old, now] = [save('old.json', clean), save('now.json', broken)];
    const worse = await run(['diff', old, now]);
    assert.equal(worse.code, 1);
    assert.match(worse.out, /^NEW {7}wb-prod: clock-skew on wb2 \(critical\): wb2 is 4\.2 s ahead/m);
    assert.match(worse.out, /\n11 new, 0 worse, 0 fixed, 0 unseen, \d+ unchanged\n$/);
    assert.equal((await run(['diff', now, now])).code, 0);
    const several_ = save('several.json', several);
    assert.equal((await run(['diff', several_, several_])).code, 0);
  });
  it('--format json', async () => {
    const old = save('p.json', report([v('pass')]));
    const ran = await run(['diff', old, save('q.json', report([v('fail')])), '--format', 'json']);
    const { schema, worse } = JSON.parse(ran.out);
    assert.equal(schema, 'ha-preflight/diff/1');
    assert.deepEqual(
      worse.map((w: { id: string; why: string; before: Verdict }) => [w.id, w.why, w.before.status]),
      [['clock-skew', 'pass before, fail now', 'pass']],
    );
  });
  it('of a node that is lost it shows what was wrong, and not that the others pass', async () => {
    const lost = report([v('pass', { nodes: ['b', 'c'] }), v('unknown', { fingerprint: 'g' })]);
    const { out } = await run(['diff', save('p.json', report([v('fail')])), save('q.json', lost)]);
    assert.match(out, /^UNSEEN {4}wb-prod: clock-skew on a \(critical\): /m);
    assert.doesNotMatch(out, /FIXED/);
  });
  it('a hostile report cannot touch the terminal', async () => {
    const { out } = await run(['diff', save('c.json', clean), save('h.json', hostile)]);
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]/);
  });
  const wrong: [string, unknown, RegExp][] = [
    ['text', 'nonsense', /bad\.json: not JSON: .*; make it with ha-preflight check --report json=FILE$/m],
    ['half a report', JSON.stringify(clean).slice(0, 200), /bad\.json: not JSON/],
    [
      'evidence',
      { schema: 'ha-preflight/evidence/1' },
      /FILE; this is evidence of ha-preflight: give it to ha-preflight judge/,
    ],
    ['another document', { schema: 'x' }, /bad\.json: not a report of ha-preflight/],
    ['null', 'null', /bad\.json: not a report of ha-preflight/],
    [
      'a wrong verdict',
      { ...clean, verdicts: [{ ...clean.verdicts[0], status: 'good' }] },
      /bad\.json: \/verdicts\/0\/status: found "good"/,
    ],
    ['a report without its gate', { ...clean, gate: undefined }, /bad\.json: \/: the key "gate" is missing/],
    [
      'reports with a broken one',
      { ...several, reports: [{ ...clean, summary: 1 }] },
      /bad\.json: \/reports\/0\/summary/,
    ],
  ];
  for (const [name, value, message] of wrong)
    it(`2 for ${name}`, async () => {
      const { code, out, err } = await run(['diff', save('good.json', clean), save('bad.json', value)]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
  for (const [what, of] of [
    ['one cluster', (r: object) => r],
    ['several', (r: object) => ({ ...several, reports: [r] })],
  ] as const)
    it(`a report of another version, of ${what}, that this one does not understand says so`, async () => {
      const newer = { ...clean, tool: { name: 'ha-preflight', version: '9.0.0' } };
      const { code, err } = await run([
        'diff',
        save('good.json', clean),
        save('newer.json', of({ ...newer, more: 1 })),
      ]);
      assert.equal(code, 2);
      assert.match(
        err,
        /unknown key "more"[\s\S]*made by ha-preflight 9\.0\.0: if that is not what ha-preflight --version says/,
      );
      // what it does understand is read, whoever made it
      assert.equal((await run(['diff', save('good.json', clean), save('newer.json', of(newer))])).code, 0);
    });
  it('2 for no file', async () => {
    const { code, err } = await run(['diff', join(folder, 'none.json'), save('good.json', clean)]);
    assert.equal(code, 2);
    assert.match(err, /none\.json: no such file/);
  });
});

describe('check --baseline', () => {
  const kept = join(folder, 'kept');
  const inventory = join(kept, 'ha-preflight.yml');
  it('counts only what is new or worse, and says so; judge does the same', async () => {
    await run(['demo', '--keep', kept]);
    const old = join(folder, 'before.json');
    const first = await run(['check', inventory, '--report', `json=${old}`, '--save-evidence', join(folder, 'e.json')]);
    assert.equal(first.code, 1);
    const same = await run(['check', inventory, '--baseline', old]);
    assert.equal(same.code, 0, same.out);
    assert.match(
      same.out.replaceAll(/\s+/g, ' '),
      /PASS: no critical check newly failed, \d+ failures known; \d+ nodes; counts only what is new \(0\) or worse \(0\) since .* UTC \(exit 0\)/,
    );

    const before = JSON.parse(readFileSync(old, 'utf8')) as Report;
    const fault = before.verdicts.find((x) => x.id === 'key-file' && x.status === 'fail')!;
    const better = save('better.json', { ...before, verdicts: before.verdicts.filter((x) => x !== fault) });
    const ran = await run(['judge', join(folder, 'e.json'), '--baseline', better, '--format', 'json']);
    assert.equal(ran.code, 1);
    const now = JSON.parse(ran.out) as Report;
    assert.deepEqual(validate(schema, now), []);
    assert.deepEqual(now.gate.baseline, {
      startedAt: before.startedAt,
      ...{ new: 1, worse: 0, mended: 0 },
      counted: [fault.fingerprint],
      // a clock is never measured twice the same
      changes: { ...now.gate.baseline!.changes, [fault.fingerprint]: 'new' },
      gone: [],
    });
    assert.equal(now.summary.fail, before.summary.fail);
  });
  it('a finding of a check that was not run is not called gone, and its alert stays open', async () => {
    const old = join(folder, 'before.json');
    const only = ['judge', join(folder, 'e.json'), '--only', 'clock-skew', '--baseline', old];
    const page = (await run(only)).out;
    assert.match(page, /^UNSEEN key-file on pm1 \(critical, not checked this time\):/m);
    assert.doesNotMatch(page, /^GONE /m);
    const report = JSON.parse((await run([...only, '--format', 'json'])).out) as Report;
    assert.deepEqual(validate(schema, report), []);
    assert.ok(report.gate.baseline!.gone!.length > 0 && report.gate.baseline!.gone!.every(({ unseen }) => unseen));
    const { runs } = JSON.parse((await run([...only, '--format', 'sarif'])).out);
    const states = runs[0].results.map((r: { kind: string; level: string; baselineState: string }) =>
      [r.kind, r.level, r.baselineState].join(' '),
    );
    assert.ok(states.includes('open none updated') && !states.join().includes('absent'), states.join());
  });
  it('what was checked again, and is right, is gone', async () => {
    const old = join(folder, 'before.json');
    const { verdicts, ...rest } = JSON.parse(readFileSync(old, 'utf8')) as Report;
    const passed = verdicts.find(({ id, status }) => id === 'node-count' && status === 'pass')!;
    const worse = save('worse.json', {
      ...rest,
      verdicts: verdicts.map((x) => (x === passed ? { ...x, status: 'fail' } : x)),
    });
    const page = (await run(['judge', join(folder, 'e.json'), '--baseline', worse])).out;
    assert.match(page, /^GONE node-count on pm\[1-3\] \(critical\): /m);
    assert.doesNotMatch(page, /^UNSEEN /m);
  });
  it('what failed on a node that is lost now is not gone, waived or not', async () => {
    const before = JSON.parse(readFileSync(join(folder, 'before.json'), 'utf8')) as Report;
    const passed = before.verdicts.find(({ id, status }) => id === 'node-count' && status === 'pass')!;
    for (const more of [{}, { waiver }]) {
      const failed = { ...passed, ...more, status: 'fail', nodes: ['pm3'] };
      const old = save('old.json', { ...before, verdicts: before.verdicts.map((x) => (x === passed ? failed : x)) });
      const evidence = JSON.parse(readFileSync(join(folder, 'e.json'), 'utf8'));
      evidence.nodes.pm3 = { ...evidence.nodes.pm3, reached: false, reason: 'refused', answers: {} };
      const ran = await run(['judge', save('lost.json', evidence), '--baseline', old]);
      assert.match(ran.out, /^UNSEEN node-count on pm3 \(critical, not checked this time\): /m);
    }
  });
  it('looks back to the last report, where a merged one has the cluster more than once', async () => {
    const bad = JSON.parse(readFileSync(join(folder, 'before.json'), 'utf8')) as Report;
    const good = {
      ...bad,
      startedAt: '2100-01-01T00:00:00.000Z',
      verdicts: bad.verdicts.map((x) => (x.status === 'fail' ? { ...x, status: 'pass' } : x)),
    };
    for (const reports of [
      [bad, good],
      [good, bad],
    ]) {
      const merged = save('twice.json', { schema: 'ha-preflight/reports/1', reports, gate: bad.gate });
      assert.equal((await run(['judge', join(folder, 'e.json'), '--baseline', merged])).code, 1);
    }
  });
  it('2 when the baseline is of another cluster, or none', async () => {
    const ran = await run(['check', inventory, '--baseline', save('other.json', clean)]);
    assert.deepEqual([ran.code, ran.out], [2, '']);
    assert.match(ran.err, /other\.json: no report of cluster demo; the file has wb-prod/);
    assert.equal((await run(['check', inventory, '--baseline', save('text.json', 'x')])).code, 2);
  });
});
