/** Evidence that anybody may have changed, to verdicts: judged or refused, and nothing passes that was not seen. */

import assert from 'node:assert/strict';
import { conclude, planFrom } from '../../src/audit.js';
import { identityOf } from '../../src/fingerprint.js';
import { evidencesIn } from '../../src/load/evidence.js';
import type { Report } from '../../src/model/report.js';
import { SEVERITIES, STATUSES } from '../../src/model/verdict.js';
import { partsOf, prepare, registryOf } from './fuzzCases.js';
import type { Target } from './fuzzTargets.js';
import { spoiled } from './spoil.js';
import { unmeasured } from './unmeasured.js';

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** One node with what is said of another, or with its name. */
function swapped(document: unknown, which: number): unknown {
  const nodes = isTree(document) && isTree(document.nodes) ? document.nodes : {};
  const names = Object.keys(nodes);
  const [a = '', b = ''] = [names[which % names.length], names[(which >> 2) % names.length]];
  return { ...(document as Tree), nodes: { ...nodes, [a]: nodes[b], ...(which > 127 && { [b]: nodes[a] }) } };
}

/**
 * Of each change the bytes are: what is done (above the ways of `spoiled`: nodes are swapped), with what, how deep, and
 * so many numbers of the path; the rest is a text to put there.
 */
function changed({ base, changes }: ReturnType<typeof partsOf>): unknown {
  let document: unknown = base.evidence;
  for (const [how = 0, what = 0, deep = 0, ...rest] of changes) {
    const depth = (deep % 7) + 1;
    const text = Buffer.from(rest.slice(depth)).toString('utf8');
    const path = rest.slice(0, depth);
    if (how % 9 === 8) document = swapped(document, what);
    else if (path.length > 0) document = spoiled(document, [path, how % 9, what, text === '' ? undefined : text]);
  }
  // a file is text, and has nothing that is undefined
  return JSON.parse(JSON.stringify(document) ?? 'null');
}

/** The gate, worked out again from the verdicts. */
function gated({ gate, verdicts }: Report): void {
  const critical = verdicts.filter(({ severity, waiver }) => severity === 'critical' && waiver === undefined);
  const seen = verdicts.some(({ id, status }) => id !== 'waivers' && (status === 'pass' || status === 'fail'));
  const has = (status: string): boolean => critical.some((v) => v.status === status);
  const result = has('fail') ? 'fail' : !seen || has('unknown') ? 'unknown' : 'pass';
  assert.equal(gate.result, result);
  assert.equal(gate.exitCode, { pass: 0, fail: 1, unknown: 3 }[result]);
}

function run(input: Buffer): void {
  const parts = partsOf(input);
  const [evidence] = evidencesIn(changed(parts), 'e.json');
  if (!evidence) return;
  const { cluster } = evidence;
  identityOf(cluster);
  const plan = planFrom(registryOf(), cluster, parts.base.selection);
  const report = conclude(plan, evidence, { failOn: 'critical', allowUnknown: false });
  const names = cluster.nodes.map(({ name }) => name);
  for (const verdict of report.verdicts) {
    const { status, severity, message, nodes, id } = verdict;
    assert.ok(STATUSES.includes(status) && SEVERITIES.includes(severity) && message !== '', id);
    for (const node of nodes) assert.ok(names.includes(node), `${id}: ${node} is not a node`);
    if (status === 'pass' && id !== 'waivers')
      assert.equal(unmeasured(plan, evidence, verdict), undefined, `${id} ${nodes}`);
  }
  const prints = report.verdicts.map(({ fingerprint }) => fingerprint);
  assert.equal(new Set(prints).size, prints.length, 'fingerprints are unique');
  gated(report);
}

export const JUDGE: Target = {
  name: 'judge',
  prepare,
  run,
  allows: ['UsageError'],
  words: [
    ...[
      '\x1e\x04\x00\x03',
      '\x1e\x00\x05\x04',
      '\x1e\x06\x01\x05',
      '\x1e\x08\x09',
      '\x1e\x07\x01\x05',
      '\x1e',
      '\x00',
      '\x03',
    ],
    ...[
      '1e999',
      '-1',
      '0',
      'NaN',
      '{}',
      '[]',
      '""',
      'null',
      'n1',
      'n2',
      'workbench',
      'connect',
      'deployr',
      '__proto__',
    ],
    ...[
      '2027-01-01',
      '\n',
      '=',
      ' ',
      '/',
      '\\',
      '99999999999999999999',
      'a'.repeat(200),
      '%masked:',
      '\x1b[2J',
      '\xff',
    ],
  ],
};
