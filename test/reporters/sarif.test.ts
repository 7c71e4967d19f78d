import assert from 'node:assert/strict';
import { test } from 'node:test';

import { validate } from '../../src/load/validate.js';
import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, large, report, several, verdict } from './reports.js';

const closed = (required: readonly string[], properties: Record<string, object>) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const text = { type: 'string', minLength: 1 };
const list = (items: object, more: object = {}) => ({ type: 'array', items, ...more });
const level = { type: 'string', enum: ['none', 'note', 'warning', 'error'] };
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' };
const message = closed(['text'], { text });
const bag = { type: 'object' };

/** Of the SARIF 2.1.0 specification: what is required, and the types of all that is used here. */
const schema = closed(['version', 'runs'], {
  $schema: text,
  version: { type: 'string', const: '2.1.0' },
  runs: list(
    closed(['tool'], {
      tool: closed(['driver'], {
        driver: closed(['name'], {
          name: text,
          version: text,
          rules: list(
            closed(['id'], {
              id: text,
              shortDescription: message,
              fullDescription: message,
              help: message,
              defaultConfiguration: closed([], { level }),
              properties: closed([], { tags: list(text, { uniqueItems: true }) }),
            }),
            { uniqueItems: true },
          ),
        }),
      }),
      automationDetails: closed([], { id: text }),
      invocations: list(
        closed(['executionSuccessful'], {
          executionSuccessful: { type: 'boolean' },
          exitCode: { type: 'integer' },
          startTimeUtc: time,
          endTimeUtc: time,
          toolExecutionNotifications: list(closed(['message'], { level, message })),
        }),
      ),
      results: list(
        closed(['message'], {
          ruleId: text,
          ruleIndex: { type: 'integer', minimum: 0 },
          kind: { type: 'string', enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
          level,
          message,
          locations: list(
            closed([], {
              logicalLocations: list(closed([], { name: text, fullyQualifiedName: text, kind: text }), {
                uniqueItems: true,
              }),
            }),
          ),
          partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
          suppressions: list(
            closed(['kind'], {
              kind: { type: 'string', enum: ['inSource', 'external'] },
              status: { type: 'string', enum: ['accepted', 'underReview', 'rejected'] },
              justification: text,
            }),
            { uniqueItems: true },
          ),
          properties: bag,
        }),
      ),
      properties: bag,
    }),
  ),
});

interface Result {
  ruleId: string;
  ruleIndex: number;
  kind: string;
  level: string;
  message: { text: string };
  locations: { logicalLocations: { name: string }[] }[];
  partialFingerprints: Record<string, string>;
  suppressions?: { justification: string }[];
}
interface Run {
  tool: { driver: { rules: { id: string; help: { text: string } }[] } };
  results: Result[];
}
const sarif = (r: Report | Reports): { runs: Run[] } =>
  JSON.parse(reporters.sarif!(r, { color: true, width: 80, verbosity: 0 })) as { runs: Run[] };

for (const [name, r] of Object.entries({ clean, broken, blind, hostile, large, several })) {
  test(`sarif of ${name} is SARIF 2.1.0`, () => {
    const log = sarif(r);
    assert.deepEqual(validate(schema, log), []);
    for (const run of log.runs)
      for (const result of run.results) assert.equal(run.tool.driver.rules[result.ruleIndex]!.id, result.ruleId);
    assert.doesNotMatch(
      reporters.sarif!(r, { color: true, width: 80, verbosity: 0 }),
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u,
    );
  });
}

test('the schema of this test refuses what SARIF refuses', () => {
  assert.notDeepEqual(validate(schema, { version: '2.1.0', runs: [{}] }), []);
  assert.notDeepEqual(validate(schema, { version: '2.0.0', runs: [] }), []);
});

test('sarif: one run a cluster; fails by severity, unknowns to review, waived ones suppressed', () => {
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
    of('key-file', 'review').map((r) => r.level),
    ['warning', 'warning'],
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

test('sarif: no link and no placeholder but ours', () => {
  const evil = report([verdict('clock-skew', 'fail', { message: 'see [here](https://evil.example) {0}' })]);
  assert.match(sarif(evil).runs[0]!.results[0]!.message.text, /^see \[here\] \(https:\/\/evil\.example\) \{\{0\}\}/);
});
