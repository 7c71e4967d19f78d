/** Words and values as Ansible's INI files have them: split like a shell does, and Python literals. */

/** Words as Python's shlex splits them, quotes removed; with `comments`, `#` ends the text. Undefined when a quote is not closed. */
export function shellWords(text: string, comments = false): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (comments && char === '#') break;
    else if (char === "'") {
      const end = text.indexOf("'", i + 1);
      if (end < 0) return undefined;
      word = (word ?? '') + text.slice(i + 1, end);
      i = end;
    } else if (char === '"') {
      const [whole, inside] = /^"((?:[^"\\]|\\.)*)"/s.exec(text.slice(i)) ?? [];
      if (whole === undefined) return undefined;
      word = (word ?? '') + inside!.replaceAll(/\\(["\\])/g, '$1');
      i += whole.length - 1;
    } else if (char === '\\' && i + 1 < text.length) word = (word ?? '') + text[++i]!;
    else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

const CONSTANTS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };

/** A value as Ansible takes it: `2222 # behind NAT` and `'text' # note` are literals; anything else is text to its end. */
export function literal(text: string): unknown {
  const [, number, constant, quoted] =
    /^(?:(0|[1-9]\d*)|(True|False|None)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\s*(?:#.*)?$/s.exec(text) ?? [];
  if (number !== undefined) return Number(number);
  if (constant !== undefined) return CONSTANTS[constant];
  return quoted === undefined ? text : quoted.slice(1, -1).replaceAll(/\\(['"\\])/g, '$1');
}
