import check from '../../checks/certificates.js';
import type { Certificate, Dated } from '../../src/collectors/certificates.js';
import { testCheck } from '../../src/testing.js';
import { effectiveOf, foundOf } from '../support/facts.js';

const DAY = 86_400_000;
/** The tests' now. */
const NOW = Date.parse('2026-01-01T00:00:00Z');
const node = (from: number, to: number, host = 'n1.example.com', name = host, issuers: readonly Dated[] = []) => ({
  effective: effectiveOf(foundOf('workbench', { 'load-balancer': `www-host-name=${name}\n` })),
  certificate: {
    served: {
      path: '/etc/ssl/node.pem',
      from: NOW + from * DAY,
      to: NOW + to * DAY,
      subject: 'CN=x',
      issuers,
      covers: (asked: string) => asked === host,
    } satisfies Certificate,
  },
});
const issued = (...days: number[]) =>
  node(
    -10,
    365,
    undefined,
    undefined,
    days.map((to) => ({ from: NOW - 1000 * DAY, to: NOW + to * DAY, subject: 'CN=CA' })),
  );

testCheck(check, {
  pass: [
    { name: 'an issuer that ends before it', nodes: { a: issued(90) }, on: ['a'], message: /2026-04-01/ },
    {
      name: 'a port behind the name, of which node-address is unsure',
      nodes: { a: node(-10, 365, 'n1', 'n1:8787') },
      on: ['a'],
    },
    { name: 'valid for a year', nodes: { a: node(-10, 365), b: node(-10, 90) }, on: ['a', 'b'], message: /2026-04-01/ },
    {
      name: 'another warning time',
      nodes: { a: node(-10, 20) },
      cluster: { params: { certificates: { warnDays: 10 } } },
    },
  ],
  fail: [
    { name: 'an issuer that expired', nodes: { a: issued(-1), b: issued(365) }, on: ['a'], message: /of the issuer/ },
    { name: 'an issuer that expires soon', nodes: { a: issued(29) }, on: ['a'], message: /expires on/ },
    {
      name: 'expired',
      nodes: { a: node(-10, 365), b: node(-365, -1) },
      on: ['b'],
      message: /expired/,
      severity: 'warning',
    },
    { name: 'not there on any', nodes: { a: { ...node(-10, 365), certificate: { missing: '/c.pem' } } }, on: ['a'] },
    { name: 'not yet valid', nodes: { a: node(1, 365) }, on: ['a'], message: /not valid before/ },
    { name: 'expires soon', nodes: { a: node(-10, 29), b: node(-10, 31) }, on: ['a'], message: /expires on/ },
    {
      name: 'not there on one node',
      nodes: { a: node(-10, 365), b: { ...node(-1, 365), certificate: { missing: '/etc/ssl/node.pem' } } },
      on: ['b'],
      message: /\/etc\/ssl\/node\.pem does not exist/,
      beside: ['pass'],
    },
    { name: 'of another name', nodes: { a: node(-10, 365, 'other', 'n1') }, on: ['a'], message: /does not cover n1/ },
  ],
  unknown: [
    {
      name: 'an intermediate certificate further up expired',
      nodes: { a: issued(365, -1), b: issued(365, 365) },
      on: ['a'],
      beside: ['pass'],
      message: /CN=CA/,
    },
    {
      name: 'cannot be read',
      nodes: { a: { ...node(-1, 365), certificate: { unseen: 'permission denied' } } },
      on: ['a'],
    },
  ],
  skip: [{ name: 'no TLS here', nodes: { a: { ...node(-1, 365), certificate: {} } } }],
});
