import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  contentOf,
  directoryTrouble,
  isLeftover,
  leftOut,
  type Side,
  unreadTexts,
} from '../../../checks/support/configuration.js';
import { gcfg } from '../../../src/formats/gcfg.js';
import type { TreeEntry } from '../../../src/products/installed.js';
import { foundOf, settingsOf } from '../../support/facts.js';

const entry = (path: string, over: Partial<TreeEntry> = {}): TreeEntry => ({
  ...{ path, type: 'file', mode: 0o644, owner: 'root', group: 'root', size: 1, modified: 0 },
  ...over,
});
const side = (node: string, tree: readonly TreeEntry[], digests: Readonly<Record<string, string>> = {}): Side => {
  const found = foundOf('workbench', {}, { tree });
  return { node, found, settings: settingsOf(foundOf('workbench')), digests: new Map(Object.entries(digests)) };
};

describe('copies that nobody reads', () => {
  const NO = [
    'bak',
    'x.bak.conf',
    'holder',
    'x.2026',
    'x-20',
    'old-x',
    'a#b',
    '#a',
    '.gitignore',
    'tmp',
    'rserver.conf',
    'launcher.kubernetes.conf',
    'launcher.kubernetes.profiles.conf',
    'rserver-http.conf',
    'launcher.pem',
    'rserver.conf.d/x',
    'themes/old.rstheme',
  ];
  const YES = ['x~', 'x.bak', 'x.bak-1', 'x_old', 'x.swp', 'x.rpmsave', 'x.dpkg-dist', 'x.defaults', 'x.20260131'];
  const DATED = ['x-2026-01-31', 'x.2026-01-31T10-00-00', 'x.20260131-1200', '#x#', 'd/#x#', '.git/x', 'd/.svn/x'];
  const BEHIND = [
    'rserver.conf.1',
    'rserver.conf.pre-upgrade',
    'rserver.conf~1',
    'launcher.slurm.conf.augnew',
    'profiles.jd',
  ];
  const ASIDE = ['backup/rserver.conf', 'OLD/rserver.conf', 'a/archive/x', 'x.BAK'];
  const { texts } = foundOf('workbench').profile;
  for (const name of NO) it(`not ${name}`, () => assert.equal(isLeftover(name, texts), false));
  for (const name of [...YES, ...DATED, ...BEHIND, ...ASIDE])
    it(name, () => assert.equal(isLeftover(name, texts), true));
});

describe('files of a known format whose text could not be read', () => {
  const of = (tree: readonly TreeEntry[], format?: typeof gcfg) =>
    unreadTexts(foundOf('workbench', {}, { tree, texts: new Map([['rserver.conf', '']]) }), format);
  for (const [what, tree, expected] of [
    ['one', [entry('rsession.conf')], /^rsession\.conf /],
    ['a pipe', [entry('rsession.conf', { type: 'other', size: 0 })], /^rsession\.conf /],
    ['two', [entry('rsession.conf'), entry('file-locks')], /^rsession\.conf .*; file-locks /],
    ['one that was read', [entry('rserver.conf')], undefined],
    ['an empty one', [entry('rsession.conf', { size: 0 })], undefined],
    ['a folder', [entry('rsession.conf', { type: 'directory' })], undefined],
    ['another format', [entry('notes.txt')], undefined],
  ] as const)
    it(what, () => {
      const said = of(tree);
      if (expected) assert.match(said ?? '', expected);
      else assert.equal(said, undefined);
    });
  it('of one format alone', () => assert.equal(of([entry('rsession.conf')], gcfg), undefined));
});

describe('what is compared byte for byte', () => {
  const tree = [entry('rserver.conf'), entry('empty', { size: 0 }), entry('a.bin'), entry('b.bin')];
  const one = side('n1', tree, { 'a.bin': 'd' });
  for (const [path, expected] of [
    ['rserver.conf', one.found.texts.get('rserver.conf')],
    ['a.bin', 'd'],
    ['b.bin', undefined],
    ['empty', ''],
    ['gone', undefined],
  ] as const)
    it(path, () => assert.equal(contentOf(one, path), expected));
});

describe('a directory that is not the one that was meant', () => {
  const of = (environment: Readonly<Record<string, string>>, over: object = {}) =>
    directoryTrouble(foundOf('workbench', {}, { environment: new Map(Object.entries(environment)), ...over }));
  for (const [what, environment, over, expected] of [
    ['the default', {}, {}, undefined],
    ['an empty default', {}, { tree: [] }, /^\/etc\/rstudio is empty$/],
    [
      'an empty one',
      { RSTUDIO_CONFIG_DIR: '/x' },
      { root: '/x', rootBecause: 'x', tree: [] },
      /is \/x, which does not exist/,
    ],
    ['one of an unknown origin', {}, { root: '/x', rootBecause: 'x', tree: [] }, /^\/x is empty$/],
    ['not found', { RSTUDIO_CONFIG_DIR: '/x' }, {}, /RSTUDIO_CONFIG_DIR is \/x, which does not exist/],
    ['found', { RSTUDIO_CONFIG_DIR: '/x' }, { root: '/x', rootBecause: 'x' }, undefined],
    ['a level too many', { XDG_CONFIG_DIRS: '/x/rstudio/' }, {}, /the product looks in \/x\/rstudio\/\/rstudio/],
    ['a name that begins so', { XDG_CONFIG_DIRS: '/x/rstudio-2' }, {}, undefined],
    ['a level too many that is there', { XDG_CONFIG_DIRS: '/x/rstudio' }, { root: '/x/rstudio/rstudio' }, undefined],
    [
      'without the main file',
      {},
      { root: '/x', rootBecause: 'x', tree: [entry('a')] },
      /does not contain rserver\.conf$/,
    ],
    [
      'one level deeper',
      {},
      { root: '/x', rootBecause: 'x', tree: [entry('a'), entry('d/rserver.conf')] },
      /one level deeper$/,
    ],
    ['a default without the main file', {}, { tree: [entry('a')] }, undefined],
  ] as const)
    it(what, () => {
      const said = of(environment, over);
      if (expected) assert.match(said ?? '', expected);
      else assert.equal(said, undefined);
    });
});

describe('settings of the database', () => {
  const of = (database: Parameters<typeof leftOut>[1], meant: readonly string[] = []) =>
    leftOut([side('a', [])], database, meant);
  for (const [database, file, key, out] of [
    ['none', 'database.conf', 'host', false],
    ['address', 'database.conf', 'host', true],
    ['address', 'database.conf', 'pool-size', false],
    ['address', 'database.conf', 'localhost', false],
    ['address', 'rserver.conf', 'host', false],
    ['all', 'database.conf', 'pool-size', true],
    ['all', 'rserver.conf', 'pool-size', false],
  ] as const)
    it(`${file}:${key}, left out: ${database}`, () => assert.equal(of(database)(file, key), out));
  it('meant to differ, in any case', () => {
    assert.equal(of('none', ['Rserver.conf:WWW-Root-Path'])('rserver.conf', 'www-root-path'), true);
    assert.equal(of('none', ['rserver.conf:x'])('rserver.conf', 'y'), false);
  });
});
