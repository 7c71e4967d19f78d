/** `check`: the main job. */

import { audit, planOf } from '../audit.js';
import type { Report } from '../model/report.js';
import { joinReports } from '../report.js';
import type { Outcome } from './outcome.js';
import {
  baseline,
  clusters,
  deliver,
  gathering,
  type InventoryArgs,
  type OutputArgs,
  outputs,
  words,
} from './output.js';
import { target } from './reportFile.js';

export interface CheckArgs extends InventoryArgs, OutputArgs {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly timeout: number;
  readonly concurrency: number;
  readonly saveEvidence?: string | undefined;
  readonly active?: boolean | undefined;
  readonly baseline?: string | undefined;
}

/** All errors in the arguments are found before the first node is contacted. */
export async function check(args: CheckArgs): Promise<Outcome> {
  const found = clusters(args);
  const plans = await Promise.all(
    found.map((cluster) => planOf(cluster, { only: words(args.only), skip: words(args.skip) })),
  );
  const old = baseline(
    args.baseline,
    found.map(({ name }) => name),
  );
  const targets = outputs(args);
  const saved = args.saveEvidence === undefined ? undefined : target('evidence', args.saveEvidence, 0o600);
  const run = gathering(
    args,
    found.reduce((n, c) => n + c.nodes.length, 0),
  );
  const reports: Report[] = [];
  const evidences: unknown[] = [];
  try {
    for (const plan of plans) {
      const { evidence, report } = await audit(plan, {
        ...run,
        failOn: args.failOn,
        allowUnknown: args.allowUnknown === true,
        baseline: old,
      });
      reports.push(report);
      evidences.push(evidence);
    }
  } catch (error) {
    for (const t of [...targets, ...(saved ? [saved] : [])]) t.abandon();
    throw error;
  } finally {
    run.end();
  }
  const trouble = saved?.write(`${JSON.stringify(evidences.length === 1 ? evidences[0] : evidences)}\n`);
  const report = joinReports(reports);
  const delivered = deliver(report, args, targets);
  return {
    exitCode: run.interrupted() ? 130 : report.gate.exitCode,
    ...delivered,
    ...(trouble !== undefined && { note: [delivered.note, trouble].filter(Boolean).join('\n'), exitCode: 4 }),
  };
}
