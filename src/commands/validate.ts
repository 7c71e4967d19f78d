/** `validate`: everything wrong with inventories, nothing contacted. */

import { mistakesOf, planOf } from '../audit.js';
import { inspectInventory } from '../load/inventory.js';
import { UsageError } from '../model/inventory.js';
import { safe } from '../reporters/text.js';
import { unreadKeys } from './notes.js';
import type { Outcome } from './outcome.js';
import { inventoriesOf } from './output.js';

/** Exit 0 when all are good, 2 otherwise; one paragraph an error. */
export async function validate(args: { inventory?: string[] | undefined }): Promise<Outcome> {
  const files = inventoriesOf(args.inventory);
  const results = await Promise.all(files.map(async (file) => ({ file, ...(await inspected(file)) })));
  const bad = results.filter((r) => r.errors.length > 0);
  if (bad.length > 0) throw new UsageError(bad.flatMap((r) => r.errors).join('\n'));
  const notes = results.flatMap((r) => r.notes ?? []);
  return {
    text: results.map((r) => `${r.file}: valid${unasked(r.lister)}`).join('\n'),
    ...(notes.length > 0 && { note: notes.join('\n') }),
  };
}

const unasked = (lister: string | undefined): string =>
  lister === undefined ? '' : `; its nodes are listed by ${safe(lister)} at run time, which was not asked`;

interface Inspected {
  readonly errors: readonly string[];
  /** What of it is not judged. */
  readonly notes?: readonly string[];
  readonly lister?: string;
}

/** What is wrong with the file, and with the checks that it names: all of it at once. */
async function inspected(file: string): Promise<Inspected> {
  try {
    const { errors, cluster, show, lister } = inspectInventory(file);
    const later = cluster ? await mistakesOf(cluster) : [];
    const all = [...errors, ...(show?.(later) ?? [])];
    return {
      errors: all,
      ...(cluster && all.length === 0 && { notes: unreadKeys(await planOf(cluster, { only: [], skip: [] })) }),
      ...(lister !== undefined && { lister }),
    };
  } catch (error) {
    if (error instanceof UsageError) return { errors: [error.message] };
    throw error;
  }
}
