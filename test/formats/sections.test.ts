import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blocks, rules, sections } from '../../src/formats/keyValue.js';

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
    'sections of one title go by their names',
    '[cluster]\nname=A # first\ntype=x\n[cluster]\ntype=y\nname=B\n[cluster]\ntype=z\n',
    [
      ['cluster "A".name', 'A # first'],
      ['cluster "A".type', 'x'],
      ['cluster "B".type', 'y'],
      ['cluster "B".name', 'B'],
      ['cluster.type', 'z'],
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

describe('blocks', () => {
  it('each by its first line', () => {
    assert.deepEqual(
      blocks('# c\n/a\n/b\n\nPath: /c\nLabel: C: x\n\nModule: m\n').settings.map((s) => [s.key, s.value, s.line]),
      [
        ['/a', '', 2],
        ['/b', '', 3],
        ['Path: /c', '', 5],
        ['Path: /c Label', 'C: x', 6],
        ['Module: m', '', 8],
      ],
    );
  });
});

describe('rules', () => {
  it('in their order', () => {
    assert.deepEqual(
      rules('# c\n allow  a\n\ndeny all\r\n').settings.map((s) => [s.key, s.value, s.line]),
      [
        ['rules', 'allow a', 2],
        ['rules', 'deny all', 4],
      ],
    );
  });
});
