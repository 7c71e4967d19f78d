import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { environmentFile } from '../../src/formats/environmentFile.js';
import { environmentOf } from '../../src/formats/systemdEnvironment.js';
import { expandCommand, systemdUnit } from '../../src/formats/systemdUnit.js';

const MASKED = `%masked:${'0123456789abcdef'.repeat(4)}%`;
const unitOf = (...texts: string[]) =>
  systemdUnit(
    'app-web@x.service',
    texts.map((text, i) => ({ path: `/f${i}`, text })),
  );

/** Lines of [Service], and whose account they name. */
const ACCOUNTS: readonly [lines: string, user: string | undefined][] = [
  ['User=rstudio-pm', 'rstudio-pm'],
  ['User=a\n[Service]\nUser=thor', 'thor'],
  ['User=a\nUser=', undefined],
  ['User=%i', 'x'],
  ['User=%H', undefined],
  ['[Install]\nUser=a', undefined],
];

/** Lines of [Service] with Environment=, and what they set. */
const ENVIRONMENT: readonly [name: string, lines: string, expected: Record<string, string>, remark?: RegExp][] = [
  ['plain', 'Environment=A=1 B=2', { A: '1', B: '2' }],
  ['blanks around =', '  Environment  =  A=1  ', { A: '1' }],
  ['names of assignments with their case', 'environment=A=1', {}],
  ['quoted as a whole', `Environment="A=b c" 'B=d e'`, { A: 'b c', B: 'd e' }],
  ['quoted in part', `Environment=K="mid dle" L=un'quo ted'x`, { K: 'mid dle', L: 'unquo tedx' }],
  ['quoted pieces join', 'Environment=R="a"b"c d"', { R: 'abc d' }],
  ['escapes', `Environment=A=\\x41\\t\\s\\"\\\\\\101\\u00e9 "B=\\x41"`, { A: 'A\t "\\Aé', B: 'A' }],
  [
    'an unknown escape ends the line',
    'Environment=A=1 B=a\\qb C=3\nEnvironment=D=4',
    { A: '1', D: '4' },
    /"\\q" is not/,
  ],
  ['an open quote', 'Environment=A=1 "B=2\nEnvironment=C=3', { A: '1', C: '3' }, /a quote is not closed/],
  ['a percent sign doubled', 'Environment=A=p%%40w', { A: 'p%40w' }],
  [
    'specifiers',
    'Environment=A=%n B=%N C=%p D=%i E=%j',
    {
      A: 'app-web@x.service',
      B: 'app-web@x',
      C: 'app-web',
      D: 'x',
      E: 'web',
    },
  ],
  ['no specifier', 'Environment=U=p%40w B=2', { B: '2' }, /U is ignored: %4 is not a specifier/],
  ['a percent sign at the end, or before a sign', 'Environment=A=5% B=%-', { A: '5%', B: '%-' }],
  ['a masked value', `Environment=PASSWORD=${MASKED}`, { PASSWORD: MASKED }],
  ['$ is ordinary, # and ; too', 'Environment=A=$B B=a#b;c', { A: '$B', B: 'a#b;c' }],
  ['continued', 'Environment=A=1 \\\n  B=2', { A: '1', B: '2' }],
  ['continued over a comment', 'Environment=A=1 \\\n# no\n; no\nB=2', { A: '1', B: '2' }],
  ['continued into the next assignment', 'Environment=A=1 \\\nEnvironment=O=5', { A: '1', Environment: 'O=5' }],
  ['an escaped backslash continues nothing', 'Environment=A=1\\\\\nEnvironment=B=2', { A: '1\\', B: '2' }],
  ['the last one counts', 'Environment=A=1\nEnvironment=A=2', { A: '2' }],
  ['emptied', 'Environment=A=1\nEnvironment=\nEnvironment=B=2', { B: '2' }],
  ['what is not an assignment', 'Environment=A =1 2B=2 C-D=3 E=4', { E: '4' }, /not NAME=value/],
  ['another section', 'A=1\n[Unit]\nEnvironment=B=2', {}],
  [
    'half a header',
    'Environment=A=1\n[Unit\n[Service]\nEnvironment=B=2',
    {},
    /^\/f0:3: half a section header: .* not load/,
  ],
  ['what is not UTF-8', 'Environment=A=1\n# \udce9\nEnvironment=B=\udce9', {}, /^\/f0:4: not UTF-8: .* not load/],
  [
    'an escape that makes no UTF-8',
    'Environment=A=\\xe9 B=\\uffff C=3',
    { C: '3' },
    /A is ignored: its value is not UTF-8/,
  ],
  ['a vertical tab and a form feed', 'Environment=A=1\vB=2\f C=3\n\fEnvironment=D=4', { A: '1\vB=2\f', C: '3' }],
  ['a section again', 'Environment=A=1\n[X]\nEnvironment=B=2\n[Service]\nEnvironment=C=3', { A: '1', C: '3' }],
  ['an indented comment', '  # Environment=A=1\n\t;Environment=B=2\nEnvironment=C=#', { C: '#' }],
  ['a # that begins no comment', 'Environment=A=1 \\\nB=# C=3', { A: '1', B: '#', C: '3' }],
  ['a name alone', 'EnvironmentX\nEnvironment', {}],
  ['a byte-order mark inside', '\uFEFFEnvironment=A=1', {}],
  ['continued at the end of the file', 'Environment=A=1 \\', { A: '1' }],
];

