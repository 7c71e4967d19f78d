/** `npm run mutation`: breaks every check in the same few ways; the check's own test must notice each. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadChecks } from '../src/load/checks.js';
import { MUTANTS, UNCHANGED } from './support/mutant.js';

const AT_ONCE = 2;
const TIMEOUT_MS = 60_000;
const HOOK = new URL('./support/mutant.js', import.meta.url).href;

/** Whether the check's own test passes. */
const passes = (id: string, kind: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', HOOK, join(import.meta.dirname, 'checks', `${id}.test.js`)], {
      env: { ...process.env, MUTANT_CHECK: id, MUTANT_KIND: kind },
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });

/** What is to be said of the mutant; undefined when the test killed it. */
async function survival(id: string, kind: string): Promise<string | undefined> {
  if (!existsSync(join(import.meta.dirname, 'checks', `${id}.test.js`))) return 'the check has no test';
  if (await passes(id, kind)) return 'its test still passes';
  // a test that fails anyway has killed nothing
  return (await passes(id, UNCHANGED)) ? undefined : 'its test fails without any change';
}

const mutants = (await loadChecks()).flatMap(({ id }) => Object.keys(MUTANTS).map((kind) => ({ id, kind })));
const waiting = mutants.values();
let killed = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const { id, kind } of waiting) {
      const why = await survival(id, kind);
      if (why === undefined) killed += 1;
      else console.log(`${id}: "${kind}" survived: ${why}`);
    }
  }),
);
console.log(`${killed} of ${mutants.length} mutants killed`);
process.exitCode = killed === mutants.length ? 0 : 1;
