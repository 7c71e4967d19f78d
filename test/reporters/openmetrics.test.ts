/** The text of `--format openmetrics`, read by the parser of Prometheus' Python client, which is not ours. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';

import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { ALL } from './all.js';
import { hostile } from './hostile.js';
import { broken, clean, report, verdict } from './reports.js';

const all: Readonly<Record<string, Report | Reports>> = { ...ALL, empty: report([]) };
const metrics = (one: Report | Reports): string =>
  reporters.openmetrics!(one, { color: false, width: 80, verbosity: 0 });

/** As OpenMetrics, and as the older text format that the textfile collector reads. */
const PARSE = `import json, sys
from prometheus_client import openmetrics, parser
from prometheus_client.openmetrics import parser
import prometheus_client.parser
text = sys.stdin.read()
read = lambda p: [[f.name, f.type, f.unit, [[s.name, s.labels, s.value] for s in f.samples]] for f in p.text_string_to_metric_families(text)]
print(json.dumps([read(parser), read(prometheus_client.parser)]))`;

type Family = [name: string, type: string, unit: string, samples: [string, Record<string, string>, number][]];

// the package of the distribution belongs to the Python of the distribution
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const installed = spawnSync(python, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0;

for (const [name, one] of Object.entries(all))
  test(`${name}: read by the parser of the Prometheus client`, (t: TestContext) => {
    if (!installed) {
      assert.notEqual(process.env.CI, 'true', 'python3-prometheus-client must be installed where CI runs');
      t.skip('prometheus_client is not installed (python3-prometheus-client)');
      return;
    }
    const { stdout, stderr } = spawnSync(python, ['-c', PARSE], { input: `${metrics(one)}\n`, encoding: 'utf8' });
    assert.equal(stderr, '');
    const [families, older] = JSON.parse(stdout) as [Family[], Family[]];
    assert.deepEqual(
      families.map(([, , , samples]) => samples),
      older.map(([, , , samples]) => samples),
    );
    assert.ok(families.every(([, type]) => type === 'gauge'));
    const reports = 'reports' in one ? one.reports : [one];
    const counted = reports.flatMap(({ verdicts }) => verdicts).length;
    const samples = families.find(([family]) => family === 'ha_preflight_verdict')?.[3] ?? [];
    assert.equal(samples.length > 0, counted > 0);
    const nodes = new Set(reports.flatMap(({ verdicts }) => verdicts.flatMap((v) => v.nodes)));
    for (const [, labels] of samples)
      assert.ok(one === hostile || labels.node === '' || nodes.has(labels.node!), labels.node);
  });

test('one sample per check, node and severity: the worst of all subjects', () => {
  const text = metrics(
    report([
      verdict('key-file', 'pass', { nodes: ['wb1', 'wb2'], subject: 'a' }),
      verdict('key-file', 'fail', { nodes: ['wb2'], subject: 'b' }),
      verdict('key-file', 'unknown', { nodes: ['wb2', 'wb1'], subject: 'c' }),
      verdict('key-file', 'fail', { nodes: ['wb4'], waiver: { reason: 'later', until: '2027-03-31' } }),
      verdict('key-file', 'fail', { nodes: ['wb1'], severity: 'info' }),
    ]),
  );
  const told = [...text.matchAll(/check="key-file",node="(\w+)",severity="(\w+)",status="(\w+)"\} 1$/gm)];
  assert.deepEqual(
    told.map(([, ...labels]) => labels.join(' ')),
    ['wb1 critical unknown', 'wb1 info fail', 'wb2 critical fail', 'wb4 critical waived'],
  );
});

test('the order is that of the labels, whatever the order of the verdicts', () => {
  const turned = { ...broken, verdicts: [...broken.verdicts].reverse() };
  assert.equal(metrics(turned), metrics(broken));
});

test('time, duration, gate; no timestamps, one HELP and TYPE per name, the end', () => {
  const text = metrics(broken);
  assert.match(
    text,
    /^ha_preflight_last_run_timestamp_seconds\{cluster="wb-prod",product="workbench"\} 1798859045\.678$/m,
  );
  assert.match(text, /^ha_preflight_duration_seconds\{[^}]*\} 4\.21$/m);
  assert.match(text, /^# UNIT ha_preflight_duration_seconds seconds$/m);
  assert.match(text, /^ha_preflight_gate_exit_code\{[^}]*\} 1$/m);
  assert.match(text, /^ha_preflight_run_exit_code\{clusters="wb-prod"\} 1$/m);
  assert.match(text, /\n# EOF$/);
  const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.equal(new Set(types).size, types.length);
});

test('two reports of the same cluster and product are one sample: the worse gate', () => {
  const text = metrics({ schema: 'ha-preflight/reports/1', reports: [clean, broken], gate: broken.gate });
  assert.deepEqual(text.match(/^ha_preflight_gate_exit_code.*$/gm), [
    'ha_preflight_gate_exit_code{cluster="wb-prod",product="workbench"} 1',
  ]);
});
