import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { Report, Reports } from '../../src/model/report.js';
import { terminal } from '../../src/reporters/terminal.js';
import { hostile, POISON } from './hostile.js';
import { blind, broken, clean, differing, large, report, several, since, verdict } from './reports.js';

const folder = join(import.meta.dirname, '../../../fixtures/reports');
const plain = { color: false, width: 80, verbosity: 0 };

function golden(name: string, text: string): void {
  const file = join(folder, `${name}.txt`);
  if (process.env.UPDATE === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  assert.equal(`${text}\n`, readFileSync(file, 'utf8'), `${name} changed: UPDATE=1 rewrites it`);
}

const cases: readonly (readonly [name: string, report: Report | Reports, verbosity: number])[] = [
  ['clean', clean, 0],
  ['clean-quiet', clean, -1],
  ['broken', broken, 0],
  ['broken-quiet', broken, -1],
  ['broken-verbose', broken, 1],
  ['blind', blind, 0],
  ['several', several, 0],
  ['several-quiet', several, -1],
  ['large', large, 0],
  ['hostile', hostile, 0],
  ['differing', differing, 0],
  ['since', since, 0],
];
for (const [name, report, verbosity] of cases) {
  test(`${name} reads as the page kept for it`, () => {
    const text = terminal(report, { ...plain, verbosity });
    golden(name, text);
    for (const line of text.split('\n')) {
      assert.equal(line, line.trimEnd());
      if (name !== 'hostile' && !line.includes(' scp '))
        assert.ok(line.length <= 80, `${line.length} columns: ${line}`);
    }
  });
}

test('colour changes nothing but the words that carry it, and is only there when asked for', () => {
  for (const [, report, verbosity] of cases) {
    const colored = terminal(report, { color: true, width: 80, verbosity });
    assert.match(colored, /\u001b\[\d+m[A-Z]\w+\u001b\[0m/);
    assert.equal(colored.replaceAll(/\u001b\[\d+m/g, ''), terminal(report, { ...plain, verbosity }));
  }
});

test('what a stranger sent reaches no terminal', () => {
  for (const verbosity of [-1, 0, 1]) {
    const text = terminal(hostile, { ...plain, verbosity });
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]/);
    assert.doesNotMatch(text, /\p{Cs}|\ufffe/u);
    assert.doesNotMatch(text, /^##/m, 'a line of its own');
    assert.doesNotMatch(text, /^(FAIL|PASS|UNKNOWN): .*red/m, 'the gate is not to be forged');
  }
  assert.doesNotMatch(
    terminal({ ...hostile, cluster: { ...hostile.cluster, name: `\nPASS: ${POISON}` } }, plain),
    /^PASS: /m,
  );
  for (const width of [40, 80]) {
    const nodes = [{ name: 'wb1 PASS: no critical check failed (exit 0)', host: 'x', reached: true }];
    const gate = { result: 'fail', failOn: 'critical', exitCode: 1 } as const;
    const forged = {
      ...clean,
      gate,
      cluster: { ...clean.cluster, name: 'PASS: no critical check failed (exit 0)', nodes },
    };
    const failed = [verdict('clock-skew', 'fail', { nodes: [nodes[0]!.name] })];
    for (const verbosity of [-1, 0, 1])
      for (const r of [
        { ...forged, verdicts: failed },
        { ...several, gate, reports: [forged, forged] },
      ])
        assert.doesNotMatch(terminal(r, { ...plain, width, verbosity }), /^PASS: /m);
  }
});

test('settings side by side on 80 columns, below each other on 40, none lost or wider than the window', () => {
  golden('differing-40', terminal(differing, { ...plain, width: 40 }));
  for (const width of [40, 60, 80, 120])
    for (const line of terminal(differing, { ...plain, width }).split('\n'))
      assert.ok(line.length <= width || line.includes('sudo cat'), `${width}: ${line}`);
  const { differences = [] } = differing.verdicts[0]!;
  const many = { ...differing.verdicts[0]!, differences: Array(20).fill(differences[0]) };
  assert.match(terminal(report([many]), plain), /and 14 more \(--verbose\)/);
  assert.doesNotMatch(terminal(report([many]), { ...plain, verbosity: 1 }), /and 14 more/);
  const kinds = Array.from({ length: 6 }, (_, i) => ({ nodes: [`n${i}`], value: `"${i}"` }));
  const each = { ...many, differences: [{ key: 'a', values: kinds }] };
  assert.match(terminal(report([each]), plain), /\n {4}a\n {6}n0: "0"\n {6}n1: "1"/);
});

test('of an unreached node the many checks it hides are counted, and named with --verbose', () => {
  const nodes = [{ name: 'wb1', host: 'wb1', reached: false, reason: 'connection refused' }];
  const ids = Array.from({ length: 9 }, (_, i) => `check-${i}`);
  const verdicts = ids.map((id) => verdict(id, 'unknown', { nodes: ['wb1'], message: 'connection refused' }));
  const lost = { ...clean, cluster: { ...clean.cluster, nodes }, verdicts };
  assert.match(terminal(lost, plain), /\n {2}not judged there: 9 checks \(--verbose\)\n/);
  assert.match(terminal(lost, { ...plain, verbosity: 1 }), /not judged there: check-0, check-1, [\s\S]*check-8\n/);
});

test('a list of nodes in a sentence is folded too', () => {
  const nodes = large.cluster.nodes.slice(0, 5).map(({ name }) => name);
  const message = `the version on ${nodes.slice(0, -1).join(', ')} and ${nodes.at(-1)} differs from ${nodes[0]}.`;
  const text = terminal(
    { ...large, verdicts: [verdict('product-version', 'fail', { nodes, message })] },
    { ...plain, width: 120 },
  );
  assert.match(text, /the version on node\[01-05\]\.example\.com differs from node01\.example\.com\./);
});

test('links lead to the vendor where a terminal shows them, and change no word', () => {
  const link = (id: string): string | undefined => (id === 'W-1' ? 'https://vendor.example/ha' : undefined);
  const text = terminal(broken, { ...plain, verbosity: 1, link });
  assert.match(text, /^FAIL \u001b\]8;;https:\/\/vendor\.example\/ha\u001b\\clock-skew\u001b\]8;;\u001b\\ {2}wb2/m);
  assert.match(text, /required by: \u001b\]8;;https:\/\/vendor\.example\/ha\u001b\\W-1\u001b/);
  assert.equal(text.replaceAll(/\u001b\]8;;.*?\u001b\\/g, ''), terminal(broken, { ...plain, verbosity: 1 }));
  assert.doesNotMatch(
    terminal(hostile, { ...plain, link }).replaceAll(/\u001b\]8;;(https:\/\/vendor\.example\/ha)?\u001b\\/g, ''),
    /\u001b/,
  );
});

