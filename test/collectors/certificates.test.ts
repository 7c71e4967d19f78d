import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificate } from '../../src/collectors/certificates.js';
import { GOOD } from '../support/certificates.js';
import { foundOf } from '../support/facts.js';

describe('the certificate of a node', () => {
  const found = foundOf('workbench', { 'rserver.conf': 'ssl-enabled=1\nssl-certificate=/c.pem\n' });
  const asking = { cluster: undefined as never, node: '' };
  const pem = { stdout: GOOD, stderr: '', exit: 0, ms: 0 };
  const { served } = certificate.parse({ pem }, asking, found);

  // for *.example.com
  for (const [name, covered] of [
    ['n1.example.com', true],
    ['N1.Example.com', true],
    ['n1.example.com.', true],
    ['example.com', false],
    ['n1.example.net', false],
    ['192.0.2.1', false],
    ['[::1]', false],
  ] as const)
    it(`${name}: ${covered ? 'covered' : 'not covered'}`, () => assert.equal(served?.covers(name), covered));
});
