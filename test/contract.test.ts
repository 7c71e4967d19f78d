/** Registry, requirements and tests in step. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AnyCheck } from '../src/check.js';
import { holdsFor } from '../src/check.js';
import { loadChecks } from '../src/load/checks.js';
import { builtIn } from '../src/load/products.js';
import { severityRank } from '../src/model/report.js';
import type { Severity } from '../src/model/verdict.js';
import { rowsFor } from '../src/products/index.js';
import { severityOf } from '../src/requirements/index.js';
import type { Level } from '../src/requirements/requirement.js';

const { requirements } = builtIn;

import { run } from './support/run.js';

const ROOT = join(import.meta.dirname, '..', '..');
const checks = await loadChecks();
const EIGHT = [
  'clock-skew',
  'config-identical',
  'product-version',
  'postgres-backend',
  'nfs-mount-options',
  'key-file',
  'user-ids',
  's3-encryption-key',
];

/** Guidance that is a demand all the same: nothing on a server tells, only a person can. */
const DEMANDS_OF_PEOPLE: Readonly<Record<string, string>> = {
  'CONN-19': 'the version of a publishing client is on the laptop it runs on',
  'CONN-25': 'how a snapshot was taken is not written into it',
  'PPM-AWS-09': 'it names another document, whose rows are the RSPM ones',
  'DEPLOYR-12': "what people copied between repositories is behind the product's own login",
};

/** Rows without a check so far: they need a service that answers. Only ever gets shorter. */
const LATER: readonly string[] = [];

for (const check of checks as (AnyCheck & { title: string; requirements: string[]; severity: Severity })[]) {
  describe(check.id, () => {
    it('has its test, a title, sources and a remedy', () => {
      assert.ok(
        existsSync(join(ROOT, 'test', 'checks', `${check.id}.test.ts`)),
        `write test/checks/${check.id}.test.ts`,
      );
      assert.ok(check.title.length <= 72 && !check.title.endsWith('.'), check.title);
      assert.ok(check.requirements.length > 0, 'cite at least one requirement');
      assert.deepEqual(
        check.requirements.filter((id) => !requirements.has(id)),
        [],
      );
    });
    it('is no more severe than what it cites, and cites only its products', () => {
      const cited = check.requirements.map((id) => severityRank[severityOf(requirements.get(id)!.level as Level)]);
      assert.ok(severityRank[check.severity] >= Math.min(...cited), `${check.severity} is above its requirements`);
      const of = new Set(
        [...builtIn.profiles.values()].flatMap((p) =>
          holdsFor(check, p) ? rowsFor(builtIn, check.requirements, p.product) : [],
        ),
      );
      assert.deepEqual(
        check.requirements.filter((id) => !of.has(id)),
        [],
      );
    });
  });
}

describe('the requirements', () => {
  const rows = [...requirements.values()];
  const cited = new Set<string>(checks.flatMap((c) => c.requirements as string[]));

  it('each has a check, or only a person can attest it', () => {
    const missing = rows.filter((r) => !r.guidance && !cited.has(r.id) && !LATER.includes(r.id)).map((r) => r.id);
    assert.deepEqual(missing, [], `no check cites ${missing.join(', ')}`);
  });
  it('that wait for their check have none, and exist', () => {
    const settled = LATER.filter((id) => cited.has(id) || requirements.get(id)?.guidance || !requirements.has(id));
    assert.deepEqual(settled, [], `take these out of LATER: ${settled.join(', ')}`);
  });
  it('that are guidance are cited by no check', () => {
    const both = rows.filter((r) => r.guidance && cited.has(r.id)).map((r) => r.id);
    assert.deepEqual(both, [], `guidance, and a check cites it: ${both.join(', ')}`);
  });
  it('that are guidance demand nothing, but for a few with a reason', () => {
    const demands = rows.filter((r) => r.guidance && severityOf(r.level) !== 'info').map((r) => r.id);
    assert.deepEqual(demands.sort(), Object.keys(DEMANDS_OF_PEOPLE).sort());
  });
});

describe('the registry', () => {
  it('holds the eight of the commission', () => {
    assert.deepEqual(
      EIGHT.filter((id) => !checks.some((c) => c.id === id)),
      [],
    );
  });
  it('prints the requirements with their checks', async () => {
    const { out } = await run(['list', '--requirements', '--format', 'json']);
    const rows = (JSON.parse(out) as { requirements: Record<string, unknown>[] }).requirements;
    // the documents of the commission, and the present ones
    assert.equal(rows.length, 153 + 17 + 12);
    const optional = ['edition', 'guidance', 'from', 'until'];
    for (const row of rows)
      assert.deepEqual(
        Object.keys(row)
          .filter((k) => !optional.includes(k))
          .sort(),
        ['checks', 'document', 'id', 'level', 'section', 'text'],
      );
  });
});
