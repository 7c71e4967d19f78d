/** Words of a Groovy file: comments and blanks gone, strings read, every token with its line. */

export interface Token {
  /** `mark`: a bracket, `=` or operator; `end`: a line break or `;`; `code`: a string or pattern that is computed. */
  readonly kind: 'mark' | 'end' | 'word' | 'number' | 'string' | 'masked' | 'code' | 'broken';
  readonly text: string;
  readonly line: number;
  /** Offset behind it. */
  readonly end: number;
  /** Typographic quotes: instead of those of Groovy, or inside the text. */
  readonly typographic?: 'around' | 'in';
}

export interface Remark {
  readonly line: number;
  readonly text: string;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '\n': '' };
const UNICODE = /u+([0-9a-fA-F]{4})/y;

/** What each typographic quote may be closed by: copied text mixes them. */
const CLOSING: Readonly<Record<string, RegExp>> = {
  '“': /[“”"\n]/g,
  '”': /[“”"\n]/g,
  '‘': /[‘’'\n]/g,
  '’': /[‘’'\n]/g,
};
/** The typographic quote that stands where the straight one should, and what follows a value. */
const TWIN: Readonly<Record<string, string>> = { '"': '”', "'": '’' };
const AFTER_VALUE = /[ \t]*(?:[,;\]}\r\n]|$)/y;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** A string in straight quotes, `'''` and `"""` included; `$name` and `${…}` in double quotes make it code. */
function straight(text: string, at: number, line: number): Token {
  const quote = text[at]!;
  const long = text.startsWith(quote.repeat(3), at);
  const close = long ? quote.repeat(3) : quote;
  let value = '';
  let computed = false;
  let opened = false;
  /** Braces of `${…}`, in which quotes are the code's own. */
  let depth = 0;
  const read = (end: number, wrongly: boolean): Token => ({
    kind: computed ? 'code' : 'string',
    text: value,
    line,
    ...(wrongly ? { typographic: 'around' } : /[“”‘’]/.test(value) && { typographic: 'in' }),
    end,
  });
  let i = at + close.length;
  for (; i < text.length && (long || text[i] !== '\n'); i++) {
    const c = text[i]!;
    if (depth === 0 && text.startsWith(close, i)) return read(i + close.length, false);
    if (c === TWIN[quote] && !long && !opened && matchAt(AFTER_VALUE, text, i + 1)) return read(i + 1, true);
    if (c === '\\' && i + 1 < text.length && (long || text[i + 1] !== '\n')) {
      const unicode = matchAt(UNICODE, text, i + 1);
      value += unicode ? String.fromCharCode(Number.parseInt(unicode[1]!, 16)) : (ESCAPES[text[i + 1]!] ?? text[i + 1]);
      i = unicode ? UNICODE.lastIndex - 1 : i + 1;
      continue;
    }
    if (quote === '"' && c === '$' && /[\p{L}_{]/u.test(text[i + 1] ?? '')) computed = true;
    if (computed && c === '{' && (depth > 0 || text[i - 1] === '$')) depth++;
    else if (depth > 0 && c === '}') depth--;
    if (c === '“' || c === '‘') opened = true;
    value += c;
  }
  return { kind: 'broken', text: 'a string is not closed', line, end: i };
}

function typographic(text: string, at: number, line: number): Token {
  const close = matchAt(CLOSING[text[at]!]!, text, at + 1);
  const end = close?.index ?? text.length;
  return close && close[0] !== '\n'
    ? { kind: 'string', text: text.slice(at + 1, end), line, typographic: 'around', end: end + 1 }
    : { kind: 'broken', text: 'a string is not closed', line, end };
}

/** `/pattern/`, where a value can stand; elsewhere the slash divides. */
function pattern(text: string, at: number, line: number, before: Token | undefined): Token {
  const found = /^[=(,[:~]$/.test(before?.text ?? '') ? matchAt(/\/(?:\\.|[^\\/\n])+\//y, text, at) : null;
  return found
    ? { kind: 'code', text: found[0], line, end: at + found[0].length }
    : { kind: 'mark', text: '/', line, end: at + 1 };
}

function plain(text: string, at: number, line: number): Token {
  const found = matchAt(
    /(%masked:[0-9a-f]{64}%)|([\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*)|(\d[\p{L}\p{N}_.]*)|\?\.|[=!<>]=|&&|\|\||./suy,
    text,
    at,
  )!;
  const [, masked, word, number] = found;
  const kind = masked ? 'masked' : word ? 'word' : number ? 'number' : found[0] === ';' ? 'end' : 'mark';
  return { kind, text: found[0], line, end: at + found[0].length };
}

export function tokensOf(source: string): { tokens: Token[]; remarks: Remark[] } {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const tokens: Token[] = [];
  const remarks: Remark[] = [];
  let line = 1;
  let i = 0;
  const to = (end: number): void => {
    for (; i < end; i++) if (text[i] === '\n') line++;
  };
  while (i < text.length) {
    const c = text[i]!;
    if (/[ \t\r\f]/.test(c)) i++;
    else if (c === '\n') {
      tokens.push({ kind: 'end', text: '\n', line, end: i + 1 });
      to(i + 1);
    } else if (text.startsWith('//', i)) {
      const end = text.indexOf('\n', i);
      to(end < 0 ? text.length : end);
    } else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2);
      if (end < 0) remarks.push({ line, text: 'a comment is not closed' });
      to(end < 0 ? text.length : end + 2);
    } else {
      const token =
        c === '"' || c === "'"
          ? straight(text, i, line)
          : CLOSING[c]
            ? typographic(text, i, line)
            : c === '/'
              ? pattern(text, i, line, tokens.at(-1))
              : plain(text, i, line);
      if (token.kind === 'broken') remarks.push({ line, text: token.text });
      tokens.push(token);
      to(token.end);
    }
  }
  return { tokens, remarks };
}
