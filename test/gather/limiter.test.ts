/** How many tasks run at once, and that one which does not end holds up no other. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { limiter, turns } from '../../src/gather/lib/limiter.js';

/** Runs `count` tasks of `ms`; the most that ran at the same time, and how long all took. */
async function crowd(run: ReturnType<typeof limiter>, count: number, ms: number): Promise<[number, number]> {
  let [running, most] = [0, 0];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: count }, () =>
      run(async () => {
        most = Math.max(most, ++running);
        await wait(ms);
        running--;
      }),
    ),
  );
  return [most, performance.now() - started];
}

it('no more run at once than may', async () => {
  assert.equal((await crowd(limiter(4), 20, 5))[0], 4);
  assert.equal((await crowd(turns(4, 2000), 20, 5))[0], 4);
});

it('tasks that take longer than their turn go on beside the next', async () => {
  const [most, ms] = await crowd(turns(2, 20), 10, 1000);
  assert.ok(most > 4, `${most} at once`);
  // in turns of two they would take 5 s
  assert.ok(ms < 4000, `${ms} ms`);
});

it('a task that never ends costs the others nothing but its turn, and one that fails only itself', async () => {
  const run = turns(2, 20);
  const never = [run(() => new Promise<void>(() => {})), run(() => new Promise<void>(() => {}))];
  assert.equal(await run(async () => 'mine'), 'mine');
  await assert.rejects(
    run(async () => {
      throw new Error('lost');
    }),
    /lost/,
  );
  assert.equal(await run(async () => 'next'), 'next');
  assert.equal(never.length, 2);
});
