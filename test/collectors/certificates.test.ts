import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificate } from '../../src/collectors/certificates.js';
import { GOOD, LEAF, NEW_ISSUER, OLD_ISSUER, OLD_ROOT } from '../support/certificates.js';
import { foundOf } from '../support/facts.js';

describe('the certificate of a node', () => {
  const found = foundOf('workbench', { 'rserver.conf': 'ssl-enabled=1\nssl-certificate=/c.pem\n' });
  const asking = { cluster: undefined as never, node: '' };
  const read = (stdout: string) => certificate.parse({ pem: { stdout, stderr: '', exit: 0 } }, asking, found).served;
  const served = read(GOOD);

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

  const years = (pem: string) => read(pem)?.issuers.map(({ to }) => new Date(to).getUTCFullYear());
  it('an issuer that is sent along is dated', () => assert.deepEqual(years(LEAF + OLD_ISSUER), [2020]));
  it('of two copies of an issuer the one that is valid for longer counts', () =>
    assert.deepEqual(years(LEAF + OLD_ISSUER + NEW_ISSUER), [2120]));
  it('of a root the client has its own copy', () => assert.deepEqual(years(LEAF + NEW_ISSUER + OLD_ROOT), [2120]));
  it('one that issued none of the others does not count', () => assert.deepEqual(years(GOOD + OLD_ISSUER), []));
  it('line breaks of Windows', () => assert.deepEqual(years((LEAF + OLD_ISSUER).replaceAll('\n', '\r\n')), [2020]));
  it('the issuer before the server', () => assert.throws(() => read(NEW_ISSUER + LEAF), /comes first/));
  it('a relative path', () => {
    const relative = foundOf('workbench', { 'rserver.conf': 'ssl-enabled=1\nssl-certificate=c.pem\n' });
    assert.throws(() => certificate.parse({}, asking, relative), /absolute/);
  });
});
