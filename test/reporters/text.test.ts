import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clip, fold, labelled, safe, safeLines, wrap } from '../../src/reporters/text.js';

test('node names fold to sets', () => {
  const cases: readonly (readonly [names: string[], short: string])[] = [
    [[], ''],
    [['a'], 'a'],
    [['wb10', 'wb9'], 'wb9, wb10'],
    [['wb1', 'wb3', 'wb2', 'wb7'], 'wb[1-3,7]'],
    [['wb1', 'wb1', 'wb1'], 'wb1'],
    [['wb8', 'wb9', 'wb10', 'wb11'], 'wb[8-11]'],
    [['n01', 'n02', 'n03', 'n10'], 'n[01-03,10]'],
    [['wb1.example.com', 'wb2.example.com', 'wb3.example.com'], 'wb[1-3].example.com'],
    [['wb1.a', 'wb2.b', 'wb3.c'], 'wb1.a, wb2.b, wb3.c'],
    [['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.4'], '10.0.0.[1-3], 10.0.1.4'],
    [['n1', 'n2', 'n3', 'n01', 'n02'], 'n[1-3], n01, n02'],
    [['web', 'db', 'wb1', 'wb2', 'wb3'], 'web, db, wb[1-3]'],
    [['z1-a', 'z2-a', 'z4-a'], 'z[1-2,4]-a'],
    [['a[1]', 'a[2]', 'a[3]'], 'a[1], a[2], a[3]'],
    [['x99999999999999999999', 'x2', 'x3'], 'x99999999999999999999, x2, x3'],
  ];
  for (const [names, short] of cases) assert.equal(fold(names), short);
});

test('unsafe characters are spelt, line breaks are spaces', () => {
  assert.equal(safe('a\u001b[31mb\u202ec\u0000\nd\te'), 'a\\u001b[31mb\\u202ec\\u0000 d e');
  assert.equal(safe('\ud800 \u{e0041} ok \u{1f600} äß 漢'), '\\ud800 \\ue0041 ok \u{1f600} äß 漢');
  assert.deepEqual(safeLines('\na\r\nb\u0085\n'), ['a', 'b\\u0085']);
});

test('text wraps between words and cuts words that are too long', () => {
  assert.deepEqual(wrap('', 20), []);
  assert.deepEqual(wrap('one two  three', 20), ['one two  three']);
  assert.deepEqual(wrap('one two three four', 10), ['one two', 'three four']);
  assert.deepEqual(wrap('abcdefghijklmno', 10), ['abcdefghij', 'klmno']);
  // a cut does not make a command for a CI server
  assert.deepEqual(wrap('abcdefghij::error::x', 10), ['abcdefghi', 'j::error::', 'x']);
  assert.deepEqual(wrap('abcdefghij##vso[x]', 10), ['abcdefghi', 'j##vso[x]']);
  assert.deepEqual(wrap('abcdefgh\u{1F600}::e', 10), ['abcdefgh', '\u{1F600}::e']);
  assert.deepEqual(labelled('x: ', 'aaaa bbbb cccc', 12), ['x: aaaa bbbb', '   cccc']);
  assert.equal(clip('abcdef', 4), 'abc…');
  assert.equal(clip('abcd', 4), 'abcd');
});
