/** The text of an inventory, checked and with the nodes that a program lists, before defaults are filled in. */

import { type Cluster, UsageError } from '../model/inventory.js';
import schema from '../schema/inventory.schema.json' with { type: 'json' };
import { foreign } from './foreign.js';
import { hiddenSpans } from './hide.js';
import { draftNodes } from './nodes.js';
import { nodesFrom } from './nodesFrom/nodesFrom.js';
import { lineAndColumn, lineStarts, showProblems } from './problem.js';
import { type RawInventory, without } from './raw.js';
import { checkRules } from './rules.js';
import { type Mistake, validate } from './validate.js';
import { parseYaml, segmentsOf } from './yaml.js';

type Placed = Pick<Mistake, 'pointer' | 'at' | 'message'>;
/** Mistakes with their place, the line and a caret. */
export type Show = (mistakes: readonly Placed[]) => string[];

/** An inventory without mistakes. */
export interface Sound {
  readonly raw: RawInventory;
  readonly places: Omit<NonNullable<Cluster['inventory']>, 'file'>;
  readonly lineOf: (pointer: string, at: 'key' | 'value') => number;
  readonly show: Show;
}

type Result =
  | Sound
  // `sound`: what the schema did not refuse
  | { readonly errors: string[]; readonly sound?: RawInventory; readonly show?: Show };

export function read(text: string, fileName: string): Result {
  const yaml = parseYaml(text);
  const other = foreign(yaml.text, 'problems' in yaml ? undefined : yaml.value, fileName);
  const first = other === undefined ? [] : [other];
  if ('problems' in yaml) return { errors: [...first, ...showProblems(fileName, yaml.text, yaml.problems)] };
  const show: Show = (mistakes) =>
    showProblems(
      fileName,
      yaml.text,
      mistakes.map(({ pointer, at, message }) => ({ offset: yaml.offset(pointer, at), message })),
      hiddenSpans(yaml.tree),
    );
  const wrong: Mistake[] = validate(schema, yaml.value);
  const refused = wrong.filter(({ missing }) => !missing).map(({ pointer }) => segmentsOf(pointer));
  const sound = (without(yaml.value, refused) ?? {}) as RawInventory;
  wrong.push(...checkRules(sound));
  if (wrong.length > 0) return { errors: [...first, ...show(wrong)], sound, show };
  const raw = yaml.value as RawInventory;
  const starts = lineStarts(yaml.text);
  const lineOf: Sound['lineOf'] = (pointer, at) => lineAndColumn(starts, yaml.offset(pointer, at)).line;
  const nodes = draftNodes(raw).map(({ index }) => lineOf(`/nodes/${index}`, 'value'));
  const waivers = (raw.waivers ?? []).map((_, i) => lineOf(`/waivers/${i}`, 'value'));
  const places = { line: lineOf('/cluster', 'key'), nodes, ...(waivers.length > 0 && { waivers }) };
  return { raw, places, lineOf, show };
}

/** A mistake in what was listed stands nowhere in the file: only what listed it does. */
const inList = (mistake: Mistake): Mistake => {
  const [, index] = /^\/nodes\/(\d+)/.exec(mistake.pointer) ?? [];
  return index === undefined
    ? mistake
    : { pointer: '/nodesFrom', at: 'key', message: `node ${Number(index) + 1} of the list: ${mistake.message}` };
};

/**
 * With the nodes that `nodesFrom` lists, asked in `folder`. A waiver for a node that is not listed today is not a mistake:
 * the report says that it is not used. UsageError when the nodes cannot be had or used.
 */
export function withNodes(written: Sound, folder: string, note: (text: string) => void): Sound {
  const { nodesFrom: source, ...rest } = written.raw;
  if (source === undefined) return written;
  const refuse = (mistakes: readonly Mistake[]): never => {
    throw new UsageError(written.show(mistakes).join('\n'));
  };
  const listed = (() => {
    try {
      return nodesFrom(source, folder);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return refuse([{ pointer: '/nodesFrom', at: 'key', message: error.message }]);
    }
  })();
  const raw = { ...rest, nodes: listed.nodes };
  const refused = validate(schema, { nodes: listed.nodes });
  const wrong =
    refused.length > 0 ? refused : checkRules(raw).filter(({ pointer }) => !/^\/waivers\/\d+\/nodes\//.test(pointer));
  if (wrong.length > 0) refuse(wrong.map(inList));
  for (const text of listed.notes) note(text);
  const line = written.lineOf('/nodesFrom', 'key');
  return { ...written, raw, places: { ...written.places, nodes: draftNodes(raw).map(() => line) } };
}
