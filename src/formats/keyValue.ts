/**
 * Workbench's line formats. They look alike and are not: `database.conf` and `file-locks` know no comments and take
 * the first duplicate; `rserver.conf` knows `#`; `load-balancer`, `launcher.conf` and `profiles` may have sections.
 * Source: docs/sources.md 4.1 (rstudio Settings/FileSerializer, boost program_options).
 */

import { trimBlanks } from './blanks.js';
import { hideMasks, isMasked } from './masked.js';
import { type Config, linesOf, type Setting } from './settings.js';

const unquoteJson = (value: string): string => {
  if (!/^".*"$/s.test(value)) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
};

/**
 * `database.conf`, `file-locks`: split at the first `=`; `#name` is a key named `#name`; lines without `=` are nothing.
 * A byte-order mark belongs to the first key. Source: rstudio/rstudio src/cpp/core/FileSerializer.cpp.
 */
export function keyValue(text: string): Config {
  const settings: Setting[] = [];
  const remarks: string[] = [];
  const keys = new Set<string>();
  text.split('\n').forEach((source, i) => {
    const at = source.indexOf('=');
    if (at < 0) return;
    const key = trimBlanks(source.slice(0, at));
    if (key.startsWith('\uFEFF'))
      remarks.push(`line ${i + 1}: a byte-order mark is part of the name, so ${key.slice(1)} is not set here`);
    if (keys.has(key)) remarks.push(`line ${i + 1}: ${key} is set again, but the first one counts`);
    keys.add(key);
    settings.push({ key, value: unquoteJson(trimBlanks(source.slice(at + 1))), line: i + 1 });
  });
  return { settings, remarks };
}

/**
 * `load-balancer`, `launcher.conf` and every sectioned file: `#` and `;` start a comment line. Of sections with one title,
 * such as the clusters of the Launcher, each that has a name goes by it.
 */
export function sections(text: string): Config {
  let section = '';
  let block: Setting[] = [];
  let lines = new Map<string, Setting>();
  const blocks = [{ section, block }];
  const remarks: string[] = [];
  linesOf(text).forEach((source, i) => {
    const line = source.trim();
    if (line === '' || /^[#;]/.test(line)) return;
    if (line.startsWith('[') && line.endsWith(']')) {
      section = line.slice(1, -1).trim();
      block = [];
      lines = new Map();
      blocks.push({ section, block });
      return;
    }
    const at = line.indexOf('=');
    const key = (at < 0 ? line : line.slice(0, at)).trim();
    const value = at < 0 ? '' : line.slice(at + 1).trim();
    const before = lines.get(key);
    if (before && before.value !== value)
      remarks.push(
        `line ${i + 1}: ${key} is set on line ${before.line} already, and which of the two counts is not documented`,
      );
    const setting = { key, value, line: i + 1 };
    if (!before) lines.set(key, setting);
    block.push(setting);
  });
  const settings = blocks.flatMap(({ section, block }) => {
    const name = withoutRemark(block.find(({ key }) => key === 'name')?.value);
    const title = name ? `${section} "${name}"` : section;
    // [config] is the deprecated home of the same settings (WB-22); [nodes] lists hosts without a value
    return block.map((s) => (section === '' || section === 'config' ? s : { ...s, key: `${title}.${s.key}` }));
  });
  return { settings, remarks };
}

/** A line of a block: `name: value`, `NAME=value`, or a text that is its own name. */
interface BlockLine {
  readonly text: string;
  readonly name: string;
  readonly value: string;
  readonly line: number;
  /** `NAME=value`: a variable of the block above it, or one for all. */
  readonly variable: boolean;
}

function blockLine(source: string, line: number): BlockLine {
  const [, name, mark, value = ''] = /^([^:/=%\s]+)\s*([:=])\s*(.*)$/.exec(source) ?? [];
  if (name === undefined)
    return { text: source, name: hideMasks(source), value: isMasked(source) ? source : '', line, variable: false };
  return { text: mark === ':' ? `${name}: ${value}` : source, name, value, line, variable: mark === '=' };
}

/** Lines with which blocks begin: what may follow, and which block it is where there is one alone. */
interface Start {
  readonly next: Map<string, Start>;
  block: string | undefined;
}

/** How many lines tell each block from the others of the file; all of them where another begins with the whole of it. */
function ownLines(all: readonly (readonly BlockLine[])[]): number[] {
  const root: Start = { next: new Map(), block: undefined };
  for (const block of all) {
    const whole = block.map((l) => l.text).join('\n');
    let at = root;
    for (const { text } of block) {
      const known = at.next.get(text);
      if (known && known.block !== whole) known.block = undefined;
      const next: Start = known ?? { next: new Map(), block: whole };
      at.next.set(text, next);
      at = next;
    }
  }
  return all.map((block) => {
    let at = root;
    const alone = block.findIndex(({ text }) => {
      at = at.next.get(text)!;
      return at.block !== undefined;
    });
    return alone < 0 ? block.length : alone + 1;
  });
}

/**
 * `r-versions`, `notifications.conf`, `launcher-env`, `launcher-mounts`: blocks with a blank line between them, each known by
 * its first line, or by as many as it takes where several begin alike.
 */
export function blocks(text: string): Config {
  const all: BlockLine[][] = [];
  let open = false;
  linesOf(text).forEach((source, i) => {
    const line = source.trim();
    if (line === '') open = false;
    if (line === '' || line.startsWith('#')) return;
    const read = blockLine(line, i + 1);
    // a line that is only a path is a block, and so is a variable in none
    if (!open || line.startsWith('/')) all.push([]);
    open = open || !read.variable;
    all.at(-1)!.push(read);
  });
  const counts = ownLines(all);
  const settings = all.flatMap((block, at) => {
    const count = counts[at]!;
    const [first] = block;
    if (first!.variable) return [{ key: first!.name, value: first!.value, line: first!.line }];
    const begin = block.slice(0, count).map((l) => l.text);
    const title = hideMasks(begin.join(', '));
    return block.flatMap(({ name, value, line }, i): Setting[] => {
      // what is masked in the title still counts
      if (i === 0) return [{ key: title, value: begin.filter(isMasked).join('\n'), line }];
      return i < count ? [] : [{ key: `${title} ${name}`, value, line }];
    });
  });
  return { settings, remarks: [] };
}

/** `ip-rules`, and what is added to the configuration of nginx: lines in an order that may matter, and `#` for a comment. */
export const rules = (text: string): Config => ({
  settings: linesOf(text).flatMap((source, i) => {
    const line = source.trim();
    // a blank in a text of nginx is part of it
    const value = /["']/.test(line) ? line : line.replace(/\s+/g, ' ');
    return value === '' || value.startsWith('#') ? [] : [{ key: 'rules', value, line: i + 1 }];
  }),
  remarks: [],
});

/** A value of a sectioned file up to a remark behind it; whether the product ends it there is not documented. */
export const withoutRemark = <T extends string | undefined>(value: T): T => value?.replace(/\s+[#;].*$/s, '') as T;
