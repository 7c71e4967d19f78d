import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyValue } from '../../src/formats/keyValue.js';
import { first } from '../../src/formats/settings.js';

type Case = readonly [name: string, text: string, expected: readonly (readonly [string, string])[], remark?: RegExp];

const CASES: readonly Case[] = [
  [
    'plain',
    'provider=postgresql\nhost=db\n',
    [
      ['provider', 'postgresql'],
      ['host', 'db'],
    ],
  ],
  [
    'no comments: # belongs to the name',
    '#provider=x\n# host = h\n',
    [
      ['#provider', 'x'],
      ['# host', 'h'],
    ],
  ],
  ['nor behind a value', 'port=5432 # default\n', [['port', '5432 # default']]],
  ['a semicolon neither', ';a=1\n', [[';a', '1']]],
  ['blanks are trimmed', '  a b \t=  c d \t\n', [['a b', 'c d']]],
  [
    'the first = splits',
    'connection-uri=postgresql://h/d?sslmode=verify-full\n',
    [['connection-uri', 'postgresql://h/d?sslmode=verify-full']],
  ],
  ['JSON quotes', 'a="x \\"y\\" \\u0041\\n"\n', [['a', 'x "y" A\n']]],
  [
    'quotes that are no JSON',
    'a="x\\q"\nb="x"y\nc="\n',
    [
      ['a', '"x\\q"'],
      ['b', '"x"y'],
      ['c', '"'],
    ],
  ],
  ['single quotes are the value', "a='x'\n", [['a', "'x'"]]],
  ['lines without = are nothing', 'provider\n\n  \nNote: text\na=1\n', [['a', '1']]],
  [
    'no value, no name',
    'a=\n=b\n',
    [
      ['a', ''],
      ['', 'b'],
    ],
  ],
  ['a section header is nothing', '[x]\na=1\n', [['a', '1']]],
  [
    'CRLF',
    'a=1\r\nb=2\r\n',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'a byte-order mark belongs to the first key',
    '\uFEFFprovider=postgresql\nb=2\n',
    [
      ['\uFEFFprovider', 'postgresql'],
      ['b', '2'],
    ],
    /^line 1: a byte-order mark .* provider is not set here$/,
  ],
  ['a no-break space stays', 'a\u00A0=\u00A01\n', [['a\u00A0', '\u00A01']]],
  ['names with their case', 'Provider=x\n', [['Provider', 'x']]],
  [
    'again',
    'a=1\na=2\n',
    [
      ['a', '1'],
      ['a', '2'],
    ],
    /^line 2: a is set again, but the first one counts/,
  ],
];

describe('keyValue', () => {
  for (const [name, text, expected, remark] of CASES)
    it(name, () => {
      const config = keyValue(text);
      assert.deepEqual(
        config.settings.map((s) => [s.key, s.value]),
        expected,
      );
      assert.equal(config.remarks.length, remark ? 1 : 0, config.remarks.join('\n'));
      if (remark) assert.match(config.remarks[0]!, remark);
    });

  it('the first one counts, lines are those of the file', () => {
    assert.deepEqual(first(keyValue('\nx\na=1\na=2\n'), 'a'), { key: 'a', value: '1', line: 3 });
  });
});
