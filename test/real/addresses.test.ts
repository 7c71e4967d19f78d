import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freePlace } from './addresses.js';
import { whyNoHosts } from './hosts.js';

describe('addresses for tests', { skip: whyNoHosts() }, () => {
  const own = process.pid % 5;

  it('begin at a place of each process', () =>
    assert.equal(
      freePlace(5, () => []),
      own,
    ));
  it('are not those that a killed run left', () =>
    assert.equal(
      freePlace(5, (place) => (place === own ? ['198.18.0.1', '127.0.0.1'] : ['198.18.0.1'])),
      (own + 1) % 5,
    ));
  it('none free is said', () => assert.throws(() => freePlace(5, () => ['127.0.0.1']), /every address/));
});
