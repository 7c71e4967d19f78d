/** What holds for every parser: no text makes it throw or think for long. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuOf, least, tooFast } from '../support/cpu.js';
import { COMMON, PARSERS } from './parsers.js';

fc.configureGlobal({ seed: 20_260_101, numRuns: 150 });

let count = 0;
/** `length` characters of one piece, each № another number, after another piece; the last characters fit neither. */
const long = (head: string, piece: string, length: number): string =>
  `${head}${piece.repeat(Math.ceil(length / piece.length))}x":]x\n`.replace(/№/g, () => String(count++));

describe('parsers', () => {
  for (const { name, parse, special } of PARSERS) {
    const pieces = fc.oneof(fc.constantFrom(...special), fc.constantFrom(...COMMON));
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 60 }).map((p) => p.join('')),
    );

    it(`${name} never throws`, () => {
      parse('');
      fc.assert(
        fc.property(texts, (text) => {
          parse(text);
        }),
      );
    });

    it(`${name} takes ten times as long for ten times as much`, () => {
      const measure = (head: string, piece: string, length: number, times = 1): number => {
        const texts = Array.from({ length: times }, () => long(head, piece, length));
        return cpuOf(() => texts.forEach(parse));
      };
      const worst = ['', ...special]
        .flatMap((head) => [...COMMON, ...special].map((piece) => ({ head, piece, ms: measure(head, piece, 4000) })))
        .sort((a, b) => b.ms - a.ms)
        .slice(0, 8);
      for (const { head, piece } of worst) {
        const what = `${JSON.stringify(head)}, then ${JSON.stringify(piece)}`;
        const parts = measure(head, piece, 20_000, 10);
        assert.ok(parts < 5000, `${what}: ten times 20 KB took ${parts.toFixed()} ms`);
        const whole = least(() => measure(head, piece, 200_000));
        assert.ok(whole < 2000, `${what}: 200 KB took ${whole.toFixed()} ms`);
        // on some machines a heap that grows looks like this, once; what is quadratic looks so again at ten times the size
        if (tooFast(parts, whole)) {
          const more = least(() => measure(head, piece, 200_000, 10));
          const all = measure(head, piece, 2_000_000);
          assert.ok(
            !tooFast(more, all),
            `${what}: ten parts ${parts.toFixed(1)} ms, whole ${whole.toFixed()} ms; of ten times as much ${more.toFixed()} and ${all.toFixed()} ms`,
          );
        }
      }
    });
  }
});
