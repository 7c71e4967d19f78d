/** The paragraphs of the terminal page. Each is a list of lines, safe and wrapped, without colour. */

import type { Gate, Report, ReporterOptions } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { compared } from './compare.js';
import { clip, count, distinct, fold, groupBy, hanging, labelled, safe, safeLines, wrap } from './text.js';

export type Block = readonly string[];
export type Options = Pick<ReporterOptions, 'width' | 'verbosity'> & {
  readonly baseline?: Gate['baseline'] | undefined;
};

export const MESSAGE = 800;
export const DETAIL = 300;
const DETAILS = 6;
const COMMAND = 2000;
const IDS = 8;

export const nodesOf = (verdicts: readonly Verdict[]): string => fold(verdicts.flatMap(({ nodes }) => nodes));

/** `FAIL clock-skew  wb2 (critical)`; where that is too long, `on` separates nodes from checks. */
function title(word: string, ids: readonly string[], nodes: string, remark: string, width: number): string[] {
  const checks = ids.map(safe).join(', ');
  const end = remark === '' ? '' : ` (${remark})`;
  if (nodes === '') return labelled(`${word} `, checks + end, width);
  const short = `${word} ${checks}  ${nodes}${end}`;
  return short.length <= width ? [short] : labelled(`${word} `, `${checks} on ${nodes}${end}`, width);
}

/**
 * Commands to paste are never broken: a line with a comment behind it (`command    # when`), and every line of a
 * remedy of several lines. Only a single line of prose is wrapped.
 */
function fix(remediation: string, width: number, label = 'Fix: '): string[] {
  const lines = safeLines(remediation).map((line) => clip(line, COMMAND));
  const out = lines.flatMap((line) => {
    const [, command, comment] = /^(.*\S)\s{2,}#\s+(.*)$/.exec(line) ?? [];
    if (command !== undefined)
      return command.length + comment!.length + 14 <= width
        ? [line]
        : [command, ...labelled('# ', comment!, width - 8)];
    return lines.length > 1 ? [line] : wrap(line, width - 8);
  });
  // several commands stand on lines of their own, to be taken all at once
  if (lines.length > 1) return [`  ${label.trimEnd()}`, ...out.map((line) => `    ${line}`)];
  return out.map((line, i) => (i === 0 ? `  ${label}` : ' '.repeat(label.length + 2)) + line);
}

function detailLines(details: readonly string[], { width, verbosity }: Options): string[] {
  const lines = details.flatMap(safeLines);
  const shown = verbosity > 0 ? lines : lines.slice(0, DETAILS);
  const rest = lines.length - shown.length;
  return [
    ...shown.flatMap((line) => hanging(clip(line.trimStart(), DETAIL), width, `    ${/^ {0,12}/.exec(line)![0]}`)),
    ...(rest > 0 ? [`    and ${rest} more (--verbose)`] : []),
  ];
}

/** Whether the observation is the message over again, with the node first and not last. */
const repeats = (observed: string, message: string): boolean =>
  observed.replace(/^[^\s:]+: /, '') === message.replace(/ \([^()]*\)$/, '');

function evidence(verdict: Verdict, options: Options, prefix = ''): string[] {
  const { message, observed, expected, details = [], differences, requirements } = verdict;
  const { width, verbosity } = options;
  // the table shows what these two would
  const table = differences === undefined ? [] : compared(verdict, width, verbosity > 0 ? Infinity : DETAILS);
  const words = table.length === 0;
  return [
    ...labelled('  ', prefix + clip(safe(message), MESSAGE), width),
    ...(observed === undefined || !words || repeats(observed, message)
      ? []
      : labelled('  observed: ', clip(safe(observed), MESSAGE), width)),
    ...table,
    ...(expected === undefined ? [] : labelled('  expected: ', clip(safe(expected), MESSAGE), width)),
    ...(words ? detailLines(details, options) : []),
    ...(verbosity > 0 && requirements.length > 0
      ? labelled('  required by: ', requirements.map(safe).join(', '), width)
      : []),
  ];
}

/** What the gate makes of a verdict when it looks back: new and worse count, known does not. */
function since({ baseline }: Options, { fingerprint }: Verdict): string[] {
  if (baseline === undefined) return [];
  const change = Object.hasOwn(baseline.changes ?? {}, fingerprint) ? baseline.changes![fingerprint]! : 'known';
  if (change === 'new' || change === 'worse') return [change];
  return [baseline.counted.includes(fingerprint) ? 'new or worse' : 'known'];
}

/** Failures in the order given; those of one check with one remedy share a block. */
export function failBlocks(word: string, verdicts: readonly Verdict[], options: Options): Block[] {
  const groups = groupBy(verdicts, (verdict) =>
    JSON.stringify([verdict.id, verdict.severity, verdict.proof, verdict.remediation ?? '', since(options, verdict)]),
  );
  return groups.map((group) => {
    const { id, severity, proof, remediation } = group[0]!;
    const nodes = nodesOf(group);
    const remark = [
      ...(severity === 'info' ? [] : [severity]),
      ...(proof === 'declared' ? ['from configuration only'] : []),
      ...since(options, group[0]!),
    ].join(', ');
    return [
      ...title(word, [id], nodes, remark, options.width),
      ...group.flatMap((verdict) => {
        const own = nodesOf([verdict]);
        const named = own === nodes || own === '' || verdict.nodes.some((name) => verdict.message.includes(name));
        return evidence(verdict, options, named ? '' : `${own}: `);
      }),
      ...(remediation === undefined ? [] : fix(remediation, options.width)),
    ];
  });
}

