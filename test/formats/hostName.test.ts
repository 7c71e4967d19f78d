import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf, foldHost, isContainerHost, isHostForm, isLoopback } from '../../src/formats/hostName.js';

describe('host names', () => {
  it('fold', () => {
    assert.equal(foldHost('N1.Example.COM.'), 'n1.example.com');
  });

  it('addresses in one spelling', () => {
    const CASES: readonly [text: string, expected: string | undefined][] = [
      ['10.0.0.1', '10.0.0.1'],
      ['[::1]', '::1'],
      ['0:0:0:0:0:0:0:1', '::1'],
      ['FE80::1%eth0', 'fe80::1'],
      ['::ffff:192.0.2.10', '192.0.2.10'],
      ['[::FFFF:c000:20a]', '192.0.2.10'],
      ['0:0:0:0:0:ffff:a00:1', '10.0.0.1'],
      ['::ffff:0:c000:20a', '::ffff:0:c000:20a'],
      ['64:ff9b::c000:20a', '64:ff9b::c000:20a'],
      ['10.0.0.256', undefined],
      ['n1', undefined],
      ['a:b', undefined],
      ['FE80::1%eth0%x', 'fe80::1'],
      ['10.0.0.1.2', undefined],
      ['10.0.0.1x', undefined],
      ['x10.0.0.1', undefined],
      ['10.20.30.40', '10.20.30.40'],
      ['[10.0.0.1', undefined],
      ['x[10.0.0.1]', undefined],
      ['[10.0.0.1]x', undefined],
      ['', undefined],
    ];
    for (const [text, expected] of CASES) assert.equal(addressOf(text), expected, text);
  });

  it('the node itself', () => {
    const names =
      'localhost LOCALHOST. a.localhost localhost.localdomain localhost4 localhost6 ip6-localhost localhost4.localdomain4 node.localhost node.localhost.localdomain';
    const addresses =
      '127.0.0.1 127.0.1.1 127.1 127.10.20.30 ::ffff:127.0.255.255 ::ffff:7f00:abcd ::1 [::1] 0:0:0:0:0:0:0:1 ::ffff:127.0.0.2 ::ffff:7f00:1 0.0.0.0 ::';
    for (const host of `${names} ${addresses}`.split(' ')) assert.ok(isLoopback(host), host);
  });

  it('what can be a name or an address', () => {
    for (const host of 'n1 n1.example.com 10.0.0.1 ::1 [::1] 127.1 1.2.3.4.example.com'.split(' '))
      assert.ok(isHostForm(host), host);
    for (const host of ['', '10.0.0.300', '999.1.1.1', '<ip>', '$IP', 'a:1', 'http://a', '"a"', 'a b'])
      assert.ok(!isHostForm(host), host);
  });

  it('the machine of a container', () => {
    for (const host of 'host.docker.internal GATEWAY.docker.internal. host.containers.internal 172.17.0.1'.split(' '))
      assert.ok(isContainerHost(host), host);
    for (const host of 'docker.internal host.example.com xhost.docker.internal 172.17.0.10 1172.17.0.1'.split(' '))
      assert.ok(!isContainerHost(host), host);
  });

  it('other machines', () => {
    for (const host of [
      'db',
      '10.0.0.1',
      '128.0.0.1',
      'localhost.example.com',
      'mylocalhost',
      'localhost7',
      'x127.0.0.1',
      '1.127.0.0.1',
      '::ffff:8000:1',
      '::2',
      '::ffff:10.0.0.1',
      '127.example.com',
      '',
    ])
      assert.ok(!isLoopback(host), host);
  });
});
