/** `npm run robustness`, with part of a file's name only that: runs the tests of this folder, and writes docs/robustness.md of what each fault cost. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageOf, secondsIn } from './page.js';

const root = join(import.meta.dirname, '..', '..', '..');
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-robustness-'));
const record = join(folder, 'costs');
const only = process.argv[2];
/** A record that is there already: of a run of all tests, say. */
const given = process.env.HA_ROBUSTNESS;
const tests = [
  ...readdirSync(here)
    .filter((f) => f.endsWith('.test.js') && f !== 'page.test.js')
    .map((f) => join(here, f)),
  ...['nfs', 'auto', 'refusals', 'privileges'].map((name) => join(here, '..', 'real', `${name}.test.js`)),
].filter((file) => only === undefined || file.includes(only));
const { status } = given
  ? { status: 0 }
  : spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=dot', ...tests], {
      stdio: 'inherit',
      env: { ...process.env, HA_ROBUSTNESS: record },
    });
const seconds = new Map(
  (existsSync(given ?? record) ? readFileSync(given ?? record, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { fault: string; seconds: number })
    .map((r) => [r.fault, r.seconds]),
);
rmSync(folder, { recursive: true, force: true });
// a test that was skipped here leaves what was measured before
const page = join(root, 'docs', 'robustness.md');
const before = existsSync(page) ? secondsIn(readFileSync(page, 'utf8')) : new Map<string, number>();
writeFileSync(
  page,
  pageOf((fault) => seconds.get(fault) ?? before.get(fault)),
);
process.exitCode = status ?? 1;
