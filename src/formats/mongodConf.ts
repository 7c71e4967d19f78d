/**
 * mongod.conf: `key = value` up to MongoDB 2.4 (boost program_options: `#` starts a comment anywhere, quotes belong to
 * the value), YAML since. Of YAML only nested mappings are read; anything else is a remark. Source: docs/sources.md 4.4.
 */

import { isMasked } from './masked.js';
import { type Config, linesOf, type Setting, type Unread } from './settings.js';

/** One name for what both forms, and their ages, name differently. */
const CANONICAL: Readonly<Record<string, string>> = {
  'replication.replSetName': 'replSet',
  'replication.replSet': 'replSet',
  'security.keyFile': 'keyFile',
  'security.clusterAuthMode': 'clusterAuthMode',
  'security.authorization': 'auth',
  'net.port': 'port',
  'net.bindIp': 'bindIp',
  bind_ip: 'bindIp',
  'net.bindIpAll': 'bindIpAll',
  bind_ip_all: 'bindIpAll',
  'storage.dbPath': 'dbpath',
};

const setting = (name: string, value: string, line: number): Setting => ({
  key: Object.hasOwn(CANONICAL, name) ? CANONICAL[name]! : name,
  value: name === 'security.authorization' ? String(value === 'enabled') : value,
  line,
});

/** What a name of a setting or of a block stands for; without a name, a line may say anything. */
const meant = (name: string): string[] => [
  ...Object.entries(CANONICAL).flatMap(([from, to]) => (name === '' || from.startsWith(`${name}.`) ? [to] : [])),
  ...(name === '' ? [] : [setting(name, '', 0).key]),
];

/** A value that mongod takes from a program or a web server (MongoDB manual, expansion directives). */
const EXPANSION = /\.__(?:exec|rest)$/;

interface Read {
  readonly unread: Unread[];
  readonly settings: Setting[];
  readonly remarks: { readonly line: number; readonly text: string }[];
}

function ini(lines: readonly string[]): Read {
  const read: Read = { settings: [], remarks: [], unread: [] };
  lines.forEach((source, i) => {
    const line = source.replace(/#.*/, '').trim();
    const at = line.indexOf('=');
    if (at > 0) read.settings.push(setting(line.slice(0, at).trim(), line.slice(at + 1).trim(), i + 1));
    else if (line !== '') read.remarks.push({ line: i + 1, text: 'not understood' });
  });
  return read;
}

/** Deeper than any real file. */
const DEEPEST = 16;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

type Scanned<T> = { readonly value: T; readonly end: number } | undefined;

function blanks(text: string, at: number): number {
  let end = at;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return end;
}

/** Whether nothing but blanks and a comment is left. */
function isOver(text: string, at: number): boolean {
  const next = blanks(text, at);
  return next === text.length || (text[next] === '#' && (next > at || at === 0));
}

function quoted(text: string, at: number): Scanned<string> {
  const quote = text[at]!;
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const [c, next] = [text[i]!, text[i + 1] ?? ''];
    if (quote === '"' && c === '\\') value += ESCAPES[next] ?? next;
    else if (quote === "'" && c === quote && next === quote) value += quote;
    else if (c === quote) return { value, end: i + 1 };
    else {
      value += c;
      continue;
    }
    i++;
  }
  return undefined;
}

