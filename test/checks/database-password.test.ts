import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/database-password.js';
import type { DatabasePassword } from '../../src/collectors/databasePassword.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { foundOf } from '../support/facts.js';

const node = (kind: DatabasePassword['kind'], mode = 0o600, variable = false, file = 'provider=postgresql\n') => ({
  password: { kind, mode, path: '/etc/moved/database.conf' },
  found: foundOf(
    'workbench',
    { 'database.conf': file },
    { environment: new Map(variable ? [['WORKBENCH_POSTGRES_PASSWORD', 'x']] : []) },
  ),
});

const IN_ADDRESS = `connection-uri=postgresql://rs:%masked:${'0'.repeat(64)}%@db/rs\n`;

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
    {
      name: 'the file cannot be read',
      nodes: { a: { ...node('none'), password: { unseen: 'permission denied' } } },
      on: ['a'],
    },
    {
      name: 'a variable that the release does not read',
      nodes: { a: node('none', 0o600, true), b: node('plain', 0o600, true) },
      release: '2023.12.1',
      on: ['a'],
      message: /counts from release 2024\.04 on/,
      beside: ['pass'],
    },
  ],
  skip: [
    { name: 'no password', nodes: { a: node('none') } },
    { name: 'a variable that the release reads', nodes: { a: node('none', 0o600, true) }, release: '2024.04.0' },
    { name: 'a variable, and the release is not known', nodes: { a: node('none', 0o600, true) } },
    {
      name: 'a variable beside a password in the address',
      nodes: { a: node('none', 0o600, true, IN_ADDRESS) },
      release: '2023.12.1',
    },
  ],
});

it('the command names the file that was read', () => {
  const [finding] = judgeCase(check, { name: '', nodes: { a: node('plain', 0o644) } });
  assert.deepEqual(finding!.fixes?.[0]?.commands, ['sudo chmod 0600 /etc/moved/database.conf']);
});
