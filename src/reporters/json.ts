/** The report as data: the contract of `src/schema/report.schema.json`, nothing added or left out. */

import type { Report, Reporter, Reports } from '../model/report.js';
import { spelledBytes } from '../model/words.js';

/** JSON escapes C0 only; these would still act on a terminal that shows the file, hide in it, or be a command to a CI server (`##[`). */
const ACTIVE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e007f}]|(?<=#)#(?=(?:vso|teamcity)?\[)/giu;

/** Half a character, where a text was cut: jq 1.6 would refuse the whole report. */
const HALVES = /[\ud800-\udfff]/gu;

const spell = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON that is safe to print whoever wrote the texts in it. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, v) => (typeof v === 'string' ? spelledBytes(v).replace(HALVES, '\ufffd') : v),
    2,
  ).replaceAll(ACTIVE, (char) => char.split('').map(spell).join(''));

export const json: Reporter = safeJson;

const indented = (value: unknown, depth: number): string => safeJson(value).replaceAll('\n', `\n${' '.repeat(depth)}`);

/** The same text in pieces, a report each: of thousands of clusters it is longer than a string can be. */
export function* jsonPieces(report: Report | Reports): Iterable<string> {
  if (!('reports' in report) || report.reports.length === 0) {
    yield safeJson(report);
    return;
  }
  let before = '{';
  for (const [key, value] of Object.entries(report)) {
    yield `${before}\n  ${safeJson(key)}: `;
    before = ',';
    if (key !== 'reports') yield indented(value, 2);
    else {
      let open = '[';
      for (const one of report.reports) {
        yield `${open}\n    ${indented(one, 4)}`;
        open = ',';
      }
      yield '\n  ]';
    }
  }
  yield '\n}';
}
