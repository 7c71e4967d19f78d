/** `npm run robustness`: runs the tests of this folder, and writes docs/robustness.md of what each fault cost. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageOf } from './page.js';

const root = join(import.meta.dirname, '..', '..', '..');
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-robustness-'));
const record = join(folder, 'costs');
const tests = [
  ...readdirSync(here)
    .filter((f) => f.endsWith('.test.js') && f !== 'page.test.js')
    .map((f) => join(here, f)),
  join(here, '..', 'real', 'nfs.test.js'),
];
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=dot', ...tests], {
  stdio: 'inherit',
  env: { ...process.env, HA_ROBUSTNESS: record },
});
const seconds = new Map(
  (existsSync(record) ? readFileSync(record, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { fault: string; seconds: number })
    .map((r) => [r.fault, r.seconds]),
);
rmSync(folder, { recursive: true, force: true });
writeFileSync(
  join(root, 'docs', 'robustness.md'),
  pageOf((fault) => seconds.get(fault)),
);
process.exitCode = status ?? 1;
