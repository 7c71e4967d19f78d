/** `check`: the main job. */

import { audit } from '../audit.js';
import { checkSecrets } from '../load/secrets.js';
import { type AuditArgs, concluded } from './concluded.js';
import type { Outcome } from './outcome.js';
import { baseline, clusters, gathering, type InventoryArgs, outputs } from './output.js';
import { target } from './reportFile.js';
import { plansOf } from './selection.js';

export interface CheckArgs extends InventoryArgs, AuditArgs {
  readonly timeout: number;
  readonly concurrency: number;
  readonly active?: boolean | undefined;
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
  return concluded(audits, args, { targets, saved, interrupted: run.interrupted() });
}
