/** `list` and `explain`: checks and requirements as pages to read. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explain } from '../src/commands/explain.js';
import { productsOf } from '../src/commands/reference.js';
import { loadChecks } from '../src/load/checks.js';
import { builtIn } from '../src/load/products.js';
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

const { requirements } = builtIn;

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
      assert.match(byRow!, /CONN-25 .*\bguidance\b/);
      assert.match(byCheck!, /rsconnect-version .*critical .*CONN-09/);
      assert.doesNotMatch(byRow! + byCheck!, / +$/m);
    });
  it('markdown: every line of a table has its columns', async () => {
    for (const [head, ...rows] of tables(await out('list', '--requirements', '--format', 'markdown')))
      for (const row of rows) assert.equal(row.length, head!.length, row.join(' | '));
  });
});

describe('list', () => {
  it('groups by severity, then by product, each check once', async () => {
    const groups = (await out('list')).trimEnd().split('\n\n');
    const heads = groups.map((group) => group.split('\n')[0]!);
    assert.equal(heads[0], 'CRITICAL, for every product:');
    const severities = heads.map((head) => /^[A-Z]+/.exec(head)![0]);
    assert.deepEqual(
      severities,
      [...severities].sort((a, b) => 'CWI'.indexOf(a[0]!) - 'CWI'.indexOf(b[0]!)),
    );
    assert.equal(new Set(heads).size, heads.length);
    const ids = groups.flatMap((group) =>
      group
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]!),
    );
    assert.deepEqual(ids.sort(), checks.map((c) => c.id).sort());
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
        ...productsOf(check, builtIn),
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
    assert.match(await out('explain', 'wb-23'), /WB-23 \(must\).*Edition: 1\.4 and later.*Checked by: key-file/s);
    assert.match(await out('explain', 'CONN-25'), /Guidance: only a person/);
    assert.match(await out('explain', 'WB-49'), /Guidance: only a person/);
  });
  it('a check: the edition of what it cites', async () => {
    assert.match(await out('explain', 'rsconnect-version'), /\(releases before\s+1\.7\.4/);
  });
  it('a check is a manual page: every section, every requirement with its document, nothing wider than it must be', async () => {
    const page = await out('explain', 'nfs-mount-options');
    for (const head of [
      ...['WHY', 'SEVERITY AND PROOF', 'REQUIRED BY', 'WHAT IS ASKED', 'WHAT A STATUS MEANS', 'TO FIX'],
      ...['TO SET A THRESHOLD', 'TO ACCEPT A FAILURE', 'TO RUN ONLY THIS'],
    ])
      assert.match(page, new RegExp(`^${head}$`, 'm'));
    const { requirements: cited } = checks.find(({ id }) => id === 'nfs-mount-options')!;
    const words = page.replaceAll(/\s+/g, ' ');
    for (const id of cited as string[]) {
      const { document, section, text } = requirements.get(id)!;
      for (const one of [id, document, `), ${section}`, text]) assert.ok(words.includes(one), `${id}: ${one}`);
    }
    assert.match(page, /mountinfo/, 'the commands');
    assert.match(page, /until: YYYY-MM-DD/);
    assert.match(page, /ha-preflight check --only nfs-mount-options/);
    const asked = page.split('WHAT IS ASKED')[1]!.split('WHAT A STATUS MEANS')[0]!;
    for (const line of page.replace(asked, '').split('\n')) assert.ok(line.length <= 100 && !line.endsWith(' '), line);
  });
  it('a check: severities with their products, documents once each with the musts first', async () => {
    const page = (await out('explain', 'clock-skew')).replaceAll(/\s+/g, ' ');
    assert.match(
      page,
      /critical for connect, package-manager and workbench: a fail closes the gate .*\. warning for deployr: a fail closes the gate with/,
    );
    assert.match(page, /CONN-11 \(must\).*CONN-33 \(info\)/);
    assert.equal(page.split('RStudio Connect: High Availability').length, 2);
  });
  it('every check and requirement has a page', async () => {
    for (const id of [...checks.map((c) => c.id as string), ...requirements.keys()]) {
      const text = String((await explain(id)).text);
      assert.ok(text.startsWith(id), id);
      assert.doesNotMatch(text, / $|undefined|\[object/m, id);
    }
  });
  it('a mistyped id: the nearest', async () => {
    assert.match(
      (await run(['explain', 'clok-skew'])).err,
      /no check or requirement has the id clok-skew; did you mean "clock-skew"\?$/m,
    );
    assert.match((await run(['explain', 'nothing-like-it'])).err, /: see ha-preflight list/);
  });
});
