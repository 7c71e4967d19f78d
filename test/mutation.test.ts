/** `npm run mutation` over one small source: a mutant that a test notices is killed, one that no test can notice is not. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { GROUPS, instrument, mutatorsInstalled } from './support/instrumented.js';
import { scoresIn, withScores } from './support/scores.js';
import { coverageOf, survivorsOf } from './support/survivors.js';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'mutation.md'), 'utf8');
const SOURCE = 'src/formats/fileLocks.ts';
const missing = mutatorsInstalled() || process.env.CI ? false : 'npm run mutation installs what this needs';
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-mutation-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('mutation', () => {
  it('mutants of a parser are noticed by its test, and not by that of another', { skip: missing }, async () => {
    const changes = await instrument([SOURCE], folder);
    assert.ok(changes.length > 5);
    const files = pathToFileURL(`${folder}/`).href;
    const own = await coverageOf('formats/fileLocks.test.js', files);
    const survivors = await survivorsOf(SOURCE, changes, [own], files);
    assert.ok(survivors.length < changes.length / 2, survivors.join('\n'));
    const other = await coverageOf('formats/hostName.test.js', files);
    assert.equal((await survivorsOf(SOURCE, changes, [other], files)).length, changes.length);
  });

  it('a test that fails without any change counts for nothing', { skip: missing }, async () => {
    writeFileSync(join(folder, 'src/formats/fileLocks.js'), 'throw new Error("broken")');
    await assert.rejects(
      coverageOf('formats/fileLocks.test.js', pathToFileURL(`${folder}/`).href),
      /without any change/,
    );
  });

  it('docs/mutation.md has every source, and its sums are right', () => {
    const sources = ['checks', ...Object.values(GROUPS).flat()];
    assert.deepEqual([...scoresIn(PAGE).keys()], [...sources, 'all']);
    assert.equal(withScores(PAGE, new Map(), sources), PAGE);
  });
});
