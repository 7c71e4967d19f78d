import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOf, textOf } from '../../src/gather/lib/bytes.js';
import { cpuOf, least, tooFast } from '../support/cpu.js';

describe('bytes', () => {
  it('any bytes are text, and the text is these bytes again', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
        const bytes = Buffer.from(any);
        const text = textOf(bytes);
        assert.ok(bytesOf(text).equals(bytes));
        // what evidence does with it
        assert.equal(JSON.parse(JSON.stringify(text)), text);
      }),
      { numRuns: 2000 },
    ));

  it('what is UTF-8 is itself, around a byte that is not', () => {
    assert.equal(textOf(Buffer.from('größe 漢😀')), 'größe 漢😀');
    assert.equal(textOf(Buffer.from([0x61, 0xff, 0xc3, 0xa4, 0xe2, 0x82, 0x0a])), 'a\udcffä\udce2\udc82\n');
    // half a surrogate in UTF-8, an overlong slash, beyond Unicode
    for (const bytes of [
      [0xed, 0xb2, 0x80],
      [0xc0, 0xaf],
      [0xf4, 0x90, 0x80, 0x80],
    ])
      assert.equal(textOf(Buffer.from(bytes)), bytes.map((b) => String.fromCharCode(0xdc00 + b)).join(''));
  });

  it('a megabyte of anything takes about as long as its eighths', () => {
    for (const fill of [0xff, 0xe2]) {
      const [whole, eighth] = [Buffer.alloc(1 << 20, fill), Buffer.alloc(1 << 17, fill)];
      const eighths = cpuOf(() => Array.from({ length: 8 }, () => textOf(eighth)));
      const all = least(() => cpuOf(() => textOf(whole)));
      assert.ok(!tooFast(eighths, all), `eighths ${eighths} ms, whole ${all} ms`);
    }
  });
});
