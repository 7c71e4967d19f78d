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

describe('blocks that begin alike', () => {
  const keys = (text: string) => blocks(text).settings.map((s) => s.key);

  it('each by as many lines as it takes', () => {
    assert.deepEqual(keys('Host: a\nPath: /1\nX: 1\n\nHost: a\nPath: /2\n\nHost: b\n'), [
      'Host: a, Path: /1',
      'Host: a, Path: /1 X',
      'Host: a, Path: /2',
      'Host: b',
    ]);
  });

  it('two that are the same, and one that another begins with', () => {
    assert.deepEqual(keys('A: 1\n\nA: 1\n\nA: 1\nB: 2\n'), ['A: 1', 'A: 1', 'A: 1, B: 2']);
  });

  it('a line that goes on', () => {
    assert.deepEqual(keys('JobType: any\nEnvironment: A=1\n  B=2\n'), [
      'JobType: any',
      'JobType: any Environment',
      'JobType: any B',
    ]);
  });

  it('variables in no block', () => {
    assert.deepEqual(
      blocks('A=x: y\n# c\nB = 2\nJobType: any\nC=3\n').settings.map((s) => [s.key, s.value, s.line]),
      [
        ['A', 'x: y', 1],
        ['B', '2', 3],
        ['JobType: any', '', 4],
        ['JobType: any C', '3', 5],
      ],
    );
  });

  it('a secret is in no name, and counts', () => {
    const [a, b] = ['a', 'b'].map((c) => `%masked:${c.repeat(64)}%`);
    const read = (mask: string) => blocks(`Token: ${mask}\nX_KEY= ${mask}\n${mask}\n`).settings.map((s) => s.key);
    assert.deepEqual(read(a!), read(b!));
    for (const [i, value] of [`Token: ${a}`, a, a].entries())
      assert.equal(blocks(`Token: ${a}\nX_KEY= ${a}\n${a}\n`).settings[i]!.value, value);
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