describe('the account of a unit', () => {
  for (const [lines, user] of ACCOUNTS)
    it(JSON.stringify(lines), () => assert.equal(unitOf(`[Service]\n${lines}\n`).user, user));
});

describe('systemdUnit', () => {
  for (const [name, lines, expected, remark] of ENVIRONMENT)
    it(`Environment: ${name}`, () => {
      const unit = unitOf(`[Service]\n${lines}\n`);
      assert.deepEqual(Object.fromEntries(unit.variables.map((v) => [v.name, v.value])), expected);
      if (remark) assert.match(unit.remarks.join('\n'), remark);
      else assert.deepEqual(unit.remarks, []);
    });

  it('a byte-order mark before the file, a statement before the first section', () => {
    assert.deepEqual(
      ['\uFEFF[Service]\nEnvironment=A=1', 'Environment=A=1\n[Service]\nEnvironment=B=2'].map((text) =>
        unitOf(text).variables.map((v) => v.name),
      ),
      [['A'], ['B']],
    );
  });

  it('a drop-in counts up to half a header', () => {
    const unit = unitOf('[Service]\nEnvironment=A=1\n', '[Service]\nEnvironment=A=2\n[Service\nEnvironment=B=2\n');
    assert.deepEqual(
      unit.variables.map((v) => `${v.name}=${v.value}`),
      ['A=2'],
    );
    assert.match(unit.remarks.join(), /^\/f1:3: half a section header: systemd reads no further in this file$/);
    assert.equal(unit.refused, undefined);
  });

  it('has the place of each statement, and specifiers only the machine knows', () => {
    const { variables } = unitOf('[Service]\n\nEnvironment=A=%H \\\nC=3\n', '[Service]\nEnvironment=B=1\n');
    assert.deepEqual(variables, [
      { name: 'A', value: '%H', unknown: ['%H'], origin: '/f0:3' },
      { name: 'C', value: '3', unknown: [], origin: '/f0:3' },
      { name: 'B', value: '1', unknown: [], origin: '/f1:2' },
    ]);
    const files = [{ path: '/u', text: '[Service]\nEnvironment=A=%H\n' }];
    assert.deepEqual(systemdUnit('a.service', files, { H: 'n1' }).variables[0]?.value, 'n1');
  });

  it('EnvironmentFile: optional, reset, globs, blanks, specifiers; not quoted', () => {
    const unit = unitOf(
      '[Service]\nEnvironmentFile=/a\nEnvironmentFile=\nEnvironmentFile=-/b c/*.env\nEnvironmentFile=/etc/%i\nEnvironmentFile="/q"\n',
    );
    assert.deepEqual(
      unit.environmentFiles.map((f) => [f.pattern, f.optional, f.origin]),
      [
        ['/b c/*.env', true, '/f0:4'],
        ['/etc/x', false, '/f0:5'],
      ],
    );
    assert.match(unit.remarks[0]!, /^\/f0:6: "\/q" is ignored/);
  });

  it('ExecStart: prefixes, quotes, reset', () => {
    const unit = unitOf(
      '[Service]\nExecStart=/bin/false\n',
      '[Service]\nExecStart=\nExecStart=-@/opt/x y "--config=/a b" %i $OPTS\n',
    );
    assert.deepEqual(unit.commands, [
      { prefix: '-@', program: '/opt/x', argv: ['y', '--config=/a b', 'x', '$OPTS'], origin: '/f1:3' },
    ]);
    assert.deepEqual(unit.remarks, []);
  });

  it('a second ExecStart is refused, unless the type is oneshot', () => {
    const twice = '[Service]\nExecStart=/a\nExecStart=/b ; /c \\; d\n';
    assert.match(unitOf(twice).remarks[0]!, /^\/f0:3: a second ExecStart/);
    const unit = unitOf(`${twice}Type=oneshot\n`);
    assert.deepEqual(unit.remarks, []);
    assert.deepEqual(
      unit.commands.map((c) => c.argv),
      [['/a'], ['/b'], ['/c', ';', 'd']],
    );
  });

  it('names of what is passed and unset', () => {
    const unit = unitOf('[Service]\nPassEnvironment=A B\nPassEnvironment=C\nUnsetEnvironment=D "E=1 2"\n');
    assert.deepEqual(
      [unit.passed, unit.unset],
      [
        ['A', 'B', 'C'],
        ['D', 'E=1 2'],
      ],
    );
  });

  it('a command with its variables', () => {
    const environment = new Map([
      ['A', 'x y'],
      ['B', '1'],
    ]);
    assert.deepEqual(expandCommand(['/p', '$A', '${A}-${B}', '$NONE', 'a$B', '$$B'], environment), [
      '/p',
      'x',
      'y',
      'x y-1',
      'a$B',
      '$B',
    ]);
  });
});

