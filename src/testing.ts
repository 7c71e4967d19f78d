/** For the author of a check: a table of facts in, verdicts out, through the same judge loop as in production. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type AnyCheck, type Asks, type Check, holdsFor, type Needs, type Params, type Seen } from './check.js';
import { findingsOf, type NodeFacts } from './findings.js';
import { builtIn } from './load/products.js';
import type { Answers, Fact, Unseen } from './model/evidence.js';
import { frozen } from './model/frozen.js';
import { bareCluster, type Cluster, type Product } from './model/inventory.js';
import type { Finding, Severity, Status } from './model/verdict.js';

type FactsOf<N extends Needs> = { readonly [K in keyof N]: Seen<N>[K] | Unseen };

export interface Case<N extends Needs> {
  readonly name: string;
  /** Facts by node; `{ unseen: 'why' }` instead of a fact, or instead of all facts of a node. */
  readonly nodes: Readonly<Record<string, FactsOf<N> | Unseen>>;
  readonly product?: Product;
  /** The version found on the nodes. */
  readonly release?: string;
  /** Laid over a bare cluster of the nodes above. */
  readonly cluster?: Partial<Cluster>;
  readonly services?: Answers;
  /** The nodes the finding must name, exactly; without it they are not looked at. */
  readonly on?: readonly string[];
  readonly message?: RegExp;
  readonly severity?: Severity;
  /** Statuses that may appear in addition to the expected one; any other is an error. Default: none but pass and skip for a fail. */
  readonly beside?: readonly Status[];
}

export interface Cases<N extends Needs> {
  readonly pass: readonly Case<N>[];
  readonly fail: readonly Case<N>[];
  readonly unknown: readonly Case<N>[];
  readonly skip?: readonly Case<N>[];
}

export { bareCluster } from './model/inventory.js';

const isUnseen = (value: unknown): value is Unseen => typeof value === 'object' && value !== null && 'unseen' in value;

/** Findings of one case, judged as in production. */
export function judgeCase<N extends Needs, P extends Params, A extends Asks>(
  check: Check<N, P, A>,
  given: Case<N>,
): readonly Finding[] {
  const needs: [string, string][] = Object.entries(check.needs).map(([name, collector]) => [name, collector.id]);
  const nodes = Object.entries(given.nodes).map(([node, facts]): NodeFacts => {
    if (isUnseen(facts)) return { node, unreached: facts.unseen, facts: new Map() };
    const byId = needs.map(([name, id]): [string, Fact<unknown>] => {
      const fact: unknown = (facts as Record<string, unknown>)[name];
      return [id, isUnseen(fact) ? fact : { value: frozen(fact) }];
    });
    return { node, facts: new Map(byId) };
  });
  const fitting = [...builtIn.profiles.values()].find((p) =>
    given.product ? p.product === given.product : holdsFor(check as unknown as AnyCheck, p),
  );
  const profile = fitting ?? builtIn.profiles.values().next().value!;
  const about = {
    cluster: frozen(bareCluster(Object.keys(given.nodes), given.cluster)),
    product: profile.product,
    profile,
    ...(given.release !== undefined && { release: given.release }),
    services: frozen(given.services ?? {}),
    now: new Date('2026-01-01T00:00:00Z'),
  };
  const first = findingsOf(check as unknown as AnyCheck, nodes, about);
  assert.deepEqual(
    findingsOf(check as unknown as AnyCheck, nodes, about),
    first,
    'the same facts must give the same findings',
  );
  return first;
}

const allowed = (status: Status, given: Case<Needs>): readonly Status[] => [
  status,
  ...(given.beside ?? (status === 'fail' ? ['pass', 'skip'] : [])),
];

/**
 * A table-driven test on node:test. Demands cases of pass, fail and unknown, rejects a case that stands there twice,
 * freezes what the judge gets, judges twice, and allows no verdict that the case does not name. `common`: of every case
 * that does not say otherwise.
 */
export function testCheck<const N extends Needs, P extends Params, A extends Asks>(
  check: Check<N, P, A>,
  cases: Cases<N>,
  common: Pick<Case<N>, 'product' | 'cluster'> = {},
): void {
  describe(check.id, () => {
    const all = (Object.entries(cases) as [Status, readonly Case<N>[]][]).flatMap(([status, list]) =>
      list.map((c) => ({ status, given: { ...common, ...c } })),
    );
    it('has cases of pass, fail and unknown, none twice', () => {
      for (const status of ['pass', 'fail', 'unknown'] as const)
        assert.ok(cases[status].length > 0, `${check.id} needs a case of ${status}`);
      all.forEach(({ given }, i) => {
        const twin = all
          .slice(i + 1)
          .find(({ given: g }) => isDeepStrictEqual({ ...g, name: '' }, { ...given, name: '' }));
        assert.ok(!twin, `"${given.name}" and "${twin?.given.name}" are the same case`);
      });
    });
    for (const { status, given } of all) {
      it(`${status}: ${given.name}`, () => {
        const findings = judgeCase(check, given);
        const shown = JSON.stringify(findings, null, 1);
        const matching = findings.filter((f) => f.status === status);
        assert.ok(matching.length > 0, `expected ${status}, got ${shown}`);
        const stranger = findings.find((f) => !allowed(status, given as unknown as Case<Needs>).includes(f.status));
        assert.ok(!stranger, `expected nothing but ${status}, got ${shown}`);
        if (given.on)
          assert.deepEqual([...new Set(matching.flatMap((f) => f.nodes ?? []))].sort(), [...given.on].sort(), shown);
        if (given.message)
          assert.ok(
            matching.some((f) => given.message!.test([f.message, f.observed, ...(f.details ?? [])].join('\n'))),
            `no message like ${given.message} in ${shown}`,
          );
        if (given.severity)
          assert.ok(
            matching.every((f) => (f.severity ?? check.severity) === given.severity),
            shown,
          );
      });
    }
  });
}
