/** Saved reports as one document, and in other formats. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { ruleHelp } from '../src/commands/manual.js';
import { validate } from '../src/load/validate.js';
import type { Reports } from '../src/model/report.js';
import { reporters } from '../src/reporters/index.js';
import schema from '../src/schema/report.schema.json' with { type: 'json' };
import { hostile } from './reporters/hostile.js';
import { blind, broken, clean, several } from './reporters/reports.js';
import { BIN, run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-merge-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, value: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(value));
  return file;
};
const files = {
  clean: save('clean.json', clean),
  blind: save('blind.json', blind),
  broken: save('broken.json', broken),
  several: save('several.json', several),
  hostile: save('hostile.json', hostile),
};

describe('merge', () => {
  it('says that a cluster is counted twice, as where *.json has an earlier merge too', async () => {
    assert.match(
      (await run(['merge', files.clean, files.clean])).err,
      /^more than one report of wb-prod workbench is counted/m,
    );
    assert.doesNotMatch((await run(['merge', files.clean])).err, /more than one/);
  });
  const cases: [string, string[], number, number][] = [
    ['one', [files.clean], 1, 0],
    ['a blind one', [files.clean, files.blind], 2, 3],
    ['a broken one', [files.blind, files.broken, files.clean], 3, 1],
    ['several in a file', [files.several, files.clean], 4, 1],
  ];
  for (const [name, list, reports, exitCode] of cases)
    it(`${name}: ${reports} in one document, exit ${exitCode}`, async () => {
      const { code, out } = await run(['merge', ...list]);
      const merged = JSON.parse(out) as Reports;
      assert.deepEqual(validate(schema, merged), []);
      assert.deepEqual(
        [merged.schema, merged.reports.length, merged.gate.exitCode, code],
        ['ha-preflight/reports/1', reports, exitCode, exitCode],
      );
    });
  it('in any format, and to files', async () => {
    const page = join(folder, 'page.html');
    const { out } = await run(['merge', files.clean, files.broken, '--format', 'markdown', '--report', `html=${page}`]);
    assert.match(out, /^\*\*FAIL: 2 clusters: /);
    assert.match(readFileSync(page, 'utf8'), /<\/html>\n$/);
  });
  it('2 for a broken file, and nothing is written', async () => {
    const { code, out, err } = await run(['merge', files.clean, save('bad.json', { ...clean, gate: 1 })]);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /bad\.json: \/gate/);
    assert.equal((await run(['merge', save('none.json', { ...several, reports: [] })])).code, 2);
    assert.equal((await run(['merge'])).code, 2);
  });
});

describe('report', () => {
  for (const format of Object.keys(reporters))
    it(`${format}: what the reporter gives, exit 0; of a plugin its state`, async () => {
      for (const [file, value] of [
        [files.broken, broken],
        [files.hostile, JSON.parse(JSON.stringify(hostile))],
      ]) {
        const { code, out } = await run(['report', file, '--format', format]);
        assert.equal(code, format === 'nagios' ? 2 : 0);
        const explain = format === 'sarif' ? { explain: await ruleHelp() } : {};
        assert.equal(out, `${reporters[format]!(value, { color: false, width: 80, verbosity: 0, ...explain })}\n`);
      }
    });
  it('--report FORMAT=FILE; 2 for an unknown format', async () => {
    const file = join(folder, 'r.sarif');
    assert.equal((await run(['report', files.broken, '--report', `sarif=${file}`])).code, 0);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).version, '2.1.0');
    assert.equal((await run(['report', files.broken, '--format', 'pdf'])).code, 2);
  });
});

describe('the recipes of docs/reading-a-report.md', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reading-a-report.md'), 'utf8');
  const recipes = page.split('## Recipes')[1]!.match(/^ {4}[^#].*$/gm)!;
  for (const recipe of recipes)
    it(recipe.slice(4, 90), (t: TestContext) => {
      if (spawnSync('jq', ['--version']).error) return t.skip('jq is not installed');
      const command = recipe
        .replace('ha-preflight', `"${process.execPath}" "${BIN}"`)
        .replace('old.json', files.clean)
        .replace('new.json', files.broken)
        .replace('r.json', files.several);
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
      // no requirement is left out in the reports at hand, and no waiver ends now
      if (!/requirements|%Y-%m/.test(recipe)) assert.notEqual(stdout, '');
    });
});
