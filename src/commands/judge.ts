/** `judge`: the half that needs no machine. */

import { readFileSync } from 'node:fs';
import { conclude, planOf } from '../audit.js';
import type { Outcome } from '../cli.js';
import type { Evidence } from '../model/evidence.js';
import { UsageError } from '../model/inventory.js';
import { joinReports } from '../report.js';
import { baseline, deliver, type OutputArgs, outputs, shard, words } from './output.js';

interface JudgeArgs extends OutputArgs {
  readonly evidence: string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly shard?: string | undefined;
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown: boolean;
  readonly baseline?: string | undefined;
}

/** Only what judging relies on is looked at: an answer of a wrong shape is unseen, not an error. */
function read(file: string): Evidence[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).map((e: Partial<Evidence> | null) => {
    const whole =
      e?.schema === 'ha-preflight/evidence/1' &&
      Array.isArray(e.cluster?.nodes) &&
      typeof e.nodes === 'object' &&
      !Number.isNaN(Date.parse(e.startedAt ?? ''));
    if (!whole)
      throw new UsageError(
        `${file}: not evidence of this tool (schema ha-preflight/evidence/1): make it with ha-preflight gather`,
      );
    return { ...e, services: e.services ?? {} } as Evidence;
  });
}

export async function judge(args: JudgeArgs): Promise<Outcome> {
  const evidences = shard(args.evidence, args.shard).flatMap(read);
  const plans = await Promise.all(
    evidences.map((e) => planOf(e.cluster, { only: words(args.only), skip: words(args.skip) })),
  );
  const old = baseline(
    args.baseline,
    evidences.map(({ cluster }) => cluster.name),
  );
  const targets = outputs(args);
  const report = joinReports(plans.map((plan, i) => conclude(plan, evidences[i]!, { ...args, baseline: old })));
  return { exitCode: report.gate.exitCode, ...deliver(report, args, targets) };
}
