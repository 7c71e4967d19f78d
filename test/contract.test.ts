/** Registry, requirements and tests in step. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AnyCheck } from '../src/check.js';
import { holdsFor } from '../src/check.js';
import { OPTIONS } from '../src/commands/options.js';
import { loadChecks } from '../src/load/checks.js';
import { productNames } from '../src/load/productNames.js';
import { builtIn } from '../src/load/products.js';
import { severityRank } from '../src/model/report.js';
import { TRANSPORTS } from '../src/model/transports.js';
import type { Severity } from '../src/model/verdict.js';
import { rowsFor } from '../src/products/index.js';
import { reporters } from '../src/reporters/index.js';
import { severityOf } from '../src/requirements/index.js';
import type { Level } from '../src/requirements/requirement.js';

import { EDITIONS } from './support/clusters.js';
import { FAULTS } from './support/faults/index.js';
import { run } from './support/run.js';

const { requirements } = builtIn;
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
  'CONN-25': 'how a snapshot was taken is not written into it',
  'PPM-AWS-09': 'it names another document, whose rows are the RSPM ones',
  'DEPLOYR-12': "what people copied between repositories is behind the product's own login",
};

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
    const missing = rows.filter((r) => !r.guidance && !cited.has(r.id)).map((r) => r.id);
    assert.deepEqual(missing, [], `no check cites ${missing.join(', ')}`);
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

for (const profile of builtIn.profiles.values())
  describe(`the product ${profile.product}`, () => {
    const editions = Object.entries(EDITIONS).filter(([, cluster]) => cluster.product === profile.product);

    it('has the name of its folder, and documents with rows', () => {
      assert.ok(productNames.includes(profile.product), `call the folder src/products/${profile.product}`);
      assert.ok(profile.documents.length > 0, 'documents must name at least one document');
      for (const { title, rows } of profile.documents) assert.ok(rows.length > 0, `${title} has no rows`);
    });
    it('has a clean cluster and a planted fault', () => {
      assert.ok(editions.length > 0, 'add an edition to test/support/clusters.ts');
      const names = new Set(editions.map(([name]) => name));
      assert.ok(
        FAULTS.some((fault) => fault.in.some((edition) => names.has(edition))),
        'plant a fault in one of its editions: test/support/faults/',
      );
    });
    it('leaves out only checks that exist', () => {
      const ids = checks.map((c): string => c.id);
      assert.deepEqual(
        Object.keys(profile.notFor ?? {}).filter((id) => !ids.includes(id)),
        [],
      );
    });
  });

describe('the schema of the inventory', () => {
  const file = join(ROOT, 'src', 'schema', 'inventory.schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as {
    properties: { product: { examples: string[] }; mode: { enum: string[] } };
    $defs: { connection: { properties: Record<string, { enum?: string[] }> } };
  };
  const sorted = (names: Iterable<string>): string[] => [...names].sort();

  it('names the products', () => {
    assert.deepEqual(sorted(schema.properties.product.examples), sorted(productNames));
  });
  it('names the modes of the products', () => {
    const modes = [...builtIn.profiles.values()].flatMap((p) => p.modes ?? []);
    assert.deepEqual(sorted(schema.properties.mode.enum), sorted(new Set(modes)));
  });
  it('names the transports and their fields', () => {
    const { type, ...fields } = schema.$defs.connection.properties;
    assert.deepEqual(sorted(type!.enum!), sorted(Object.keys(TRANSPORTS)));
    const used = Object.values(TRANSPORTS).flatMap((t): readonly string[] => t.fields);
    assert.deepEqual(sorted(Object.keys(fields)), sorted(new Set(used)));
  });
});

describe('the reporters', () => {
  it('are named by --help', () => {
    const { describe } = OPTIONS.check.format;
    for (const name of Object.keys(reporters)) assert.ok(describe.includes(name), `${name}: ${describe}`);
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
    assert.equal(rows.length, 153 + 17 + 22);
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

describe('checks/README.md', () => {
  const guide = readFileSync(join(ROOT, 'checks', 'README.md'), 'utf8');
  const [, exported] = guide.split('## What the package exports');
  const named = [...exported!.matchAll(/`([A-Za-z]+)`/g)].map((m) => m[1]!);
  const source = readFileSync(join(ROOT, 'src', 'index.ts'), 'utf8');
  const names = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gms)]
    .flatMap((m) => m[1]!.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');

  it('names everything that src/index.ts exports', () => {
    assert.ok(names.length > 60, String(names.length));
    assert.deepEqual(
      names.filter((name) => !named.includes(name)),
      [],
    );
  });
  it('names only modules that exist', () => {
    for (const [, room, list] of exported!.matchAll(/^\| `ha-preflight\/(\w+)\/NAME` \|(.*)\|$/gm))
      for (const [, name] of list!.matchAll(/`(\w+)`/g))
        assert.ok(existsSync(join(ROOT, 'src', room!, `${name}.ts`)), `src/${room}/${name}.ts`);
  });
});
