import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { propertyTree } from '../../src/formats/propertyTree.js';

type Case = readonly [name: string, text: string, expected: Record<string, string>, errors?: readonly string[]];

const CASES: readonly Case[] = [
  ['plain', '[*]\nmax-cpus=2\n[@group]\nmax-cpus=4\n', { '*.max-cpus': '2', '@group.max-cpus': '4' }],
  ['before the first section', 'a=1\n', { a: '1' }],
  ['comment lines', '; a=1\n  # b=2\nc=3\n', { c: '3' }],
  ['no comment behind a value', 'a=1 ; x # y\n', { a: '1 ; x # y' }],
  ['quotes stay', 'a="1"\n', { a: '"1"' }],
  ['blanks and CRLF', ' [ s ] \r\n\t a = 1 \r\n', { 's.a': '1' }],
  ['text behind a header', '[s] ; c\na=1\n', { 's.a': '1' }],
  ['a name twice', '[s]\na=1\na=1\n', { 's.a': '1' }, ['3 a appears a second time']],
  ['a name in two sections', '[s]\na=1\n[t]\na=2\n', { 's.a': '1', 't.a': '2' }],
  ['a section twice', '[s]\na=1\n[s]\nb=2\n', { 's.a': '1', 's.b': '2' }, ['3 [s] appears a second time']],
  ['an empty section twice', '[s]\n[s]\na=1\n', { 's.a': '1' }],
  ['a section named like a setting', 's=1\n[s]\n', { s: '1' }, ['2 [s] appears a second time']],
  ['no =', 'a\n', {}, ['1 neither a comment nor of the form name=value']],
  ['no name', '=1\n', {}, ['1 no name before the =']],
  ['no ]', '[s\na=1\n', { 's.a': '1' }, ['1 the section header has no ]']],
  ['a byte-order mark', '\uFEFF[s]\n', {}, ['1 neither a comment nor of the form name=value']],
];

describe('propertyTree', () => {
  for (const [name, text, expected, errors = []] of CASES)
    it(name, () => {
      const config = propertyTree(text);
      assert.deepEqual(Object.fromEntries(config.settings.map((s) => [s.key, s.value])), expected);
      assert.deepEqual(
        config.errors.map((e) => `${e.line} ${e.what}`),
        errors,
      );
    });
});
