import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Attempt, otherWay, whyFailed } from '../../src/gather/ssh/sshErrors.js';
import { readKey } from '../../src/gather/ssh/sshKeys.js';

const attempt: Attempt = {
  label: 'ops@wb1:22',
  address: 'wb1:22',
  stage: 'authentication',
  heard: 'SSH-2.0-OpenSSH_9.2',
  serverAlgorithms: new Map(),
  tried: ['~/.ssh/id_ed25519'],
  problems: [],
  methods: ['publickey'],
  certificate: false,
  offers: 1,
  banner: '',
  partial: false,
};
const refused = Object.assign(new Error('All configured authentication methods failed'), {
  level: 'client-authentication',
});
const kerberos = { methods: ['publickey', 'gssapi-with-mic'] };
const odd = { because: 'ssh2 cannot use the identity file /k' };

const WAYS: readonly [name: string, of: Partial<Attempt>, error: Error | undefined, because: string | undefined][] = [
  ['a refusal', {}, refused, undefined],
  ['the end of the connection', {}, undefined, undefined],
  ['a banner with the words', { banner: 'no cipher in common; set "type: openssh"' }, refused, undefined],
  ['a certificate', { certificate: true }, refused, 'ssh2 cannot offer a certificate'],
  ['a certificate, before anything was refused', { certificate: true }, new Error('reset'), undefined],
  [
    'a certificate, after too many keys',
    { certificate: true },
    new Error('Too many failures'),
    'ssh2 cannot offer a certificate',
  ],
  ['a second factor', { certificate: true, partial: true }, refused, undefined],
  ['a kind of key', { otherWay: odd }, refused, odd.because],
  ['Kerberos', kerberos, refused, 'the server takes Kerberos'],
  [
    'no cipher in common',
    { stage: 'handshake' },
    new Error('Handshake failed: no matching C->S cipher'),
    'no cipher in common',
  ],
  ['a name that is like it', { stage: 'connecting' }, new Error('no matching host'), undefined],
];

describe('whether the ssh program may get in', () => {
  for (const [name, of, error, because] of WAYS)
    it(name, () => {
      const failed = { ...attempt, ...of };
      assert.equal(otherWay(failed, error)?.because, because);
      assert.equal(otherWay(failed, error)?.kerberos, of === kerberos ? true : undefined);
      assert.notEqual(whyFailed(failed, error), '');
    });
  it('with a key file that ssh2 cannot use', () => {
    const read = (message: string) => readKey('/dev/null', () => new Error(message));
    const { problem, otherWay: way } = read('Unsupported key format') as { problem: string; otherWay?: object };
    assert.match(problem, /only "type: openssh"/);
    assert.deepEqual(way, { because: 'ssh2 cannot use the identity file /dev/null' });
    assert.ok(!('otherWay' in read('Malformed key')));
  });
});
