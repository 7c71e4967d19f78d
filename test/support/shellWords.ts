/** How a POSIX shell takes a command line apart, as far as commands need it that are printed for people. */

export interface Lexed {
  readonly words: readonly string[];
  /** The line without its comment, and without what stands in single quotes: what the shell itself reads. */
  readonly bare: string;
}

const OPERATOR = /^[;&|<>()\n]+/;

/** Throws for a quote that does not end. */
export function lex(line: string): Lexed {
  const words: string[] = [];
  let bare = '';
  let word: string | undefined;
  for (let at = 0; at < line.length; ) {
    const char = line[at]!;
    if (char === '#' && word === undefined) break;
    const operator = OPERATOR.exec(line.slice(at, at + 3))?.[0];
    if (char === ' ' || char === '\t' || operator !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      bare += operator ?? char;
      at += operator?.length ?? 1;
    } else if (char === "'" || char === '"') {
      let end = at + 1;
      while (end < line.length && line[end] !== char) end += char === '"' && line[end] === '\\' ? 2 : 1;
      if (end >= line.length) throw new Error(`the quote at ${at} does not end: ${line}`);
      const inside = line.slice(at + 1, end);
      word = (word ?? '') + inside;
      bare += char === '"' ? `"${inside}"` : "''";
      at = end + 1;
    } else {
      const step = char === '\\' ? 2 : 1;
      word = (word ?? '') + line.slice(at + step - 1, at + step);
      bare += step === 2 ? '\\' : char;
      at += step;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, bare };
}
