/** Saved evidence and reports as they should not be: refused with a reason, or judged and shown; never an internal error. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { conclude, planOf } from '../../src/audit.js';
import { diffReports } from '../../src/diff.js';
import { evidencesIn } from '../../src/load/evidence.js';
import { reportIn, reportsIn } from '../../src/load/report.js';
import type { Evidence } from '../../src/model/evidence.js';
import { UsageError } from '../../src/model/inventory.js';
import type { Report } from '../../src/model/report.js';
import { mergeReports } from '../../src/report.js';
import { reporters } from '../../src/reporters/index.js';
import { audit } from '../faults/audit.js';
import { EDITIONS } from '../support/clusters.js';
import { FAULTS } from '../support/faults/index.js';
import { inTime } from '../support/machine.js';
import { run } from '../support/run.js';
import { cost } from './rows.js';
import { spoil, spoiled } from './spoil.js';

const LONG = process.env.HA_FUZZ === 'long';
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-saved-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

let evidence: Evidence;
let report: Report;
before(async () => {
  const { plant } = FAULTS.find((f) => f.name === 'one changed line')!;
  ({ evidence, report } = await audit(join(folder, 'trees'), EDITIONS.s3, { plant }));
  assert.ok(report.verdicts.some((v) => v.status === 'fail'));
});

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** Every way a saved file is read. */
const READERS = (file: string, good: string): readonly (readonly string[])[] => [
  ['judge', file],
  ['report', file],
  ['merge', file],
  ['diff', file, good],
  ['diff', good, file],
];

