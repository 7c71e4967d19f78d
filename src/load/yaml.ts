/**
 * YAML with positions. The only file that knows js-yaml. Values follow YAML 1.2 (`yes` is a string) with merge keys;
 * everything that could surprise (several documents, alias bombs, duplicate keys) is an error with line and column.
 */

import {
  CORE_SCHEMA,
  constructFromEvents,
  defineScalarTag,
  dump,
  EVENT_ID,
  type Event,
  getScalarValue,
  mapTag,
  mergeTag,
  parseEvents,
  SCALAR_STYLE,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml';

import { type Excerpt, throwProblems } from './problem.js';
import { duplicateKeys, findNode, type Tree, tooLarge } from './yamlTree.js';

/** Bytes of the largest file that is read. */
export const MAX_FILE_BYTES = 5_000_000;
const MAX_DEPTH = 60;
const MAX_EXPANDED = 200_000;
const SCHEMA = CORE_SCHEMA.withTags(mergeTag);
const anyTag = { tagName: '', matchByTagPrefix: true };
/** Every tag is ignored, except `!vault`: its value has the form in which Ansible prints it as JSON. */
const ANY_TAG = SCHEMA.withTags(
  defineScalarTag('!vault', { resolve: (text) => ({ __ansible_vault: text }), identify: () => false }),
  { ...strTag, ...anyTag },
  { ...seqTag, ...anyTag },
  { ...mapTag, ...anyTag },
);

/** A text that is never taken for a template: `!unsafe`, as Ansible calls it. */
export class Unsafe {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
const WITH_UNSAFE = CORE_SCHEMA.withTags(
  defineScalarTag('!unsafe', {
    resolve: (text) => new Unsafe(text),
    identify: (data) => data instanceof Unsafe,
    represent: (data: Unsafe) => data.text,
  }),
);

/** A value as YAML; every line ends within 120 columns where it can, and with a line break. */
export const toYaml = (value: unknown): string => dump(value, { schema: WITH_UNSAFE, lineWidth: 120, noRefs: true });

/** `anyTag`: tags (`!name`) are ignored; without it they are an error. */
interface YamlOptions {
  readonly anyTag?: true;
}

/** A parsed file: its value, and where each part of it stands. */
export interface Yaml {
  /** The text without its BOM; offsets count in it. */
  readonly text: string;
  readonly value: unknown;
  readonly tree: Tree;
  /**
   * Offset of the key or the value at a JSON pointer, through aliases and merge keys. A value without text of its own
   * stands at its key; for what does not exist the nearest parent answers.
   */
  readonly offset: (pointer: string, at?: 'key' | 'value') => number;
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, 'found a tab in the indentation, expected spaces'],
  [/unknown \w+ tag/, 'found a tag (!…), expected a plain value; tags are not supported'],
  [/unidentified alias/, 'found an alias (*name) without an anchor, expected &name before it'],
  [/cannot merge/, 'found a merge key (<<) for something that is not a mapping'],
  [/null byte/, 'found a NUL byte, expected text'],
  [/complex keys/, 'found a list or mapping as a key, expected a word'],
  [/deficient indentation/, 'found the next line before a quote or bracket was closed, expected ", \', ] or }'],
  [/nesting|maxDepth|depth/i, `found lists and mappings deeper than ${MAX_DEPTH} levels`],
];

/** Where the parser gives up is this line, or the one behind it; undefined where both lines look right. */
function lineWithoutColon(text: string, at: number): Excerpt | undefined {
  let end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
  for (let left = 2; left > 0 && end >= 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    const indent = line.length - line.trimStart().length;
    if (/^\s*[\w-]/.test(line) && !/^\s*-(\s|$)|:(\s|$)/.test(line)) {
      const message = 'found a line without a colon and a blank behind its key, expected key: value';
      // what follows the first word, or a colon, may be a secret
      const word = /^[A-Za-z]{0,20}(?![\w-])/.exec(line.slice(indent))?.[0].length ?? 0;
      return { offset: start + indent, message, hidden: { start: start + indent + word, end: text.length } };
    }
    if (line.trim() !== '' && !line.trim().startsWith('#')) left--;
    end = start - 1;
  }
  return undefined;
}

function syntaxProblem(error: unknown, text: string): Excerpt {
  if (!(error instanceof YAMLException)) return { offset: 0, message: 'cannot be read as YAML' };
  const known = HINTS.find(([pattern]) => pattern.test(error.reason));
  const message = known ? known[1] : `not valid YAML: ${error.reason.replaceAll(/!<[^>]*>/g, '')}`;
  const at = Math.min(error.mark?.position ?? 0, text.length);
  const blank = /^[^\n#"']*?([\u00a0\u2000-\u200b\u202f\u3000])/m.exec(text);
  if (blank)
    return {
      offset: blank.index + blank[0].length - 1,
      message: 'found a blank that is not an ordinary one (U+0020), expected that',
    };
  const bare = /implicit key|bad indentation|end of the stream/.test(error.reason) && lineWithoutColon(text, at);
  if (bare) return bare;
  const template = /complex keys/.test(error.reason) ? text.search(/\{\{/) : -1;
  if (template >= 0) return { offset: template, message: 'found a template ({{ … }}), expected the value itself' };
  if (/missed comma/.test(error.reason) && text[at] === '[')
    return { offset: at, message: 'found [ in a word of a list in brackets, expected quotes around it: "wb[1-3]"' };
  return { offset: text[at - 1] === '*' ? at - 1 : at, message };
}

type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

function scalar(event: Scalar, text: string): Tree {
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const block = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  const start = event.valueStart < 0 ? -1 : event.valueStart - (quoted ? 1 : 0);
  const value = event.valueStart < 0 ? '' : getScalarValue(text, event);
  const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
  return {
    kind: 'scalar',
    start: block ? -1 : start,
    from: start,
    end: event.valueEnd + (quoted ? 1 : 0),
    text: value,
    plain,
  };
}

/** One tree a document. An alias refers to the node itself, also to one it stands in. */
function buildTree(
  events: readonly Event[],
  text: string,
): { readonly root: Tree | undefined; readonly offset: number }[] {
  const documents: { root: Tree | undefined; offset: number }[] = [];
  const open: (Tree | 'document')[] = [];
  const keys = new Map<Tree, Tree>();
  let anchors = new Map<string, Tree>();
  const add = (node: Tree): void => {
    const parent = open.at(-1);
    if (parent === undefined || parent === 'document') documents.at(-1)!.root = node;
    else if (parent.kind === 'list') parent.items.push(node);
    else if (parent.kind === 'map') {
      const key = keys.get(parent);
      if (key === undefined) keys.set(parent, node);
      else {
        parent.pairs.push({ key, value: node });
        keys.delete(parent);
      }
    }
  };
  let last = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    if (event.type === EVENT_ID.DOCUMENT) {
      documents.push({
        root: undefined,
        offset: documents.length === 0 ? 0 : Math.max(text.indexOf('---', last), last),
      });
      anchors = new Map();
      open.push('document');
      continue;
    }
    const name = event.anchorStart < 0 ? '' : text.slice(event.anchorStart, event.anchorEnd);
    let node: Tree;
    if (event.type === EVENT_ID.ALIAS)
      node = { kind: 'alias', start: event.anchorStart - 1, name, target: anchors.get(name) };
    else if (event.type === EVENT_ID.SCALAR) node = scalar(event, text);
    else if (event.type === EVENT_ID.SEQUENCE) node = { kind: 'list', start: event.start, items: [] };
    else node = { kind: 'map', start: event.start, pairs: [] };
    if (event.type !== EVENT_ID.ALIAS && name !== '') anchors.set(name, node);
    last = Math.max(last, node.kind === 'scalar' ? node.end : node.start);
    add(node);
    if (node.kind === 'list' || node.kind === 'map') open.push(node);
  }
  return documents;
}

const unescapePointer = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

/** Segments of a JSON pointer. */
export const segmentsOf = (pointer: string): string[] =>
  pointer === '' ? [] : pointer.slice(1).split('/').map(unescapePointer);

/** A JSON pointer with one more segment. */
export const pointerTo = (parent: string, key: string | number): string =>
  `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Parses one document, or returns everything that is wrong with it. */
export function parseYaml(
  source: string,
  options: YamlOptions = {},
): Yaml | { readonly text: string; readonly problems: readonly Excerpt[] } {
  const text = source.replace(/^\ufeff/, '');
  const wrong = (offset: number, message: string) => ({ text, problems: [{ offset, message }] });
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) return wrong(0, `the file is larger than ${MAX_FILE_BYTES} bytes`);
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    return { text, problems: [syntaxProblem(error, text)] };
  }
  const trees = buildTree(events, text);
  const tree = trees[0]?.root;
  if (tree === undefined) return wrong(0, 'the file is empty, expected keys and values (key: value)');
  if (trees[1]) return wrong(trees[1].offset, 'found a second document (---), expected one per file');
  const large = tooLarge(tree, MAX_EXPANDED, MAX_DEPTH);
  if (large) return { text, problems: [large] };
  const duplicates = duplicateKeys(tree, text);
  if (duplicates.length > 0) return { text, problems: duplicates };
  try {
    const value = constructFromEvents(events, {
      source: text,
      schema: options.anyTag ? ANY_TAG : SCHEMA,
      maxTotalMergeKeys: MAX_EXPANDED,
    })[0];
    const offset: Yaml['offset'] = (pointer, at = 'value') => findNode(tree, segmentsOf(pointer), at);
    return { text, value, tree, offset };
  } catch (error) {
    return { text, problems: [syntaxProblem(error, text)] };
  }
}

/** Parses one document; throws `UsageError` with every problem's `file:line:column`. */
export function loadYaml(source: string, fileName: string, options: YamlOptions = {}): Yaml {
  const result = parseYaml(source, options);
  if (!('problems' in result)) return result;
  throwProblems(fileName, result.text, result.problems);
  throw new Error('unreachable');
}
