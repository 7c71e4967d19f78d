/** The rule by which docs/recipes/tickets.jq closes tickets is that of `diff`; and what shellcheck says of the scripts. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diffReports } from '../src/diff.js';
import type { Verdict } from '../src/model/verdict.js';
import { report as handmade, verdict } from './reporters/reports.js';
import { missing } from './support/missing.js';

const RECIPES = join(import.meta.dirname, '..', '..', 'docs', 'recipes');
const skip = missing('jq');
const fp = (n: number): string => n.toString(16).padStart(16, '0');

describe('docs/recipes/tickets.jq', { skip }, () => {
  it('closes exactly what diff calls mended', () => {
    const some = fc
      .uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 5 })
      .chain((ids) =>
        fc.tuple(
          ...ids.map((n) =>
            fc.record({
              fingerprint: fc.constant(fp(n)),
              id: fc.constant(n % 2 === 0 ? 'key-file' : 'user-ids'),
              status: fc.constantFrom('pass', 'fail', 'unknown', 'skip'),
              nodes: fc.subarray(['wb1', 'wb2']),
            }),
          ),
        ),
      )
      .map((rows) =>
        (rows as { id: string; status: Verdict['status'] }[]).map((r) => verdict(r.id, r.status, { ...r })),
      );
    const pairs = fc.sample(fc.tuple(some, some), { numRuns: 400, seed: 7 });
    const cases = pairs.map(([old, now]) => ({
      old: handmade(old, { startedAt: '2027-01-01T00:00:00.000Z' }),
      now: handmade(now, { startedAt: '2027-01-02T00:00:00.000Z' }),
    }));
    const closed = (() => {
      const script = readFileSync(join(RECIPES, 'tickets.jq'), 'utf8');
      const [defs, main] = script.split(/^(?=\$report\[0\])/m) as [string, string];
      const program = `${defs} def actions($report; $open): ${main}; .[] | .old as $old | .now as $now
           | [actions([$old]; [])] | map({ticket: .fingerprint, state}) | [actions([$now]; .)] | map(select(.action == "close") | .ticket)`;
      const { stdout, stderr } = spawnSync('jq', ['-c', program], {
        input: JSON.stringify(cases),
        encoding: 'utf8',
      });
      assert.equal(stderr, '');
      return stdout
        .trim()
        .split('\n')
        .map((l) => JSON.parse(l) as string[]);
    })();
    let any = 0;
    cases.forEach(({ old, now }, i) => {
      const mended = diffReports([old], [now])
        .filter(({ change, before }) => change === 'mended' && before?.status === 'fail')
        .map(({ before }) => before!.fingerprint);
      any += mended.length;
      assert.deepEqual([...closed[i]!].sort(), mended.sort(), JSON.stringify({ old, now }, null, 1));
    });
    assert.ok(any > 50, 'the pairs mend something');
  });
});

describe('docs/recipes/*.sh', { skip: missing('shellcheck') }, () => {
  it('shellcheck has nothing to say', () => {
    const { status, stdout } = spawnSync('sh', ['-c', `cd "${RECIPES}" && shellcheck -x *.sh`], { encoding: 'utf8' });
    assert.deepEqual([status, stdout], [0, '']);
  });
});
