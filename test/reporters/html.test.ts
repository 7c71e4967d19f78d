import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Script } from 'node:vm';

import fc from 'fast-check';

import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { hostile } from './hostile.js';
import { blind, broken, clean, large, report, several, verdict } from './reports.js';

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
    assert.doesNotMatch(rest!, / (?:on\w+|style|src|href|srcset|action)[= ]/);
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
      'html head meta title body main h1 h2 h3 p form label input span section ul li div table caption thead tbody tr th td details summary b strong dl dt dd pre footer';
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

test('html: the matrix reads without colour', () => {
  const text = page(broken);
  const row = (id: string): string[] =>
    [
      ...new RegExp(`<tr><th scope="row">${id}</th>(.*)</tr>`)
        .exec(text)![1]!
        .matchAll(/<td[^>]*><span[^>]*>(.?)<\/span>/g),
    ].map(([, letter]) => letter!);
  assert.match(text, /<th scope="col">wb1<\/th><th scope="col">wb2<\/th><th scope="col">wb3<\/th>/);
  assert.deepEqual(row('clock-skew'), ['', 'F', '?', '', '']);
  assert.deepEqual(row('key-file'), ['F', 'F', '?', 'F', '']);
  assert.deepEqual(row('shared-directories'), ['', 'W', '', '', '']);
  assert.deepEqual(row('sticky-sessions'), ['', '', '', '', '-']);
  assert.deepEqual(row('product-version'), ['P', 'P', '', 'P', '']);
  assert.match(text, /<p class="gate fail">FAIL: 2 critical checks failed on wb\[1-2,4\] \(exit 1\)<\/p>/);
  assert.match(text, /<details data-status="fail" open>/);
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
