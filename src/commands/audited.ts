/** The run behind `check` and `bundle`: from arguments to a report of each cluster. */

import { audit } from '../audit.js';
import { checkSecrets } from '../load/secrets.js';
import type { Audit } from './concluded.js';
import { gathering } from './gathering.js';
import { baseline, clusters, type InventoryArgs, say } from './output.js';
import type { ReportFile } from './reportFile.js';
import { plansOf } from './selection.js';
import { twice } from './twice.js';

export interface AuditArgs extends InventoryArgs {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly timeout: number;
  readonly concurrency: number;
  readonly active?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly baseline?: string | undefined;
}

/**
 * All errors in the arguments are found before the first node is contacted; `open` opens what will be written, and is
 * the last that can find one. `take` gets each cluster as soon as it is judged. True: the run was interrupted.
 */
export async function audited(
  args: AuditArgs,
  open: () => readonly ReportFile[] | Promise<readonly ReportFile[]>,
  take: (one: Audit) => void,
): Promise<boolean> {
  const found = clusters(args);
  const [one, other] = twice(found) ?? [];
  if (one && other)
    say(
      `cluster ${one.name} is there twice (${one.file}, ${other.file}), and a finding of one has the fingerprint of the same finding of the other: give each its own cluster: name`,
    );
  const plans = await plansOf(found, args);
  checkSecrets(found);
  const old = baseline(
    args.baseline,
    found.map(({ name }) => name),
  );
  const opened = await open();
  let run: ReturnType<typeof gathering> | undefined;
  try {
    run = gathering(
      args,
      found.reduce((n, c) => n + c.nodes.length, 0),
    );
    const options = { ...run, failOn: args.failOn, allowUnknown: args.allowUnknown === true, baseline: old };
    for (const plan of plans) for (const one of await audit(plan, options)) take(one);
  } catch (error) {
    for (const file of opened) file.abandon();
    throw error;
  } finally {
    run?.end();
  }
  return run.interrupted();
}
