import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mongodConf } from '../../src/formats/mongodConf.js';
import { unknownValue } from '../../src/formats/settings.js';

type Case = readonly [name: string, text: string, expected: Record<string, string>, remarks?: readonly RegExp[]];

const INI: readonly Case[] = [
  [
    'the document’s lines, a trailing blank included',
    'dbpath = /data\nport = 8003\nreplSet = deployrReplSet \nkeyFile = /opt/deployr/mongo/mongodb-keyfile\n',
    { dbpath: '/data', port: '8003', replSet: 'deployrReplSet', keyFile: '/opt/deployr/mongo/mongodb-keyfile' },
  ],
  ['comments, whole lines and behind a value', '# replSet = old\nreplSet=rs0 # new\n  # x\n', { replSet: 'rs0' }],
  ['bind_ip_all', 'bind_ip_all = true\n', { bindIpAll: 'true' }],
  ['net.bindIpAll', 'net:\n  bindIpAll: true\n', { bindIpAll: 'true' }],
  ['bind_ip', 'bind_ip = 127.0.0.1,10.0.0.1\n', { bindIp: '127.0.0.1,10.0.0.1' }],
  ['auth and what is not known', 'auth = true\nnojournal = true\n', { auth: 'true', nojournal: 'true' }],
  ['a colon in the value', 'dbpath=C:/data: x\n', { dbpath: 'C:/data: x' }],
  ['quotes belong to the value', 'replSet = "rs0"\n', { replSet: '"rs0"' }],
  ['no value', 'replSet =\n', { replSet: '' }],
  ['CRLF and a byte-order mark', '\uFEFFport = 1\r\nauth = true\r\n', { port: '1', auth: 'true' }],
  ['lines without =', 'port = 1\nfork\n= 2\n', { port: '1' }, [/^line 2: not understood/, /^line 3: not understood/]],
  ['a word before the first setting', 'fork\nport = 1\n', { port: '1' }, [/^line 1: not understood/]],
  [
    'typographic quotes',
    'replSet = “rs0”\n',
    { replSet: '“rs0”' },
    [/^line 1: typographic quotes around replSet: they are part of the value/],
  ],
  ['one at the end', 'replSet = rs0”\n', { replSet: 'rs0”' }, [/^line 1: typographic quotes around replSet/]],
  ['one in the middle', 'dbpath = /data/jo’s db\n', { dbpath: '/data/jo’s db' }],
];

const YAML: readonly Case[] = [
  [
    'nested blocks',
    'storage:\n  dbPath: /data\nnet:\n  port: 8003\n  bindIp: 127.0.0.1,10.0.0.1\nreplication:\n  replSetName: rs0\nsecurity:\n  keyFile: /k\n  authorization: enabled\n',
    { dbpath: '/data', port: '8003', bindIp: '127.0.0.1,10.0.0.1', replSet: 'rs0', keyFile: '/k', auth: 'true' },
  ],
  ['not authorised', 'security:\n  authorization: disabled\n', { auth: 'false' }],
  ['replSet as people write it', 'replication:\n  replSet: rs0\n', { replSet: 'rs0' }],
  [
    'inline maps',
    'replication: {replSetName: rs0}\nsecurity: { keyFile: "/k, 1" , x: {y: 2}, }\n',
    { replSet: 'rs0', keyFile: '/k, 1', 'security.x.y': '2' },
  ],
  [
    'null is no value, in quotes it is a word',
    'replication: {replSetName: ~}\nnet:\n  port: null\n  a: "null"\n',
    { replSet: '', port: '', 'net.a': 'null' },
  ],
  ['comments', '# c\nnet: # c\n  # c\n  port: 1 # c\n  a: b#c\n', { port: '1', 'net.a': 'b#c' }],
  ['quotes', `a: "x: \\"y\\" # z" # c\nb: 'it''s'\n"c": 1\n`, { a: 'x: "y" # z', b: "it's", c: '1' }],
  ['siblings after deeper blocks', 'a:\n    b:\n      c: 1\n    d: 2\ne: 3\n', { 'a.b.c': '1', 'a.d': '2', e: '3' }],
  ['a block without a line', 'security:\nnet:\n  port: 1\n', { port: '1' }],
  ['document marks, CRLF, a byte-order mark', '\uFEFF---\r\nnet:\r\n  port: 1\r\n...\r\n', { port: '1' }],
  ['a colon in the value', 'a: b:c\nd: http://x/y\n', { a: 'b:c', d: 'http://x/y' }],
  ['an equals sign in the value', 'a: b=c\n', { a: 'b=c' }],
  ['a masked value', `a:\n  password: %masked:${'0'.repeat(64)}%\n`, { 'a.password': `%masked:${'0'.repeat(64)}%` }],
  ['lists', 'a:\n  - b\n  - c: 1\nd: 2\n', { d: '2' }, [/line 2: not/, /line 3: not/]],
  ['a flow list', 'a: [1, 2]\nb: 1\n', { b: '1' }, [/line 1: not/]],
  ['a block of text', 'a: |\n  net:\n    port: 2\nb: 1\n', { b: '1' }, [/line 1: not/]],
  ['anchors and references', 'a: &x 1\nb: *x\n', {}, [/line 1: not/, /line 2: not/]],
  ['a value that goes on', 'a: b\n  c: d\ne: f\n', { a: 'b', e: 'f' }, [/line 2: not/]],
  ['two values', 'a: b: c\n', {}, [/line 1: not/]],
  ['wrong indentation', 'a:\n  b: 1\n    c: 2\n c: 3\nd: 4\n', { 'a.b': '1', d: '4' }, [/line 3: not/, /line 4: not/]],
  ['tabs', 'a:\n\tb: 1\nc: 2\n', { c: '2' }, [/line 2: not/]],
  ['an open quote, an open brace', 'a: "b\nc: {d: 1\ne: 2\n', { e: '2' }, [/line 1: not/, /line 2: not/]],
  [
    'typographic quotes',
    'replication:\n  replSetName: “rs0”\n',
    { replSet: '“rs0”' },
    [/line 2: typographic .* replSet/],
  ],
  ['prose', 'hello world\n', {}, [/line 1: not understood/]],
  ['nothing', '', {}],
];

