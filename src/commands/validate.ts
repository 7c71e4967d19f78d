/** `validate`: everything wrong with inventories, nothing contacted. */

import { mistakesOf } from '../audit.js';
import { inspectInventory } from '../load/inventory.js';
import { UsageError } from '../model/inventory.js';
import type { Outcome } from './outcome.js';
import { inventoriesOf } from './output.js';

/** Exit 0 when all are good, 2 otherwise; one paragraph an error. */
export async function validate(args: { inventory?: string[] | undefined }): Promise<Outcome> {
  const files = inventoriesOf(args.inventory);
  const results = await Promise.all(files.map(async (file) => ({ file, errors: await errorsOf(file) })));
  const bad = results.filter((r) => r.errors.length > 0);
  if (bad.length > 0) throw new UsageError(bad.flatMap((r) => r.errors).join('\n'));
  return { text: results.map((r) => `${r.file}: valid`).join('\n') };
}

/** What is wrong with the file, and with the checks that it names: all of it at once. */
async function errorsOf(file: string): Promise<string[]> {
  try {
    const { errors, cluster, show } = inspectInventory(file);
    const later = cluster ? await mistakesOf(cluster) : [];
    return [...errors, ...(later instanceof UsageError ? [later.message] : (show?.(later) ?? []))];
  } catch (error) {
    if (error instanceof UsageError) return [error.message];
    throw error;
  }
}
