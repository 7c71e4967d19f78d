import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modeOf } from '../../src/formats/stat.js';

const MODES: readonly [hexadecimal: string, type: string, bits: number][] = [
  ['8180', 'regular file', 0o600],
  ['81a4', 'regular file', 0o644],
  ['89ed', 'regular file', 0o4755],
  ['41ed', 'directory', 0o755],
  ['43ff', 'directory', 0o1777],
  ['45ed', 'directory', 0o2755],
  ['11a4', 'FIFO', 0o644],
  ['21b6', 'character device', 0o666],
  ['61b0', 'block device', 0o660],
  ['c1ff', 'socket', 0o777],
  ['a1ff', 'special file', 0o777],
];

describe('modeOf', () => {
  for (const [hexadecimal, type, bits] of MODES)
    it(`${hexadecimal}: ${type} ${bits.toString(8)}`, () => {
      assert.deepEqual(modeOf(hexadecimal), { type, bits });
    });

  it('what is no number is no regular file', () => {
    assert.deepEqual(modeOf('?'), { type: 'special file', bits: 0 });
  });
});
