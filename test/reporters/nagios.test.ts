/** `--format nagios` by the rules of the Monitoring Plugins guidelines. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Report, Reports } from '../../src/model/report.js';
import { mergeReports, rejudged } from '../../src/report.js';
import { reporters } from '../../src/reporters/index.js';
import { nagiosError, nagiosExitCode } from '../../src/reporters/nagios.js';
import { hostile, POISON } from './hostile.js';
import { blind, broken, clean, large, report, several, since, verdict } from './reports.js';

const nagios = (one: Report | Reports): string => reporters.nagios!(one, { color: false, width: 80, verbosity: 0 });
const first = (one: Report | Reports): string => nagios(one).split('\n')[0]!;
const judged = (...args: Parameters<typeof report>): Report => rejudged(report(...args));
const pass = verdict('clock-source', 'pass');
const warned = judged([pass, verdict('user-ids', 'fail', { severity: 'warning', nodes: ['wb2'] })]);
const waived = judged([
  pass,
  verdict('key-file', 'fail', { nodes: ['wb2'], waiver: { reason: 'moved', until: '2027-03-31' } }),
]);

test('the first line: state, what failed, where', () => {
  assert.match(
    first(broken),
    /^HA-PREFLIGHT CRITICAL - 2 critical checks failed on wb\[1-2,4\]: clock-skew, key-file \| critical=2;;0;0 warning=1;0;;0 pass=8;/,
  );
  assert.match(first(blind), /^HA-PREFLIGHT UNKNOWN - 1 critical check could not be judged: database-health \| /);
  assert.match(
    first(warned),
    /^HA-PREFLIGHT WARNING - 1 warning check failed on wb2: user-ids \| critical=0;;0;0 warning=1;/,
  );
  assert.match(first(clean), /^HA-PREFLIGHT OK - no check failed on 3 nodes \| /);
  assert.match(first(waived), /^HA-PREFLIGHT OK - no check failed on 3 nodes, 1 failure waived \| /);
  assert.match(
    first(several),
    /^HA-PREFLIGHT CRITICAL - 3 clusters: wb-prod CRITICAL: 2 .*; wb-test UNKNOWN: .*; wb-prod OK: /,
  );
});

test('performance data is as the guidelines have it, in every report', () => {
  for (const one of [clean, broken, blind, hostile, large, several, since, warned]) {
    const [, data = ''] = first(one).split(' | ');
    for (const item of data.split(' ')) assert.match(item, /^[a-z]+=\d+(?:\.\d+)?s?;\d*;\d*;0$/);
  }
});

test('exit codes: 0, 1, 2, 3', () => {
  assert.deepEqual([clean, warned, broken, blind, waived].map(nagiosExitCode), [0, 1, 2, 3, 0]);
  assert.equal(nagiosExitCode(judged([])), 3, 'nothing was measured');
  const allowed = { result: 'unknown', failOn: 'critical', exitCode: 0 } as const;
  assert.equal(nagiosExitCode({ ...blind, gate: allowed }), 0, '--allow-unknown');
  const both = judged([pass, warned.verdicts[1]!, verdict('key-file', 'unknown')]);
  assert.equal(nagiosExitCode(both), 3, 'unknown before warning');
});

test('with a baseline only what is new or worse decides', () => {
  assert.equal(nagiosExitCode(since), 2);
  const known = { ...since, gate: { ...since.gate, baseline: { ...since.gate.baseline!, counted: [] } } };
  const open = { ...known, gate: { ...known.gate, result: 'pass', exitCode: 0 } } as const;
  assert.equal(nagiosExitCode(open), 0);
  assert.match(first(open), /^HA-PREFLIGHT OK - no check newly failed/);
});

test('of several clusters the worst: critical, unknown, warning, ok', () => {
  const of = (...reports: Report[]): number => nagiosExitCode(mergeReports(reports));
  assert.deepEqual([of(clean, warned), of(warned, blind), of(blind, broken, warned), of(clean, clean)], [1, 3, 2, 0]);
  assert.equal(of(clean, judged([])), 0, 'a cluster without a selected check does not count');
  const unfit = { ...mergeReports([clean, clean]).gate, result: 'unknown', exitCode: 3, reason: 'nothing' } as const;
  assert.equal(nagiosExitCode({ ...mergeReports([clean, clean]), gate: unfit }), 3);
});

test('the lines that follow: each finding and its fix, at most 8 KiB', () => {
  assert.match(nagios(broken), /^critical clock-skew on wb2: wb2 is 4\.2 s ahead.*\n {2}fix: chronyc makestep/m);
  const stop = { nodes: ['a'], commands: ['sudo systemctl stop x', 'second'], note: 'install the same version' };
  assert.match(
    nagios(report([verdict('product-version', 'fail', { fixes: [stop] })])),
    /^ {2}fix: sudo systemctl stop x {4}# then 1 more command; install the same version$/m,
    'what must not be run without the rest says so',
  );
  const piped = verdict('shared-keys', 'fail', { remediation: 'ssh a sudo cat K | ssh b sudo tee K' });
  assert.doesNotMatch(
    nagios(report([piped])),
    /ssh a/,
    'a bar that is written in another way makes a different command',
  );
  assert.match(nagios(broken), /^unknown .*key-file on wb4: wb4: sudo refused/m);
  const many = report(Array.from({ length: 90 }, (_, i) => verdict(`c${i}`, 'fail', { message: 'x'.repeat(900) })));
  assert.match(nagios(many), /^and 70 more lines in the other formats$/m);
  assert.ok(Buffer.byteLength(nagios(many)) < 8192);
  assert.ok(Buffer.byteLength(nagios(mergeReports(Array(60).fill(many)))) < 8192);
});

test('no text of a node is a pipe, a line or markup', () => {
  const bar = judged([
    pass,
    verdict('key-file', 'fail', { nodes: ['a|b'], message: 'x | y=1\n| z=2 <b>', remediation: 'p | q' }),
  ]);
  for (const one of [bar, hostile, mergeReports([bar])]) {
    assert.equal(nagios(one).split('|').length, 2);
    assert.doesNotMatch(nagios(one), /<b>|<!--|<\/testcase/);
  }
  assert.match(nagios(bar), /x \\u007c y=1 \\u007c z=2/);
  assert.equal(nagiosError(`a | b\n${POISON}`).split('\n').length, 3);
  assert.match(nagiosError('no such | file'), /^HA-PREFLIGHT UNKNOWN - no such \\u007c file$/);
});
