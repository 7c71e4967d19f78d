/** `merge` and `report`: saved reports, as one document or in another format. */

import { objectPlace, readObjects } from '../gather/services/objectStore.js';
import { eachReport, loadReport, MAX_BYTES, parseReport, reportsIn } from '../load/report.js';
import type { Report } from '../model/report.js';
import { list } from '../relations.js';
import { mergeReports, rejudged } from '../report.js';
import type { Outcome } from './outcome.js';
import { deliver, type OutputArgs, outputs, say } from './output.js';
import { shelf } from './shelf.js';

const MOST_NAMES = 5;

/** Each report of a file, or of all objects `*.json` below `s3://BUCKET/PREFIX/`. */
async function reportsAt(place: string, use: (report: Report) => void): Promise<void> {
  const stored = objectPlace(place);
  if (!stored) return eachReport(place, use);
  await readObjects(stored, MAX_BYTES, (bytes, name) => reportsIn(parseReport(bytes, name)).forEach(use));
}

/** One document of several; its gate is the worst of their gates, each judged anew from the verdicts. */
export async function merge(args: OutputArgs & { readonly reports: readonly string[] }): Promise<Outcome> {
  const kept = shelf<Report>();
  const counted = new Set<string>();
  const again = new Set<string>();
  for (const place of args.reports)
    await reportsAt(place, (report) => {
      const { name, product } = report.cluster;
      (counted.has(`${name} ${product}`) ? again : counted).add(`${name} ${product}`);
      kept.add(rejudged(report));
    });
  // as where `*.json` also has what was merged before
  if (again.size > 0)
    say(`more than one report of ${list([...again].slice(0, MOST_NAMES))} is counted: give one report per cluster`);
  const merged = mergeReports(kept.all);
  return { exitCode: merged.gate.exitCode, ...(await deliver(merged, args, await outputs(args))) };
}

/** Always exit 0: the gate counted when the report was made. */
export async function report(args: OutputArgs & { readonly file: string }): Promise<Outcome> {
  return deliver(loadReport(args.file), args, await outputs(args));
}
