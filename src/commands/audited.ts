/** The run behind `check` and `bundle`: from arguments to a report. */

import { audit, type Gathered } from '../audit.js';
import { checkSecrets } from '../load/secrets.js';
import type { Report, Reports } from '../model/report.js';
import { joinReports, withoutFit } from '../report.js';
import { ignoredKeys } from './notes.js';
import { baseline, clusters, gathering, type InventoryArgs } from './output.js';
import type { ReportFile } from './reportFile.js';
import { plansOf, unfit } from './selection.js';

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

export interface Audited {
  readonly audits: readonly (Gathered & { readonly report: Report })[];
  readonly report: Report | Reports;
  /** Parts of inventories that nothing was asked about. */
  readonly ignored: readonly string[];
  readonly interrupted: boolean;
}

/** As saved evidence: of one cluster it, of several a list. */
export const evidenceText = (audits: Audited['audits']): string => {
  const evidences = audits.map(({ evidence }) => evidence);
  return `${JSON.stringify(evidences.length === 1 ? evidences[0] : evidences)}\n`;
};

/**
 * All errors in the arguments are found before the first node is contacted; `open` opens what will be written, and is
 * the last that can find one.
 */
export async function audited(
  args: AuditArgs,
  open: () => readonly ReportFile[] | Promise<readonly ReportFile[]>,
): Promise<Audited> {
  const found = clusters(args);
  const plans = await plansOf(found, args);
  checkSecrets(found);
  const old = baseline(
    args.baseline,
    found.map(({ name }) => name),
  );
  const opened = await open();
  const audits: Audited['audits'][number][] = [];
  let run: ReturnType<typeof gathering> | undefined;
  try {
    run = gathering(
      args,
      found.reduce((n, c) => n + c.nodes.length, 0),
    );
    const options = { ...run, failOn: args.failOn, allowUnknown: args.allowUnknown === true, baseline: old };
    for (const plan of plans) audits.push(...(await audit(plan, options)));
  } catch (error) {
    for (const file of opened) file.abandon();
    throw error;
  } finally {
    run?.end();
  }
  const reports = audits.map(({ report }) => report);
  const asked = audits.map(({ plan }) => plan);
  const all = args.only.length + args.skip.length === 0;
  return {
    audits,
    report: withoutFit(joinReports(reports), unfit(asked, reports, args)),
    ignored: all ? audits.flatMap(({ evidence, report }) => ignoredKeys(evidence, report)) : [],
    interrupted: run.interrupted(),
  };
}
