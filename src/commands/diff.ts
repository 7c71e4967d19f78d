/** `diff`: what is new, worse or fixed between two reports. */

import { CHANGES, type Change, type Changed, changesBetween } from '../diff.js';
import { eachReport } from '../load/report.js';
import type { Report } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { safeJson } from '../reporters/json.js';
import { fold, safe } from '../reporters/text.js';
import type { Outcome } from './outcome.js';
import { shelf } from './shelf.js';

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

/** The last of all lists is by far the longest. */
function json(changes: Iterable<Changed>): Pick<Outcome, 'text' | 'exitCode'> {
  const lists = Object.fromEntries(CHANGES.map((change): [Change, object[]] => [change, []]));
  for (const { change, cluster, why, before, after } of changes)
    lists[change]!.push({
      cluster,
      id: (after ?? before)!.id,
      fingerprint: (after ?? before)!.fingerprint,
      ...(why !== undefined && { why }),
      ...(before && { before: brief(before) }),
      ...(after && { after: brief(after) }),
    });
  return {
    text: safeJson({ schema: 'ha-preflight/diff/1', ...lists }),
    exitCode: lists.new!.length + lists.worse!.length > 0 ? 1 : 0,
  };
}

/** The field of the JSON document is called `mended`; people read `fixed`. */
const shown = (change: Change): string => (change === 'mended' ? 'fixed' : change);

function line({ change, cluster, why, before, after }: Changed): string {
  // the others may pass: what nobody looked at again is what was wrong before
  const verdict = (change === 'unseen' && after?.status === 'pass' ? before : (after ?? before))!;
  const nodes = verdict.nodes.length === 0 ? '' : ` on ${fold(verdict.nodes)}`;
  const remark = why === undefined ? '' : ` [${safe(why)}]`;
  return `${shown(change).toUpperCase().padEnd(9)} ${safe(cluster)}: ${safe(verdict.id)}${nodes} (${verdict.severity})${remark}: ${safe(verdict.message)}`;
}

function text(changes: Iterable<Changed>): Pick<Outcome, 'text' | 'exitCode'> {
  const lines = new Map(CHANGES.map((change): [Change, string[]] => [change, []]));
  const counts = new Map(CHANGES.map((change): [Change, number] => [change, 0]));
  for (const one of changes) {
    const { change, after } = one;
    counts.set(change, counts.get(change)! + 1);
    // a pass that has not changed is only counted
    if (change !== 'unchanged' || after?.status === 'fail' || after?.status === 'unknown')
      lines.get(change)!.push(line(one));
  }
  const numbers = [...counts].map(([change, number]) => `${number} ${shown(change)}`);
  return {
    text: [...[...lines.values()].flat(), numbers.join(', ')].join('\n'),
    exitCode: counts.get('new')! + counts.get('worse')! > 0 ? 1 : 0,
  };
}

/** The reports of a file, as they are needed. */
function read(file: string): readonly Report[] {
  const kept = shelf<Report>();
  eachReport(file, kept.add);
  return kept.all;
}

/** Exit 1 when something is new or worse. */
export async function diff(args: DiffArgs): Promise<Outcome> {
  const changes = changesBetween(read(args.old), read(args.new));
  return args.format === 'json' ? json(changes) : text(changes);
}
