import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gcfg } from '../../src/formats/gcfg.js';
import { last, meaning } from '../../src/formats/settings.js';

type Case = readonly [name: string, text: string, expected: Record<string, string>, remarks?: readonly RegExp[]];

const CASES: readonly Case[] = [
  ['names without case', '[Server]\nDataDir = /Data\n', { 'server.datadir': '/Data' }],
  ['repeated sections add up', '[A]\nx=1\n[B]\ny=2\n[a]\nz=3\n', { 'a.x': '1', 'b.y': '2', 'a.z': '3' }],
  ['blanks around everything', ' [ A ] \n\t x \t=\t 1 2 \t\n', { 'a.x': '1 2' }],
  ['no blanks', '[A]\nx=1', { 'a.x': '1' }],
  ['a bare name is true', '[A]\nx\ny ; c\nz # c\n', { 'a.x': 'true', 'a.y': 'true', 'a.z': 'true' }],
  ['an empty value', '[A]\nx =\ny = ; c\nz = ""\n', { 'a.x': '', 'a.y': '', 'a.z': '' }],
  ['comment lines', '; a\n# b\n[A] ; c\n  # d\nx=1\n', { 'a.x': '1' }],
  [
    'comments after a value: Connect documents none',
    '[A]\nx = 1 ; c\ny = 2 # c\nz = 3;c\n',
    { 'a.x': '1', 'a.y': '2', 'a.z': '3' },
    [/^line 2: ; begins a comment here/, /^line 3: # begins/, /^line 4: ; begins/],
  ],
  [
    'a comment character cuts an unquoted URL',
    '[Postgres]\nURL = postgres://u:p#w@h/db\n',
    { 'postgres.url': 'postgres://u:p' },
    [/^line 2: # begins a comment here, so the value ends before it$/],
  ],
  [
    'and not a quoted one',
    '[Postgres]\nURL = "postgres://u:p#w;@h/db" ; c\n',
    { 'postgres.url': 'postgres://u:p#w;@h/db' },
  ],
  ['quotes in the middle', '[A]\nx = a" ; b "c\ny = a"b"\n', { 'a.x': 'a ; b c', 'a.y': 'ab' }],
  ['blanks in quotes stay', '[A]\nx = "  1  "\ny = 1"  "  ; c\n', { 'a.x': '  1  ', 'a.y': '1  ' }],
  [
    'escapes',
    '[A]\nx = "a\\\\b\\"c\\nd\\te"\ny = "\\"#"\nz = a\\"b\n',
    { 'a.x': 'a\\b"c\nd\te', 'a.y': '"#', 'a.z': 'a"b' },
  ],
  [
    'a backslash outside quotes',
    '[LDAP]\nuser = DOMAIN\\user\n',
    { 'ldap.user': 'DOMAIN\\user' },
    [/^line 2: a backslash outside quotes/],
  ],
  ['an unknown escape', '[A]\nx = "a\\b"\n', { 'a.x': 'a\\b' }, [/^line 2: \\b in quotes is not an escape/]],
  ['a list whose name stands alone', '[A]\nx = 1\nx\n', { 'a.x': 'true' }],
  ['letters of any script', '[Größe]\nÄ1-b = 1\n', { 'größe.ä1-b': '1' }],
  ['an underscore, a dot', '[A]\na_b = 1\na.b = 2\n', {}, [/^line 2: no = behind "a"/, /^line 3: no = behind "a"/]],
  ['a dot in a section', '[a.b]\nx = 1\n', { 'a.x': '1' }, [/^line 1: a section header is/]],
  ['a section without its bracket', '[a\nx = 1\n', { 'a.x': '1' }, [/^line 1: a section header is/]],
  ['text behind a header', '[a] b\n', {}, [/^line 1: something other than a comment/]],
  ['an empty subsection', '[a ""]\n', {}, [/^line 1: the name of the subsection is empty/]],
  ['an escape in a subsection', '[a "b\\nc"]\n', {}, [/^line 1: only/]],
  ['two words', '[A]\nx y = 1\n', {}, [/^line 2: no = behind "x"/]],
  ['NUL', '[A]\nx = "\0"\n', { 'a.x': '\0' }, [/^line 2: a NUL/]],
  ['what was not UTF-8', '[A]\n; caf\udce9\n', {}, [/^line 2: a byte that is not UTF-8/]],
  ['a comment behind a quoted value', '[A]\nx = "1" ; c\ny = a" b" # c\n', { 'a.x': '1', 'a.y': 'a b' }],
  ['continuation', '[A]\nx = 1 \\\n  2\ny = 3\n', { 'a.x': '1   2', 'a.y': '3' }],
  ['continuation with CRLF', '[A]\r\nx = 1\\\r\n2\r\ny = 3\r\n', { 'a.x': '12', 'a.y': '3' }],
  ['a backslash at the very end', '[A]\nx = 1\\', { 'a.x': '1\\' }, [/^line 2: a backslash outside/]],
  ['byte-order mark and CRLF', '\uFEFF[A]\r\nx = 1\r\n', { 'a.x': '1' }],
  [
    'subsections keep their case',
    '[FileStorage "CRAN"]\nLocation = /a\n[filestorage "cran"]\nLOCATION = /b\n',
    { 'filestorage "CRAN".location': '/a', 'filestorage "cran".location': '/b' },
  ],
  ['quotes and backslashes in a subsection', '[A "b\\"c\\\\d"]\nx=1\n', { 'a "b"c\\d".x': '1' }],
  ['a bracket in a subsection', '[A "b]c"]\nx=1\n', { 'a "b]c".x': '1' }],
  ['an equals sign in the value', '[A]\nx = host=h dbname=d\n', { 'a.x': 'host=h dbname=d' }],
  ['a masked value', `[A]\npassword = %masked:${'0'.repeat(64)}%\n`, { 'a.password': `%masked:${'0'.repeat(64)}%` }],
  ['a setting before a section', 'x = 1\n[A]\ny = 2\n', { '.x': '1', 'a.y': '2' }, [/^line 1: a setting before/]],
  ['an open quote ends with its line', '[A]\nx = "1\ny = 2\n', { 'a.x': '1', 'a.y': '2' }, [/^line 2: a quote is not/]],
  [
    'what is neither',
    '[A]\n= 1\n[]\n1x = 2\n',
    {},
    [/^line 2: neither/, /^line 3: the section name/, /^line 4: neither/],
  ],
  ['nothing', '', {}],
];

describe('gcfg', () => {
  for (const [name, text, expected, remarks = []] of CASES)
    it(name, () => {
      const config = gcfg(text);
      assert.deepEqual(Object.fromEntries(config.settings.map((s) => [s.key, s.value])), expected);
      assert.equal(config.remarks.length, remarks.length, config.remarks.join('\n'));
      remarks.forEach((pattern, i) => {
        assert.match(config.remarks[i]!, pattern);
      });
    });

  it('the last value counts, all are kept with their lines', () => {
    const config = gcfg('[A]\nx = 1\\\n2\n[B]\n[A]\nX = 3\n');
    assert.deepEqual(config.settings, [
      { key: 'a.x', value: '12', line: 2 },
      { key: 'a.x', value: '3', line: 6 },
    ]);
    assert.equal(last(config, 'a.x')?.value, '3');
    assert.deepEqual([...meaning(config)], [['a.x', '12\n3']]);
  });

  it('a bare name and a cut value are marked', () => {
    assert.deepEqual(gcfg('[A]\nx\ny = 1;2\n').settings, [
      { key: 'a.x', value: 'true', line: 2, bare: true },
      { key: 'a.y', value: '1', line: 3, cut: ';' },
    ]);
  });

  it('refusals have their line', () => {
    assert.deepEqual(gcfg('[A]\nx = 1\\\n2\n= 3\n').errors, [{ line: 4, what: 'neither a [section] nor a setting' }]);
  });

  it('the provider of the database is not that of authentication', () => {
    const config = gcfg('[Authentication]\nProvider = password\n');
    assert.equal(last(config, 'database.provider'), undefined);
  });
});
