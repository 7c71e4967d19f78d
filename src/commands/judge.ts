/** `judge`: the half that needs no machine. */

import { conclude, planOf } from '../audit.js';
import { loadEvidence } from '../load/evidence.js';
import { joinReports } from '../report.js';
import type { Outcome } from './outcome.js';
import { baseline, deliver, type OutputArgs, outputs, shard, words } from './output.js';

interface JudgeArgs extends OutputArgs {
  readonly evidence: string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly shard?: string | undefined;
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly baseline?: string | undefined;
}

export async function judge(args: JudgeArgs): Promise<Outcome> {
  const evidences = shard(args.evidence, args.shard).flatMap(loadEvidence);
  const plans = await Promise.all(
    evidences.map((e) => planOf(e.cluster, { only: words(args.only), skip: words(args.skip) })),
  );
  const old = baseline(
    args.baseline,
    evidences.map(({ cluster }) => cluster.name),
  );
  const targets = outputs(args);
  const report = joinReports(
    plans.map((plan, i) =>
      conclude(plan, evidences[i]!, { ...args, allowUnknown: args.allowUnknown === true, baseline: old }),
    ),
  );
  return { exitCode: report.gate.exitCode, ...deliver(report, args, targets) };
}
