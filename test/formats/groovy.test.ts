import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groovy } from '../../src/formats/groovy.js';
import { unknownValue } from '../../src/formats/settings.js';

const MASKED = `%masked:${'ab'.repeat(32)}%`;
const read = (text: string): Record<string, string> =>
  Object.fromEntries(groovy(text).settings.map((s) => [s.key, s.value]));

/** The document's own example, with addresses put in. */
const EXAMPLE = `grails {
    mongo {
        databaseName = "deployr"
        username = "deployr"
        password = ${MASKED}
        host = "localhost"
        port = 8003
        replicaSet = [ "10.0.0.1:8003",
                       "10.0.0.2:8003",
                       "10.0.0.3:8003"]
        options {
            connectionsPerHost = 100
            autoConnectRetry = true
        }
    }
}
`;

const VALUES: readonly [name: string, text: string, expected: Record<string, string>][] = [
  ['dotted', 'grails.mongo.port = 8003', { 'grails.mongo.port': '8003' }],
  ['a dotted block', 'grails.mongo { port = 8003 }', { 'grails.mongo.port': '8003' }],
  ['a dotted name in a block', 'grails { mongo.port = 1 }\nx = 2', { 'grails.mongo.port': '1', x: '2' }],
  ['several on a line', 'a = 1; b = 2;;c = 3 // d = 4', { a: '1', b: '2', c: '3' }],
  ['comments anywhere', 'a /* x */ = /* y\n */ 1 // "z\nb = "//no"', { a: '1', b: '//no' }],
  ['both quotes', `a = "x'y"\nb = 'x"y'`, { a: "x'y", b: 'x"y' }],
  ['escapes', 'a = \'it\\\'s\\tA\\n\\\\\'\nb = "\\$5 \\"q\\""', { a: "it's\tA\n\\", b: '$5 "q"' }],
  ['a string over lines', `a = '''x\n'y' "z'''\nb = 1`, { a: `x\n'y' "z`, b: '1' }],
  ['a dollar that is no variable', 'a = "5 $ 10$"', { a: '5 $ 10$' }],
  ['no interpolation in single quotes', `a = '\${x}'`, { a: '${x}' }],
  ['numbers', 'a = -5\nb = 8003L\nc = 1_000\nd = 1.5', { a: '-5', b: '8003', c: '1000', d: '1.5' }],
  ['words', 'a = true\nb = false\nc = null', { a: 'true', b: 'false', c: 'null' }],
  ['lists', 'a = ["x", \'y\', 3,]\nb = []', { 'a[0]': 'x', 'a[1]': 'y', 'a[2]': '3' }],
  ['a list over lines', 'a = [\n  "x" // first\n  ,\n\n "y"\n]\nb = 1', { 'a[0]': 'x', 'a[1]': 'y', b: '1' }],
  ['maps', 'a = [b: 1, "c d": [e: 2], f: [3]]\ng = [:]', { 'a.b': '1', 'a.c d.e': '2', 'a.f[0]': '3' }],
  ['quoted names', `log4j.'some.logger' = 1\n"block" { a = 2 }`, { 'log4j.some.logger': '1', 'block.a': '2' }],
  ['blanks in a string stay', 'a = [" 10.0.0.1 : 8003"]', { 'a[0]': ' 10.0.0.1 : 8003' }],
  ['masked', `a { password = ${MASKED}\n b = 1 }`, { 'a.password': MASKED, 'a.b': '1' }],
  ['what is masked behind a secret', `password = ${MASKED} ;${MASKED}\nb = 1`, { password: MASKED, b: '1' }],
  ['part of a string masked', `a = "mongodb://u:${MASKED}@h/d"`, { a: `mongodb://u:${MASKED}@h/d` }],
  ['the value in the next line', 'a =\n  "x"', { a: 'x' }],
  [
    'CRLF and a byte-order mark',
    '\uFEFFa = 1\r\nb {\r\n c = [1,\r\n 2]\r\n}\r\n',
    { a: '1', 'b.c[0]': '1', 'b.c[1]': '2' },
  ],
  ['nothing', '', {}],
];

