/** The fault matrix is legible. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { productNames } from '../../src/load/productNames.js';
import type { Status } from '../../src/model/verdict.js';
import { type FaultRow, faultTable } from './table.js';

const row = (product: string, fault: string, requirement: string, verdicts: Record<string, Status>): FaultRow => ({
  product,
  fault,
  requirement,
  verdicts: new Map(Object.entries(verdicts)),
});

describe('faultTable', () => {
  it('of a few', () => {
    const text = faultTable(
      [
        row('connect', 'clock 90 s ahead', 'CONN-11', { clock: 'fail', key: 'pass', nfs: 'skip' }),
        row('workbench', 'key open to all', 'WB-24', { clock: 'unknown', key: 'fail', nfs: 'fail', homes: 'pass' }),
        row('workbench', 'a new idea', 'X-01', { clock: 'pass' }),
      ],
      ['clock', 'homes', 'key', 'locks', 'names', 'nfs'],
    );
    assert.equal(
      text,
      `
1 clock  2 homes  3 key    4 locks  5 names  6 nfs

F fail   . pass   ? unknown   - skip   blank: not for this product

connect: 1 fault
                             12345 6
  clock 90 s ahead  CONN-11  F .   -  clock

workbench: 2 faults
                             12345 6
  key open to all   WB-24    ?.F   F  key, nfs
  a new idea        X-01     .        NO CHECK FAILS

3 faults, 1 of them noticed by no check
checks that no fault makes fail: homes, locks, names
`.trim(),
    );
  });

  it('names a check that is in no list', () => {
    assert.match(faultTable([row('connect', 'f', 'X-01', { ours: 'pass', theirs: 'fail' })], ['ours']), /2 theirs/);
  });

  it('of nothing', () => {
    assert.match(faultTable([], ['clock']), /1 clock.*0 faults/s);
    assert.match(faultTable([], []), /0 faults/);
  });

  it('of 45 checks and 120 faults: every line of a fault has its letters in the same columns, and none is long', () => {
    const checks = Array.from({ length: 45 }, (_, i) => `check-number-${i + 1}`);
    const faults = Array.from({ length: 120 }, (_, i) =>
      row(
        productNames[i % productNames.length]!,
        `fault ${'x'.repeat(i % 40)} ${i}`,
        'CONN-01',
        Object.fromEntries(checks.map((c, n): [string, Status] => [c, n === i % 45 ? 'fail' : 'pass'])),
      ),
    );
    const lines = faultTable(faults, checks).split('\n');
    const cells = lines.filter((l) => l.includes('CONN-01')).map((l) => l.split('CONN-01  ')[1]!.slice(0, 53));
    assert.equal(cells.length, 120);
    for (const c of cells) {
      assert.match(c, /^([.F]{5} ){8}[.F]{5}$/);
      assert.equal(c.match(/F/g)!.length, 1);
    }
    assert.ok(lines.every((l) => l.length <= 140 && l === l.trimEnd()));
    // the tens of the legend stand above the units
    const units = lines.findIndex((l) => /12345 67890 12345/.test(l));
    assert.equal(lines[units - 1]!.indexOf('1'), lines[units]!.indexOf('0'));
  });
});