/** A key or a value; undefined for what is neither plain nor quoted. `inside` braces a comma ends it. */
function scalar(text: string, at: number, inside: boolean): Scanned<string> {
  const first = text[at] ?? '';
  if (first === '"' || first === "'") return quoted(text, at);
  if (/[&*!|>@`{}[\],]/.test(first) || (first === '-' && /^$|\s/.test(text[at + 1] ?? ''))) return undefined;
  let end = at;
  for (; end < text.length; end++) {
    const c = text[end]!;
    if (c === ':' && /^$|\s/.test(text[end + 1] ?? '')) break;
    if (c === '#' && /\s/.test(text[end - 1] ?? ' ')) break;
    if (inside && ',[]{}'.includes(c)) break;
  }
  const value = text.slice(at, end).trimEnd();
  return value === '' ? undefined : { value, end: at + value.length };
}

/** A value as it counts: YAML's null, which has no quotes, is none. */
const orNone = ({ value, end }: { readonly value: string; readonly end: number }, text: string, at: number): string =>
  /^(?:~|null|Null|NULL)$/.test(text.slice(at, end)) ? '' : value;

type Pair = readonly [name: string, value: string];

/** `{a: b, c: {d: e}}`, names with dots. */
function inline(text: string, at: number, prefix: string, depth: number): Scanned<Pair[]> {
  const pairs: Pair[] = [];
  let i = blanks(text, at + 1);
  while (text[i] !== '}') {
    const key = scalar(text, i, true);
    const colon = key && blanks(text, key.end);
    if (colon === undefined || text[colon] !== ':' || depth > DEEPEST) return undefined;
    const start = blanks(text, colon + 1);
    const name = prefix + key!.value;
    const nested = text[start] === '{' ? inline(text, start, `${name}.`, depth + 1) : undefined;
    const plain = nested ? undefined : scalar(text, start, true);
    for (const pair of nested?.value ?? []) pairs.push(pair);
    if (plain) pairs.push([name, orNone(plain, text, start)]);
    const end = (nested ?? plain)?.end;
    if (end === undefined) return undefined;
    i = blanks(text, end);
    if (text[i] === ',') i = blanks(text, i + 1);
    else if (text[i] !== '}') return undefined;
  }
  return { value: pairs, end: i + 1 };
}

/** What one line says below `prefix`: settings, or the name of a block that opens; undefined when not understood. */
function yamlLine(text: string, prefix: string): { pairs: readonly Pair[]; opens?: string } | undefined {
  const key = scalar(text, 0, false);
  const colon = key && blanks(text, key.end);
  if (colon === undefined || text[colon] !== ':') return undefined;
  const name = prefix + key!.value;
  const start = blanks(text, colon + 1);
  if (isOver(text, colon + 1)) return { pairs: [], opens: `${name}.` };
  const map = text[start] === '{' ? inline(text, start, `${name}.`, 0) : undefined;
  const value = map ? undefined : scalar(text, start, false);
  const end = (map ?? value)?.end;
  if (end === undefined || !isOver(text, end)) return undefined;
  return { pairs: map ? map.value : [[name, orNone(value!, text, start)]] };
}

function yaml(lines: readonly string[]): Read {
  const read: Read = { settings: [], remarks: [], unread: [] };
  /** Open blocks from the outside in; the indentation of a block is that of its first line. */
  const blocks: { prefix: string; indent: number | undefined; above: number }[] = [
    { prefix: '', indent: undefined, above: -1 },
  ];
  /** Lines deeper than this belong to one that was not understood. */
  let lost = Number.POSITIVE_INFINITY;
  /** The document has ended, and whether mongod reads what follows is not documented. */
  let over = false;
  lines.forEach((source, i) => {
    const text = source.trimStart();
    const indent = source.length - text.length;
    if (text === '' || text.startsWith('#') || /^%(YAML|TAG)\s/.test(source)) return;
    if (/^(---|\.\.\.)(\s+#.*)?\s*$/.test(source)) {
      over ||= read.settings.length > 0 || blocks.length > 1;
      return;
    }
    if (over || (text.startsWith('%') && isMasked(text))) {
      const why = over ? 'may stand behind the end of the YAML document' : 'is perhaps in a line that was masked';
      read.unread.push(...meant('').map((key) => ({ key, line: i + 1, why, wins: true as const })));
      return;
    }
    if (indent > lost) return;
    lost = Number.POSITIVE_INFINITY;
    while (blocks.length > 1 && indent <= blocks.at(-1)!.above) blocks.pop();
    const block = blocks.at(-1)!;
    block.indent ??= indent;
    const here = block.indent === indent && !source.slice(0, indent).includes('\t');
    const said = here ? yamlLine(text, block.prefix) : undefined;
    if (!said) {
      read.remarks.push({ line: i + 1, text: 'not understood' });
      const key = scalar(text, 0, false);
      const named = key && text[blanks(text, key.end)] === ':' ? block.prefix + key.value : block.prefix.slice(0, -1);
      // of prose at the left margin nothing is known to be meant
      if (named !== '' || text.startsWith('{'))
        read.unread.push(...meant(named).map((k) => ({ key: k, line: i + 1, why: 'is not understood' })));
      lost = indent;
      return;
    }
    for (const [name, value] of said.pairs) {
      read.settings.push(setting(name, value, i + 1));
      if (EXPANSION.test(name))
        read.unread.push(
          ...meant(name.replace(EXPANSION, '')).map((k) => ({ key: k, line: i + 1, why: 'is computed' })),
        );
    }
    if (said.opens !== undefined) blocks.push({ prefix: said.opens, indent: undefined, above: indent });
  });
  return read;
}

/** Canonical names: `replSet`, `keyFile`, `port`, `dbpath`, `bindIp`, `bindIpAll`, `auth`; others by their dotted name as written. */
export function mongodConf(text: string): Config {
  const lines = linesOf(text);
  const told = lines.flatMap((l) => /^\s*[^\s#:=]+\s*([:=])/.exec(l)?.[1] ?? [])[0];
  const { settings, remarks, unread } = told === '=' ? ini(lines) : yaml(lines);
  // in the middle of a path or a name they may well be meant
  const typographic = settings
    .filter((s) => /^[“”‘’]|[“”‘’]$/.test(s.value))
    .map((s) => ({ line: s.line, text: `typographic quotes around ${s.key}: they are part of the value` }));
  return {
    settings,
    ...(unread.length > 0 && { unread }),
    remarks: [...remarks, ...typographic].sort((a, b) => a.line - b.line).map((r) => `line ${r.line}: ${r.text}`),
  };
}
