import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../checks/leftover-sqlite.js';
import { leftovers } from '../../src/collectors/leftovers.js';
import { NotSeen } from '../../src/model/evidence.js';
import { bareCluster, testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const node = (modified: number, bytes = 9, configuration = 100, database = 'provider=postgresql\n') => {
  const found = foundOf('workbench', { 'database.conf': database });
  const tree = found.tree.map((e) => ({ ...e, modified: configuration }));
  return {
    found: { ...found, tree },
    settings: settingsOf(found),
    leftovers: [{ path: '/var/lib/rstudio-server/rstudio.sqlite', bytes, modified }],
  };
};

testCheck(check, {
  pass: [
    { name: 'none', nodes: { a: { ...node(0), leftovers: [] } }, on: ['a'] },
    { name: 'from before', nodes: { a: node(50), b: node(99) }, on: ['a', 'b'], message: /rstudio\.sqlite/ },
    { name: 'empty', nodes: { a: node(200, 0) } },
  ],
  fail: [{ name: 'written since', nodes: { a: node(50), b: node(200) }, on: ['b'], severity: 'warning' }],
  unknown: [
    {
      name: 'the folder is closed',
      nodes: { a: { ...node(50), leftovers: { unseen: 'Permission denied' } } },
      on: ['a'],
    },
    {
      name: 'a variable selects PostgreSQL, and has no time',
      nodes: {
        a: node(50),
        b: {
          ...node(200),
          settings: {
            ...node(200).settings,
            database: {
              value: { provider: 'postgres', because: 'environment variable CONNECT_DATABASE_PROVIDER (unit)' },
            },
          },
        },
      },
      on: ['b'],
      beside: ['pass'],
      message: /CONNECT_DATABASE_PROVIDER/,
    },
    {
      name: 'the provider is not known',
      nodes: { a: { ...node(50), settings: { ...node(50).settings, database: { unseen: 'permission denied' } } } },
      on: ['a'],
    },
  ],
  skip: [{ name: 'on SQLite anyhow', nodes: { a: node(200, 9, 100, 'provider=sqlite\n') } }],
});

describe('what find says', () => {
  const parse = (stdout: string) =>
    leftovers.parse(
      { files: { exit: 0, stdout, stderr: '' } },
      { cluster: bareCluster(['a']), node: 'a' },
      foundOf('workbench'),
    );
  it('a file; a folder that is not there', () => {
    assert.deepEqual(parse('=9 100 /var/lib/x.sqlite\nfind: ‘/y’: No such file or directory\n'), [
      { path: '/var/lib/x.sqlite', bytes: 9, modified: 100 },
    ]);
  });
  for (const words of ['find: ‘/y’: Permission denied', 'sudo: a password is required', 'sh: 1: find: not found'])
    it(`${words}: not seen`, () => assert.throws(() => parse(`${words}\n`), NotSeen));
});
