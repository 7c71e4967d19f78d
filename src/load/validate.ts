/** Checks data against a JSON Schema and says what is wrong in words. */

import { compile, type ErrorObject, type SchemaObject } from './compile.js';
import { hideLogin, isSecretPointer } from './hide.js';
import { didYouMean, nearest } from './suggest.js';
import { pointerTo } from './yaml.js';

/** One thing wrong, by JSON pointer; `at` is where a reader should look, the key or its value. */
export interface Mistake {
  readonly pointer: string;
  readonly at: 'key' | 'value';
  /** What was found, what is expected. Values that may be secret are not in it. */
  readonly message: string;
  /** Something is not there; what is there is sound. */
  readonly missing?: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  object: 'a mapping (key: value)',
  array: 'a list ([a, b] or lines that start with -)',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

const list = (words: readonly unknown[], last: string): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

/** A value in a few words; only its kind when it may be a secret. */
export function show(value: unknown, secret = false): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (secret) return typeof value === 'string' ? 'a string' : `a ${typeof value}`;
  const text = JSON.stringify(typeof value === 'string' ? hideLogin(value) : value);
  const short = text.length > 60 ? `${text.slice(0, 56)}…"` : text;
  return typeof value === 'string' ? short : `the ${typeof value} ${short}`;
}

const isSecretSchema = (schema: SchemaObject): boolean => Boolean(schema.properties?.env && schema.properties?.file);
const HOW_TO_PASS = 'expected { env: NAME } or { file: PATH }: an inventory holds no secrets, only where to find them';

/** A number or a word that YAML takes for text, or the other way round. */
function quoteHint(wanted: string, found: unknown): string {
  if (wanted === 'string') return ['number', 'boolean'].includes(typeof found) ? '; put it in quotes' : '';
  const plain = { integer: /^\d+$/, number: /^[\d.]+$/, boolean: /^(true|false)$/ }[wanted];
  return typeof found === 'string' && plain?.test(found) ? '; leave out the quotes' : '';
}

function typeMessage(error: ErrorObject, secret: boolean): string {
  const schema = error.parentSchema as SchemaObject;
  if (isSecretSchema(schema)) {
    const found =
      error.data === null
        ? 'nothing'
        : Array.isArray(error.data)
          ? 'a list'
          : 'a secret or other text in the file itself';
    return `found ${found}, ${HOW_TO_PASS}`;
  }
  const wanted = String(error.params.type);
  // in quotes it would be refused as well: 2 for 2s
  if (
    schema.pattern &&
    ['number', 'boolean'].includes(typeof error.data) &&
    !RegExp(schema.pattern, 'u').test(String(error.data))
  )
    return valueMessage(error, secret);
  const quote = quoteHint(wanted, error.data);
  return `found ${show(error.data, secret)}, expected ${TYPES[wanted] ?? wanted}${quote}`;
}

function unionMessage(error: ErrorObject, secret: boolean): string {
  const branches = (error.parentSchema as SchemaObject).anyOf as readonly SchemaObject[];
  const words = branches.map((branch) => {
    if (branch.enum) return list(branch.enum, 'or');
    if (branch.type !== 'object') return TYPES[branch.type] ?? branch.type;
    const keys = Object.keys(branch.properties);
    return `a mapping with ${list(keys, branch.required ? 'and' : 'or')}`;
  });
  const quote = branches.map(({ type }) => quoteHint(type, error.data)).find((hint) => hint !== '') ?? '';
  return `found ${show(error.data, secret)}, expected ${list(words, 'or')}${quote}`;
}

/** Keys that are known elsewhere in the schema, with the name of the place. */
function placesOf(root: SchemaObject, key: string): string[] {
  const places = Object.entries((root.properties ?? {}) as Record<string, SchemaObject>);
  const inside = places.filter(([name, part]) => {
    const target = part.$ref === undefined ? part : root.$defs?.[String(part.$ref).replace('#/$defs/', '')];
    return name !== key && target?.properties?.[key] !== undefined;
  });
  return inside.map(([name]) => name);
}

function unknownKey(error: ErrorObject, root: SchemaObject, secret: boolean): string {
  const key = String(error.params.additionalProperty);
  const schema = error.parentSchema as SchemaObject;
  const known = Object.keys(schema.properties ?? {});
  const hint = didYouMean(key, known);
  if (isSecretSchema(schema)) return `found an unknown key, ${HOW_TO_PASS}${hint}`;
  const found = `found the unknown key ${secret ? '' : show(key)}`.trimEnd();
  if (schema === root && /^(node|hosts?|servers?|machines?|hostnames?)$/i.test(key))
    return `${found}; did you mean "nodes"?`;
  const places = key in (root.properties ?? {}) && schema !== root ? [] : placesOf(root, key);
  if (hint !== '' && nearest(key, places) === undefined && places.length === 0) return found + hint;
  if (places.length > 0) return `${found}, expected it below ${list(places, 'or')}${hint}`;
  return `${found}, expected ${list(known, 'or')}`;
}

