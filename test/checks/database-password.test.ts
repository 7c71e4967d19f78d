import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/database-password.js';
import type { DatabasePassword } from '../../src/collectors/databasePassword.js';
import { judgeCase, testCheck } from '../../src/testing.js';

const node = (kind: DatabasePassword['kind'], mode = 0o600) => ({
  password: { kind, mode, path: '/etc/moved/database.conf' },
});

testCheck(check, {
  pass: [
    { name: 'encrypted with this key', nodes: { a: node('fits', 0o644), b: node('fits') }, on: ['a', 'b'] },
    { name: 'in the clear, and private', nodes: { a: node('plain') }, on: ['a'] },
  ],
  fail: [
    { name: 'another key', nodes: { a: node('fits'), b: node('differs') }, on: ['b'], severity: 'critical' },
    {
      name: 'in the clear for everybody',
      nodes: { a: node('plain', 0o644), b: node('plain') },
      on: ['a'],
      severity: 'info',
    },
  ],
  unknown: [
    { name: 'the key cannot be read', nodes: { a: node('unkeyed'), b: node('fits') }, on: ['a'], beside: ['pass'] },
    { name: 'the file cannot be read', nodes: { a: { password: { unseen: 'permission denied' } } }, on: ['a'] },
  ],
  skip: [{ name: 'no password', nodes: { a: node('none') } }],
});

it('the command names the file that was read', () => {
  const [finding] = judgeCase(check, { name: '', nodes: { a: node('plain', 0o644) } });
  assert.deepEqual(finding!.fixes?.[0]?.commands, ['sudo chmod 0600 /etc/moved/database.conf']);
});
