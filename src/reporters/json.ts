/** The report as data: the contract of `src/schema/report.schema.json`, nothing added or left out. */

import type { Reporter } from '../model/report.js';

/** JSON escapes C0 only; these would still act on a terminal that shows the file. */
const ACTIVE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Half a character, where a text was cut: jq 1.6 would refuse the whole report. */
const HALVES = /\p{Surrogate}/gu;

export const json: Reporter = (report) =>
  JSON.stringify(
    report,
    (_, value) => (typeof value === 'string' ? value.replace(HALVES, '\ufffd') : value),
    2,
  ).replaceAll(ACTIVE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
