/**
 * What the fuzzers of evidence start from: clusters of each kind, clean and with many faults at once, as the gatherer
 * has them; and how an input says what one of the nodes says instead.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude, planFrom } from '../../src/audit.js';
import { textOf } from '../../src/gather/lib/bytes.js';
import { loadRegistry } from '../../src/load/checks.js';
import type { Answer, Answers, Evidence, NodeEvidence } from '../../src/model/evidence.js';
import type { Report } from '../../src/model/report.js';
import type { Plan } from '../../src/plan.js';
import { audit } from '../faults/audit.js';
import { EDITIONS } from '../support/clusters.js';
import { FAULTS, type Fault } from '../support/faults/index.js';
import { asking, SERVICES } from './fuzzServices.js';

export interface Base {
  readonly evidence: Evidence;
  /** Of some of the checks: an input is judged the faster, and inputs of the same cluster differ in what judges them. */
  readonly plan: Plan;
  readonly selection: Selection;
}

/** Faults of an edition are planted in so many clusters: all in one would hide each other. */
const PARTS = 3;
const CLEAN = -1;
/** Checks are judged in so many parts. */
const QUARTERS = [0, 1, 2, 3];
const EVERY = [CLEAN, 0, 1, 2];
const KINDS = [
  ...(['workbench', 'connect', 's3', 'primaryStandby'] as const).flatMap((kind) =>
    EVERY.map((part) => [kind, part] as const),
  ),
  ...(['launcher', 'newWorkbench', 'packageManager'] as const).map((kind) => [kind, 0] as const),
];

type Selection = Parameters<typeof planFrom>[2];
export type Registry = Awaited<ReturnType<typeof loadRegistry>>;
let made: Promise<{ bases: readonly Base[]; registry: Registry }> | undefined;

/** Reached in three ways: as what is printed for people depends on it. */
function reachedBySsh({ cluster, ...rest }: Evidence): Evidence {
  const ssh = [{ user: 'ops' }, { user: 'ops', port: 2222, jump: 'ops@bastion' }];
  const nodes = cluster.nodes.map((node, i) => ({
    ...node,
    ...(ssh[i] && { connection: { type: 'ssh' as const, ...ssh[i] } }),
  }));
  return { ...rest, cluster: asking({ ...cluster, nodes }) };
}

type PlantArgs = Parameters<NonNullable<Fault['plant']>>;
const also = ({ plant }: Fault, tree: PlantArgs[0], [cluster, node]: [PlantArgs[1], PlantArgs[2]]): PlantArgs[0] => {
  try {
    return plant!(tree, cluster, node);
  } catch {
    // an earlier one took what it changes
    return tree;
  }
};