describe('a saved file that cannot be used', { concurrency: 2 }, () => {
  const FILES: readonly (readonly [fault: string, make: () => string])[] = [
    ...[
      '',
      '{',
      '[1, 2',
      'not JSON',
      '7',
      'null',
      '[]',
      '{}',
      '[7]',
      '[[]]',
      '{"schema":"ha-preflight/evidence/9"}',
    ].map(
      (text, i) =>
        ['empty, truncated, not JSON, another schema, a list of junk', () => put(`${i}.json`, text)] as const,
    ),
    [
      'a FIFO, a folder, /dev/zero',
      () => {
        spawnSync('mkfifo', [join(folder, 'fifo')]);
        return join(folder, 'fifo');
      },
    ],
    ['a FIFO, a folder, /dev/zero', () => folder],
    ['JSON 100 000 levels deep', () => put('deep.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['JSON 100 000 levels deep', () => put('open.json', '{"schema":'.repeat(100_000))],
  ];
  FILES.forEach(([fault, make], i) => {
    it(`${fault} (${i})`, async () => {
      const file = make();
      const good = put(`good-${i}.json`, JSON.stringify(report));
      const all = READERS(file, good);
      const started = performance.now();
      // all five of a few, one each of the others
      for (const args of i % 6 === 0 ? all : [all[0]!, all[1 + (i % 4)]!]) {
        const { code, out, err } = await run(args);
        assert.deepEqual([code, out], [2, ''], `${args}: ${err}`);
        assert.ok(err.includes(file), err);
        assert.doesNotMatch(err, /internal error|\n\s+at |undefined/);
      }
      cost(fault, seconds(started) / 2);
    });
  });

  it('evidence with a node twice', async () => {
    const { cluster } = evidence;
    const file = put(
      'twice.json',
      JSON.stringify({ ...evidence, cluster: { ...cluster, nodes: [...cluster.nodes, cluster.nodes[0]] } }),
    );
    const { code, err } = await run(['judge', file]);
    assert.equal(code, 2);
    assert.match(err, /\/cluster\/nodes: found node "n1" twice/);
  });
  it('--baseline', async () => {
    const saved = put('evidence.json', JSON.stringify(evidence));
    for (const text of ['', '{}', JSON.stringify(evidence)]) {
      const { code, err } = await run(['judge', saved, '--baseline', put('old.json', text)]);
      assert.equal(code, 2, err);
      assert.match(err, /old\.json: /);
    }
  });
});

/** What is thrown must be for the user; the rest must be told. */
function usable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof UsageError, (error as Error).stack);
    assert.doesNotMatch(error.message, /undefined|\[object/);
    return undefined;
  }
}

describe('a saved file that was changed', () => {
  const options = { color: false, width: 80, verbosity: 1 };
  const runs = (n: number): { numRuns: number } => ({ numRuns: LONG ? n * 20 : n });

  it('evidence, in one to four places', async () => {
    const started = performance.now();
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(spoil, { minLength: 1, maxLength: 4 }), async (spoils) => {
        const text = JSON.stringify(spoils.reduce(spoiled, evidence as unknown)) ?? 'null';
        for (const e of usable(() => evidencesIn(JSON.parse(text), 'e.json')) ?? []) {
          // its plugins, waivers and params are checked as those of an inventory
          const plan = await planOf(e.cluster, { only: [], skip: [] }).catch(
            (error) =>
              void usable(() => {
                throw error;
              }),
          );
          if (!plan) continue;
          const now = conclude(plan, e, { failOn: 'critical', allowUnknown: false, baseline: [report] });
          judged++;
          assert.ok([0, 1, 3].includes(now.gate.exitCode));
          assert.ok(
            now.verdicts.every((v) => !v.message.startsWith('the check itself failed')),
            JSON.stringify(now.verdicts.filter((v) => v.message.startsWith('the check itself failed'))),
          );
          for (const format of Object.values(reporters)) assert.equal(typeof format(now, options), 'string');
        }
      }),
      runs(120),
    );
    assert.ok(judged > 5, `${judged} were judged`);
    assert.equal(({} as { polluted?: 1 }).polluted, undefined);
    cost('evidence changed at random, in any place', seconds(started));
  });

  it('a report, in one or two places', () => {
    const started = performance.now();
    let shown = 0;
    fc.assert(
      fc.property(fc.array(spoil, { minLength: 1, maxLength: 2 }), fc.boolean(), (spoils, several) => {
        const document = several ? mergeReports([report, report]) : report;
        const text = JSON.stringify(spoils.reduce(spoiled, document as unknown)) ?? 'null';
        const found = usable(() => reportIn(JSON.parse(text), 'r.json'));
        if (!found) return;
        shown++;
        for (const format of Object.values(reporters)) assert.equal(typeof format(found, options), 'string');
        diffReports([report], reportsIn(found));
        diffReports(reportsIn(found), [report]);
        mergeReports(reportsIn(found));
      }),
      runs(500),
    );
    assert.ok(shown > 3, `${shown} were shown`);
    assert.equal(({} as { polluted?: 1 }).polluted, undefined);
    cost('a report changed at random, in any place', seconds(started));
  });

  it('keys called __proto__, constructor, toString', async () => {
    const started = performance.now();
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const text = JSON.stringify(evidence).replaceAll('"n2"', `"${name}"`);
      for (const e of evidencesIn(JSON.parse(text), 'e.json')) {
        const now = conclude(await planOf(e.cluster, { only: [], skip: [] }), e, {
          failOn: 'critical',
          allowUnknown: false,
        });
        assert.ok(
          now.verdicts.some((v) => v.status === 'fail' && v.nodes.includes(name)),
          name,
        );
        assert.equal(now.cluster.nodes.find((n) => n.name === name)!.reached, true);
      }
      // and one of that name of which there is nothing
      const none = evidencesIn(
        JSON.parse(JSON.stringify({ ...evidence, nodes: {} }).replaceAll('"n2"', `"${name}"`)),
        'e.json',
      )[0]!;
      const blind = conclude(await planOf(none.cluster, { only: [], skip: [] }), none, {
        failOn: 'critical',
        allowUnknown: false,
      });
      assert.equal(blind.cluster.nodes.find((n) => n.name === name)!.reached, false);
      assert.ok(blind.verdicts.every((v) => v.status !== 'pass' && v.status !== 'fail'));
    }
    cost('keys called __proto__, constructor, toString', seconds(started));
  });

  it('100 MB of evidence, of a report', async () => {
    const started = performance.now();
    const [, node] = Object.entries(evidence.nodes)[0]!;
    const stranger = { ...node, answers: { 'x.y': { exit: 0, stdout: 'x'.repeat(100_000_000), stderr: '' } } };
    const e = put('large.json', JSON.stringify({ ...evidence, nodes: { ...evidence.nodes, stranger } }));
    assert.equal((await run(['judge', e])).code, 1);
    const r = put(
      'large.json',
      JSON.stringify({
        ...report,
        verdicts: [
          {
            ...report.verdicts.find(({ status, severity }) => status === 'fail' && severity === 'critical')!,
            message: 'x'.repeat(100_000_000),
          },
        ],
      }),
    );
    const { code, err } = await run(['merge', r]);
    assert.equal(code, 1, err);
    assert.ok(inTime(seconds(started), 30), `${seconds(started)} s`);
    cost('100 MB of evidence, of a report', seconds(started) / 2);
    for (const command of ['judge', 'report']) {
      const { code: refused, err: words } = await run([command, '/dev/zero']);
      assert.equal(refused, 2);
      assert.match(words, /\/dev\/zero: larger than \d+ bytes/);
    }
    cost('more than 400 MB of evidence, 200 MB of a report', seconds(started) / 2);
  });
});
