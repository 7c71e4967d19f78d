/** What a node says is a text in every format, and nothing more. */

import assert from 'node:assert/strict';

/** Control characters, marks that reorder or hide text, half a character. */
export const CONTROL =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\u{e0000}-\u{e007f}]|\p{Cs}/u;
/** What begins a line of a log, a cell or our own report. */
const FORGED =
  /^\s*::[a-z-]+(?: \w+=\w*)?::|##(?:vso|teamcity)?\[|^ ?(?:[=+@]|-\d)[^\n]*Zq|^(?:PASS: no critical|\d+ passed|FAIL key-file)[^\n]*Zq/m;
/** Outside of fences nothing of a node is markup. */
export const outside = (text: string): string => text.replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, '');
/** Elements of the page, and their attributes: markup has no other. */
const HTML = /<(?:script(?! id=)|img|iframe|object|embed|base|link)|\son\w+/i;

/** Shows only the place, not the whole report. */
function absent(format: string, text: string, pattern: RegExp): void {
  const found = pattern.exec(text);
  if (!found) return;
  const around = text.slice(Math.max(0, found.index - 60), found.index + found[0].length + 60);
  assert.fail(`${format}: ${JSON.stringify(found[0])} in ${JSON.stringify(around)}`);
}

/** All that a format must not have, of a text of a node in it, which `Zq` marks. */
export function unharmed(format: string, text: string): void {
  absent(format, text, CONTROL);
  assert.ok(Buffer.from(text, 'utf8').toString('utf8') === text, `${format}: not UTF-8`);
  if (format !== 'html') absent(format, text, FORGED);
  if (format === 'json' || format === 'sarif' || format === 'slack') {
    absent(format, text.replaceAll(/\\ud[89ab]..\\ud[c-f]../gi, ''), /(?<!\\)(?:\\\\)*\\ud[89a-f]/i);
    JSON.parse(text);
  }
  if (format === 'html') {
    const page = text.replace(/<script[\s\S]*?<\/script>/g, '').replaceAll(/<style[\s\S]*?<\/style>/g, '');
    const tags = page.replaceAll(/>[^<]*</g, '><');
    absent(format, tags, /href="(?!https?:|#)[^"]*"/);
    absent(format, tags.replaceAll(/="[^"]*"/g, ''), HTML);
  }
  if (format === 'slack') absent(format, text, /[<>](?!.*plain)/);
  if (format === 'nagios') absent(format, text.replace(' | critical=', ''), /\|/);
  if (format === 'markdown') {
    const rest = outside(text).replaceAll(/\]\(https:\/\/[^)\s]*\)/g, '');
    absent(format, rest, /Zq\]\(|!\[i\]|(?<![\w&])@admins|(?<!&)#12|GH-7|\*\*b|\]\(javascript|<script|<img|<http/);
  }
}
