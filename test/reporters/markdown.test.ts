import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { outside } from '../robust/unharmed.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, large, report, several, since, verdict } from './reports.js';

const markdown = (r: Report | Reports, verbosity = 0): string =>
  reporters.markdown!(r, { color: true, width: 80, verbosity });

for (const [name, r] of Object.entries({ clean, broken, blind, hostile, large, several })) {
  test(`markdown of ${name} holds no markup but its own`, () => {
    const text = markdown(r, 1);
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
    const rest = outside(text);
    assert.deepEqual(rest.replaceAll(/<\/?(?:details|summary|code)>/g, '').match(/<.*/), null);
    assert.equal([...rest.matchAll(/<details>/g)].length, [...rest.matchAll(/<\/details>/g)].length);
    for (const line of rest.split('\n').filter((l) => l.startsWith('|'))) assert.equal(line.split('|').length, 7, line);
  });
}

test('markdown: gate, table, unknowns, evidence, counts', () => {
  const text = markdown(broken);
  assert.match(
    text,
    /^\*\*FAIL: 2 critical checks failed on wb&#91;1-2,4&#93;: clock-skew and key-file; .*4 nodes \(exit 1\)\*\*\n/,
  );
  assert.match(
    text,
    /\| critical \| <code>clock-skew<\/code> \| <code>wb2<\/code> \| wb2 is 4\.2 s ahead of the other nodes \| <code>chronyc makestep<\/code> \|/,
  );
  assert.match(
    text,
    /- <code>clock-skew<\/code>, <code>config-identical<\/code>.* on <code>wb3<\/code>: wb3: connection/,
  );
  assert.match(text, /<summary><code>key-file<\/code>: evidence.*<\/summary>\n\n```text\n[^`]*fix:\n {2}scp wb1:/);
  assert.match(text, /<summary>1 waived<\/summary>/);
  assert.match(text, /\n8 passed, 5 failed, 1 waived, 6 unknown, 3 skipped$/);
  assert.match(markdown(clean), /^\*\*PASS: no critical check failed; 3 nodes \(exit 0\)\*\*/);
  assert.match(markdown(large), /node&#91;05-20,31&#93;/);
});

test('markdown: what a node says is neither link, mention, reference, table nor fence', () => {
  const evil =
    '@admins fix #12 #13; &#14; GH-7 a@b.example https://evil.example www.evil.example [x](javascript:1) ![i](//e) `c` | **b** $x$ &lt; \\';
  const text = markdown(
    report(
      [verdict('clock-skew', 'fail', { nodes: [evil], message: evil, observed: '`````\n</details>', details: [evil] })],
      {
        gate: { result: 'fail', failOn: 'critical', exitCode: 1 },
      },
    ),
  );
  const rest = outside(text);
  assert.doesNotMatch(rest, /@\w|(?<!&)#\d|GH-\d|:\/\/|www\.|\]\(|\*\*b|`|\$|\\/);
  assert.match(text, /^``````text$/m);
  assert.equal([...rest.matchAll(/<\/details>/g)].length, 1);
});

test('markdown: fits a comment', () => {
  const fails = Array.from({ length: 300 }, (_, i) =>
    verdict(`check-${i}`, 'fail', { message: 'm'.repeat(900), details: Array(90).fill('d'.repeat(900)) }),
  );
  const text = markdown(report(fails, { gate: { result: 'fail', failOn: 'critical', exitCode: 1 } }));
  assert.ok(text.length < 65_536, String(text.length));
  assert.match(text, /And \d+ more\./);
  assert.match(text, /The evidence of \d+ more checks is in the JSON report/);
});

test('markdown: any number of clusters fits a comment, and so a step summary; each is named', () => {
  const one = report(
    Array.from({ length: 60 }, (_, i) =>
      verdict(`check-${i}`, i % 2 ? 'fail' : 'unknown', {
        message: `${i} ${'<m>'.repeat(300)}`,
        remediation: 'x '.repeat(3000),
      }),
    ),
    { gate: { result: 'fail', failOn: 'critical', exitCode: 1 } },
  );
  for (const n of [1, 2, 10, 40, 90]) {
    const reports = Array.from({ length: n }, (_, i) => ({
      ...one,
      cluster: { ...one.cluster, name: `cluster-${i}` },
    }));
    const text = markdown({ schema: 'ha-preflight/reports/1', reports, gate: one.gate }, 1);
    assert.ok(text.length < 65_536, `${n} clusters: ${text.length}`);
    assert.ok(text.includes('### cluster-0'));
    for (let i = 0; i < Math.min(n, 40); i++)
      assert.ok(text.includes(`cluster-${i}`), `${n} clusters: ${i} is not named`);
  }
  assert.ok(markdown(one, 1).length < 65_536);
});

test('markdown: what a baseline says stands beside the severity', () => {
  const text = markdown(since);
  assert.match(text, /\| critical, new \| <code>clock-skew<\/code>/);
  assert.match(text, /\| critical, known \| <code>key-file<\/code>/);
  assert.match(text, /\| warning, worse \| <code>nfs-mount-options<\/code>/);
});
