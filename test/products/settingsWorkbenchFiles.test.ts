/** Workbench's options: of the command line, of files, and the files that they move. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Installed, TreeEntry } from '../../src/products/installed.js';
import { inForce, moved, option } from '../../src/products/workbench/files.js';
import { foundOf } from '../support/facts.js';

const of = (text: string, words: readonly string[] = [], over: Partial<Installed> = {}, files = {}) =>
  foundOf('workbench', { 'rserver.conf': text, ...files }, { arguments: words, argumentsFrom: 'process 7', ...over });
const entry = (path: string, type: TreeEntry['type']): TreeEntry => ({
  ...foundOf('workbench').tree[0]!,
  path,
  type,
});

describe('an option of rserver', () => {
  const file = { value: '80', because: 'rserver.conf line 2' };
  it('of the file', () => assert.deepEqual(option(of('# x\nwww-port=80\n'), 'www-port'), file));
  it('of the command line, which wins', () => {
    const given = { value: '81', because: '--www-port on the command line (process 7)', beside: true };
    assert.deepEqual(option(of('', ['--www-port=81']), 'www-port'), given);
    const both = option(of('# x\nwww-port=80\n', ['--www-port', '81', '--www-port=82']), 'www-port');
    assert.deepEqual(both, { ...given, overrides: file });
  });
  it('of neither', () => assert.equal(option(of('x=1\n', ['--www-portal=1', 'www-port=2']), 'www-port'), undefined));
});

describe('files that an option moves', () => {
  const ROWS: readonly [text: string, words: readonly string[], places: Readonly<Record<string, string>>][] = [
    ['', [], {}],
    ['', ['--config-file=/a'], { 'rserver.conf': '/a' }],
    ['', ['--config-file=none'], {}],
    ['config-file=/a\n', [], {}],
    ['database-config-file=/d\nrsession-config-file=/s\n', [], { 'database.conf': '/d', 'rsession.conf': '/s' }],
    [
      'database-config-file=d\nrsession-config-file=s\n',
      [],
      { 'database.conf': 'd', 'rsession.conf': '/usr/lib/rstudio-server/s' },
    ],
    ['database-config-file=\nrsession-config-file=\n', [], {}],
    ['database-config-file=/d\n', ['--database-config-file=/e'], { 'database.conf': '/e' }],
  ];
  for (const [text, words, places] of ROWS)
    it(`${JSON.stringify(text)} ${words.join(' ')}`, () =>
      assert.deepEqual(Object.fromEntries(moved(of(text, words))), places));
  it('where rserver.conf could not be read, by the command line alone', () => {
    const unread = { texts: new Map<string, string>() };
    assert.deepEqual([...moved(of('x=1\n', ['--config-file=/a'], unread))], [['rserver.conf', '/a']]);
  });
});

describe('settings in force', () => {
  const values = (installed: Installed) => Object.fromEntries([...inForce(installed)].map(([k, e]) => [k, e.value]));
  const files = { 'database.conf': undefined, 'load-balancer': undefined };
  it('of every file that is read, by its grammar; of duplicates the first', () => {
    const more = {
      ...files,
      'env-vars': 'A=1\n# B=2\n',
      'file-locks': 'lock-type=advisory\nlock-type=linkbased\n',
      'launcher.local.conf': 'x=1 # remark\n',
      'notes.txt': 'y=1\n',
    };
    assert.deepEqual(values(of('www-port=80\n', [], {}, more)), {
      'rserver.conf:www-port': '80',
      'env-vars:A': '1',
      'file-locks:lock-type': 'advisory',
      'launcher.local.conf:x': '1',
    });
  });
  it('of the command line', () => {
    const words = ['--www-port=81', '--database-config-file', '/d', '-x', 'y--auth-none=1', '--'];
    assert.deepEqual(values(of('www-port=80\nauth-none=0\n', words, {}, files)), {
      'rserver.conf:www-port': '81',
      'rserver.conf:database-config-file': '/d',
      'rserver.conf:auth-none': '0',
    });
  });
  it('of no rserver.conf where the command line says so', () => {
    assert.deepEqual(values(of('www-port=80\n', ['--config-file=none'], {}, files)), {
      'rserver.conf:config-file': 'none',
    });
  });
  it('of the variable with a password', () => {
    const environment = new Map([
      ['WORKBENCH_POSTGRES_PASSWORD', 'x'],
      ['RSTUDIO_LOG', 'y'],
    ]);
    assert.deepEqual(values(of('', [], { environment }, files)), { 'environment:WORKBENCH_POSTGRES_PASSWORD': 'x' });
  });
  it('of no directory and of no pipe; of a pipe that was read', () => {
    const tree = [entry('rserver.conf', 'other'), entry('rsession.conf', 'directory'), entry('file-locks', 'other')];
    assert.deepEqual(values(of('www-port=80\n', [], { tree }, files)), { 'rserver.conf:www-port': '80' });
  });
  it('without a database.conf that could not be read; any other file is asked for', () => {
    const tree = (path: string) => ({ tree: [entry('rserver.conf', 'file'), entry(path, 'file')] });
    for (const path of ['database.conf', 'audit-database.conf'])
      assert.deepEqual(values(of('www-port=80\n', [], tree(path), files)), { 'rserver.conf:www-port': '80' });
    for (const path of ['rsession.conf', 'launcher.database.conf'])
      assert.throws(() => values(of('', [], tree(path), files)), { name: 'NotSeen' });
  });
});
