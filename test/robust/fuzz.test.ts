/** Seeds, and what once broke, are replayed; then each target is fuzzed for some seconds. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameReader } from '../../src/gather/node/frames.js';
import { attempt, fuzz, seedsOf } from './fuzz.js';
import { BOUNDARY, frames, TARGETS } from './fuzzTargets.js';

const SECONDS = process.env.HA_FUZZ === 'long' ? 120 : 2;

describe('fuzzing', () => {
  for (const target of TARGETS) {
    it(`${target.name}: the seeds`, async () => {
      await target.prepare?.();
      const seeds = seedsOf(target.name);
      assert.ok(seeds.length > 0);
      for (const { file, input } of seeds) assert.equal(attempt(target, input), undefined, file);
      assert.deepEqual(
        (target.settle?.() ?? []).map(({ what }) => what),
        [],
      );
    });
    it(`${target.name}: ${SECONDS} s`, async () => {
      await target.prepare?.();
      const { executions, edges, findings } = fuzz(target, SECONDS);
      assert.deepEqual(
        findings.map(({ input, what }) => `${JSON.stringify(input.toString('latin1'))}: ${what}`),
        [],
      );
      // or it measures nothing
      assert.ok(executions > 20 && edges > 20, `${executions} inputs, ${edges} edges`);
    });
  }

  it('finds a fault that chance alone would not', () => {
    const run = (input: Buffer): void => {
      if (!input.includes('ab')) return;
      if (!input.includes('abcd')) return;
      if (!input.includes('abcdef')) return;
      if (input.includes('abcdefgh')) throw new TypeError('deep');
    };
    const target = { name: 'maze', allows: [], words: ['ab', 'cd', 'ef', 'gh'], run };
    // most take a second, on a busy machine a minute; one that is lost in its beginnings is given up for the next
    let what = '';
    for (let seed = 1; seed <= 4 && what === ''; seed++)
      what = fuzz(target, 60, seed, [Buffer.alloc(0)], 1).findings[0]?.what ?? '';
    assert.match(what, /threw TypeError: deep/);
  });
});

describe('frames', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(`\n${BOUNDARY} `, `\n${BOUNDARY} s 1.2\n`, `\n${BOUNDARY} 0 0\n`, '\n', BOUNDARY.slice(0, 9))
      .map((t) => Buffer.from(t)),
  );
  const stream = fc.array(piece, { maxLength: 30 }).map((parts) => Buffer.concat(parts));
  it('any bytes, cut anywhere, give the same', () => fc.assert(fc.property(stream, frames), { numRuns: 300 }));

  it('no frame is closed without the boundary', () =>
    fc.assert(
      fc.property(stream, (bytes) => {
        const reader = new FrameReader(BOUNDARY.replace('b0', 'c0'));
        reader.push(Buffer.from(bytes));
        assert.deepEqual([reader.frames, reader.started, reader.ended], [[], false, false]);
      }),
    ));

  it('what is kept is bounded, whatever comes', () => {
    const before = process.memoryUsage().arrayBuffers;
    const reader = new FrameReader(BOUNDARY);
    reader.push(Buffer.from(`\n${BOUNDARY} s 1.2\n`));
    for (let i = 0; i < 256; i++) reader.push(Buffer.alloc(1 << 20, i % 2 ? 120 : 10));
    assert.ok(reader.rest().length <= (1 << 20) + 128);
    global.gc?.();
    assert.ok(process.memoryUsage().arrayBuffers - before < 400 << 20);
  });
});
