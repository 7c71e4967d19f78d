/** Whether a shell can parse what is printed for it: `sh -n` over many texts at once. */

import { spawnSync } from 'node:child_process';

const parses = (text: string): string => {
  const { stderr, error } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
  return error ? String(error) : stderr;
};

/** Each by itself must be whole, quotes and all, so that none can hide in what follows. */
const whole = (texts: readonly string[]): string => texts.map((text) => `{ :\n${text}\n}\n`).join('');

/** Those that do not parse, with what the shell says. */
export function unparsed(texts: readonly string[]): { readonly text: string; readonly why: string }[] {
  if (texts.length === 0) return [];
  const why = parses(whole(texts));
  if (why === '') return [];
  if (texts.length === 1) return [{ text: texts[0]!, why }];
  const half = texts.length >> 1;
  return [...unparsed(texts.slice(0, half)), ...unparsed(texts.slice(half))];
}
