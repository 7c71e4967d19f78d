/** Reports of many clusters: read, joined and compared one after the other. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { shelf } from '../src/commands/shelf.js';
import { writeTree } from '../src/demo/tree.js';
import { Splitter } from '../src/load/split.js';
import type { Report, Reports } from '../src/model/report.js';
import { mergeReports, rejudged } from '../src/report.js';
import { jsonPieces, safeJson } from '../src/reporters/json.js';
import { hostile } from './reporters/hostile.js';
import { broken, clean, several } from './reporters/reports.js';
import { EDITIONS } from './support/clusters.js';
import { BIN, run } from './support/run.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-many-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const save = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const named = (name: string, report: Report): Report => ({ ...report, cluster: { ...report.cluster, name } });
const many = (count: number): Report[] =>
  Array.from({ length: count }, (_, i) => named(`c${i}`, i % 3 === 0 ? broken : clean));

/** The objects and the rest of a document, cut into chunks of `size` bytes; undefined where it is given up. */
function split(text: string, size: number): unknown[] | undefined {
  const found: unknown[] = [];
  const splitter = new Splitter((bytes) => found.push(JSON.parse(bytes.toString())));
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) splitter.push(bytes.subarray(i, i + size));
  return splitter.whole ? [...found, JSON.parse(splitter.rest.toString())] : undefined;
}

describe('a document of many reports', () => {
  const document = { ...mergeReports([hostile, ...many(3)].map((r) => JSON.parse(JSON.stringify(r)) as Report)) };
  it('is read one after the other, however it is written and cut', () => {
    for (const text of [
      JSON.stringify(document),
      safeJson(document),
      JSON.stringify({ a: [{}, [']', '{"']], ...document, z: 'x]},"{' }),
    ])
      for (const size of [1, 2, 7, 64, 65536]) {
        const found = split(text, size)!;
        assert.deepEqual(found.slice(0, -1), (JSON.parse(text) as Reports).reports);
        assert.deepEqual((found.at(-1) as Reports).gate, document.gate);
      }
  });
  it('what is not such a document is given up, whatever is wrong', () => {
    const list = (text: string): string => `{"schema":"ha-preflight/reports/1","reports":${text},"gate":{}}`;
    for (const text of [
      ...[
        '[{"a":1} {"b":2}]',
        '[,{"a":1}]',
        '[{"a":1},]',
        '[{"a":1},,{"b":2}]',
        '[{"a":1},3]',
        '[{"a":1}',
        '{"a":[{}]}',
      ].map(list),
      JSON.stringify(clean),
      '{"reports":[{}],"reports":[{}]}',
      '[{"reports":[{}]}]',
      '',
    ])
      assert.equal(split(text, 3), undefined, text);
  });
  it('and then it is said as before', async () => {
    for (const [text, words] of [
      [safeJson({ ...several, reports: [...several.reports, { ...clean, gate: 1 }] }), /\/reports\/\d+\/gate/],
      [safeJson(several).replace('"reports": [', '"reports": [,'), /not JSON/],
      [safeJson({ ...several, more: 1 }), /more/],
    ] as const) {
      const { code, out, err } = await run(['merge', save('wrong.json', text)]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, words);
    }
  });
  it('is written in pieces as it would be at once', () => {
    for (const one of [clean, several, document, { ...several, reports: [] }])
      assert.equal([...jsonPieces(one)].join(''), safeJson(one));
  });
});

describe('a shelf', () => {
  it('gives back what it got, in order, and leaves no file', () => {
    const before = readdirSync(tmpdir()).length;
    const kept = shelf<Report>();
    const all = [...many(70), JSON.parse(JSON.stringify(hostile)) as Report];
    for (const one of all) kept.add(one);
    assert.ok(readdirSync(tmpdir()).length <= before + 1);
    assert.deepEqual([...kept.all], all);
    assert.deepEqual(kept.all[50], all[50]);
  });
});

describe('many reports', () => {
  const reports = many(300);
  const file = (all: readonly Report[], name: string): string => save(name, safeJson(mergeReports(all)));

  it('merge and diff give what they give of few, with a heap that the reports would not fit in', async () => {
    // a report of some weight
    const heavy = reports.map((one) => ({
      ...one,
      verdicts: one.verdicts.map((v) => ({
        ...v,
        details: Array.from({ length: 40 }, (_, i) => `${v.id} ${i} `.repeat(20)),
      })),
    }));
    const [old, now] = [
      file(heavy, 'old.json'),
      file(
        heavy.map((one, i) => (i === 201 ? named('c201', clean) : one)),
        'new.json',
      ),
    ];
    const limited = (...args: string[]) =>
      spawnSync(process.execPath, ['--max-old-space-size=44', BIN, ...args], { encoding: 'utf8', maxBuffer: 1 << 29 });
    const merged = limited('merge', old);
    assert.equal(merged.stderr, '');
    assert.equal((JSON.parse(merged.stdout) as Reports).reports.length, 300);
    const diff = limited('diff', old, now);
    assert.equal(diff.stderr, '');
    assert.match(diff.stdout, /^FIXED +c201/m);
    assert.match(diff.stdout, /0 new, 0 worse/);
  });

  for (const format of ['terminal', 'markdown', 'junit', 'sarif', 'openmetrics', 'slack', 'nagios', 'html'])
    it(`${format} of many says what it says of all in memory`, async () => {
      const some = reports.slice(0, 50).map(rejudged);
      const saved = file(some, 'some.json');
      const { out } = await run(['merge', saved, '--format', format]);
      assert.equal(out, (await run(['report', saved, '--format', format])).out);
    });
});

describe('many clusters in one run', () => {
  const COUNT = 40;
  const inventories = (): string[] => {
    writeTree(join(folder, 'n1'), EDITIONS.workbench.node('n1'));
    return Array.from({ length: COUNT }, (_, i) =>
      save(
        `fleet${i}.yml`,
        `version: 1\ncluster: c${i}\nproduct: workbench\nnodes:\n  - { name: n1, connection: { type: local, root: ./n1 } }\n`,
      ),
    );
  };

  it('an interrupt keeps what was measured, and every cluster is in the report; few lines of progress', async () => {
    const child = spawn(process.execPath, [BIN, 'check', ...inventories(), '--format', 'json'], { stdio: 'pipe' });
    let [out, err] = ['', ''];
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => {
      err += d;
      if (/\[10\/40\]/.test(err) && !child.killed) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    const { reports } = JSON.parse(out) as Reports;
    const reached = reports.filter(({ cluster }) => cluster.nodes[0]!.reached);
    assert.equal(code, 130, err);
    assert.deepEqual(
      reports.map(({ cluster }) => cluster.name),
      Array.from({ length: COUNT }, (_, i) => `c${i}`),
    );
    assert.ok(reached.length >= 10 && reached.length < COUNT, `${reached.length} were measured`);
    assert.ok(reached[0]!.summary.pass > 10);
    assert.equal(err.match(/nodes asked/g)!.length, COUNT / 10);
  });
});
