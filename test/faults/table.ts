/** The fault matrix as text: one line a fault, one letter a check. */

import type { Status } from '../../src/model/verdict.js';

export interface FaultRow {
  readonly product: string;
  readonly fault: string;
  /** Id of the row the fault breaks. */
  readonly requirement: string;
  /** By check; a check that has several says the worst. */
  readonly verdicts: ReadonlyMap<string, Status>;
}

const LETTER: Readonly<Record<Status, string>> = { pass: '.', fail: 'F', unknown: '?', skip: '-' };
/** Columns stand in blocks, so that the eye can follow one down. */
const BLOCK = 5;
const WIDTH = 110;

const blocks = (letters: readonly string[]): string =>
  letters.map((letter, i) => (i > 0 && i % BLOCK === 0 ? ` ${letter}` : letter)).join('');

/** Numbered names, filled column by column. */
function legend(names: readonly string[]): string[] {
  const entries = names.map((name, i) => `${String(i + 1).padStart(String(names.length).length)} ${name}`);
  const width = Math.max(0, ...entries.map((e) => e.length)) + 2;
  const lines = Math.ceil(entries.length / Math.max(1, Math.floor(WIDTH / width)));
  return Array.from({ length: lines }, (_, line) =>
    entries
      .filter((_e, i) => i % lines === line)
      .map((e) => e.padEnd(width))
      .join('')
      .trimEnd(),
  );
}

/** The numbers of the legend, read downwards. */
function numbers(count: number): string[] {
  const digits = Array.from({ length: count }, (_, i) => String(i + 1).padStart(String(count).length));
  return Array.from({ length: String(count).length }, (_, line) => blocks(digits.map((d) => d[line]!)));
}

/** Faults by product, each with its requirement, a letter for every check, and the checks that failed by name. */
export function faultTable(rows: readonly FaultRow[], checks: readonly string[]): string {
  const columns = [...new Set([...checks, ...rows.flatMap((r) => [...r.verdicts.keys()])])];
  const failed = (row: FaultRow): string[] => columns.filter((c) => row.verdicts.get(c) === 'fail');
  const wide = {
    fault: Math.max(0, ...rows.map((r) => r.fault.length)),
    requirement: Math.max(0, ...rows.map((r) => r.requirement.length)),
  };
  const line = (fault: string, requirement: string, cells: string, more: string): string =>
    `  ${fault.padEnd(wide.fault)}  ${requirement.padEnd(wide.requirement)}  ${cells}  ${more}`.trimEnd();

  const groups = [...new Set(rows.map((r) => r.product))].map((product) => {
    const own = rows.filter((r) => r.product === product);
    return [
      `${product}: ${own.length} ${own.length === 1 ? 'fault' : 'faults'}`,
      ...numbers(columns.length).map((n) => line('', '', n, '')),
      ...own.map((r) =>
        line(
          r.fault,
          r.requirement,
          blocks(columns.map((c) => LETTER[r.verdicts.get(c)!] ?? ' ')),
          failed(r).join(', ') || 'NO CHECK FAILS',
        ),
      ),
    ].join('\n');
  });

  const idle = columns.filter((c) => !rows.some((r) => r.verdicts.get(c) === 'fail'));
  const unnoticed = rows.filter((r) => failed(r).length === 0).length;
  return [
    legend(columns).join('\n'),
    'F fail   . pass   ? unknown   - skip   blank: not for this product',
    ...groups,
    [
      `${rows.length} faults, ${unnoticed} of them noticed by no check`,
      ...(idle.length > 0 ? [`checks that no fault makes fail: ${idle.join(', ')}`] : []),
    ].join('\n'),
  ].join('\n\n');
}
