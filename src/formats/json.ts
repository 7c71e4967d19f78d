/** Settings of editors as JSON with comments (VS Code, Positron, RStudio): each name of the outermost object is a setting. */

import type { Config } from './settings.js';

/** A text, a comment, a comma behind the last of several, or a masked value; what is not closed goes on to its end. */
const TOKENS = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|,(?=\s*[\]}])|%masked:[0-9a-f]{64}%/g;
/** The comma behind a value is masked with it. */
const WITHOUT_COMMA = /("%masked:[0-9a-f]{64}%")(?=\s*")/g;

/** Leaves the lines as they are. */
function onlyTexts(token: string): string {
  if (token.startsWith('%')) return `"${token}"`;
  return token.startsWith('"') ? token : token.replace(/[^\n]/g, '');
}

/** The names of an object have no order. */
const ordered = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Where each name stands that begins a line, 1-based. */
function linesByName(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  text.split('\n').forEach((line, i) => {
    const [, name] = /^\s*("(?:[^"\\]|\\.)*")\s*:/.exec(line) ?? [];
    if (name !== undefined && !found.has(name)) found.set(name, i + 1);
  });
  return found;
}

/** A text that is not an object of JSON is one setting. */
export function json(text: string): Config {
  // a comment may stand between the comma and the bracket
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(TOKENS, onlyTexts)
    .replace(TOKENS, onlyTexts)
    .replace(WITHOUT_COMMA, '$1,');
  try {
    const read: unknown = plain.trim() === '' ? {} : JSON.parse(plain);
    if (read !== null && typeof read === 'object' && !Array.isArray(read)) {
      const lines = linesByName(plain);
      const settings = Object.entries(read).map(([key, value]) => ({
        key,
        value: JSON.stringify(value, ordered),
        line: lines.get(JSON.stringify(key)) ?? 1,
      }));
      return { settings, remarks: [] };
    }
  } catch {}
  return { settings: [{ key: 'content', value: text, line: 1 }], remarks: ['not an object of JSON'] };
}
