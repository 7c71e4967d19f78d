/** `merge` and `report`: saved reports, as one document or in another format. */

import { loadReport, loadReports } from '../load/report.js';
import { mergeReports, rejudged } from '../report.js';
import type { Outcome } from './outcome.js';
import { deliver, type OutputArgs, outputs } from './output.js';

/** One document of several; its gate is the worst of their gates, each judged anew from the verdicts. */
export async function merge(args: OutputArgs & { readonly reports: readonly string[] }): Promise<Outcome> {
  const merged = mergeReports(args.reports.flatMap(loadReports).map(rejudged));
  return { exitCode: merged.gate.exitCode, ...deliver(merged, args, outputs(args)) };
}

/** Always exit 0: the gate counted when the report was made. */
export async function report(args: OutputArgs & { readonly file: string }): Promise<Outcome> {
  return deliver(loadReport(args.file), args, outputs(args));
}
