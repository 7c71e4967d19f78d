/** A report as a list of what to do: every failed check that nobody accepted, the worst first. Pure. */

import { type Report, type Reports, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { failing } from '../reporters/gate.js';
import { fold, safe, safeLines } from '../reporters/text.js';
import { type Action, actionOf, whyNot } from './actions.js';

/** A node as the report says it is reached. */
export type Target = Report['cluster']['nodes'][number];

/** One command on some nodes. */
export interface Step {
  readonly command: string;
  readonly nodes: readonly Target[];
  /** Present: it is safe and can be undone, and every node is reached by SSH. */
  readonly action?: Action;
  /** Why it is left to a person; one line. */
  readonly reason?: string;
}

/** One failed verdict. */
export interface Item {
  /** `wb-prod: key-file on wb2 (critical)`, one safe line. */
  readonly title: string;
  /** What was found, as safe lines: the sentence, what was seen and what is right. */
  readonly found: readonly string[];
  readonly steps: readonly Step[];
  /** What to do in words, safe lines with a label: notes, or all that there is. */
  readonly words: readonly string[];
}

/** A name that no option, pattern or template can be taken for. */
const isPlain = (text: string): boolean => /^[\p{L}\p{N}_][\p{L}\p{N}_.:%+-]*$/u.test(text);

/** Why a script cannot reach the node; undefined: it can. */
export function unreachable({ host, ssh }: Target): string | undefined {
  if (ssh === undefined) return 'is not reached by SSH: run it there';
  const { user = 'x', jump = 'x' } = ssh;
  return [host, user, ...jump.split('@')].every(isPlain) ? undefined : 'has a host or user with characters of a shell';
}

/** The commands of a fix; those that are safe only on the nodes that a script can reach. */
function stepsOf(verdict: Verdict, { cluster }: Report, folders: readonly string[]): Step[] {
  return (verdict.fixes ?? []).flatMap(({ nodes, commands }) =>
    commands.flatMap((command): Step[] => {
      const named = nodes.map(
        (name) => cluster.nodes.find((n) => n.name === name) ?? { name, host: '', reached: false },
      );
      const action = actionOf(command, folders);
      if (action === undefined || nodes.length === 0) return [{ command, nodes: named, reason: whyNot(command) }];
      const reached = named.filter((n) => unreachable(n) === undefined);
      const others = named.filter((n) => unreachable(n) !== undefined);
      return [
        ...(reached.length > 0 ? [{ command, nodes: reached, action }] : []),
        ...others.map((n) => ({ command, nodes: [n], reason: `${safe(n.name)} ${unreachable(n)}` })),
      ];
    }),
  );
}

function itemOf(verdict: Verdict, report: Report, several: boolean, folders: readonly string[]): Item {
  const { id, severity, nodes, message, observed, expected, fixes = [], remediation = '' } = verdict;
  const where = nodes.length === 0 ? '' : ` on ${fold(nodes)}`;
  const words =
    fixes.length === 0
      ? safeLines(remediation).map((line) => line && `by hand: ${line}`)
      : fixes.flatMap(({ note }) => (note ? [`note: ${safe(note)}`] : []));
  return {
    title: `${several ? `${safe(report.cluster.name)}: ` : ''}${safe(id)}${where} (${severity})`,
    found: [
      safe(message),
      ...(observed === undefined ? [] : [`observed: ${safe(observed)}`]),
      ...(expected === undefined ? [] : [`expected: ${safe(expected)}`]),
    ],
    steps: stepsOf(verdict, report, folders),
    words: [...new Set(words)].filter((line) => line !== ''),
  };
}

/** What two findings need is done once, for the first of them. */
function once(items: readonly Item[]): Item[] {
  const done = new Map<string, number>();
  return items.map((item, i) => {
    const notes = new Set<string>();
    const steps = item.steps.flatMap((step): Step[] => {
      if (!step.action) return [step];
      const left = step.nodes.filter((node) => {
        const key = JSON.stringify([step.command, node]);
        const before = done.get(key);
        if (before === undefined) done.set(key, i);
        else notes.add(`note: the command for ${safe(node.name)} is in ${before + 1}`);
        return before === undefined;
      });
      return left.length > 0 ? [{ ...step, nodes: left }] : [];
    });
    return { ...item, steps, words: [...notes, ...item.words] };
  });
}

/** `folders`: configuration directories of the products, below which files may be edited. */
export function worklist(document: Report | Reports, folders: readonly string[]): Item[] {
  const reports = 'reports' in document ? document.reports : [document];
  const items = reports
    .flatMap((report) => failing(report).map((verdict) => ({ verdict, report })))
    .sort((a, b) => severityRank[a.verdict.severity] - severityRank[b.verdict.severity])
    .map(({ verdict, report }) => itemOf(verdict, report, reports.length > 1, folders));
  return once(items);
}

/** How many commands are active, and how many findings are left to people. */
export function counts(items: readonly Item[]): { readonly active: number; readonly byHand: number } {
  return {
    active: items.flatMap(({ steps }) => steps).reduce((n, { action, nodes }) => n + (action ? nodes.length : 0), 0),
    byHand: items.filter(
      ({ steps, words }) => words.some((line) => line.startsWith('by hand: ')) || steps.some(({ action }) => !action),
    ).length,
  };
}
