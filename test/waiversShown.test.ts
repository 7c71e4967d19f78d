/** Accepted failures as people meet them: in every format, and in the inventory that accepts them. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { reporters } from '../src/reporters/index.js';
import { report, verdict } from './reporters/reports.js';
import { run, report as runReport } from './support/run.js';

describe('a waived failure in every format', () => {
  const accepted = report([
    verdict('a', 'fail', { waiver: { reason: 'moved in March', until: '2027-03-31', by: 'ops' } }),
  ]);
  const shown: Record<string, RegExp> = {
    terminal: /^WAIVED a {2}.*until 2027-03-31[\s\S]*reason: moved in March \(ops\)[\s\S]*, 1 waived,/m,
    json: /"waived": 1[\s\S]*"reason": "moved in March"/,
    junit: /skipped="1"[\s\S]*<skipped message="waived until 2027-03-31: moved in March"\/>/,
    sarif: /"kind": "fail"[\s\S]*"justification": "moved in March \(until 2027-03-31, by ops\)"/,
    html: /<b>1<\/b> waived[\s\S]*data-status="waived"[\s\S]*moved in March \(until 2027-03-31, by ops\)/,
    markdown: /<summary>1 waived<\/summary>[\s\S]*until 2027-03-31: moved in March[\s\S]*, 1 waived,/,
    nagios: /waived=1;[\s\S]*^waived a on .*, until 2027-03-31: moved in March$[\s\S]*, 1 waived,/m,
    openmetrics: /check="a",.*status="waived"\} 1$/m,
    slack: /, 1 waived,[\s\S]*\*Waived\*\\n• a on .*, until 2027-03-31: moved in March/,
  };
  for (const [format, reporter] of Object.entries(reporters))
    it(`${format}: shown with its reason, and counted`, () =>
      assert.match(reporter(accepted, { color: false, width: 80, verbosity: 0 }), shown[format]!));
  for (const format of ['terminal', 'markdown', 'nagios', 'slack'])
    it(`${format}: not even --quiet hides it`, () =>
      assert.match(
        reporters[format]!(accepted, { color: false, width: 80, verbosity: -1 }),
        /waived[\s\S]*2027-03-31/i,
      ));
});

describe('waivers of an inventory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-waivers-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const kept = join(folder, 'kept');
  const inventory = join(kept, 'ha-preflight.yml');
  const write = (...lines: string[]): void =>
    writeFileSync(inventory, `${bare}waivers:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
  let bare = '';
  before(async () => {
    await run(['demo', '--keep', kept]);
    bare = readFileSync(inventory, 'utf8');
  });
  it('in force, expired and unused ones: each is said, and only the first is out of the gate', async () => {
    write(
      '{ check: key-file, nodes: [pm1], reason: "moved in March", until: 2999-12-31, by: ops }',
      '{ check: clock-skew, nodes: [pm3], reason: "was known", until: 2020-01-01 }',
      '{ check: free-space, nodes: [pm2], reason: "was full", until: 2999-12-31 }',
    );
    const line = bare.split('\n').length + 2;
    const { verdicts, summary } = (await runReport(inventory)).report;
    const of = (id: string) => verdicts.filter((v) => v.id === id && v.status === 'fail');
    assert.deepEqual(of('key-file')[0]!.waiver, { reason: 'moved in March', until: '2999-12-31', by: 'ops' });
    assert.equal(of('clock-skew')[0]!.waiver, undefined);
    assert.equal(summary.waived, 1);
    assert.deepEqual(
      of('waivers').map((v) => [v.message, v.severity, v.nodes]),
      [
        ['the waiver of clock-skew expired on 2020-01-01 (was known)', 'warning', ['pm3']],
        ['the waiver of free-space covers nothing: the failure is fixed, or on other nodes', 'warning', ['pm2']],
      ],
    );
    assert.ok(of('waivers')[0]!.remediation!.includes(`ha-preflight.yml line ${line},`), of('waivers')[0]!.remediation);
  });
  const refused: [string, string, RegExp][] = [
    [
      'a check nobody knows',
      '{ check: clock-skw, reason: r, until: 2999-01-01 }',
      /:\d+: a waiver names check clock-skw, .* did you mean "clock-skew"/,
    ],
    [
      'a node nobody knows',
      '{ check: clock-skew, nodes: [pm9], reason: r, until: 2999-01-01 }',
      /:\d+:\d+: found "pm9", expected the name of a node/,
    ],
    ['no reason', '{ check: clock-skew, until: 2999-01-01 }', /:\d+:\d+: .*reason/],
    ['no last day', '{ check: clock-skew, reason: r }', /:\d+:\d+: .*until/],
    ['a day that does not exist', '{ check: clock-skew, reason: r, until: 2026-02-30 }', /expected a day that exists/],
  ];
  for (const [name, waiver, message] of refused)
    it(`2 for ${name}, with the line, and nothing contacted`, async () => {
      write(waiver);
      const { code, out, err } = await run(['check', inventory]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
});