/** What is not read, the remark that says so, and what is read all the same. */
const REMARKS: readonly [name: string, text: string, remarks: RegExp[], expected: Record<string, string>][] = [
  ['a call', 'a = System.getenv("X")\nb = 1', [/^line 1: a is code/], { b: '1' }],
  ['a call with a closure', 'a = foo({ x ->\n y = 2\n})\nb = 1', [/^line 1: a is code/], { b: '1' }],
  ['a closure', 'log4j = {\n  error "x"\n}\nb = 1', [/^line 1: log4j is code/], { b: '1' }],
  ['interpolation', 'a = "${b ? "x" : "y"}z"\nc = "$d"\ne = 1', [/line 1: a is code/, /line 2: c is code/], { e: '1' }],
  ['arithmetic', 'a = 1 + 2\nb = 60 * 1000', [/a is code/, /b is code/], {}],
  ['code over lines', 'a = "x" +\n  "y"\nb = c\n  .d()\ne = 1', [/^line 1: a/, /^line 3: b/], { e: '1' }],
  ['a list with code in it', 'a { b = ["x", c()] }\nd = 1', [/^line 1: a\.b is code/], { d: '1' }],
  ['a method of a literal', 'a = "x".trim()\nb = ["y"] as Set', [/a is code/, /b is code/], {}],
  ['a bare word', 'host = localhost', [/host is code/], {}],
  ['a range, a number in hexadecimal', 'a = 1..5\nb = 0x1F', [/a is code/, /b is code/], {}],
  ['a pattern with quotes in it', 'a = ~/"[{/\nb = 1', [/a is code/], { b: '1' }],
  ['no value', 'a =\nb = 1\nc = ', [/^line 1: a has no value/, /^line 3: c has no value/], { b: '1' }],
  [
    'statements',
    'import a.b\nprintln "x"\ndef c = 1\nd = 1',
    [1, 2, 3].map((n) => new RegExp(`^line ${n}: not understood$`)),
    { d: '1' },
  ],
  ['conditions', 'if (x) {\n a = 1\n}\nelse { b = 2 }\nc = 3', [/^line 1: not/, /^line 4: not/], { c: '3' }],
  ['an open block', 'a {\n b {\n c = 1\n }\n', [/^line 1: the \{ of a is not closed/], { 'a.b.c': '1' }],
  ['a block closed twice', 'a { b = 1 } }\nc = 2', [/^line 1: a \} without a \{/], { 'a.b': '1', c: '2' }],
  ['an open bracket', 'a = ["x"\nb = 1', [/a is code/, /bracket is not closed/], {}],
  ['an open string', 'a = "x\nb = 1', [/^line 1: a string is not closed$/], { b: '1' }],
  ['an open comment', 'a = 1\n/* b = 2', [/^line 2: a comment is not closed/], { a: '1' }],
  [
    'typographic quotes',
    'a = [“10.0.0.1:8003”,\n ‘b:1’, "c:2”, “d:3"]\ne = 1',
    [/^line 1: typographic quotes around a\[0\] are not quotes for Groovy/, /line 2: .* a\[1\]/, /a\[2\]/, /a\[3\]/],
    { 'a[0]': '10.0.0.1:8003', 'a[1]': 'b:1', 'a[2]': 'c:2', 'a[3]': 'd:3', e: '1' },
  ],
  ['typographic quotes in a value', 'a = "say “hi”"', [/^line 1: typographic quotes in a are/], { a: 'say “hi”' }],
  ['a typographic quote that is not closed', 'a = “x\nb = 1', [/line 1: a string is not closed/], { b: '1' }],
];

describe('groovy', () => {
  it('reads the document’s example', () => {
    assert.deepEqual(read(EXAMPLE), {
      'grails.mongo.databaseName': 'deployr',
      'grails.mongo.username': 'deployr',
      'grails.mongo.password': MASKED,
      'grails.mongo.host': 'localhost',
      'grails.mongo.port': '8003',
      'grails.mongo.replicaSet[0]': '10.0.0.1:8003',
      'grails.mongo.replicaSet[1]': '10.0.0.2:8003',
      'grails.mongo.replicaSet[2]': '10.0.0.3:8003',
      'grails.mongo.options.connectionsPerHost': '100',
      'grails.mongo.options.autoConnectRetry': 'true',
    });
    assert.deepEqual(groovy(EXAMPLE).remarks, []);
  });

  for (const [name, text, expected] of VALUES)
    it(name, () => {
      assert.deepEqual(read(text), expected);
      assert.deepEqual(groovy(text).remarks, []);
    });

  for (const [name, text, remarks, expected] of REMARKS)
    it(`remarks: ${name}`, () => {
      const config = groovy(text);
      assert.deepEqual(read(text), expected);
      assert.equal(config.remarks.length, remarks.length, config.remarks.join('\n'));
      remarks.forEach((pattern, i) => {
        assert.match(config.remarks[i]!, pattern);
      });
    });

  for (const [text, key, why] of [
    ['a.b = f()', 'a.b', /^line 1: the value of a\.b is computed$/],
    ['a {\n b = f()\n}', 'a.b', /^line 2: the value of a\.b is/],
    ['a.b = f()', 'a.c', undefined],
    ['a.b = f()', 'a.bc', undefined],
    ['a.b = f()', 'a', undefined],
    ['a = f()', 'a.b', /^line 1: the value of a is/],
    ['a.b = f()\na.b = 1', 'a.b', undefined],
    ['a.b = 1\na.b = f()', 'a.b', /^line 2/],
    ['a.b = f()\na.b = ["x"]', 'a.b', undefined],
    ['a.b = ["x"]\na.b = ["y"] + c', 'a.b', /^line 2/],
    ['a.b = f()\na.c = 1', 'a.b', /^line 1/],
    ['a.b = "x', 'a.b', /^line 1/],
    ['a.b =', 'a.b', undefined],
    ['a.b = ["x"]\na.b << "y"', 'a.b', /^line 2: the value of a\.b may be changed by code$/],
    ['a.b = ["x"]\na.b += "y"', 'a.b', /^line 2/],
    ['a.b = ["x"]\na.b.addAll(["y"])', 'a.b', /^line 2/],
    ['a.b = ["x"]\na.b[0] = "y"', 'a.b', /^line 2/],
    ['a.b.with {\n c = 1\n}', 'a.b.c', /^line 1: the value of a\.b may be changed by code$/],
    ['a { b.tap { c = 1 } }', 'a.b.c', /^line 1: the value of a\.b may/],
    ['a.with { c = 1 }\na.b = 2', 'a.b', undefined],
    ["a.b = 1\na['b'] = 2", 'a.b', /^line 2: the value of a may/],
    ['a {\n b = 1\n if (x) {\n b = 2\n }\n}', 'a.b', /^line 4/],
    ['if (x) {\n a { b = 2 }\n}\na.b = 1', 'a.b', undefined],
    ['a.b = 1\nprintln "a.b"\ndef c = 2', 'a.b', undefined],
    ['environments {\n production { a.b = 1 }\n}\na.b = 2', 'a.b', /^line 2: the value of a\.b depends on the env/],
    ['environments { production { a { b = f() } } }', 'a.b', /depends on the env/],
    ['environments { production { a.c = 1 } }\na.b = 2', 'a.b', undefined],
  ] as const)
    it(`the value of ${key} in ${JSON.stringify(text)} is ${why ? 'not ' : ''}known`, () => {
      const said = unknownValue(groovy(text), key);
      if (why) assert.match(said ?? '', why);
      else assert.equal(said, undefined);
    });

  it('keeps duplicates in order, with their lines', () => {
    assert.deepEqual(groovy('a.b = 1\na { b = 2 }').settings, [
      { key: 'a.b', value: '1', line: 1 },
      { key: 'a.b', value: '2', line: 2 },
    ]);
    assert.deepEqual(
      groovy('a = [ "x",\n\n"y" ]').settings.map((s) => s.line),
      [1, 3],
    );
  });

  it('does not follow brackets for ever', () => {
    for (const open of ['a{', 'a=[', 'a=[b:', 'a=(', '{', '"${', '“', "'''", '/*'])
      assert.equal(groovy(open.repeat(20_000)).settings.length, 0);
  });
});
