import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ruleHelp } from '../../src/commands/manual.js';
import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { sarifErrors } from '../support/sarifSchema.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, large, report, several, verdict } from './reports.js';

interface Result {
  ruleId: string;
  ruleIndex: number;
  kind: string;
  level: string;
  message: { text: string };
  locations: {
    logicalLocations: { name: string }[];
    physicalLocation?: { artifactLocation: { uri: string }; region: { startLine: number } };
  }[];
  baselineState?: string;
  partialFingerprints: Record<string, string>;
  suppressions?: { justification: string }[];
}
interface Run {
  automationDetails: { id: string };
  artifacts?: { location: { uri: string } }[];
  tool: { driver: { rules: { id: string; help: { text: string }; helpUri?: string }[] } };
  results: Result[];
}
const sarif = (r: Report | Reports): { runs: Run[] } =>
  JSON.parse(reporters.sarif!(r, { color: true, width: 80, verbosity: 0 })) as { runs: Run[] };

/** With an inventory: `broken`, its nodes on lines 5 to 8. */
const placed: Report = {
  ...broken,
  cluster: {
    ...broken.cluster,
    inventory: { file: 'clusters/prod eu.yml', line: 2 },
    nodes: broken.cluster.nodes.map((node, i) => ({ ...node, line: 5 + i })),
  },
};
const fails = broken.verdicts.filter((v) => v.status === 'fail' && !v.waiver);
const since: Report = {
  ...placed,
  gate: {
    ...placed.gate,
    baseline: {
      startedAt: '2027-01-01T03:04:05Z',
      ...{ new: 1, worse: 1, mended: 1 },
      counted: [fails[0]!.fingerprint, fails[1]!.fingerprint],
      changes: { [fails[0]!.fingerprint]: 'new', [fails[1]!.fingerprint]: 'worse', [fails[2]!.fingerprint]: 'changed' },
      gone: [{ id: 'free-space', severity: 'warning', nodes: ['wb1'], message: '/home was full', fingerprint: 'f0' }],
    },
  },
};

for (const [name, r] of Object.entries({ placed, since, clean, broken, blind, hostile, large, several })) {
  test(`sarif of ${name} is SARIF 2.1.0`, () => {
    const log = sarif(r);
    assert.deepEqual(sarifErrors(log), []);
    for (const run of log.runs)
      for (const result of run.results.filter((one) => one.baselineState !== 'absent'))
        assert.equal(run.tool.driver.rules[result.ruleIndex]!.id, result.ruleId);
    assert.doesNotMatch(
      reporters.sarif!(r, { color: true, width: 80, verbosity: 0 }),
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u,
    );
  });
}

test('the schema refuses what SARIF refuses', () => {
  assert.notDeepEqual(sarifErrors({ version: '2.1.0', runs: [{}] }), []);
  assert.notDeepEqual(sarifErrors({ version: '2.0.0', runs: [] }), []);
  const log = sarif(placed);
  (log.runs[0]!.results[0]!.locations[0]!.physicalLocation!.artifactLocation as { uri: string }).uri = 'a b.yml';
  assert.notDeepEqual(sarifErrors(log), [], 'formats are looked at');
});

test('sarif: one run a cluster; fails by severity, unknowns open, waived ones suppressed', () => {
  assert.equal(sarif(several).runs.length, 3);
  assert.deepEqual(sarif(clean).runs[0]!.results, []);
  const { results, tool } = sarif(broken).runs[0]!;
  const of = (id: string, kind = 'fail') => results.filter((r) => r.ruleId === id && r.kind === kind);
  assert.equal(results.length, 12);
  assert.deepEqual(
    ['key-file', 'nfs-mount-options', 'metrics-path'].map((id) => of(id)[0]!.level),
    ['error', 'warning', 'note'],
  );
  assert.deepEqual(
    of('key-file', 'open').map((r) => r.level),
    ['none', 'none'],
  );
  assert.match(
    of('shared-directories')[0]!.suppressions![0]!.justification,
    /^moved in March \(until 2027-03-31, by ops\)$/,
  );
  assert.deepEqual(
    of('key-file')[0]!.locations.map((l) => l.logicalLocations[0]!.name),
    ['wb1', 'wb2', 'wb4'],
  );
  assert.deepEqual(
    results.map((r) => Object.values(r.partialFingerprints)[0]),
    broken.verdicts.filter((v) => v.status === 'fail' || v.status === 'unknown').map((v) => v.fingerprint),
  );
  assert.match(tool.driver.rules.find((r) => r.id === 'clock-skew')!.help.text, /^chronyc makestep/);
});

