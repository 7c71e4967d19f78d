import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { json } from '../../src/formats/json.js';

const MASKED = `%masked:${'0'.repeat(64)}%`;

const CASES: readonly (readonly [
  name: string,
  text: string,
  expected: readonly (readonly [string, string, number?])[],
])[] = [
  ['nothing', ' \n', []],
  [
    'one line',
    '{"a": 1, "b": "x"}',
    [
      ['a', '1', 1],
      ['b', '"x"', 1],
    ],
  ],
  [
    'lines',
    '{\n  "a": 1,\n  "b": 2\n}\n',
    [
      ['a', '1', 2],
      ['b', '2', 3],
    ],
  ],
  [
    'the order of names inside a value',
    '{"a": {"z": 1, "b": [{"y": 1, "x": 2}]}}',
    [['a', '{"b":[{"x":2,"y":1}],"z":1}']],
  ],
  ['the order of a list counts', '{"a": [2, 1]}', [['a', '[2,1]']]],
  ['comments', '// one\n{\n/* two\n "x": 0 */ "a": 1 // three\n}', [['a', '1', 4]]],
  ['a comment in a text', '{"a": "http://x /* y */"}', [['a', '"http://x /* y */"']]],
  ['a quote in a text', '{"a": "\\"// no comment"}', [['a', '"\\"// no comment"']]],
  [
    'a comma behind the last',
    '{"a": [1, 2, ], "b": 3, // last\n}',
    [
      ['a', '[1,2]'],
      ['b', '3'],
    ],
  ],
  ['a comma in a text', '{"a": ",]"}', [['a', '",]"']]],
  ['a byte-order mark', '\uFEFF{"a": 1}', [['a', '1']]],
  [
    'numbers and escapes',
    '{"a": 1.0, "b": "\\u0041"}',
    [
      ['a', '1'],
      ['b', '"A"'],
    ],
  ],
  ['the last of two counts', '{"a": 1, "a": 2}', [['a', '2', 1]]],
  ['a list', '[1]', [['content', '[1]', 1]]],
  ['null', 'null', [['content', 'null']]],
  ['a text alone', '"x"', [['content', '"x"']]],
  ['the name on two lines', '{\n"a": 1,\n"a": 2}', [['a', '2', 2]]],
  ['not closed', '{"a": 1', [['content', '{"a": 1', 1]]],
  ['a comment that is not closed', '{"a": 1} /* x', [['a', '1']]],
  [
    'masked',
    `{"a": ${MASKED}\n"b": 1, "c": ${MASKED}}`,
    [
      ['a', `"${MASKED}"`, 1],
      ['b', '1', 2],
      ['c', `"${MASKED}"`],
    ],
  ],
  [
    'masked inside a text',
    `{"a": "x${MASKED}", "b": "${MASKED}"}`,
    [
      ['a', `"x${MASKED}"`],
      ['b', `"${MASKED}"`],
    ],
  ],
  ['masked with a bracket', `{"a": ${MASKED}\n"b": 1`, [['content', `{"a": ${MASKED}\n"b": 1`]]],
  ['a text that is not closed', '{"a: 1}', [['content', '{"a: 1}']]],
];

describe('JSON with comments', () => {
  for (const [name, text, expected] of CASES)
    it(name, () => {
      const settings = json(text).settings;
      assert.deepEqual(
        settings.map((s, i) => [s.key, s.value, ...(expected[i]?.[2] === undefined ? [] : [s.line])]),
        expected,
      );
    });
  it('says nothing of what is in a text that it cannot read', () => {
    assert.deepEqual(json('{"token": secret}').remarks, ['not an object of JSON']);
  });
  it('takes time as the text is long, whatever it is', () => {
    for (const part of ['"', '\\"', '/*', '//', ',', ', ', '[', '{"a":', '"a":1,\n'])
      for (const begin of ['', '{', '"']) {
        const started = process.cpuUsage();
        json(begin + part.repeat(500_000 / part.length));
        const { user } = process.cpuUsage(started);
        assert.ok(user < 3_000_000, `${begin}${part}: ${user / 1000} ms`);
      }
  });
});
