/**
 * `npm test`: first what starts no hosts, two files at a time; then the kernels of NFS, which need one processor for
 * minutes, and beside them what looks at no time, hosts or not; then what measures how long something takes, and the other
 * hosts, one at a time. The lines are those of Node's own test runner, with one summary.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec, tap } from 'node:test/reporters';

const TESTS = join(import.meta.dirname, '..', 'dist', 'test');
/** Files below `test` that are to have the machine to themselves. */
const ALONE = /^(real|robust)\/|^faults\/active\.test/;
const KERNELS = /^real\/nfs\.test/;
const BESIDE =
  /^(executable|guide|supplyChain|commands|docs)\.test|^formats\/properties\.test|^real\/(consumers|database|directory|fix|formats|firstRun|privileges|s3Reports)\.test|^robust\/(fuzz|input\w+)\.test/;
/** `tests 12`, at the end of a run. */
const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

const names = readdirSync(TESTS, { recursive: true })
  .filter((name) => name.endsWith('.test.js'))
  .sort();
const kernels = names.filter((name) => KERNELS.test(name));
const beside = names.filter((name) => BESIDE.test(name));
const rest = names.filter((name) => !KERNELS.test(name) && !BESIDE.test(name));
const runs = [
  { files: rest.filter((name) => !ALONE.test(name)), concurrency: 2 },
  { files: [...kernels, ...beside], concurrency: 2 },
  { files: rest.filter((name) => ALONE.test(name)), concurrency: 1 },
];

/** The events of all runs as those of one. */
async function* events() {
  const counts = new Map();
  let before = 0;
  for (const { files, concurrency } of runs) {
    let tests = 0;
    for await (const event of run({ files: files.map((name) => join(TESTS, name)), concurrency })) {
      const { type, data } = event;
      const whole = data?.nesting === 0;
      const [, name, number] = (type === 'test:diagnostic' && whole && COUNT.exec(data.message)) || [];
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + Number(number));
      else if (type === 'test:plan' && whole) tests = data.count;
      else if (whole && data.testNumber !== undefined)
        yield { type, data: { ...data, testNumber: before + data.testNumber } };
      else if (type !== 'test:summary') yield event;
    }
    before += tests;
  }
  yield { type: 'test:plan', data: { nesting: 0, count: before } };
  for (const [name, number] of counts)
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${number}` } };
  if (counts.get('fail') > 0 || counts.get('cancelled') > 0 || !(counts.get('pass') > 0)) process.exitCode = 1;
}

if (process.stdout.isTTY) {
  const { Readable } = await import('node:stream');
  Readable.from(events()).compose(new spec()).pipe(process.stdout);
} else for await (const line of tap(events())) process.stdout.write(line);
