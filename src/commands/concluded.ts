/** The end of an audit: report, saved evidence and the exit code, the same for `check` and `relay`. */

import type { Gathered } from '../audit.js';
import type { Evidence } from '../model/evidence.js';
import type { Report, Reports } from '../model/report.js';
import type { Plan } from '../plan.js';
import { joinReports, withoutFit } from '../report.js';
import { ignoredKeys } from './notes.js';
import type { Outcome } from './outcome.js';
import { deliver, type OutputArgs } from './output.js';
import type { ReportFile } from './reportFile.js';
import { type SelectionArgs, unfit } from './selection.js';
import { shelf } from './shelf.js';

export interface ConcludedArgs extends OutputArgs, SelectionArgs {
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly saveEvidence?: string | undefined;
  readonly baseline?: string | undefined;
}

/** A cluster that was audited. */
export type Audit = Gathered & { readonly report: Report };

/** What is kept of the clusters of a run, however many there are. */
export interface Conclusions {
  add(one: Audit): void;
  /** One document of all clusters, and the parts of their inventories that nothing was asked about. */
  document(): { readonly report: Report | Reports; readonly ignored: readonly string[] };
  /** As saved evidence: of one cluster it, of several a list. */
  evidence(): Iterable<string>;
}

/** Of products side by side in one cluster, a key is ignored when each of them does. */
function inAll([first = [], ...others]: readonly (readonly string[])[]): string[] {
  const keyOf = (line: string): string => line.replace(/ is not (?:judged|used): .*/s, '');
  return first.filter((line) => others.every((lines) => lines.some((other) => keyOf(other) === keyOf(line))));
}

/** `evidence`: whether it is asked for in the end. */
export function conclusions(args: SelectionArgs, evidence: boolean): Conclusions {
  const reports = shelf<Report>();
  const evidences = shelf<Evidence>();
  const asked: { plan: Plan; product: string }[] = [];
  const ignored = new Map<string, string[][]>();
  const all = args.only.length + args.skip.length === 0;
  return {
    add(one) {
      reports.add(one.report);
      if (evidence) evidences.add(one.evidence);
      if (all) {
        const { file, name } = one.plan.cluster;
        const place = file ?? name;
        ignored.set(place, [...(ignored.get(place) ?? []), ignoredKeys(one.plan, one.evidence, one.report)]);
      } else asked.push({ plan: one.plan, product: one.report.cluster.product });
    },
    document: () => ({
      report: withoutFit(joinReports(reports.all), unfit(asked, args)),
      ignored: [...ignored.values()].flatMap(inAll),
    }),
    *evidence() {
      const several = evidences.all.length !== 1;
      for (const [i, one] of evidences.all.entries())
        yield `${several ? (i === 0 ? '[' : ',') : ''}${JSON.stringify(one)}`;
      yield several ? ']\n' : '\n';
    },
  };
}

/** Files that were opened before anything was contacted, and whether the run was interrupted. */
interface Opened {
  readonly targets: readonly ReportFile[];
  readonly saved: ReportFile | undefined;
  readonly interrupted: boolean;
}

export async function concluded(
  kept: Conclusions,
  args: ConcludedArgs,
  { targets, saved, interrupted }: Opened,
): Promise<Outcome> {
  const { report, ignored } = kept.document();
  const trouble = await saved?.write(kept.evidence());
  const delivered = await deliver(report, args, targets);
  const note = [delivered.note, trouble, ...ignored].filter((n) => n !== undefined).join('\n');
  return {
    exitCode: interrupted ? 130 : report.gate.exitCode,
    ...delivered,
    ...(note !== '' && { note }),
    ...(trouble !== undefined && { exitCode: args.format !== 'nagios' ? 4 : delivered.exitCode === 2 ? 2 : 3 }),
  };
}