test('every narrow and wide terminal gets the same facts', () => {
  for (const width of [40, 60, 120]) {
    const words = (text: string): string => text.replaceAll(/\s+/g, '');
    assert.ok(words(terminal(broken, { ...plain, width })).includes(words('FAIL: 2 critical checks failed on')));
  }
});

test('the last line is the gate, with the exit code', () => {
  const last = (report: Report | Reports): string =>
    terminal(report, { ...plain, width: 200 })
      .split('\n')
      .at(-1)!;
  assert.equal(
    last(broken),
    'FAIL: 2 critical checks failed on wb[1-2,4]: clock-skew and key-file; not judged: shared-keys and key-file; not reached: wb3; 4 nodes (exit 1)',
  );
  assert.equal(last(clean), 'PASS: no critical check failed; 3 nodes (exit 0)');
  assert.equal(last(blind), 'UNKNOWN: 1 critical check could not be judged: database-health; 3 nodes (exit 3)');
  assert.equal(
    last({ ...blind, gate: { ...blind.gate, exitCode: 0 } }),
    'UNKNOWN: 1 critical check could not be judged: database-health, which is allowed; 3 nodes (exit 0)',
  );
  assert.equal(
    last({ ...broken, gate: { result: 'fail', failOn: 'warning', exitCode: 1 } }),
    'FAIL: 2 critical and 1 warning checks failed on wb[1-2,4]: clock-skew, key-file and nfs-mount-options; not judged: shared-keys and key-file; not reached: wb3; 4 nodes (exit 1)',
  );
  assert.equal(last(several), 'FAIL: 3 clusters: 1 fail (wb-prod), 1 unknown (wb-test), 1 pass (exit 1)');
});

test('a report without anything still has a gate', () => {
  const empty: Report = { ...clean, verdicts: [], cluster: { name: 'x', product: 'unknown', nodes: [] } };
  assert.match(terminal(empty, plain), /^x: unknown, 0 nodes, all reached/);
});

test('a window of 24 lines shows the worst failure and its fix', () => {
  const ids = Array.from({ length: 20 }, (_, i) => verdict(`check-${i}`, 'pass'));
  const skips = Array.from({ length: 10 }, (_, i) =>
    verdict(`skipped-${i}`, 'skip', { message: `set something ${i} `.repeat(9) }),
  );
  const warnings = ['user-ids', 'platform'].map((id) => verdict(id, 'fail', { severity: 'warning' }));
  const worst = verdict('clock-skew', 'fail', {
    message: 'off by 90 s '.repeat(8),
    details: Array.from({ length: 30 }, (_, i) => `round ${i}`),
    remediation: 'sudo chronyc makestep    # on wb2',
  });
  const page = terminal(report([worst, ...warnings, ...ids, ...skips]), plain).split('\n');
  const window = page.slice(-23);
  assert.ok(window.some((line) => line.startsWith('FAIL clock-skew')));
  assert.ok(window.some((line) => line.startsWith('  Fix: sudo chronyc makestep')));
  assert.equal(page.filter((line) => line.startsWith('SKIP ')).length, 1);
  assert.ok(page.findIndex((l) => l.startsWith('PASS ')) < page.findIndex((l) => l.startsWith('WARN ')));
  assert.ok(page.findIndex((l) => l.startsWith('WARN ')) < page.findIndex((l) => l.startsWith('FAIL ')));
});

test('a check that failed on one node is not listed as passed, except one by one', () => {
  const both = report([
    verdict('a', 'pass'),
    verdict('b', 'pass'),
    verdict('b', 'fail'),
    verdict('c', 'unknown'),
    verdict('c', 'pass'),
  ]);
  assert.match(terminal(both, plain), /^PASS 1 check: a$/m);
  assert.match(terminal(both, { ...plain, verbosity: 1 }), /^PASS b: /m);
});

test('a critical failure differs from a warning in word and colour', () => {
  const text = terminal(broken, { ...plain, color: true });
  assert.match(text, /^\u001b\[31mFAIL\u001b\[0m clock-skew/m);
  assert.match(text, /^\u001b\[33mWARN\u001b\[0m nfs-mount-options/m);
});
