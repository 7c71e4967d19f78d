import check from '../../checks/node-address.js';
import type { Host } from '../../src/collectors/host.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const node = (
  name: string,
  given = `www-host-name=${name}`,
  over: Partial<Host> = {},
  server = '',
  root = '/etc/rstudio',
) => {
  const found = foundOf('workbench', { 'load-balancer': `${given}\n`, 'rserver.conf': server }, { root });
  return { found, host: { name, machineId: `id-${name}`, utcOffset: 0, ...over }, effective: effectiveOf(found) };
};

testCheck(
  check,
  {
    pass: [
      {
        name: 'an IPv6 address, with and without brackets',
        nodes: { a: node('a', 'www-host-name=[2001:db8::1]'), b: node('b', 'www-host-name=2001:db8::2') },
      },
      { name: 'apart', nodes: { a: node('a'), b: node('b') }, on: ['a', 'b'] },
      {
        name: 'names with a low line, a dash, and letters of a language',
        nodes: { a: node('a', 'www-host-name=web_1-a.example.com.'), b: node('b', 'www-host-name=büro.example.com') },
      },
      {
        name: 'one name, two ports',
        nodes: {
          a: node('a', 'www-host-name=lb', {}, 'www-port=8787'),
          b: node('b', 'www-host-name=lb', {}, 'www-port=8788'),
        },
      },
      {
        name: 'by www-address',
        nodes: { a: node('a', '', {}, 'www-address=10.0.0.1'), b: node('b', '', {}, 'www-address=10.0.0.2') },
      },
    ],
    fail: [
      {
        name: 'one address in capitals and with a final dot',
        nodes: {
          a: node('a', 'www-host-name=a.example.com'),
          b: node('b', 'www-host-name=A.EXAMPLE.COM.'),
          c: node('c'),
        },
        on: ['a', 'b'],
        severity: 'critical',
        beside: ['pass'],
      },
      {
        name: 'an IPv6 address in two spellings',
        nodes: { a: node('a', 'www-host-name=2001:db8::1'), b: node('b', 'www-host-name=2001:DB8:0::1') },
        on: ['a', 'b'],
        beside: ['pass'],
      },
      {
        name: 'localhost',
        nodes: { a: node('a'), b: node('b', 'www-host-name=localhost'), c: node('c') },
        on: ['b'],
        message: /leads each other node to itself/,
        severity: 'critical',
        beside: ['pass'],
      },
      {
        name: 'a loopback address in www-address',
        nodes: { a: node('a'), b: node('b', '', {}, 'www-address=127.0.0.1') },
        on: ['b'],
        beside: ['pass'],
      },
      {
        name: 'one host name in another case',
        nodes: { a: node('web'), b: node('WEB', 'www-host-name=b', { machineId: 'x' }) },
        on: ['a', 'b'],
        beside: ['pass'],
      },
      {
        name: 'one host name',
        nodes: { a: node('a'), b: node('a', 'www-host-name=b', { machineId: 'x' }), c: node('c') },
        on: ['a', 'b'],
        severity: 'critical',
      },
      {
        name: 'one machine-id',
        nodes: { a: node('a'), b: node('b', undefined, { machineId: 'id-a' }), c: node('c') },
        on: ['a', 'b'],
        severity: 'warning',
      },
      {
        name: 'one address, with a remark behind it',
        nodes: { a: node('a', 'www-host-name=a # self'), b: node('b', 'www-host-name=a'), c: node('c') },
        on: ['a', 'b'],
      },
      { name: 'one address', nodes: { a: node('a'), b: node('b', 'www-host-name=a'), c: node('c') }, on: ['a', 'b'] },
      {
        name: 'two nodes, each with the name of the other',
        nodes: { a: node('a', 'www-host-name=B.'), b: node('b', 'www-host-name=a'), c: node('c') },
        on: ['a', 'b'],
        severity: 'critical',
        message: /www-host-name is B\., which is b/,
        beside: ['pass'],
      },
      {
        name: 'the name of another node, which gives a different one',
        nodes: { a: node('a', 'www-host-name=web-a'), b: node('b', 'www-host-name=a'), c: node('c') },
        on: ['b'],
        severity: 'critical',
        message: /which is a/,
        beside: ['pass'],
      },
      {
        name: 'the address is guessed',
        nodes: { a: node('a'), b: node('b', '', {}, 'www-address=0.0.0.0') },
        on: ['b'],
        severity: 'warning',
      },
      {
        name: 'an address that means all, as IPv6',
        nodes: { a: node('a'), b: node('b', '', {}, 'www-address=[0:0::0]') },
        on: ['b'],
        severity: 'warning',
      },
    ],
    unknown: [
      {
        name: 'a URL, and a port behind the name',
        nodes: {
          a: node('a', 'www-host-name=https://a.example.com'),
          b: node('b', 'www-host-name=b:8787'),
          c: node('c'),
        },
        on: ['a', 'b'],
        message: /www-host-name=https:\/\/a.example.com \(a\) and www-host-name=b:8787 \(b\): this is not a host name/,
        beside: ['pass'],
      },
      ...['$HOSTNAME', '"b.example.com"', '<address>', 'b.example.com,b', '@NODE_IP@'].map((name) => ({
        name: `not a host name: ${name}`,
        nodes: { a: node('a'), b: node('b', `www-host-name=${name}`), c: node('c') },
        on: ['b'],
        message: /\(b\): this is not a host name or an address alone/,
        beside: ['pass'] as const,
      })),
      {
        name: 'the machine of a container',
        nodes: { a: node('a'), b: node('b', 'www-host-name=host.docker.internal'), c: node('c') },
        on: ['b'],
        message: /host\.docker\.internal \(b\): this is the machine on which a container runs/,
        beside: ['pass'],
      },
      {
        name: 'link-local addresses',
        nodes: {
          a: node('a', 'www-host-name=fe80::1%eth0'),
          b: node('b', '', {}, 'www-address=169.254.7.1'),
          c: node('c', 'www-host-name=feba::1'),
          d: node('d', 'www-host-name=fec0::1'),
        },
        on: ['a', 'b', 'c'],
        message: /holds on one link alone/,
        beside: ['pass'],
      },
      {
        name: 'a short and a long name',
        nodes: { a: node('a', 'www-host-name=web'), b: node('b', 'www-host-name=web.example.com') },
        on: ['a', 'b'],
        message: /getent hosts/,
        beside: ['pass'],
      },
      {
        name: 'no host name',
        nodes: { a: node('a'), b: { ...node('b'), host: { unseen: 'no name' } }, c: node('c') },
        on: ['b'],
        beside: ['pass'],
      },
    ],
  },
  { product: 'workbench' },
);
