/** `diff`: what is new, worse or fixed between two reports. */

import { CHANGES, type Change, type Changed, diffReports } from '../diff.js';
import { loadReports } from '../load/report.js';
import type { Verdict } from '../model/verdict.js';
import { safeJson } from '../reporters/json.js';
import { fold, safe } from '../reporters/text.js';
import type { Outcome } from './outcome.js';

interface DiffArgs {
  readonly old: string;
  readonly new: string;
  readonly format: 'text' | 'json';
}

const brief = ({ status, severity, nodes, message, waiver }: Verdict) => ({
  status,
  severity,
  nodes,
  message,
  ...(waiver && { waiver }),
});

function json(changes: readonly Changed[]): string {
  const of = (wanted: Change) =>
    changes
      .filter(({ change }) => change === wanted)
      .map(({ cluster, why, before, after }) => ({
        cluster,
        id: (after ?? before)!.id,
        fingerprint: (after ?? before)!.fingerprint,
        ...(why !== undefined && { why }),
        ...(before && { before: brief(before) }),
        ...(after && { after: brief(after) }),
      }));
  const lists = Object.fromEntries(CHANGES.map((change) => [change, of(change)]));
  return safeJson({ schema: 'ha-preflight/diff/1', ...lists });
}

/** The field of the JSON document is called `mended`; people read `fixed`. */
const shown = (change: Change): string => (change === 'mended' ? 'fixed' : change);

function line({ change, cluster, why, before, after }: Changed): string {
  const verdict = (after ?? before)!;
  const nodes = verdict.nodes.length === 0 ? '' : ` on ${fold(verdict.nodes)}`;
  const remark = why === undefined ? '' : ` [${safe(why)}]`;
  return `${shown(change).toUpperCase().padEnd(9)} ${safe(cluster)}: ${safe(verdict.id)}${nodes} (${verdict.severity})${remark}: ${safe(verdict.message)}`;
}

function text(changes: readonly Changed[]): string {
  // a pass that has not changed is only counted
  const listed = changes.filter(
    ({ change, after }) => change !== 'unchanged' || after?.status === 'fail' || after?.status === 'unknown',
  );
  const counts = CHANGES.map(
    (wanted) => `${changes.filter(({ change }) => change === wanted).length} ${shown(wanted)}`,
  );
  return [
    ...CHANGES.flatMap((wanted) => listed.filter(({ change }) => change === wanted).map(line)),
    counts.join(', '),
  ].join('\n');
}

/** Exit 1 when something is new or worse. */
export async function diff(args: DiffArgs): Promise<Outcome> {
  const changes = diffReports(loadReports(args.old), loadReports(args.new));
  const bad = changes.some(({ change }) => change === 'new' || change === 'worse');
  return { text: args.format === 'json' ? json(changes) : text(changes), exitCode: bad ? 1 : 0 };
}
