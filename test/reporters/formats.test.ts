import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { validate } from '../../src/load/validate.js';
import type { Report, Reports } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';
import { reporters } from '../../src/reporters/index.js';
import schema from '../../src/schema/report.schema.json' with { type: 'json' };
import { ALL } from './all.js';
import { hostile } from './hostile.js';
import { broken, clean, report, since, verdict } from './reports.js';

const SCHEMA = join(import.meta.dirname, '../../../fixtures/junit.xsd');
const options = { color: true, width: 80, verbosity: 0 };
const json = (report: Report | Reports): string => reporters.json!(report, options);
const junit = (report: Report | Reports): string => reporters.junit!(report, options);

for (const [name, report] of Object.entries(ALL)) {
  test(`json of ${name} is the report itself and fits the published schema`, () => {
    const text = json(report);
    // half a character, where a text was cut, is the one thing that is not kept: jq 1.6 would refuse the whole
    assert.doesNotMatch(text, /\\ud[89a-f]/);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(report).replaceAll('\\ud800', '\ufffd')));
    assert.deepEqual(validate(schema, JSON.parse(text)), []);
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
  });

  test(`junit of ${name} is as CI servers read it`, (t: TestContext) => {
    const text = junit(report);
    assert.doesNotMatch(
      text,
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069\ufffe]|\p{Cs}/u,
    );
    const lint = spawnSync('xmllint', ['--noout', '--schema', SCHEMA, '-'], { input: text, encoding: 'utf8' });
    if (lint.error) {
      assert.notEqual(process.env.CI, 'true', 'xmllint must be installed where CI runs (libxml2-utils)');
      t.skip('xmllint is not installed (libxml2-utils)');
      return;
    }
    assert.deepEqual([lint.stderr, lint.status], ['- validates\n', 0]);
  });
}

test('a report with a field too many, or a wrong one, does not fit the schema', () => {
  assert.notDeepEqual(validate(schema, { ...clean, extra: 1 }), []);
  assert.notDeepEqual(validate(schema, { ...clean, gate: { ...clean.gate, exitCode: 2 } }), []);
});

test('junit: totals, outcomes, names', () => {
  const text = junit(broken);
  const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
  assert.match(text, /<testsuites name="ha-preflight" tests="23" failures="4" errors="6" time="4.210">/);
  assert.match(
    text,
    /<testsuite name="wb-prod" tests="23" failures="4" errors="6" skipped="5" time="4.210" timestamp="2027-01-02T03:04:05">/,
  );
  assert.equal(count(/<testcase /g), 23);
  assert.equal(count(/<failure /g), 4);
  assert.equal(count(/<error /g), 6);
  assert.equal(count(/<skipped /g), 5);
  const names = [...text.matchAll(/<testcase classname="ha-preflight\.wb-prod" name="([^"]+)" time="0\.000"/g)].map(
    ([, name]) => name,
  );
  assert.equal(new Set(names).size, 23, names.join('\n'));
  assert.ok(
    names.includes('clock-skew') &&
      names.some((n) => n!.startsWith('clock-skew ')) &&
      names.includes('product-version'),
  );
  assert.ok(!names.some((name) => name!.includes('wb')), 'who deviates today is in no name');
  assert.match(text, /<failure type="critical" message="wb2 is 4\.2 s ahead of the other nodes">/);
  assert.match(text, /<skipped message="waived until 2027-03-31: moved in March"\/>/);
  assert.match(text, /<skipped message="advice: metrics are written to a local folder"\/>/);
  assert.match(text, /fix:\n {2}scp wb1:/);
});

