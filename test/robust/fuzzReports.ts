/** Text of a node to every report format: each can be read by what reads it, and nothing in it is more than a text. */

import assert from 'node:assert/strict';
import { validate } from '../../src/load/validate.js';
import type { Report } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import schema from '../../src/schema/report.schema.json' with { type: 'json' };
import { wellFormed } from '../support/markup.js';
import { sarifErrors } from '../support/sarifSchema.js';
import { prepare, reported } from './fuzzCases.js';
import { REMEDIATION } from './fuzzRemediation.js';
import type { Target } from './fuzzTargets.js';
import { outside, unharmed } from './unharmed.js';

/** One sample of OpenMetrics, or what is said of a family. */
const METRIC =
  /^(?:# (?:HELP|TYPE|UNIT) \w+ [^\n]*|# EOF|ha_preflight_\w+\{(?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*\} -?\d+(?:\.\d+)?)$/;

/** What each format must be, besides harmless. */
const SHAPES: Readonly<Record<string, (text: string, report: Report) => void>> = {
  json: (text) => assert.deepEqual(validate(schema, JSON.parse(text)), []),
  sarif: (text) => assert.deepEqual(sarifErrors(JSON.parse(text)), []),
  junit(text, { verdicts, gate }) {
    wellFormed(text, 'xml');
    // one more where nothing was measured
    assert.equal(text.split('<testcase ').length - 1, verdicts.length + (gate.reason === undefined ? 0 : 1));
  },
  html: (text) => wellFormed(text, 'html'),
  openmetrics: (text) => text.split('\n').forEach((line) => void assert.match(line, METRIC)),
  nagios(text) {
    // its first line is what a monitor shows, and begins with the state
    assert.match(text, /^(?:HA-PREFLIGHT|ha-preflight)? ?(?:OK|WARNING|CRITICAL|UNKNOWN)\b/);
  },
  markdown(text) {
    const rows = outside(text)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    for (const row of rows) assert.equal(row.split('|').length, 7, row);
    assert.ok(text.length <= 65_536);
  },
  slack: (text) => void JSON.parse(text),
};
/** The slow formats take turns, by the second byte of an input: more inputs a second find more. */
const SLOW = ['html', 'sarif', 'openmetrics'];
/** Characters of a report, at most, for each of its data. */
const TIMES = 12;
const OWN = 300_000;

function run(input: Buffer): void {
  const { report } = reported(input);
  const size = JSON.stringify(report).length;
  const left = SLOW.filter((_, i) => i !== (input[1] ?? 0) % SLOW.length);
  for (const [format, reporter] of Object.entries(reporters)) {
    if (left.includes(format)) continue;
    const text = reporter(report, { color: false, width: 80, verbosity: 1 });
    assert.ok(text.length < TIMES * size + OWN, `${format}: ${text.length} characters of ${size}`);
    unharmed(format, text);
    SHAPES[format]?.(text, report);
  }
}

export const REPORTS: Target = {
  name: 'reports',
  prepare,
  run,
  allows: [],
  words: [
    ...REMEDIATION.words,
    ...[
      '<',
      '>',
      '&',
      ']]>',
      '<!--',
      '<script>',
      '"',
      "'",
      '&#0;',
      '\ufffe',
      '\ud800',
      '```',
      '| a |',
      '](x)',
      '![i](',
      '@a',
      '#1',
      '**',
    ],
    ...['http://e.example/', '\\n', '\\', '{', '}', '%0a', '<!channel>', '<@U1>', 'x'.repeat(300), '\x1e\x03\x0b\x00'],
  ],
};
