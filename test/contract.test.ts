/** Registry, requirements and tests in step. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadChecks } from '../src/load/checks.js';
import type { AnyCheck } from '../src/model/check.js';
import { severityRank } from '../src/model/report.js';
import type { Severity } from '../src/model/verdict.js';
import { type Level, requirements, rowsFor, severityOf } from '../src/requirements/index.js';
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
      const of = new Set(check.products.flatMap((p) => rowsFor(check.requirements, p)));
      assert.deepEqual(
        check.requirements.filter((id) => !of.has(id)),
        [],
      );
    });
  });
}

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
    assert.equal(rows.length, 153 + 17);
    const optional = ['edition', 'guidance'];
    for (const row of rows)
      assert.deepEqual(
        Object.keys(row)
          .filter((k) => !optional.includes(k))
          .sort(),
        ['checks', 'document', 'id', 'level', 'section', 'text'],
      );
  });
});
