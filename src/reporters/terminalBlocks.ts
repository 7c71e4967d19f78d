/** The paragraphs of the terminal page. Each is a list of lines, safe and wrapped, without colour. */

import { type Report, type ReporterOptions, severityRank } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { clip, distinct, fold, groupBy, labelled, safe, safeLines, wrap } from './text.js';

export type Block = readonly string[];
type Options = Pick<ReporterOptions, 'width' | 'verbosity'>;

const MESSAGE = 800;
const DETAIL = 300;
const DETAILS = 6;
const COMMAND = 2000;

const nodesOf = (verdicts: readonly Verdict[]): string => fold(verdicts.flatMap(({ nodes }) => nodes));

/** `FAIL clock-skew  wb2 (critical)`; where that is too long, `on` tells nodes from checks. */
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
function mend(remediation: string, width: number, label = 'Mend: '): string[] {
  const lines = safeLines(remediation).map((line) => clip(line, COMMAND));
  const out = lines.flatMap((line) => {
    const [, command, comment] = /^(.*\S)\s{2,}#\s+(.*)$/.exec(line) ?? [];
    if (command !== undefined)
      return command.length + comment!.length + 14 <= width
        ? [line]
        : [command, ...labelled('# ', comment!, width - 8)];
    return lines.length > 1 ? [line] : wrap(line, width - 8);
  });
  return out.map((line, i) => (i === 0 ? `  ${label}` : ' '.repeat(label.length + 2)) + line);
}

function detailLines(details: readonly string[], { width, verbosity }: Options): string[] {
  const lines = details.flatMap(safeLines);
  const shown = verbosity > 0 ? lines : lines.slice(0, DETAILS);
  const rest = lines.length - shown.length;
  return [
    ...shown.flatMap((line) => labelled(`    ${/^ {0,12}/.exec(line)![0]}`, clip(line.trimStart(), DETAIL), width)),
    ...(rest > 0 ? [`    and ${rest} more (--verbose)`] : []),
  ];
}

function evidence(
  { message, observed, expected, details = [], requirements }: Verdict,
  options: Options,
  prefix = '',
): string[] {
  const { width, verbosity } = options;
  return [
    ...labelled('  ', prefix + clip(safe(message), MESSAGE), width),
    ...(observed === undefined ? [] : labelled('  observed: ', clip(safe(observed), MESSAGE), width)),
    ...(expected === undefined ? [] : labelled('  expected: ', clip(safe(expected), MESSAGE), width)),
    ...detailLines(details, options),
    ...(verbosity > 0 && requirements.length > 0
      ? labelled('  required by: ', requirements.map(safe).join(', '), width)
      : []),
  ];
}

/** Failures in the order given; those of one check with one remedy share a block. */
export function failBlocks(word: string, verdicts: readonly Verdict[], options: Options): Block[] {
  const groups = groupBy(verdicts, ({ id, severity, proof, remediation = '' }) =>
    JSON.stringify([id, severity, proof, remediation]),
  );
  return groups.map((group) => {
    const { id, severity, proof, remediation } = group[0]!;
    const nodes = nodesOf(group);
    const remark = [
      ...(severity === 'info' ? [] : [severity]),
      ...(proof === 'declared' ? ['by configuration alone'] : []),
    ].join(', ');
    return [
      ...title(word, [id], nodes, remark, options.width),
      ...group.flatMap((verdict) => {
        const own = nodesOf([verdict]);
        const named = own === nodes || own === '' || verdict.nodes.some((name) => verdict.message.includes(name));
        return evidence(verdict, options, named ? '' : `${own}: `);
      }),
      ...(remediation === undefined ? [] : mend(remediation, options.width)),
    ];
  });
}

type LostNode = Report['cluster']['nodes'][number];

/** What an unreached node hides is one block for each reason; any other unknown is told with what would settle it. */
export function unknownBlocks(verdicts: readonly Verdict[], lost: readonly LostNode[], options: Options): Block[] {
  const { width } = options;
  const names = new Set(lost.map(({ name }) => name));
  const hidden = (verdict: Verdict): boolean =>
    verdict.nodes.length > 0 && verdict.nodes.every((name) => names.has(name));
  const blocks: Block[] = groupBy(lost, ({ reason = '' }) => reason).map((nodes) => {
    const own = new Set(nodes.map(({ name }) => name));
    const ids = distinct(
      verdicts.filter((v) => hidden(v) && v.nodes.some((name) => own.has(name))).map(({ id }) => id),
    );
    const head = labelled(
      'UNKNOWN ',
      `${fold([...own])} not reached: ${clip(safe(nodes[0]!.reason ?? 'no reason given'), MESSAGE)}`,
      width,
    );
    return [...head, ...(ids.length === 0 ? [] : labelled('  not judged there: ', ids.map(safe).join(', '), width))];
  });
  const others = verdicts
    .filter((verdict) => !hidden(verdict))
    .sort((a, b) => severityRank[a.severity] - severityRank[b.severity]);
  const groups = groupBy(others, ({ message, nodes, remediation = '', details = [] }) =>
    JSON.stringify([message, nodes, remediation, details]),
  );
  return [
    ...blocks,
    ...groups.map((group) => {
      const first = group[0]!;
      const ids = distinct(group.map(({ id }) => id));
      return [
        ...title('UNKNOWN', ids, nodesOf(group), first.severity, width),
        ...evidence(first, options),
        ...(first.remediation === undefined ? [] : mend(first.remediation, width, 'To settle it: ')),
      ];
    }),
  ];
}

/** Accepted failures: shown, with by whom and until when. */
export function waivedBlocks(verdicts: readonly Verdict[], options: Options): Block[] {
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

/** One folded line for each reason. */
export function skipLines(verdicts: readonly Verdict[], { width }: Options): string[] {
  return groupBy(verdicts, ({ message }) => message).flatMap((group) =>
    labelled(
      'SKIP ',
      `${distinct(group.map(({ id }) => safe(id))).join(', ')}: ${clip(safe(group[0]!.message), DETAIL)}`,
      width,
    ),
  );
}

/** A few lines of ids; with their messages when asked for more. */
export function passLines(verdicts: readonly Verdict[], { width, verbosity }: Options): string[] {
  if (verdicts.length === 0) return [];
  if (verbosity < 1) return labelled('PASS ', distinct(verdicts.map(({ id }) => safe(id))).join(', '), width);
  return verdicts.flatMap(({ id, message }) =>
    labelled('PASS ', `${safe(id)}: ${clip(safe(message), MESSAGE)}`, width),
  );
}
