/** Which clusters share a run of a SARIF file: each has its own, as long as services take as many. Pure. */

import type { Report } from '../model/report.js';
import { safe } from './text.js';

/** GitHub refuses a file with more runs, and a run with more results. */
const MOST_RUNS = 20;
const MOST_RESULTS = 25_000;

export interface Run {
  readonly reports: readonly Report[];
  /** Distinguishes the runs of a file; a run of all clusters has none. */
  readonly category?: string;
}

/** A name for each run, of which a file may have none twice: that of the cluster, where needed with its product or a number. */
function categories(reports: readonly Report[]): string[] {
  const names = reports.map(({ cluster }) => safe(cluster.name));
  const twice = (list: readonly string[], i: number): boolean => list.filter((one) => one === list[i]).length > 1;
  const exact = names.map((name, i) => (twice(names, i) ? `${name}/${safe(reports[i]!.cluster.product)}` : name));
  const before = (i: number): number => exact.slice(0, i).filter((one) => one === exact[i]).length;
  return exact.map((name, i) => (before(i) === 0 ? name : `${name}/${before(i) + 1}`));
}

/** As few runs as can hold all results; a cluster is never divided. */
function shared(reports: readonly Report[], results: (report: Report) => number): Report[][] {
  const runs: Report[][] = [];
  let room = 0;
  for (const report of reports) {
    const needed = results(report);
    if (runs.length === 0 || needed > room) {
      runs.push([]);
      room = MOST_RESULTS;
    }
    runs.at(-1)!.push(report);
    room -= needed;
  }
  return runs;
}

/** `results`: how many a cluster has. */
export function runsOf(reports: readonly Report[], results: (report: Report) => number): Run[] {
  if (reports.length <= MOST_RUNS) {
    const names = categories(reports);
    return reports.map((report, i) => ({ reports: [report], category: names[i]! }));
  }
  const runs = shared(reports, results);
  return runs.map((some, i) => ({ reports: some, ...(runs.length > 1 && { category: `part-${i + 1}` }) }));
}
