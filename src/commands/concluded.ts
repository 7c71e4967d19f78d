/** The end of an audit: reports, saved evidence and the exit code, the same for `check` and `relay`. */

import type { Gathered } from '../audit.js';
import type { Report } from '../model/report.js';
import { joinReports, withoutFit } from '../report.js';
import { ignoredKeys } from './notes.js';
import type { Outcome } from './outcome.js';
import { deliver, type OutputArgs } from './output.js';
import type { ReportFile } from './reportFile.js';
import { type SelectionArgs, unfit } from './selection.js';

export interface AuditArgs extends OutputArgs, SelectionArgs {
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly saveEvidence?: string | undefined;
  readonly baseline?: string | undefined;
}

/** Files that were opened before anything was contacted, and whether the run was interrupted. */
interface Opened {
  readonly targets: readonly ReportFile[];
  readonly saved: ReportFile | undefined;
  readonly interrupted: boolean;
}

export function concluded(
  audits: readonly (Gathered & { readonly report: Report })[],
  args: AuditArgs,
  { targets, saved, interrupted }: Opened,
): Outcome {
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
    exitCode: interrupted ? 130 : report.gate.exitCode,
    ...delivered,
    ...(note !== '' && { note }),
    ...(trouble !== undefined && { exitCode: args.format !== 'nagios' ? 4 : delivered.exitCode === 2 ? 2 : 3 }),
  };
}
