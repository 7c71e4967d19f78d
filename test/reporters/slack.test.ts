/** `--format slack` within what Slack accepts. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Report, Reports } from '../../src/model/report.js';
import { mergeReports } from '../../src/report.js';
import { reporters } from '../../src/reporters/index.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, differing, large, report, several, since, verdict } from './reports.js';

interface Message {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text: { type: string; text: string; verbatim?: boolean };
  }[];
}
const slack = (one: Report | Reports): Message =>
  JSON.parse(reporters.slack!(one, { color: false, width: 80, verbosity: 0 }));

const noisy = (id: string, text: string) =>
  verdict(id, 'fail', { nodes: [text], message: text, remediation: text.replaceAll('\n', ' ') });
const crowd = report(Array.from({ length: 120 }, (_, i) => noisy(`c${i}`, '&<>'.repeat(3000))));
const calls = report([noisy('key-file', '<!channel> <@U123> <https://evil.example|bank> @here `x`')]);
const all: Readonly<Record<string, Report | Reports>> = {
  ...{ clean, broken, blind, differing, hostile, large, several, since, crowd, calls },
  crowds: mergeReports(Array(7).fill(crowd)),
  clusters: mergeReports(Array(200).fill(broken)),
};

for (const [name, one] of Object.entries(all))
  test(`${name}: at most 50 blocks, 3000 characters each, no link or mention`, () => {
    const { text, blocks } = slack(one);
    assert.ok(text.length > 0 && text.length <= 3000);
    assert.ok(blocks.length > 0 && blocks.length <= 50, `${blocks.length} blocks`);
    assert.doesNotMatch(text, /[<>]|&(?!(?:amp|lt|gt);)/);
    for (const { type, text: inside } of blocks) {
      assert.ok(inside.text.length > 0 && inside.text.length <= (type === 'header' ? 150 : 3000));
      if (type === 'header') continue;
      assert.deepEqual([type, inside.type, inside.verbatim], ['section', 'mrkdwn', true]);
      assert.doesNotMatch(inside.text, /[<>]|&(?!(?:amp|lt|gt);)/);
    }
  });

test('findings, not counts only: severity, check, node, message and the first line of the fix', () => {
  const [title, gate, finding] = slack(broken).blocks.map(({ text }) => text.text);
  assert.equal(title, 'ha-preflight FAIL: wb-prod');
  assert.match(
    gate!,
    /^\*FAIL: 2 critical checks failed on wb\[1-2,4\]: clock-skew and key-file; .*4 nodes \(exit 1\)\*\n/,
  );
  assert.match(
    finding!,
    /^\*critical\* `clock-skew` on `wb2`\nwb2 is 4\.2 s ahead of the other nodes\nfix: `chronyc makestep/,
  );
  assert.match(JSON.stringify(slack(broken)), /\*Could not be judged\*.*sudo refused/);
  assert.match(JSON.stringify(slack(calls)), /&lt;!channel&gt; &lt;@U123&gt;.*ˋxˋ/);
});

test('what has no room is counted', () => {
  const texts = slack(crowd).blocks.map(({ text }) => text.text);
  const shown = texts.filter((text) => text.startsWith('*critical*')).length;
  assert.ok(shown > 40);
  assert.equal(texts.at(-1), `and ${120 - shown} more failures in the other formats`);
  assert.match(slack(all.clusters!).blocks.at(-1)!.text.text, /^and 153 more clusters in the other formats$/);
});