test('sarif: the help of a rule is what explain says, and its address the document', async () => {
  const explain = await ruleHelp();
  const log = JSON.parse(reporters.sarif!(placed, { color: false, width: 80, verbosity: 0, explain })) as {
    runs: Run[];
  };
  const { help, helpUri } = log.runs[0]!.tool.driver.rules.find((r) => r.id === 'clock-skew')!;
  assert.match(help.text, /^WHY\n.*\n[\s\S]*\nREQUIRED BY\n[\s\S]*\nTO FIX\n +sudo chronyc makestep/);
  assert.match(helpUri!, /^https:\/\/docs\.rstudio\.com\//);
  assert.deepEqual(sarifErrors(log), []);
  assert.equal(explain('of-a-plugin'), undefined);
});

test('sarif: a finding points at its nodes in the inventory, one about no node at the cluster', () => {
  const { results, artifacts } = sarif(placed).runs[0]!;
  const lines = (id: string) =>
    results.find((r) => r.ruleId === id)!.locations.map((l) => l.physicalLocation!.region.startLine);
  assert.deepEqual(artifacts, [{ location: { uri: 'clusters/prod%20eu.yml' }, roles: ['analysisTarget'] }]);
  assert.equal(results[0]!.locations[0]!.physicalLocation!.artifactLocation.uri, 'clusters/prod%20eu.yml');
  assert.deepEqual([lines('clock-skew'), lines('key-file'), lines('metrics-path')], [[6], [5, 6, 8], [2]]);
  assert.equal(sarif(broken).runs[0]!.results[0]!.locations[0]!.physicalLocation, undefined);
  const absolute = sarif({ ...placed, cluster: { ...placed.cluster, inventory: { file: '/etc/a#b.yml', line: 1 } } });
  const [{ physicalLocation }] = absolute.runs[0]!.results[0]!.locations as [Result['locations'][0]];
  assert.equal(physicalLocation!.artifactLocation.uri, 'file:///etc/a%23b.yml');
});

test('sarif: with a baseline each result says what became of it; what is gone is absent', () => {
  const { results } = sarif(since).runs[0]!;
  const state = (fingerprint: string) =>
    results.find((r) => Object.values(r.partialFingerprints)[0] === fingerprint)!.baselineState;
  assert.deepEqual(
    fails.slice(0, 4).map((v) => state(v.fingerprint)),
    ['new', 'updated', 'updated', 'unchanged'],
  );
  assert.deepEqual([state('f0'), results.filter((r) => r.baselineState === 'absent').length], ['absent', 1]);
  assert.ok(sarif(placed).runs[0]!.results.every((r) => r.baselineState === undefined));
});

test('sarif: no link and no placeholder but ours', () => {
  const evil = report([verdict('clock-skew', 'fail', { message: 'see [here](https://evil.example) {0}' })]);
  assert.match(sarif(evil).runs[0]!.results[0]!.message.text, /^see \[here\] \(https:\/\/evil\.example\) \{\{0\}\}/);
});

test('no two runs of a file have one name: clusters of one name have their product, or a number, too', () => {
  const named = (product: string): Report => ({ ...clean, cluster: { ...clean.cluster, name: 'c', product } });
  const of = (...reports: Report[]): string[] =>
    JSON.parse(reporters.sarif!({ ...several, reports }, { width: 80, color: false, verbosity: 0 })).runs.map(
      (run: { automationDetails: { id: string } }) => run.automationDetails.id,
    );
  assert.deepEqual(of(named('workbench'), named('connect'), named('workbench')), [
    'ha-preflight/c/workbench/',
    'ha-preflight/c/connect/',
    'ha-preflight/c/workbench/2/',
  ]);
});

test('of more clusters than a file may have runs, a run has no more results than a service takes', () => {
  const [verdict] = broken.verdicts.filter(({ status }) => status === 'fail');
  const heavy = { ...broken, verdicts: Array.from({ length: 6000 }, () => verdict!) };
  const runsOf = (reports: Report[]): Run[] => sarif({ ...several, reports }).runs;
  const few = runsOf(Array.from({ length: 21 }, () => broken));
  assert.equal(few.length, 1);
  const many = runsOf(Array.from({ length: 21 }, () => heavy));
  assert.ok(many.every(({ results }) => results.length <= 25_000 && results.length >= 6000));
  assert.equal(
    many.reduce((sum, { results }) => sum + results.length, 0),
    21 * runsOf([heavy])[0]!.results.length,
  );
  assert.equal(new Set(many.map((run) => JSON.stringify(run.automationDetails))).size, many.length);
});
