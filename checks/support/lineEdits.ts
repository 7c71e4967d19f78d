/** Gives a node the line that the good nodes have, as a command that keeps a copy of the file. Used by `config-identical`. */

import { command, type Fix, fixOn } from 'ha-preflight';
import { isMasked } from 'ha-preflight/formats/masked';
import { meaning } from 'ha-preflight/formats/settings';
import { pathOf } from 'ha-preflight/products/installed';
import { formatOf } from 'ha-preflight/products/profile';
import { contentOf, type Side } from './configuration.js';

/** What stands for itself in a line that sed replaces, but for the dot; no delimiter, no end of a line. */
const EDITABLE = /^[\w .:/@%+,="'-]*[\w/"']$/;
/** The one line that sets the key: undefined where there is none, or more than one; `false` where it cannot be edited. */
function lineOf(side: Side, path: string, key: string): string | false | undefined {
  const text = contentOf(side, path) ?? '';
  const set = formatOf(side.found.profile.texts, path)?.(text).settings.filter((s) => s.key === key) ?? [];
  if (set.length === 0) return undefined;
  const line = text.split('\n')[set[0]!.line - 1] ?? '';
  const once = text.split('\n').filter((other) => other === line).length === 1;
  return once && EDITABLE.test(line) && !isMasked(line) ? line : false;
}

/** What the product would read of the key in this text. */
function valueIn(side: Side, path: string, key: string, text: string): string | undefined {
  const format = formatOf(side.found.profile.texts, path);
  return format && meaning(format(text)).get(key);
}

/**
 * The command for one node. Replaced is only the very line that was read: in a file that was changed since, nothing is.
 * The edit is tried here first, by the grammar of the file: a line at the end may belong to the section above it.
 */
function edit(path: string, key: string, right: Side, bad: Side): string | undefined {
  const [wanted, there] = [lineOf(right, path, key), lineOf(bad, path, key)];
  if (wanted === false || there === false || wanted === there) return undefined;
  const text = contentOf(bad, path) ?? '';
  // sed appends to a last line, which an empty file does not have
  if (text === '') return undefined;
  const lines = text.replace(/\n$/, '').split('\n');
  const edited =
    there === undefined
      ? [...lines, wanted!]
      : lines.flatMap((line) => (line === there ? (wanted === undefined ? [] : [wanted]) : [line]));
  const value = valueIn(right, path, key, contentOf(right, path) ?? '');
  if (valueIn(bad, path, key, edited.join('\n')) !== value) return undefined;
  const pattern = `^${(there || '').replaceAll('.', '\\.')}$`;
  const script =
    there === undefined ? `$a\\${wanted}` : wanted === undefined ? `\\|${pattern}|d` : `s|${pattern}|${wanted}|`;
  return command`sudo sed --follow-symlinks -i.ha-preflight.bak ${script} ${pathOf(bad.found, path)}`;
}

/** A fix per command; undefined where a node has none: then people compare the files. */
export function lineEdits(path: string, key: string, right: Side, bad: readonly Side[]): readonly Fix[] | undefined {
  const made = new Map(bad.map((side) => [side.node, edit(path, key, right, side)]));
  if ([...made.values()].includes(undefined)) return undefined;
  const value = valueIn(right, path, key, contentOf(right, path) ?? '') ?? '';
  return fixOn(
    bad.map(({ node }) => node),
    (node) => made.get(node),
    `${value.startsWith('/') ? 'after what it names is there, with the same content; ' : ''}then restart the product`,
  );
}