async function make(): Promise<{ bases: readonly Base[]; registry: Registry }> {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fuzz-'));
  const registry = await loadRegistry([]);
  try {
    const audits = KINDS.map(async ([edition, part]): Promise<Base[]> => {
      const faults = FAULTS.filter(
        ({ in: editions, plant, after }, i) =>
          i % PARTS === part && plant && !after && (editions as readonly string[]).includes(edition),
      );
      const { evidence: local } = await audit(join(folder, `${edition}${part}`), EDITIONS[edition], {
        plant: (tree, ...of) => faults.reduce((planted, fault) => also(fault, planted, of), tree),
      });
      const evidence = { ...reachedBySsh(local), services: { ...local.services, ...SERVICES } };
      return QUARTERS.map((quarter) => {
        const only = registry.checks.map(({ id }) => id).filter((_, i) => i % QUARTERS.length === quarter);
        const selection = { only, skip: [] };
        return { evidence, selection, plan: planFrom(registry, evidence.cluster, selection) };
      });
    });
    return { bases: (await Promise.all(audits)).flat(), registry };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let ready: { bases: readonly Base[]; registry: Registry } | undefined;
/** Gathers them, once. */
export async function prepare(): Promise<void> {
  made ??= make();
  ready = await made;
}
export const bases = (): readonly Base[] => ready!.bases;
export const registryOf = (): Registry => ready!.registry;

/** Parts an input into its changes; a byte that no header and hardly a text needs. */
export const SEPARATOR = 0x1e;
const MOST_CHANGES = 4;

/** The parts of an input: the base that it names, and its changes. */
export function partsOf(input: Buffer): { readonly base: Base; readonly changes: readonly Buffer[] } {
  const changes: Buffer[] = [];
  for (let at = 1; at < input.length && changes.length < MOST_CHANGES; ) {
    const found = input.indexOf(SEPARATOR, at);
    const end = found < 0 ? input.length : found;
    changes.push(input.subarray(at, end));
    at = end + 1;
  }
  const all = bases();
  return { base: all[(input[0] ?? 0) % all.length]!, changes };
}

/** Stands before and behind each run of characters that a shell may have a meaning for. */
export const [OPEN, CLOSE] = ['Zq', 'qZ'];
export const PLAIN = String.raw`\p{L}\p{N}_/.,:@%+=-`;
const MEANING = new RegExp(`[^${PLAIN}]+`, 'gu');

/** What a node says; `marks`: none, before, behind, or around all that a shell could take for its own. */
function worded(bytes: Buffer, node: string, marks: number): string {
  const text = textOf(bytes);
  const mark = `Zq${node}Z`;
  return [text, `${mark}${text}`, `${text}${mark}`, `${mark}${text.replaceAll(MEANING, `${OPEN}$&${CLOSE}`)}`][marks]!;
}

/** Places in an answer: a word, a value, the rest of a line, a line, a place between two lines. */
const PLACES = [/[^\s=:,"'()[\]{}\0]+/g, /(?<=[=:]\s*)[^\s=:][^\n\0]*/g, /(?<=\s)\S[^\n\0]*/g, /[^\n\0]+/g, /^/gm];

/** With the text at the place of this number, round and round. */
function placed(stdout: string, place: RegExp, which: number, text: string): string {
  const found = [...stdout.matchAll(place)];
  if (found.length === 0) return text;
  const { index, 0: old } = found[which % found.length]!;
  return `${stdout.slice(0, index)}${text}${old === '' ? '\n' : ''}${stdout.slice(index + old.length)}`;
}

function answered(was: Answer | undefined, how: number, which: number, text: string): Answer {
  if (how === 0) return { unseen: text };
  if (how === 1) return { exit: 9, stdout: '', stderr: text };
  if (how === 2 || !was || !('stdout' in was)) return { exit: 0, stdout: text, stderr: '' };
  return { ...was, stdout: placed(was.stdout, PLACES[how % PLACES.length]!, which, text) };
}

export interface Said {
  readonly evidence: Evidence;
  readonly base: Base;
  /** By node, a mark that is in all that only this node says. */
  readonly marks: ReadonlyMap<string, string>;
}

/** Judged; no text of a node alone makes a check fail itself. */
export function reported(input: Buffer): Said & { readonly report: Report } {
  const of = said(input);
  const report = conclude(of.base.plan, of.evidence, { failOn: 'critical', allowUnknown: false });
  // an answer of a service is made by the asker, in a shape that this fuzzer does not keep to
  const asked = Object.entries(of.evidence.services).some(([key, a]) => a !== of.base.evidence.services[key]);
  const crashed = report.verdicts.find(({ message }) => message.startsWith('the check itself failed'));
  if (crashed && !asked) throw new Error(`${crashed.id}: ${crashed.message}`);
  return { ...of, report };
}

/**
 * The evidence in which nodes say what the input says. Of each change the bytes are: which answer, how (its low three
 * bits; then two bits for the node and two for the marks), which place; the rest is the text.
 */
function said(input: Buffer): Said {
  const { base, changes } = partsOf(input);
  const nodes: Record<string, NodeEvidence> = { ...base.evidence.nodes };
  const services: Record<string, Answer> = { ...(base.evidence.services as Answers) };
  const names = Object.keys(nodes);
  const marks = new Map<string, string>();
  for (const [key = 0, bits = 0, which = 0, ...rest] of changes) {
    const how = bits & 7;
    const of = (bits >> 3) & 3;
    const name = names[of];
    const text = worded(Buffer.from(rest), name ?? 's', (bits >> 5) & 3);
    if (name === undefined) {
      const keys = Object.keys(services);
      const service = keys[key % Math.max(1, keys.length)];
      if (service !== undefined) services[service] = answered(services[service], how, which, text);
      continue;
    }
    const node = nodes[name]!;
    marks.set(name, `Zq${name}Z`);
    // the last number: not one of its answers, but what is said of the way to it
    const keys = Object.keys(node.answers);
    const at = key % (keys.length + 1);
    if (at === keys.length) nodes[name] = { ...node, reached: which % 2 === 0, reason: text, notes: [text] };
    else
      nodes[name] = {
        ...node,
        answers: { ...node.answers, [keys[at]!]: answered(node.answers[keys[at]!], how, which, text) },
      };
  }
  return { evidence: { ...base.evidence, nodes, services }, base, marks };
}