/** Without the nodes at the beginning, which the title names already. */
function withoutNodes({ message, nodes }: Verdict): string {
  const folded = `${fold(nodes)}: `;
  const plain = `${nodes.length < 2 ? nodes.join('') : `${nodes.slice(0, -1).join(', ')} and ${nodes.at(-1)}`}: `;
  const start = [folded, plain].find((words) => words !== ': ' && message.startsWith(words));
  return start === undefined ? message : message.slice(start.length);
}

type LostNode = Report['cluster']['nodes'][number];

/** Why a node was not reached, without its own name, so that one reason of many nodes is one. */
function reasonOf({ name, host, reason }: LostNode): string {
  const own = [name, host].filter((word) => word !== '').sort((a, b) => b.length - a.length);
  const start = own.find((word) => reason?.startsWith(`${word} `) || reason?.startsWith(`${word}: `));
  const rest = start === undefined ? reason : reason!.slice(start.length).replace(/^[: ]+/, '');
  return own.reduce((text, word) => text.replaceAll(word, 'its host'), rest ?? 'no reason given');
}

/** Ids, the first of many. */
function some(ids: readonly string[], { verbosity }: Options): string {
  const shown = verbosity > 0 || ids.length <= IDS ? ids : ids.slice(0, IDS);
  const rest = ids.length - shown.length;
  return shown.map(safe).join(', ') + (rest > 0 ? ` and ${rest} more checks (--verbose)` : '');
}

/** Whether a verdict is about nodes that were not reached, and no others: then their block names it. */
export const isHidden = ({ nodes }: Verdict, lost: readonly LostNode[]): boolean =>
  nodes.length > 0 && nodes.every((name) => lost.some((node) => node.name === name));

/** One block for each reason why nodes were not reached, with what was not judged there. */
export function lostBlocks(verdicts: readonly Verdict[], lost: readonly LostNode[], options: Options): Block[] {
  const { width } = options;
  return groupBy(lost, reasonOf).map((nodes) => {
    const own = new Set(nodes.map(({ name }) => name));
    const ids = distinct(
      verdicts.filter((v) => isHidden(v, lost) && v.nodes.some((name) => own.has(name))).map(({ id }) => id),
    );
    const head = labelled(
      'UNKNOWN ',
      `${fold([...own])} not reached: ${clip(safe(nodes.length > 1 ? reasonOf(nodes[0]!) : (nodes[0]!.reason ?? 'no reason given')), MESSAGE)}`,
      width,
    );
    // nothing was judged there: the number of checks is enough
    const what =
      options.verbosity > 0 || ids.length <= IDS ? some(ids, options) : `${count(ids.length, 'check')} (--verbose)`;
    return [...head, ...(ids.length === 0 ? [] : labelled('  not judged there: ', what, width))];
  });
}

/** What could not be judged, with what would settle it. */
export function unknownBlocks(verdicts: readonly Verdict[], options: Options): Block[] {
  const { width } = options;
  const groups = groupBy(verdicts, (verdict) =>
    JSON.stringify([verdict.message, verdict.nodes, verdict.remediation, verdict.details, since(options, verdict)]),
  );
  return groups.map((group) => {
    const first = group[0]!;
    const ids = distinct(group.map(({ id }) => id));
    const many = ids.length > IDS;
    const remark = [first.severity, ...since(options, first)].join(', ');
    return [
      ...title('UNKNOWN', many ? [count(ids.length, 'check')] : ids, nodesOf(group), remark, width),
      ...evidence({ ...first, message: withoutNodes(first) }, options),
      ...(many ? labelled('  not judged: ', some(ids, options), width) : []),
      ...(first.remediation === undefined ? [] : fix(first.remediation, width, 'To find out: ')),
    ];
  });
}

/** Accepted failures, with who accepted them and until when. */
export function waivedBlocks(verdicts: readonly Verdict[], options: Options): Block[] {
  // never hidden: with --quiet at least one line each
  if (options.verbosity < 0)
    return [
      verdicts.flatMap((verdict) =>
        title('WAIVED', [verdict.id], nodesOf([verdict]), `until ${safe(verdict.waiver!.until)}`, options.width),
      ),
    ];
  return verdicts.map((verdict) => {
    const { until, reason, by } = verdict.waiver!;
    const lines = title(
      'WAIVED',
      [verdict.id],
      nodesOf([verdict]),
      `${verdict.severity}, until ${safe(until)}`,
      options.width,
    );
    const message =
      options.verbosity > 0
        ? evidence(verdict, options)
        : labelled('  ', clip(safe(verdict.message), DETAIL), options.width);
    return [
      ...lines,
      ...message,
      ...labelled(
        '  reason: ',
        `${clip(safe(reason), DETAIL)}${by === undefined ? '' : ` (${safe(by)})`}`,
        options.width,
      ),
    ];
  });
}