describe('environmentFile', () => {
  const CASES: readonly [name: string, text: string, expected: Record<string, string>][] = [
    ['plain', 'A=1\nB = 2 3 \n', { A: '1', B: '2 3' }],
    ['comments', '# A=1\n  ; B=2\nC=3 # c\n', { C: '3 # c' }],
    ['no =', 'A\nB=1\n', { B: '1' }],
    ['export is not understood', 'export A=1\nB=2', { B: '2' }],
    ['single quotes', "A='a\\n$x\nb' \n", { A: 'a\\n$x\nb' }],
    ['double quotes', 'A="a \\" \\$ \\q\\\nb\nc"\n', { A: 'a " $ \\qb\nc' }],
    ['pieces join', 'A="a" \'b\' c "d" \n', { A: 'abc "d"' }],
    ['a backslash', 'A=a\\ \\b\\\nc\n', { A: 'a bc' }],
    ['percent signs and $', 'A=p%40$B\n', { A: 'p%40$B' }],
    ['empty', 'A=\nB=  \n', { A: '', B: '' }],
    ['the last one counts', 'A=1\nA=2\n', { A: '2' }],
    ['CRLF', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['a masked value', `A="${MASKED}"\n`, { A: MASKED }],
    ['a form feed is no blank', 'A=1\f\n\fB=2\n', { A: '1\f' }],
  ];
  for (const [name, text, expected] of CASES)
    it(name, () => {
      assert.deepEqual(Object.fromEntries(environmentFile(text).map((v) => [v.name, v.value])), expected);
    });

  it('lines are those of the file', () => {
    assert.deepEqual(
      environmentFile('\n# c\nA="1\n2"\n B=3\n').map((v) => [v.name, v.line]),
      [
        ['A', 3],
        ['B', 5],
      ],
    );
  });
});

describe('environmentOf', () => {
  const unit = unitOf(
    '[Service]\nEnvironment=A=1 B=1 C=1 H=%H\nEnvironmentFile=/x\nEnvironmentFile=-/y\nEnvironmentFile=/z\nEnvironmentFile=/u\nPassEnvironment=P A\nUnsetEnvironment=C B=1\n',
  );
  const read = (path: string, text: string) => ({ files: [{ path, text }], unread: [] });

  it('files beat Environment=, later ones beat earlier ones, what is unset goes last', () => {
    const { values, unread, missing, unknown } = environmentOf(
      unit,
      new Map([
        ['/x', read('/x', 'A=2\nB=2\n')],
        ['/y', { files: [], unread: [] }],
        ['/z', { files: [], unread: [] }],
      ]),
    );
    assert.deepEqual(Object.fromEntries(values), {
      A: { value: '2', origin: '/x:1' },
      B: { value: '2', origin: '/x:2' },
      H: { value: '%H', origin: '/f0:2' },
    });
    assert.deepEqual([unread, missing], [['/u'], ['/z']]);
    assert.deepEqual([...unknown.keys()], ['P', 'H']);
  });

  it('a file that could not be read', () => {
    assert.deepEqual(environmentOf(unit, new Map([['/u', { files: [], unread: ['/u'] }]])).unread, [
      '/x',
      '/y',
      '/z',
      '/u',
    ]);
  });
});
