import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig } from '../../src/gather/ssh/sshConfig.js';
import { jumpTarget, nodeTarget, parseJump } from '../../src/gather/ssh/sshTarget.js';
import type { Connection, Node } from '../../src/model/inventory.js';

const node = (connection: Partial<Connection> = {}): Node => ({
  name: 'wb1',
  host: 'wb1',
  connection: { type: 'ssh', ...connection },
});

/** An ssh_config that says the same of every host. */
const config =
  (found: Partial<HostConfig> = {}) =>
  (host: string): HostConfig => ({
    hostName: host,
    identityFiles: [],
    identitiesOnly: false,
    certificateFiles: [],
    notes: [],
    ...found,
  });

describe('parseJump', () => {
  const cases: [string, ReturnType<typeof parseJump>][] = [
    ['gate', { host: 'gate' }],
    ['ops@gate:2200', { host: 'gate', user: 'ops', port: 2200 }],
    ['ops@corp@gate', { host: 'gate', user: 'ops@corp' }],
    ['[::1]:22', { host: '::1', port: 22 }],
    ['ssh://ops@gate:22', { host: 'gate', user: 'ops', port: 22 }],
  ];
  for (const [spec, expected] of cases) test(spec, () => assert.deepEqual(parseJump(spec), expected));
  for (const spec of ['', 'a:b', '::1', 'a b:x:1']) {
    test(`not "${spec}"`, () => assert.throws(() => parseJump(spec), { name: 'Unreachable' }));
  }
});

test('the inventory stands above ssh_config, and that above the defaults', () => {
  const found = config({ hostName: '10.0.0.1', user: 'cfg', port: 2222, identityFiles: ['/k2'] });
  const target = nodeTarget(node({ user: 'ops', identityFile: '/k1', knownHosts: '/kh' }), found);
  assert.equal(target.label, 'ops@10.0.0.1:2222');
  assert.deepEqual(target.identityFiles, ['/k1', '/k2']);
  assert.deepEqual(target.knownHostsFiles, ['/kh']);
  assert.equal(target.keyName, '[10.0.0.1]:2222');
  assert.equal(target.hostKeyCheck, 'strict');
  assert.equal(nodeTarget(node(), config()).port, 22);
});

test('ProxyCommand is refused by name, unless the inventory has another way', () => {
  const found = config({ proxyCommand: 'nc %h %p' });
  assert.throws(() => nodeTarget(node(), found), { name: 'Unreachable', message: /ProxyCommand .*type: openssh/ });
  assert.deepEqual(nodeTarget(node({ jump: 'gate' }), found).jumps, ['gate']);
});

test('a jump host is checked strictly, whatever the node is, and is not its own jump host', () => {
  const lax = node({ hostKeyCheck: 'off', jump: 'gate', user: 'ops' });
  const gate = jumpTarget('me@gate', lax, config({ proxyJump: 'gate' }));
  assert.equal(gate.hostKeyCheck, 'strict');
  assert.deepEqual(gate.jumps, []);
  assert.equal(gate.user, 'me');
  assert.deepEqual(nodeTarget(lax, config()).jumps, ['gate']);
});
