/** Whether XML or HTML is well-formed, in pure code: fast enough to ask of every input of a fuzzer. */

import assert from 'node:assert/strict';

/** Elements without an end, and those whose text is no markup. */
const VOID = new Set(['meta', 'link', 'br', 'hr', 'img', 'input', 'col', '!doctype', 'path']);
const RAW = /<(script|style)\b([^>]*)>[\s\S]*?<\/\1>/g;
const TAG = /<(\/?)([!?a-z][\w:-]*)((?:\s+[\w:-]+(?:\s*=\s*"[^"<]*")?)*)\s*(\/?|\??)>/gi;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i;
/** What XML 1.0 has no place for. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u;

/** Throws for markup that is not balanced, a bare `<` or `&`, or a character that XML forbids. */
export function wellFormed(text: string, kind: 'xml' | 'html'): void {
  assert.doesNotMatch(text, FORBIDDEN);
  const open: string[] = [];
  const page = kind === 'html' ? text.replaceAll(RAW, '<$1></$1>') : text;
  const rest = page.replaceAll(TAG, (_tag, end: string, name: string, attributes: string, close: string) => {
    assert.doesNotMatch(attributes, REFERENCE);
    if (end === '/') assert.equal(open.pop(), name);
    else if (close === '' && !(kind === 'html' && VOID.has(name.toLowerCase()))) open.push(name);
    return '';
  });
  assert.deepEqual(open, []);
  const bare = /[<]/.exec(rest) ?? (kind === 'xml' ? REFERENCE.exec(rest) : null);
  if (bare) assert.fail(`bare ${bare[0]}: ${rest.slice(Math.max(0, bare.index - 60), bare.index + 60)}`);
}
