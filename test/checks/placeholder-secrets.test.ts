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

testCheck(check, {
  pass: [{ name: 'a secret', nodes: { a: node(), b: node() }, on: ['a', 'b'] }],
  fail: [
    {
      name: 'in a file',
      nodes: { a: node(), b: node([['database.conf', [2]]]) },
      on: ['b'],
      message: /database\.conf line 2/,
    },
    { name: 'in the environment', nodes: { a: node([['', [1]]]) }, on: ['a'], message: /environment/ },
  ],
  unknown: [{ name: 'not seen', nodes: { a: { found: { unseen: 'permission denied' } } }, on: ['a'] }],
  skip: [{ name: 'no secret', nodes: { a: node([], '') } }],
});
