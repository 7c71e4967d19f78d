/** Differing settings as a table: one row per setting, one column for nodes that agree in all of them. */

import type { Verdict } from '../model/verdict.js';
import { fold, groupBy, labelled, safe, wrap } from './text.js';

export interface Sides {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly values: readonly string[] }[];
}

const MOST_COLUMNS = 4;

/** Undefined where nothing is compared, or where the nodes fall into too many kinds to stand side by side. */
export function sideBySide({ differences, nodes: deviants }: Verdict): Sides | undefined {
  if (differences === undefined || differences.length === 0) return undefined;
  const nodes = [...new Set(differences.flatMap(({ values }) => values.flatMap((value) => value.nodes)))];
  // by place, not by text: two hidden secrets read the same
  const at = (node: string): number[] =>
    differences.map(({ values }) => values.findIndex((value) => value.nodes.includes(node)));
  const kinds = groupBy(nodes, (node) => JSON.stringify(at(node)));
  if (kinds.length > MOST_COLUMNS) return undefined;
  // nodes that deviate come first, next to what was expected
  const deviates = (kind: readonly string[]): number => (kind.some((node) => deviants.includes(node)) ? 0 : 1);
  kinds.sort((a, b) => deviates(a) - deviates(b));
  return {
    columns: kinds.map((kind) => fold(kind)),
    rows: differences.map(({ key, values }, i) => ({
      key: safe(key),
      values: kinds.map((kind) => safe(values[at(kind[0]!)[i]!]?.value ?? '')),
    })),
  };
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - text.length));

/** As a small table of plain text; on a narrow terminal a setting, and below it who has what. */
export function compared(verdict: Verdict, width: number, most: number): string[] {
  const { differences = [] } = verdict;
  const rest = differences.length - most;
  const more = rest > 0 ? [`    and ${rest} more (--verbose)`] : [];
  const sides = sideBySide(verdict);
  const rows = sides?.rows.slice(0, most) ?? [];
  const gap = 2;
  const keyWidth = Math.max(0, ...rows.map(({ key }) => key.length));
  const columns = sides?.columns.map((name, i) =>
    Math.max(name.length, ...rows.map(({ values }) => values[i]!.length)),
  );
  const room = width - 4 - keyWidth - gap * (columns?.length ?? 0);
  // columns that are too wide share what the narrow ones leave
  const fair = columns && fitted(columns, room);
  if (!sides || !fair || fair.some((given, i) => given < Math.min(columns![i]!, 12)))
    return [...stacked(differences.slice(0, most), width), ...more];
  const line = (cells: readonly string[]): string[] => {
    const wrapped = cells.map((text, i) => wrap(text, i === 0 ? keyWidth : fair[i - 1]!));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, k) =>
      `    ${wrapped.map((lines, i) => pad(lines[k] ?? '', i === 0 ? keyWidth : fair[i - 1]!)).join('  ')}`.trimEnd(),
    );
  };
  return [...line(['', ...sides.columns]), ...rows.flatMap(({ key, values }) => line([key, ...values])), ...more];
}

/** Widths within `room`: what needs less than its share keeps it, the others divide the rest. */
function fitted(wanted: readonly number[], room: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const widths = [...wanted];
  let left = room;
  order.forEach((i, done) => {
    widths[i] = Math.min(wanted[i]!, Math.floor(left / (order.length - done)));
    left -= widths[i]!;
  });
  return widths;
}

const stacked = (differences: NonNullable<Verdict['differences']>, width: number): string[] =>
  differences.flatMap(({ key, values }) => [
    ...labelled('    ', safe(key), width),
    ...values.flatMap(({ nodes, value }) => labelled('      ', `${fold(nodes)}: ${safe(value)}`, width)),
  ]);
