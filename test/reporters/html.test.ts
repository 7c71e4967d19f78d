import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Script } from 'node:vm';

import fc from 'fast-check';

import type { Report, Reports } from '../../src/model/report.js';
import { sharedDomain } from '../../src/reporters/htmlMatrix.js';
import { reporters } from '../../src/reporters/index.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, differing, large, report, several, verdict } from './reports.js';

const page = (r: Report | Reports): string => reporters.html!(r, { color: true, width: 80, verbosity: 0 });
const VOID = new Set(['meta', 'input']);

/** The tags of a page, each with its attributes; fails when they do not nest. */
function tags(text: string): string[] {
  const body = text.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, '');
  const open: string[] = [];
  const all: string[] = [];
  for (const [whole, end, name, rest] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>/g)) {
    all.push(whole);
    if (end) assert.equal(open.pop(), name);
    else if (!VOID.has(name!)) open.push(name!);
    // a link leads to a place of this page only
    const names = rest!.replace(/ href="#c\d+(?:-\d+)?"/, '').replaceAll(/="[^"]*"/g, '=');
    assert.doesNotMatch(names, / (?:on\w+|style|src|href|srcset|action)(?:[= ]|$)/);
  }
  assert.deepEqual(open, []);
  assert.equal(body.split('<').length - 1, all.length + 1, 'only the doctype is no tag');
  return all;
}

