import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  boostBoolean,
  boostNumber,
  boostOptions,
  LAUNCHER_PLUGIN,
  RSERVER,
  RSESSION,
} from '../../src/formats/boostOptions.js';

type Case = readonly [name: string, text: string, expected: readonly (readonly [string, string])[], errors?: RegExp[]];

const MASKED = `%masked:${'0123456789abcdef'.repeat(4)}%`;

const CASES: readonly Case[] = [
  ['plain', 'www-port=8787\n', [['www-port', '8787']]],
  ['a switch that is masked', `ssl-enabled=${MASKED}\n`, [['ssl-enabled', MASKED]]],
  ['a remark ends the line', 'a=v # remark\n', [['a', 'v']]],
  ['a remark without a blank', 'a=v#remark\n', [['a', 'v']]],
  ['a remark inside quotes', 'a="/a#b"\n', [['a', '"/a']]],
  [
    'quotes are part of the value',
    `a="/a b"\nb='x'\n`,
    [
      ['a', '"/a b"'],
      ['b', "'x'"],
    ],
  ],
  [
    'blanks, tabs, CRLF, no final newline',
    '\t a \t=  v \t\r\nb=w',
    [
      ['a', 'v'],
      ['b', 'w'],
    ],
  ],
  ['a lone CR inside is part of the value', 'a=v\rw\n', [['a', 'v\rw']]],
  ['the first = splits', 'a=b=c\n', [['a', 'b=c']]],
  [
    'an empty value',
    'a=\nb= # x\n',
    [
      ['a', ''],
      ['b', ''],
    ],
  ],
  ['a semicolon belongs to the value', 'a=v ; x\n', [['a', 'v ; x']]],
  [
    'a backslash continues nothing',
    'a=v\\\nb=w\n',
    [
      ['a', 'v\\'],
      ['b', 'w'],
    ],
  ],
  ['a masked value', `a=${MASKED}\n`, [['a', MASKED]]],
  ['comment lines and empty ones', '# a=1\n  # b\n\n   \n', []],
  ['a name without a value', 'a\n', [], [/^not of the form name=value$/]],
  ['; text', '; text\n', [], [/^not of the form/]],
  ['// text', '// text\n', [], [/^not of the form/]],
  ['; k=v', '; a=v\n', [['; a', 'v']], [/only # begins a comment/]],
  ['capital letters', 'WWW-port=1\n', [['WWW-port', '1']], [/small letters, digits and dashes/]],
  ['an underscore', 'www_port=1\n', [['www_port', '1']], [/small letters/]],
  ['dashes in front', '--www-port=1\n', [['--www-port', '1']], [/without dashes in front/]],
  ['a no-break space', 'www-port\u00A0=1\n', [['www-port\u00A0', '1']], [/no-break space/]],
  ['a byte-order mark', '\uFEFFwww-port=1\n', [['\uFEFFwww-port', '1']], [/byte-order mark/]],
  ['no name', '=1\n', [['', '1']], [/is not an option/]],
  ['a section', '[server]\na=1\n', [['server.a', '1']], [/the file has no sections/]],
  ['a section that ends with a dot', '[s.]\na=1\n', [['s.a', '1']], [/the file has no sections/]],
  ['a nameless section', '[]\na=1\n', [['.a', '1']], [/the file has no sections/]],
  ['a boolean that is none', 'ssl-enabled=2\n', [['ssl-enabled', '2']], [/^"2" is not a boolean/]],
  ['a short boolean', 'auth-none=y\n', [['auth-none', 'y']], [/^"y" is not a boolean/]],
  ['a number with its unit', 'auth-timeout-minutes=60m\n', [['auth-timeout-minutes', '60m']], [/not a whole number/]],
  ['a number', 'www-thread-pool-size=-4 # few\n', [['www-thread-pool-size', '-4']]],
  ['half a section', '[server\n', [], [/^not of the form/]],
  [
    'the same name twice',
    'a=1\na=1\n',
    [
      ['a', '1'],
      ['a', '1'],
    ],
    [/^a is set on line 1 already/],
  ],
  [
    'a list',
    'server-add-header=A: 1\nserver-add-header=B: 2\n',
    [
      ['server-add-header', 'A: 1'],
      ['server-add-header', 'B: 2'],
    ],
  ],
];

describe('boostOptions', () => {
  for (const [name, text, expected, errors = []] of CASES)
    it(name, () => {
      const config = boostOptions(text, RSERVER);
      assert.deepEqual(
        config.settings.map((s) => [s.key, s.value]),
        expected,
      );
      assert.equal(config.errors.length, errors.length, config.remarks.join('\n'));
      errors.forEach((pattern, i) => {
        assert.match(config.errors[i]!.what, pattern);
      });
    });

  it('a launcher plugin ignores what it does not know, rsession perhaps not', () => {
    const text = 'a=1\nB=2\n';
    assert.deepEqual(boostOptions(text, LAUNCHER_PLUGIN).errors, []);
    assert.match(boostOptions(text, LAUNCHER_PLUGIN).remarks[0]!, /^line 2: "B" .*, so the line is ignored$/);
    assert.match(boostOptions(text, RSESSION).remarks[0]!, /^line 2: "B" .* is not known$/);
  });

  it('lines are those of the file', () => {
    const { settings, errors } = boostOptions('\n# c\na=1\nb\n');
    assert.deepEqual(settings, [{ key: 'a', value: '1', line: 3 }]);
    assert.deepEqual(errors, [{ line: 4, what: 'not of the form name=value' }]);
  });

  it('booleans', () => {
    for (const value of ['', '1', 'true', 'YES', 'on']) assert.equal(boostBoolean(value), true, value);
    for (const value of ['0', 'False', 'no', 'OFF']) assert.equal(boostBoolean(value), false, value);
    for (const value of ['y', 't', '2', '01', '"1"']) assert.equal(boostBoolean(value), undefined, value);
  });

  it('numbers', () => {
    for (const [value, number] of [
      ['8787', 8787],
      ['-1', -1],
      ['010', 10],
    ] as const)
      assert.equal(boostNumber(value), number);
    for (const value of ['3s', '0x10', '', ' 1', '1.5']) assert.equal(boostNumber(value), undefined, value);
  });
});
