/** The end of an audit: report, saved evidence and the exit code, the same for `check` and `relay`. */

import type { Gathered } from '../audit.js';
import type { Report, Reports } from '../model/report.js';
import { joinReports, withoutFit } from '../report.js';
import { ignoredKeys } from './notes.js';
import type { Outcome } from './outcome.js';
import { deliver, type OutputArgs } from './output.js';
import type { ReportFile } from './reportFile.js';
import { type SelectionArgs, unfit } from './selection.js';

export interface ConcludedArgs extends OutputArgs, SelectionArgs {
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly saveEvidence?: string | undefined;
  readonly baseline?: string | undefined;
}

/** Clusters that were audited. */
export type Audits = readonly (Gathered & { readonly report: Report })[];

/** Files that were opened before anything was contacted, and whether the run was interrupted. */
interface Opened {
  readonly targets: readonly ReportFile[];
  readonly saved: ReportFile | undefined;
  readonly interrupted: boolean;
}

/** As saved evidence: of one cluster it, of several a list. */
export const evidenceText = (audits: Audits): string => {
  const evidences = audits.map(({ evidence }) => evidence);
  return `${JSON.stringify(evidences.length === 1 ? evidences[0] : evidences)}\n`;
};

/** Of products side by side in one cluster, a key is ignored when each of them does. */
function inNone(audits: Audits): string[] {
  const placeOf = ({ plan: { cluster } }: Audits[number]): string => cluster.file ?? cluster.name;
  return [...new Set(audits.map(placeOf))].flatMap((place) => {
    const products = audits.filter((one) => placeOf(one) === place);
    const lists = products.map(({ plan, evidence, report }) => ignoredKeys(plan, evidence, report));
    const keyOf = (line: string): string => line.replace(/ is not (?:judged|used): .*/s, '');
    return lists[0]!.filter((line) => lists.every((list) => list.some((other) => keyOf(other) === keyOf(line))));
  });
}

/** One document of all clusters, and the parts of their inventories that nothing was asked about. */
export function documentOf(
  audits: Audits,
  args: SelectionArgs,
): { readonly report: Report | Reports; readonly ignored: readonly string[] } {
  const reports = audits.map(({ report }) => report);
  const asked = audits.map(({ plan }) => plan);
  const all = args.only.length + args.skip.length === 0;
  return {
    report: withoutFit(joinReports(reports), unfit(asked, reports, args)),
    ignored: all ? inNone(audits) : [],
  };
}

export async function concluded(
  audits: Audits,
  args: ConcludedArgs,
  { targets, saved, interrupted }: Opened,
): Promise<Outcome> {
  const { report, ignored } = documentOf(audits, args);
  const trouble = await saved?.write(evidenceText(audits));
  const delivered = await deliver(report, args, targets);
  const note = [delivered.note, trouble, ...ignored].filter((n) => n !== undefined).join('\n');
  return {
    exitCode: interrupted ? 130 : report.gate.exitCode,
    ...delivered,
    ...(note !== '' && { note }),
    ...(trouble !== undefined && { exitCode: args.format !== 'nagios' ? 4 : delivered.exitCode === 2 ? 2 : 3 }),
  };
}