for (const [name, r] of Object.entries({ clean, broken, blind, hostile, large, several })) {
  test(`html of ${name} holds no tag but its own`, () => {
    const text = page(r);
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
    const used = new Set(tags(text).map((tag) => /[a-z0-9]+/.exec(tag)![0]));
    const ours =
      'html head meta title body header main nav h1 h2 h3 p form fieldset legend label input output span section ul li div table caption thead tbody tr th td a i details summary b strong code dl dt dd pre footer ol button';
    assert.deepEqual(
      [...used].filter((tag) => !ours.split(' ').includes(tag)),
      [],
    );
    assert.doesNotMatch(text, /https?:\/\//, 'no address of anything');
  });
}

test('html: the policy allows the style and the script that are there, and nothing else', () => {
  const text = page(broken);
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(text)!;
  const digest = (tag: string): string =>
    createHash('sha256')
      .update(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)![1]!)
      .digest('base64');
  assert.equal(
    policy,
    `default-src 'none'; style-src 'sha256-${digest('style')}'; script-src 'sha256-${digest('script')}'; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(policy!, /unsafe/);
  new Script(/<script>([\s\S]*?)<\/script>/.exec(text)![1]!);
});

test('html: nothing a node says becomes a tag, an attribute or the end of the script', () => {
  const evil = `"><img src=x onerror=alert(1)></script><script>alert(1)</script>' onclick='x`;
  const text = page(
    report(
      [
        verdict('clock-skew', 'fail', {
          ...{ nodes: [evil], message: evil, observed: evil, expected: evil, details: [evil], remediation: evil },
          ...{ title: evil, requirements: [evil], fingerprint: evil },
          waiver: { reason: evil, until: '2027-01-01', by: evil },
        }),
      ],
      { cluster: { name: evil, product: evil, nodes: [{ name: evil, host: evil, reached: false, reason: evil }] } },
    ),
  );
  assert.equal([...text.matchAll(/<script/g)].length, 1);
  assert.doesNotMatch(text, /<img|"><img/);
  tags(text);
});

/** The marks of a check's row, by column; '' where the check names other nodes. */
function row(text: string, id: string): string[] {
  const cells = new RegExp(`<tr data-check="${id}"><th scope="row"><a[^>]*>${id}</a></th>(.*?)</tr>`).exec(text)![1]!;
  return [...cells.matchAll(/<td[^>]*><(?:span|a)[^>]*>(.?)<\/(?:span|a)><\/td>/g)].map(([, mark]) => mark!);
}

test('html: the matrix reads without colour, worst first', () => {
  const text = page(broken);
  const heads = [...text.matchAll(/<th scope="col"[^>]*><span>([^<]*)<\/span><\/th>/g)].map(([, name]) => name);
  assert.deepEqual(heads, ['cluster', 'wb1', 'wb2', 'wb3', 'wb4']);
  assert.match(text, /<th scope="col" class="lost" title="wb3: not reached">/);
  assert.deepEqual(row(text, 'clock-skew'), ['', '·', 'F', '?', '·']);
  assert.deepEqual(row(text, 'key-file'), ['', 'F', 'F', '?', 'F']);
  assert.deepEqual(row(text, 'shared-directories'), ['', '·', 'W', '', '·']);
  assert.deepEqual(row(text, 'sticky-sessions'), ['–', '', '', '', '']);
  assert.deepEqual(row(text, 'product-version'), ['', '✓', '✓', '', '✓']);
  const order = [...text.matchAll(/<tr data-check="([^"]+)">/g)].map(([, id]) => id!);
  assert.deepEqual(order.slice(0, 5), [
    'key-file',
    'clock-skew',
    'nfs-mount-options',
    'metrics-path',
    'config-identical',
  ]);
  assert.match(
    text,
    /<p class="gate fail">FAIL: 2 critical checks failed on wb\[1-2,4\]: clock-skew and key-file; not judged: .*; not reached: wb3; 4 nodes \(exit 1\)<\/p>/,
  );
  assert.match(text, /<details class="fail" data-status="fail" data-checks="clock-skew">/);
});

test('html: what every name ends in stands once, and a link of each row leads to its evidence', () => {
  const text = page(large);
  assert.match(text, /Every node’s name ends in <code>\.example\.com<\/code>/);
  assert.match(text, /<th scope="col" title="node01\.example\.com"><span>node01<\/span>/);
  for (const [, to] of text.matchAll(/<a href="#([^"]+)">/g)) assert.equal(text.split(`id="${to}"`).length, 2, to);
  assert.equal(sharedDomain(['10.0.0.1', '10.0.0.2']), '');
  assert.equal(sharedDomain(['a.x', 'b']), '');
});

test('html: unknowns of one reason are one fold; differing settings are a table', () => {
  assert.match(page(broken), /<strong>4 checks<\/strong> <span class="nodes">wb3<\/span>/);
  const text = page(differing);
  assert.match(text, /<th scope="col">setting<\/th><th scope="col">wb2<\/th><th scope="col">wb1, wb4<\/th>/);
  assert.match(
    text,
    /<th scope="row"><code>http\.listen<\/code><\/th><td><code>&quot;:4343&quot;<\/code><\/td><td><code>&quot;:4242&quot;<\/code><\/td>/,
  );
});

test('html: what a baseline says is shown', () => {
  const [fail] = broken.verdicts.filter((v) => v.status === 'fail');
  const baseline = { startedAt: '2027-01-01T00:00:00Z', new: 1, worse: 0, mended: 0, counted: [fail!.fingerprint] };
  const since = {
    ...broken,
    gate: { ...broken.gate, baseline: { ...baseline, changes: { [fail!.fingerprint]: 'new' as const } } },
  };
  assert.match(page(since), /<b class="change">new<\/b> <strong>nfs-mount-options<\/strong>/);
});

/** Text made of what markup is made of. */
const nasty = fc.string({
  unit: fc.constantFrom(...'<>&"\'/!-=`|[]()@#:*_~$\\\n\r\t 1ax;', '\u0000', '\u2028', '\ud800'),
});

test('html, markdown and sarif of any text', () => {
  fc.assert(
    fc.property(nasty, nasty, fc.array(nasty), (a, b, list) => {
      const r = report(
        [
          verdict('clock-skew', 'fail', {
            nodes: list,
            message: a,
            observed: b,
            details: list,
            remediation: b,
            title: a,
          }),
        ],
        { cluster: { name: b, product: a, nodes: [{ name: a, host: b, reached: false, reason: b }] } },
      );
      tags(page(r));
      const text = reporters.markdown!(r, { color: false, width: 80, verbosity: 1 });
      const rest = text.replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, '');
      assert.doesNotMatch(rest.replaceAll(/<\/?(?:details|summary|code)>/g, ''), /[<`\\$]|\]\(|@\w|(?<!&)#\d/);
      assert.equal([...rest.matchAll(/<\/details>/g)].length, 1);
      JSON.parse(reporters.sarif!(r, { color: false, width: 80, verbosity: 0 }));
    }),
    { numRuns: 300 },
  );
});
