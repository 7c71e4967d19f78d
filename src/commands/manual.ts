/** The paragraphs of a manual page that more than `explain` shows. */

import type { AnyCheck } from '../check.js';
import { loadRegistry } from '../load/checks.js';
import type { ReporterOptions } from '../model/report.js';
import type { Catalogue } from '../products/index.js';
import { groupBy, safe, wrap } from '../reporters/text.js';
import { releasesOf } from '../requirements/index.js';
import type { Level, Requirement } from '../requirements/requirement.js';

const WIDTH = 78;
export const MARGIN = '    ';

/** A paragraph of a section. */
export const prose = (text: string): string[] => wrap(safe(text), WIDTH - MARGIN.length).map((line) => MARGIN + line);
/** Lines that are not to be broken. */
export const verbatim = (text: string): string[] => text.split('\n').map((line) => (MARGIN + safe(line)).trimEnd());
/** A word and its meaning. */
export const entry = (word: string, text: string, indent = 11): string[] =>
  wrap(safe(text), WIDTH - MARGIN.length - indent).map(
    (line, i) => `${MARGIN}${(i === 0 ? word : '').padEnd(indent - 1)} ${line}`,
  );
export const section = (head: string, ...lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', head, ...lines];

/** Musts first. */
const LEVELS: readonly Level[] = ['must', 'must*', 'must-not', 'should', 'should-not', 'info'];

const indented = (text: string, by: number): string[] =>
  wrap(safe(text), WIDTH - MARGIN.length - by).map((line) => MARGIN + ' '.repeat(by) + line);

/** A document, and its rows below it by their level. */
function source(rows: readonly Requirement[]): string[] {
  const { document, address } = rows[0]!;
  const sorted = [...rows].sort((x, y) => LEVELS.indexOf(x.level) - LEVELS.indexOf(y.level));
  return [
    ...prose(document),
    ...(address === undefined ? [] : [MARGIN + address]),
    ...sorted.flatMap((row) => [
      ...indented(`${row.id} (${row.level}${releasesOf(row) && `; releases ${releasesOf(row)}`}), ${row.section}`, 2),
      ...indented(`${row.text}${row.edition ? ` (${row.edition})` : ''}`, 6),
    ]),
  ];
}

/** A remedy is a command or a sentence: a command is never broken, and what is said of it is wrapped below it. */
function folded(line: string): string[] {
  if (line.length <= WIDTH) return [line];
  const [, command, comment] = /^(.*\S)\s{2,}#\s+(.*)$/.exec(line) ?? [];
  return command === undefined
    ? prose(line.trim())
    : [command, ...wrap(comment!, WIDTH - MARGIN.length - 2).map((words) => `${MARGIN}# ${words}`)];
}

export const rowsOf = (check: AnyCheck, { requirements }: Catalogue): Requirement[] =>
  (check.requirements as string[]).flatMap((one) => requirements.get(one) ?? []);

export const why = (check: AnyCheck): string[] => section('WHY', ...prose(check.rationale));
export const requiredBy = (rows: readonly Requirement[]): string[] =>
  section(
    'REQUIRED BY',
    ...groupBy(rows, ({ document }) => document).flatMap((group, i) => [...(i === 0 ? [] : ['']), ...source(group)]),
  );
export const toFix = (check: AnyCheck): string[] =>
  section('TO FIX', ...verbatim(check.remediation).flatMap((line) => folded(line)));

/** What each built-in check says to a reader who sees an alert only, and the address of the document it cites first. */
export async function ruleHelp(): Promise<NonNullable<ReporterOptions['explain']>> {
  const { checks, catalogue } = await loadRegistry();
  return (id) => {
    const check = checks.find((one) => one.id === id);
    if (check === undefined) return undefined;
    const rows = rowsOf(check, catalogue);
    const address = rows.find((row) => row.address !== undefined)?.address;
    const more = section('MORE', ...verbatim(`ha-preflight explain ${id}`));
    return {
      text: [...why(check), ...requiredBy(rows), ...toFix(check), ...more].join('\n').trim(),
      ...(address !== undefined && { address }),
    };
  };
}
