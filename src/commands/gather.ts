/** `gather`: the half that contacts machines. */

import { gatherProducts } from '../audit.js';
import { checkSecrets } from '../load/secrets.js';
import type { Evidence } from '../model/evidence.js';
import { type Cluster, UsageError } from '../model/inventory.js';
import { gathering } from './gathering.js';
import type { Outcome } from './outcome.js';
import { clusters, type InventoryArgs } from './output.js';
import { target } from './reportFile.js';
import { plansOf } from './selection.js';
import { twice } from './twice.js';

interface GatherArgs extends InventoryArgs {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly timeout: number;
  readonly concurrency: number;
  readonly quiet?: boolean | undefined;
  readonly output: string;
}

/** Evidence that `judge` would refuse. */
function refuseTwice(found: readonly Cluster[]): void {
  const [one, other] = twice(found) ?? [];
  if (one && other)
    throw new UsageError(
      `${other.file} and ${one.file} are both of cluster ${one.name}: list all of its nodes in one inventory, or give each its own cluster: name`,
    );
}

/** Exit 0 when the evidence was saved, whatever the nodes answered: `judge` judges it. */
export async function gather(args: GatherArgs): Promise<Outcome> {
  const found = clusters(args);
  refuseTwice(found);
  const plans = await plansOf(found, args);
  checkSecrets(found);
  const file = target('evidence', args.output, 0o600);
  const run = gathering(
    args,
    found.reduce((n, c) => n + c.nodes.length, 0),
  );
  const evidences: Evidence[] = [];
  try {
    for (const plan of plans) evidences.push(...(await gatherProducts(plan, run)).map(({ evidence }) => evidence));
  } catch (error) {
    file.abandon();
    throw error;
  } finally {
    run.end();
  }
  const trouble = await file.write(`${JSON.stringify(evidences.length === 1 ? evidences[0] : evidences)}\n`);
  if (trouble !== undefined) return { note: trouble, exitCode: 4 };
  const reached = evidences.flatMap((e) => Object.values(e.nodes));
  return {
    text: `${args.output}: evidence of ${reached.filter((n) => n.reached).length} of ${reached.length} nodes`,
    exitCode: run.interrupted() ? 130 : 0,
  };
}
