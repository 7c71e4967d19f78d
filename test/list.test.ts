/** `list` and `explain`: checks and requirements as pages to read. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadChecks } from '../src/load/checks.js';
import { requirements } from '../src/requirements/index.js';
import { run } from './support/run.js';

const checks = await loadChecks();
const out = async (...args: string[]): Promise<string> => {
  const ran = await run(args);
  assert.deepEqual([ran.code, ran.err], [0, '']);
  return ran.out;
};

/** Markdown tables, each as rows of cells. */
const tables = (text: string): string[][][] =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) =>
      block
        .trim()
        .split('\n')
        .map((line) => line.slice(2, -2).split(/ (?<!\\)\| ?/)),
    );

describe('list --requirements', () => {
  for (const format of ['text', 'markdown'])
    it(`${format}: by requirement, then by check`, async () => {
      const [byRow, byCheck, ...rest] = (await out('list', '--requirements', '--format', format)).split(
        /^#* ?By check$/m,
      );
      assert.equal(rest.length, 0);
      for (const id of requirements.keys()) assert.match(byRow!, new RegExp(`^(\\| )?${id} `, 'm'));
      for (const { id } of checks) assert.match(byCheck!, new RegExp(`^(\\| )?${id} `, 'm'));
      assert.match(byRow!, /CONN-09 .*\brsconnect-version .*releases before 1\.7\.4/);
      assert.match(byRow!, /CONN-19 .*\bguidance\b/);
      assert.match(byCheck!, /rsconnect-version .*critical .*CONN-09/);
      assert.doesNotMatch(byRow! + byCheck!, / +$/m);
    });
  it('markdown: every line of a table has its columns', async () => {
    for (const [head, ...rows] of tables(await out('list', '--requirements', '--format', 'markdown')))
      for (const row of rows) assert.equal(row.length, head!.length, row.join(' | '));
  });
});

describe('list --format markdown', () => {
  it('has a section for each check, with all it says of itself', async () => {
    const sections = (await out('list', '--format', 'markdown')).split(/^## /m).slice(1);
    assert.deepEqual(
      sections.map((s) => s.split('\n')[0]),
      checks.map((c) => c.id),
    );
    for (const [i, check] of checks.entries()) {
      const said = sections[i]!.replaceAll('\\', '');
      for (const words of [
        check.title,
        check.severity,
        check.proof ?? 'measured',
        check.rationale,
        check.remediation,
        ...check.products,
        ...(check.tags ?? []),
        ...check.requirements,
        ...check.requirements.map((id: string) => requirements.get(id)!.text),
        ...Object.keys(check.params ?? {}),
      ] as string[])
        assert.ok(said.includes(words.replaceAll('\\', '')), `${check.id}: ${words}`);
    }
  });
});

describe('explain', () => {
  it('a requirement: its edition, and who checks it', async () => {
    assert.match(await out('explain', 'wb-23'), /WB-23 \(must\).*Edition: releases from 1\.4.*Checked by: key-file/s);
    assert.match(await out('explain', 'CONN-19'), /Guidance: only a person/);
    assert.match(await out('explain', 'WB-49'), /Guidance: only a person/);
  });
  it('a check: the edition of what it cites', async () => {
    assert.match(await out('explain', 'rsconnect-version'), /\(releases before 1\.7\.4/);
  });
});
