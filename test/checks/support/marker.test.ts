/** What a file that one node wrote proves of the others. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byMarker } from '../../../checks/support/marker.js';
import type { SharedPlace } from '../../../checks/support/places.js';
import type { PlaceTrial } from '../../../src/probes/storage.js';

const place = { setting: 'DataDir', what: '/srv/data' } as SharedPlace;
const shown = (trial: Partial<PlaceTrial>, there = ['a', 'b', 'c', 'd']): string[] =>
  byMarker(place, { writer: 'a', markers: {}, trouble: {}, ...trial } as PlaceTrial, new Set(there), ['X-1']).map((f) =>
    [
      `${f.status} ${f.subject}`,
      (f.nodes ?? []).join(' '),
      f.message,
      ...(f.fixes ?? []).flatMap((x) => [x.nodes.join(' '), ...x.commands]),
    ].join(' | '),
  );

describe('byMarker', () => {
  it('seen by all', () => {
    assert.deepEqual(shown({ markers: { b: 'seen', c: 'seen' } }), [
      'pass DataDir | a b c | a file that a wrote into /srv/data exists on b and c; the file was removed',
    ]);
  });

  it('absent on one of several: that one', () => {
    assert.deepEqual(shown({ markers: { b: 'seen', c: 'absent' } }), [
      'fail DataDir | c | a file that a wrote into /srv/data does not exist on c',
    ]);
    assert.match(shown({ markers: { b: 'absent', c: 'absent' } })[0]!, /^fail DataDir \| b c \|/);
  });

  it('absent on the only other: of two, neither is known to be wrong', () => {
    assert.match(shown({ markers: { b: 'absent' } })[0]!, /^fail DataDir \| a b \|/);
  });

  it('unread on one: the others are proven, and it is not', () => {
    assert.deepEqual(shown({ markers: { b: 'seen', c: 'denied' } }), [
      'unknown DataDir unread c | c | c could not read the marker in /srv/data: denied',
      'pass DataDir | a b | a file that a wrote into /srv/data exists on b; the file was removed',
    ]);
    assert.equal(shown({ markers: { b: 'denied' } }).length, 1);
  });

  it('untried on one, unless it wrote or read it, or has no such directory', () => {
    assert.deepEqual(shown({ markers: { b: 'seen' }, trouble: { a: 'late', b: 'late', c: 'late', x: 'late' } }), [
      'unknown DataDir untried c | c | /srv/data could not be tried on c: late',
      'pass DataDir | a b | a file that a wrote into /srv/data exists on b; the file was removed',
    ]);
  });

  it('nodes without the directory count for nothing', () => {
    assert.deepEqual(shown({ markers: { b: 'seen', x: 'absent' } }).length, 1);
    assert.match(shown({ markers: { b: 'seen', x: 'absent' } })[0]!, /^pass/);
  });

  it('what is left is removed on one node', () => {
    assert.deepEqual(shown({ left: { name: '.ha-1', nodes: ['b', 'c'] } }), [
      'fail DataDir left | b c | /srv/data/.ha-1 could not be removed | b | sudo rm -r /srv/data/.ha-1',
    ]);
  });
});