test('junit: red is only what the gate counts: no unknown without weight, nothing a baseline knows', () => {
  const kinds = (r: Report): string[] =>
    [...junit(r).matchAll(/<(failure|error|skipped) [^>]*message="([^":]*)/g)].map(
      ([, kind, words]) => `${kind} ${words}`,
    );
  const lost = (severity: 'critical' | 'warning') => verdict('clock-skew', 'unknown', { severity, message: 'lost' });
  const gate = { result: 'unknown', failOn: 'critical' } as const;
  assert.deepEqual(kinds(report([lost('critical'), lost('warning')], { gate: { ...gate, exitCode: 3 } })), [
    'error lost',
    'skipped unknown',
  ]);
  assert.deepEqual(kinds(report([lost('critical')], { gate: { ...gate, exitCode: 0 } })), ['skipped unknown']);
  assert.deepEqual(
    kinds(since)
      .filter((kind) => !kind.startsWith('skipped'))
      .sort(),
    ['failure /home is mounted without lookupcache=pos', 'failure wb2 is 4.2 s ahead of the other nodes'],
  );
  assert.match(junit(since), /<skipped message="known since 2027-01-01: secure-cookie-key differs/);
});

test('junit: names are the same whichever node deviates, and whether it passes', () => {
  const namesOf = (...verdicts: Verdict[]): string[] =>
    [...junit(report(verdicts)).matchAll(/<testcase [^>]*name="([^"]+)"/g)].map(([, name]) => name!);
  const key = (status: Verdict['status'], nodes: string[]) =>
    verdict('key-file', status, { nodes, subject: 'launcher.pem' });
  const [pass, one, other] = [key('pass', ['a', 'b']), key('fail', ['a']), key('fail', ['b'])].map((v) => namesOf(v));
  assert.deepEqual([pass, one], [one, other]);
  // nor how many findings stand beside it, nor their order
  const more = namesOf(key('pass', ['b']), verdict('key-file', 'pass', { subject: 'other' }), key('fail', ['a']));
  assert.deepEqual([more[1], more[2]], ['key-file: other', one![0]]);
  assert.match(more[0]!, /^key-file: launcher\.pem \S+$/);
  assert.deepEqual(
    namesOf(key('fail', ['a']), verdict('key-file', 'fail', { subject: 'x'.repeat(500) }))[1]!.length,
    200,
  );
});

test('nothing measured: red in JUnit, said in every format', () => {
  const empty = report([], {
    gate: {
      result: 'unknown',
      failOn: 'critical',
      exitCode: 3,
      reason: 'nothing was measured: no check passed or failed',
    },
  });
  for (const [name, format] of Object.entries(reporters)) {
    assert.match(format(empty, { color: false, width: 80, verbosity: 0 }), /nothing was measured/, name);
    assert.match(format(empty, { color: false, width: 80, verbosity: -1 }), /nothing was measured/, name);
  }
  assert.match(junit(empty), /tests="1" failures="0" errors="1"/);
});

test('nodes that were not judged are counted in every format', () => {
  const lost = report([verdict('a', 'pass')], {
    summary: { pass: 1, fail: 0, skip: 0, unknown: 0, waived: 0, unreached: 2 },
  });
  for (const [name, format] of Object.entries(reporters))
    assert.match(
      format(lost, { color: false, width: 80, verbosity: 0 }),
      /2(<\/b>)? nodes not judged|"unreached": 2|nodesNotJudged" value="2"|unreached_nodes\{[^}]*\} 2$/m,
      name,
    );
});

test('junit: nothing a node says is markup', () => {
  const text = junit(hostile);
  assert.equal([...text.matchAll(/<\/testcase>/g)].length, 6);
  assert.doesNotMatch(text, /\]\]>|<!--/);
});

test('junit: two verdicts of one check on the same nodes are told apart by their fingerprint', () => {
  const twice: Report = {
    ...clean,
    verdicts: [
      { ...clean.verdicts[0]!, fingerprint: 'f1' },
      { ...clean.verdicts[0]!, fingerprint: 'f2' },
    ],
  };
  assert.match(junit(twice), /name="clock-source"[\s\S]*name="clock-source f2"/);
});