describe('mongodConf', () => {
  for (const [form, cases] of [
    ['ini', INI],
    ['YAML', YAML],
  ] as const)
    for (const [name, text, expected, remarks = []] of cases)
      it(`${form}: ${name}`, () => {
        const config = mongodConf(text);
        assert.deepEqual(Object.fromEntries(config.settings.map((s) => [s.key, s.value])), expected);
        assert.equal(config.remarks.length, remarks.length, config.remarks.join('\n'));
        remarks.forEach((pattern, i) => {
          assert.match(config.remarks[i]!, pattern);
        });
      });

  it('lines are those of the file, duplicates are kept', () => {
    assert.deepEqual(mongodConf('\n# x\nport = 1\nport = 2\n').settings, [
      { key: 'port', value: '1', line: 3 },
      { key: 'port', value: '2', line: 4 },
    ]);
    assert.deepEqual(mongodConf('net:\n\n  port: 1\n').settings, [{ key: 'port', value: '1', line: 3 }]);
  });

  for (const [text, key, line] of [
    ['net: &n\n  port: 1\n', 'port', 1],
    ['net: &n\n  port: 1\n', 'keyFile', undefined],
    ['security:\n  keyFile: >-\n    /k\n', 'keyFile', 2],
    ['security:\n  keyFile:\n    /k\n', 'keyFile', 3],
    ['net:\n  bindIp:\n    - 10.0.0.1\n', 'bindIp', 3],
    ['net:\n  bindIp: [10.0.0.1]\n  port: 1\n', 'bindIp', 2],
    ['net:\n  bindIp: [10.0.0.1]\n  port: 1\n', 'port', undefined],
    ['replication: {replSetName: rs\n}\n', 'replSet', 1],
    ['net:\n  bindIp: [10.0.0.1]\n  bindIp: 10.0.0.1\n', 'bindIp', undefined],
    ['%YAML 1.2\n---\nnet:\n  port: 1\n', 'port', undefined],
    ['port = 1\nfork\n', 'port', undefined],
    ['{net: {port: 1}, replication: {replSetName: rs}}\n', 'replSet', 1],
    ['{\n  "security": {"keyFile": "/k"}\n}\n', 'keyFile', 1],
    ['hello world\nnet:\n  port: 1\n', 'replSet', undefined],
  ] as const)
    it(`the value of ${key} in ${JSON.stringify(text)} is ${line ? 'not ' : ''}known`, () => {
      const why = line && `line ${line}: the value of ${key} is not understood`;
      assert.equal(unknownValue(mongodConf(text), key), why);
    });

  for (const directive of ['__exec: "hostname -s"', '__rest: http://x/y', '{__exec: hostname}'])
    it(`a value that is asked for elsewhere is computed: ${directive}`, () => {
      const text = `replication:\n  replSetName:${directive.startsWith('{') ? ' ' : '\n    '}${directive}\n`;
      assert.match(unknownValue(mongodConf(text), 'replSet') ?? '', /the value of replSet is computed$/);
    });

  for (const [end, text] of [
    ['a second document', 'net:\n  port: 1\n---\nnet:\n  port: 2\n'],
    ['what follows the end', 'replication:\n  replSetName: rs\n...\nnet:\n  port: 2\n'],
    ['a line that was masked', `net:\n  port: 1\n%masked:${'0'.repeat(64)}%\n`],
  ] as const)
    it(`${end} may say anything`, () => {
      const config = mongodConf(text);
      assert.ok(config.settings.every((s) => s.value !== '2'));
      for (const key of ['port', 'replSet', 'keyFile'])
        assert.match(
          unknownValue(config, key) ?? '',
          /behind the end of the YAML document$|in a line that was masked$/,
        );
    });

  it('marks of a document with nothing behind them', () => {
    const config = mongodConf('---\nnet:\n  port: 1\n...\n# over\n');
    assert.deepEqual([config.settings.map((s) => s.value), config.unread], [['1'], undefined]);
  });

  it('a comment behind the mark of a document, and a directive above it', () => {
    assert.deepEqual(mongodConf('%YAML 1.1\n--- # ours\nnet:\n  port: 1\n').remarks, []);
  });
});
