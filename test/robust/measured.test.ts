/**
 * Never a pass that was not measured: the evidence of every clean edition is spoilt at random, and each pass that is left
 * must rest on answers that are there.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { conclude, planOf } from '../../src/audit.js';
import type { Answer, Evidence } from '../../src/model/evidence.js';
import type { Report } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';
import type { Plan } from '../../src/plan.js';
import { audit } from '../faults/audit.js';
import { EDITIONS, type ProductCluster } from '../support/clusters.js';
import { unmeasured } from './unmeasured.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-measured-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What can become of an answer on its way, or in a saved file. */
const SPOILS: readonly ((answer: Answer) => Answer | undefined)[] = [
  () => undefined,
  () => ({ unseen: 'permission denied' }),
  () => ({ exit: 127, stdout: '', stderr: 'sh: not found' }),
  () => ({ exit: 0, stdout: '', stderr: '' }),
  (a) => ({ ...a, truncated: true }) as Answer,
  (a) => ('stdout' in a ? { ...a, stdout: a.stdout.slice(0, a.stdout.length >> 1) } : a),
  (a) => ('stdout' in a ? { ...a, stdout: a.stdout.replaceAll(/[0-9]/g, '\u0000') } : a),
  () => ({ exit: 0, stdout: '\u001b[2J%s<&>\n'.repeat(50), stderr: '' }),
  () => 7 as unknown as Answer,
  () => ({ stdout: 7 }) as unknown as Answer,
];
/** Those that leave nothing to see. */
const HIDES = 5;

const EVERY = process.env.HA_FUZZ === 'long';

interface Case {
  readonly plan: Plan;
  readonly evidence: Evidence;
}

function spoilt({ evidence }: Case, choose: (key: string) => number | undefined): Evidence {
  const spoil = (answers: Readonly<Record<string, Answer>>, of: string): Record<string, Answer> =>
    Object.fromEntries(
      Object.entries(answers).flatMap(([key, answer]): [string, Answer][] => {
        const how = choose(`${of} ${key}`);
        const result = how === undefined ? answer : SPOILS[how]!(answer);
        return result === undefined ? [] : [[key, result]];
      }),
    );
  return {
    ...evidence,
    nodes: Object.fromEntries(
      Object.entries(evidence.nodes).map(([name, n]) => [name, { ...n, answers: spoil(n.answers, name) }]),
    ),
    services: spoil(evidence.services, 'services'),
  };
}

const judged = ({ plan }: Case, evidence: Evidence): Report =>
  conclude(plan, evidence, { failOn: 'critical', allowUnknown: false });
const passes = (report: Report): Verdict[] => report.verdicts.filter((v) => v.status === 'pass');

describe('never a pass that was not measured', () => {
  for (const [key, cluster] of Object.entries<ProductCluster>(EDITIONS))
    it(cluster.name, async () => {
      const { evidence } = await audit(join(folder, key), cluster);
      const of: Case = { evidence, plan: await planOf(evidence.cluster, { only: [], skip: [] }) };
      const keys = Object.entries(evidence.nodes)
        .flatMap(([name, n]) => Object.keys(n.answers).map((k) => `${name} ${k}`))
        .concat(Object.keys(evidence.services).map((k) => `services ${k}`));
      assert.ok(passes(judged(of, evidence)).length > 5);

      // nothing at all
      for (const how of SPOILS.keys()) {
        const all = judged(
          of,
          spoilt(of, () => how),
        );
        if (how < HIDES)
          assert.deepEqual(
            passes(all).map((v) => `${v.id}: ${v.message}`),
            [],
            `all answers as by ${how}`,
          );
      }
      for (const reached of [false, true]) {
        const none = Object.fromEntries(Object.keys(evidence.nodes).map((n) => [n, { reached, answers: {} }]));
        assert.deepEqual(passes(judged(of, { ...evidence, nodes: none, services: {} })), []);
      }
      assert.deepEqual(passes(judged(of, { ...evidence, nodes: {}, services: {} })), []);

      // each answer alone, of one node and of all; every way of spoiling it is 12 minutes, so a few, in turn
      for (const [i, one] of keys.entries())
        for (const how of EVERY ? SPOILS.keys() : [i % HIDES])
          for (const wide of EVERY ? [false, true] : [i % 2 === 1]) {
            const same = (k: string): boolean => k === one || (wide && k.endsWith(one.slice(one.indexOf(' '))));
            const file = spoilt(of, (k) => (same(k) ? how : undefined));
            for (const v of passes(judged(of, file))) {
              const why = unmeasured(of.plan, file, v);
              assert.equal(why, undefined, `${v.id} ${v.nodes} passes with ${one} as by ${how}: ${why}`);
            }
          }

      // and at random
      fc.assert(
        fc.property(
          fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), fc.nat(SPOILS.length - 1)), {
            selector: ([k]) => k,
            maxLength: 12,
          }),
          (chosen) => {
            const file = spoilt(of, (k) => chosen.find(([c]) => c === k)?.[1]);
            for (const v of passes(judged(of, file)))
              assert.equal(unmeasured(of.plan, file, v), undefined, `${v.id} ${v.nodes}`);
          },
        ),
        { numRuns: EVERY ? 500 : 20 },
      );
    });
});
