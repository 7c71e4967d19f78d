/** `check`: the main job. */

import { type AuditArgs, audited, evidenceText } from './audited.js';
import type { Outcome } from './outcome.js';
import { deliver, formatsOf, type OutputArgs, outputs } from './output.js';
import { type ReportFile, target } from './reportFile.js';

export interface CheckArgs extends AuditArgs, OutputArgs {
  readonly quiet?: boolean | undefined;
  readonly saveEvidence?: string | undefined;
}

export async function check(args: CheckArgs): Promise<Outcome> {
  // a mistyped format is not hidden by an inventory that is wrong as well
  formatsOf(args);
  let targets: readonly ReportFile[] = [];
  let saved: ReportFile | undefined;
  const { audits, report, ignored, interrupted } = await audited(args, async () => {
    targets = await outputs(args);
    saved = args.saveEvidence === undefined ? undefined : target('evidence', args.saveEvidence, 0o600);
    return saved ? [...targets, saved] : targets;
  });
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
