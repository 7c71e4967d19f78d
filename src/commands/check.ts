/** `check`: the main job. */

import { type AuditArgs, audited } from './audited.js';
import { type ConcludedArgs, concluded, conclusions } from './concluded.js';
import type { Outcome } from './outcome.js';
import { formatsOf, outputs } from './output.js';
import { type ReportFile, target } from './reportFile.js';

export interface CheckArgs extends AuditArgs, ConcludedArgs {
  readonly quiet?: boolean | undefined;
  readonly baseline?: string | undefined;
}

export async function check(args: CheckArgs): Promise<Outcome> {
  // a mistyped format is not hidden by an inventory that is wrong as well
  formatsOf(args);
  let targets: readonly ReportFile[] = [];
  let saved: ReportFile | undefined;
  const kept = conclusions(args, args.saveEvidence !== undefined);
  const interrupted = await audited(
    args,
    async () => {
      targets = await outputs(args);
      saved = args.saveEvidence === undefined ? undefined : target('evidence', args.saveEvidence, 0o600);
      return saved ? [...targets, saved] : targets;
    },
    kept.add,
  );
  return concluded(kept, args, { targets, saved, interrupted });
}
