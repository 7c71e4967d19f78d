import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sections } from '../../src/formats/keyValue.js';

type Case = readonly [name: string, text: string, expected: readonly (readonly [string, string])[]];

const CASES: readonly Case[] = [
  [
    'plain',
    'www-port=8787\n www-address = 10.0.0.1 \n',
    [
      ['www-port', '8787'],
      ['www-address', '10.0.0.1'],
    ],
  ],
  ['comment lines', '# a=1\n  ; b=2\nc=3 # no comment\n', [['c', '3 # no comment']]],
  ['[config] is the old home of the same settings', '[config]\nbalancer=sessions\n', [['balancer', 'sessions']]],
  [
    'the old form',
    '[nodes]\nserver1.example.com\nserver2.example.com\n[config]\nbalancer=sessions\ntimeout=5\n',
    [
      ['nodes.server1.example.com', ''],
      ['nodes.server2.example.com', ''],
      ['balancer', 'sessions'],
      ['timeout', '5'],
    ],
  ],
  [
    'other sections stay in the name',
    '[*]\nmax-cpus=1\n[@group]\nmax-cpus=2\n',
    [
      ['*.max-cpus', '1'],
      ['@group.max-cpus', '2'],
    ],
  ],
  [
    'blanks in a header',
    '[  a b  ]\nx=1\n[]\ny=2\n',
    [
      ['a b.x', '1'],
      ['y', '2'],
    ],
  ],
  [
    'a header that is none',
    '[a\nb]\n',
    [
      ['[a', ''],
      ['b]', ''],
    ],
  ],
  [
    'names without a value',
    'x\ny=\n',
    [
      ['x', ''],
      ['y', ''],
    ],
  ],
  ['an equals sign in the value', 'a=b=c\n', [['a', 'b=c']]],
  ['CRLF and a byte-order mark', '\uFEFF[config]\r\na=1\r\n', [['a', '1']]],
  ['an empty file is a file', '', []],
];

describe('sections', () => {
  for (const [name, text, expected] of CASES)
    it(name, () => {
      assert.deepEqual(
        sections(text).settings.map((s) => [s.key, s.value]),
        expected,
      );
    });

  it('lines are those of the file', () => {
    assert.deepEqual(
      sections('# c\n\n[x]\na=1\n').settings.map((s) => s.line),
      [4],
    );
  });
});
