import check from '../../checks/leftover-sqlite.js';
import { testCheck } from '../../src/testing.js';
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
      name: 'the provider is not known',
      nodes: { a: { ...node(50), settings: { ...node(50).settings, database: { unseen: 'permission denied' } } } },
      on: ['a'],
    },
  ],
  skip: [{ name: 'on SQLite anyhow', nodes: { a: node(200, 9, 100, 'provider=sqlite\n') } }],
});
