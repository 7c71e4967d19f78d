/** `check`: the main job. */

import { audit } from '../audit.js';
import { checkSecrets } from '../load/secrets.js';
import { joinReports, withoutFit } from '../report.js';
import { ignoredKeys } from './notes.js';
import type { Outcome } from './outcome.js';
import { baseline, clusters, deliver, gathering, type InventoryArgs, type OutputArgs, outputs } from './output.js';
import { target } from './reportFile.js';
import { plansOf, unfit } from './selection.js';

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
  const plans = await plansOf(found, args);
  checkSecrets(found);
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
  const audits: Awaited<ReturnType<typeof audit>> = [];
  try {
    const options = { ...run, failOn: args.failOn, allowUnknown: args.allowUnknown === true, baseline: old };
    for (const plan of plans) audits.push(...(await audit(plan, options)));
  } catch (error) {
    for (const t of [...targets, ...(saved ? [saved] : [])]) t.abandon();
    throw error;
  } finally {
    run.end();
  }
  const reports = audits.map(({ report }) => report);
  const evidences = audits.map(({ evidence }) => evidence);
  const trouble = saved?.write(`${JSON.stringify(evidences.length === 1 ? evidences[0] : evidences)}\n`);
  const asked = audits.map(({ plan }) => plan);
  const report = withoutFit(joinReports(reports), unfit(asked, reports, args));
  const delivered = deliver(report, args, targets);
  const all = args.only.length + args.skip.length === 0;
  const ignored = all ? evidences.flatMap((evidence, i) => ignoredKeys(evidence, reports[i]!)) : [];
  const note = [delivered.note, trouble, ...ignored].filter((n) => n !== undefined).join('\n');
  return {
    exitCode: run.interrupted() ? 130 : report.gate.exitCode,
    ...delivered,
    ...(note !== '' && { note }),
    ...(trouble !== undefined && { exitCode: args.format !== 'nagios' ? 4 : delivered.exitCode === 2 ? 2 : 3 }),
  };
}
