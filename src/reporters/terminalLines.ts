/** What takes one line each on the terminal page: what passed, was skipped, or is gone. */

import type { Verdict } from '../model/verdict.js';
import { DETAIL, MESSAGE, nodesOf, type Options } from './terminalBlocks.js';
import { clip, columns, count, distinct, fold, groupBy, labelled, safe, wrap } from './text.js';

/** So many reasons have a line each; of more, one line has the checks. */
const REASONS = 3;

/** Why checks were skipped; `a: ..` and `b: ..` are one reason. All reasons in full with --verbose. */
export function skipLines(verdicts: readonly Verdict[], { width, verbosity }: Options): string[] {
  const start = ({ nodes, message }: Verdict): string =>
    nodes.length === 1 && message.startsWith(`${nodes[0]}: `) ? nodes[0]! : '';
  const groups = groupBy(verdicts, (verdict) => {
    const own = start(verdict);
    return own === '' ? verdict.message : JSON.stringify([verdict.id, verdict.message.slice(own.length)]);
  });
  if (verbosity < 1 && groups.length > REASONS) return [listed('SKIP ', verdicts, width)];
  return groups.flatMap((group) => {
    const own = start(group[0]!);
    const who = own === '' ? '' : nodesOf(group);
    const reason = who + clip(safe(group[0]!.message.slice(own.length)), DETAIL);
    const line = `${distinct(group.map(({ id }) => safe(id))).join(', ')}: ${reason}`;
    return verbosity > 0 ? labelled('SKIP ', line, width) : [fitted('SKIP ', line, width)];
  });
}

/** As much as one line holds. */
function fitted(label: string, text: string, width: number, end = '…'): string {
  if (columns(label + text) <= width) return label + text;
  return label + wrap(text, width - columns(label + end))[0] + end;
}

/** `PASS 22 checks: a, b, c, …`, in one line. */
function listed(label: string, verdicts: readonly Verdict[], width: number): string {
  const ids = distinct(verdicts.map(({ id }) => safe(id)));
  return fitted(label, `${count(ids.length, 'check')}: ${ids.join(', ')}`, width, '… (--verbose)');
}

/** Findings of the older report that this one does not have: fixed, or not checked and perhaps there still. */
export function goneLines({ width, baseline }: Options): string[] {
  return (baseline?.gone ?? []).flatMap(({ id, severity, nodes, message, unseen }) =>
    labelled(
      unseen ? 'UNSEEN ' : 'GONE ',
      `${safe(id)}${nodes.length === 0 ? '' : ` on ${fold(nodes)}`} (${severity}${unseen ? ', not checked this time' : ''}): ${clip(safe(message), DETAIL)}`,
      width,
    ),
  );
}

/** One line of ids; with --verbose a line for each, with its message. */
export function passLines(verdicts: readonly Verdict[], { width, verbosity }: Options): string[] {
  if (verdicts.length === 0) return [];
  if (verbosity > 0)
    return verdicts.flatMap(({ id, message }) =>
      labelled('PASS ', `${safe(id)}: ${clip(safe(message), MESSAGE)}`, width),
    );
  return [listed('PASS ', verdicts, width)];
}
