/** Saved evidence. A file that is anything else is a `UsageError` that names it and what is wrong with it. */

import type { Evidence } from '../model/evidence.js';
import { UsageError } from '../model/inventory.js';
import { TRANSPORTS } from '../model/transports.js';
import { EVIDENCE, isBundle, partOf } from './bundle.js';
import { instead } from './foreign.js';
import { isMap } from './isMap.js';
import { parseJson, readBytes } from './read.js';
import { validate } from './validate.js';

const MAX_BYTES = 400_000_000;
const SHOWN = 3;
const TIME = '2027-01-02T03:04:05.000Z';

type Schema = Readonly<Record<string, unknown>>;
const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const flag: Schema = { type: 'boolean' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const map = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });
/** What stands in `properties` and is no part of `optional` must be there; more may. */
const object = (properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}) => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});

const CONNECTION = object(
  { type: { type: 'string', enum: Object.keys(TRANSPORTS) } },
  { user: text, port: number, jump: text, root: text, argv: list(text) },
);

const CLUSTER = object(
  {
    name: text,
    nodes: list(object({ name: text, host: text, connection: CONNECTION }, { grid: list(text) })),
    time: object({ servers: list(text), warnSkewMs: number, maxSkewMs: number }),
    database: object(
      {},
      { url: { type: 'object' }, urls: map({ type: 'object' }), hosts: list(text), fromNodes: flag },
    ),
    storage: object({ paths: list(text) }, { homes: text }),
    users: list(text),
    loadBalancer: object({}, { url: text }),
    params: map({ type: 'object' }),
    waivers: list(object({ check: text, reason: text, until: text }, { nodes: list(text), subject: text, by: text })),
    plugins: list(text),
  },
  {
    file: text,
    inventory: object({ file: text, line: number, nodes: list(number) }, { waivers: list(number) }),
    product: text,
    sideBySide: flag,
    mode: text,
    reference: text,
    s3: object({}, { endpoint: text, region: text, forcePathStyle: flag }),
  },
);

/** An answer is only an object here: what is in it, and whether that is an answer, `facts.ts` sees. */
export const SCHEMA = {
  $id: 'urn:ha-preflight:schema:evidence:1',
  ...object(
    {
      tool: object({ name: text, version: text }),
      startedAt: { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`, examples: [TIME] },
      durationMs: { type: 'number', minimum: 0 },
      cluster: CLUSTER,
      nodes: map(object({ reached: flag, answers: { type: 'object' } }, { reason: text, notes: list(text) })),
    },
    { services: { type: 'object' } },
  ),
};

/** An answer of a wrong shape is one that cannot be used, and is not an error: the rest can be judged. */
function answer(value: unknown): unknown {
  const { unseen, exit, stdout, stderr } = isMap(value) ? value : {};
  if (typeof unseen === 'string') return { unseen: unseen === '' ? 'no reason was given' : unseen };
  if (typeof exit === 'number' && typeof stdout === 'string' && typeof stderr === 'string') return value;
  return { unseen: 'the answer in the evidence file is damaged' };
}

/** Without a prototype: a node may be called constructor. */
const own = (entries: readonly (readonly [string, unknown])[]): object =>
  Object.create(
    null,
    Object.fromEntries(entries.map(([key, value]) => [key, { value, enumerable: true }])) as PropertyDescriptorMap,
  );

const answers = (value: unknown): Evidence['services'] =>
  own(Object.entries(value as object).map(([key, a]) => [key, answer(a)])) as Evidence['services'];

const WANTED = 'make it with ha-preflight gather or bundle';

function evidenceOf(value: unknown, file: string): Evidence {
  if ((value as { schema?: unknown } | null)?.schema !== 'ha-preflight/evidence/1')
    throw new UsageError(
      `${file}: not evidence of ha-preflight (schema ha-preflight/evidence/1): ${WANTED}${instead(value, file)}`,
    );
  const wrong = validate(SCHEMA, value).map(({ pointer, message }) => `${file}: ${pointer || '/'}: ${message}`);
  const found = value as Evidence;
  if (wrong.length === 0 && Number.isNaN(Date.parse(found.startedAt)))
    wrong.push(`${file}: /startedAt: found a time that does not exist, expected one like ${TIME}`);
  // counted twice, one node would be a majority
  const names = wrong.length > 0 ? [] : found.cluster.nodes.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) wrong.push(`${file}: /cluster/nodes: found node ${JSON.stringify(twice)} twice`);
  if (wrong.length > 0)
    throw new UsageError(
      [...wrong.slice(0, SHOWN), ...(wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} more`] : [])].join('\n'),
    );
  const nodes = Object.entries(found.nodes).map(([name, n]) => [name, { ...n, answers: answers(n.answers) }] as const);
  return { ...found, nodes: own(nodes) as Evidence['nodes'], services: answers(found.services ?? {}) };
}

/** The evidence of a parsed file, one a cluster. */
export function evidencesIn(value: unknown, file: string): readonly Evidence[] {
  const all = Array.isArray(value) ? value : [value];
  if (all.length === 0) throw new UsageError(`${file}: contains no evidence`);
  return all.map((e) => evidenceOf(e, file));
}

/** The evidence of a file or bundle, one a cluster. */
export function loadEvidence(file: string): readonly Evidence[] {
  const bytes = readBytes(file, MAX_BYTES, file);
  return evidencesIn(parseJson(isBundle(bytes) ? partOf(bytes, EVIDENCE, file) : bytes, file, WANTED), file);
}
