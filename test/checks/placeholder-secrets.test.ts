import check from '../../checks/placeholder-secrets.js';
import { testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const hidden = `%masked:${'0'.repeat(64)}%`;
const node = (placeholders: readonly (readonly [string, readonly number[]])[] = [], password = hidden) => ({
  found: foundOf(
    'workbench',
    { 'database.conf': `provider=postgresql\npassword=${password}\n` },
    { placeholders: new Map(placeholders) },
  ),
});
/** It is there, and its text is not known. */
const unread = (environment: Record<string, string> = {}) => {
  const { found } = node();
  return {
    found: {
      ...found,
      texts: new Map([...found.texts].filter(([path]) => path !== 'database.conf')),
      environment: new Map(Object.entries(environment)),
    },
  };
};

testCheck(check, {
  pass: [{ name: 'a secret', nodes: { a: node(), b: node() }, on: ['a', 'b'] }],
  fail: [
    {
      name: 'in a file',
      nodes: { a: node(), b: node([['database.conf', [2]]]) },
      on: ['b'],
      message: /database\.conf line 2/,
    },
    {
      name: 'in a file of variables',
      nodes: { a: node([['/etc/default/x', [2, 3]]]) },
      on: ['a'],
      message: /^\/etc\/default\/x line 2 and 3 holds/,
    },
    { name: 'in the environment', nodes: { a: node([['', [1]]]) }, on: ['a'], message: /environment/ },
  ],
  unknown: [
    { name: 'not seen', nodes: { a: { found: { unseen: 'permission denied' } } }, on: ['a'] },
    {
      name: 'a file that could not be read',
      nodes: { b: unread({ PASSWORD: hidden }) },
      on: ['b'],
      message: /database\.conf/,
    },
    { name: 'no file that could hold one could be read', nodes: { a: unread() }, on: ['a'], message: /sudo: true/ },
  ],
  skip: [{ name: 'no secret', nodes: { a: node([], '') } }],
});