function valueMessage(error: ErrorObject, secret: boolean): string {
  const schema = error.parentSchema as SchemaObject;
  const found = `found ${show(error.data, secret)}, expected`;
  switch (error.keyword) {
    case 'enum': {
      const words = (schema.enum as readonly unknown[]).filter((v) => typeof v === 'string');
      const hint = typeof error.data === 'string' && !secret ? didYouMean(error.data, words) : '';
      return `${found} ${list(schema.enum, 'or')}${hint}`;
    }
    case 'const':
      return `${found} ${JSON.stringify(schema.const)}`;
    case 'minimum':
      return `${found} at least ${schema.minimum}`;
    case 'maximum':
      return `${found} at most ${schema.maximum}`;
    case 'minItems':
      return `${found} at least ${schema.minItems === 1 ? 'one item' : `${schema.minItems} items`}`;
    case 'maxLength':
      return `${found} at most ${schema.maxLength} characters`;
    case 'minProperties':
    case 'maxProperties':
      return `found ${error.keyword === 'minProperties' ? 'an empty mapping' : 'more than one key'}, expected exactly one of ${list(Object.keys(schema.properties), 'and')}`;
    default:
      return `${found} ${schema.examples ? `something like ${list(schema.examples, 'or')}` : 'some text'}`;
  }
}

const withoutDefault = (description: string | undefined): string | undefined =>
  description?.replace(/ (No default|Default: [^.]*)\.$/, '');

/** Of several keys exactly one must be there: none is, or more are. */
function choice(error: ErrorObject, root: SchemaObject): Mistake {
  const schema = error.parentSchema as SchemaObject;
  const [first, ...others] = (schema.oneOf as readonly SchemaObject[]).map((branch) => String(branch.required[0]));
  if (error.params.passingSchemas !== null)
    return {
      pointer: pointerTo(error.instancePath, others.at(-1)!),
      at: 'key',
      message: `found ${list([first, ...others], 'and')}, expected only one of them`,
    };
  const about = schema === root ? withoutDefault(schema.properties[first!].description) : undefined;
  return {
    pointer: error.instancePath,
    at: 'key',
    missing: true,
    message: `the key "${first}" is missing, ${about === undefined ? `expected ${list([first, ...others], 'or')}` : `expected: ${about}`}`,
  };
}

function explain(error: ErrorObject, root: SchemaObject): Mistake {
  const pointer = error.instancePath;
  const secret = isSecretPointer(pointer);
  if (error.keyword === 'additionalProperties') {
    return {
      pointer: pointerTo(pointer, error.params.additionalProperty),
      at: 'key',
      message: unknownKey(error, root, secret),
    };
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    const about = withoutDefault((error.parentSchema as SchemaObject).properties?.[key]?.description);
    return {
      pointer,
      at: 'key',
      missing: true,
      message: `the key "${key}" is missing${about ? `, expected: ${about}` : ''}`,
    };
  }
  if (error.keyword === 'oneOf') return choice(error, root);
  if (error.keyword === 'type') return { pointer, at: 'value', message: typeMessage(error, secret || pointer === '') };
  if (error.keyword === 'anyOf') return { pointer, at: 'value', message: unionMessage(error, secret) };
  return { pointer, at: 'value', message: valueMessage(error, secret) };
}

/**
 * Everything wrong with a value, one finding per place. The branches of an `anyOf` are distinguished by their types, so
 * only the errors of the branch that was meant are reported.
 */
export function validate(schema: SchemaObject & { readonly $id: string }, value: unknown): Mistake[] {
  const check = compile(schema);
  if (check(value)) return [];
  // of a choice only the whole of it is explained
  const errors = (check.errors ?? []).filter(
    ({ keyword, schemaPath, data }) =>
      !/\/oneOf\/\d+\/required$/.test(schemaPath) &&
      (keyword !== 'oneOf' || (typeof data === 'object' && data !== null && !Array.isArray(data))),
  );
  const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath));
  const real = new Set(
    errors.filter(
      ({ keyword, instancePath }) =>
        keyword !== 'anyOf' && !(['type', 'enum'].includes(keyword) && unions.has(instancePath)),
    ),
  );
  const explained = new Set<string>();
  for (const { instancePath } of real) {
    for (let path = instancePath; ; path = path.slice(0, path.lastIndexOf('/'))) {
      explained.add(path);
      if (path === '') break;
    }
  }
  const findings = new Map<string, Mistake>();
  for (const error of errors) {
    if (error.keyword === 'anyOf' ? explained.has(error.instancePath) : !real.has(error)) continue;
    const finding = explain(error, schema);
    const place = `${finding.at} ${finding.pointer} ${error.keyword === 'required' ? error.params.missingProperty : ''}`;
    if (!findings.has(place)) findings.set(place, finding);
  }
  return [...findings.values()];
}
