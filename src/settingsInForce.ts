/** The settings in force, side by side: one row per setting, columns only where nodes differ. Pure. */

import { foundOn } from './facts.js';
import { hideMasks } from './formats/masked.js';
import type { Evidence } from './model/evidence.js';
import { NotSeen } from './model/evidence.js';
import type { Plan } from './plan.js';
import { effectiveOf, type Found, formatOf } from './products/profile.js';
import type { Effective, EffectiveSettings } from './products/settings.js';

export interface InForceValue {
  readonly nodes: readonly string[];
  /** Secrets masked; absent: not set on these nodes. */
  readonly value?: string;
  /** File and line, variable or command line. */
  readonly origin?: string;
  readonly overrides?: { readonly value: string; readonly origin: string };
  readonly doubt?: string;
}

export interface SettingsReport {
  readonly schema: 'ha-preflight/settings/1';
  readonly cluster: string;
  readonly nodes: readonly { readonly name: string; readonly product?: string; readonly directory?: string }[];
  readonly settings: readonly { readonly name: string; readonly values: readonly InForceValue[] }[];
  /** What could not be read, and why. */
  readonly unread: readonly { readonly node: string; readonly reason: string }[];
}

/** `*` stands for any characters; without one the text may stand anywhere in the name. Case does not matter. */
const matcher = (pattern: string | undefined): ((name: string) => boolean) => {
  if (pattern === undefined) return () => true;
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const expression = new RegExp(pattern.includes('*') ? `^${source}$` : source, 'i');
  return (name) => expression.test(name);
};

/** Files of a known format that are there and whose text is not known. */
const unreadFiles = ({ tree, texts, profile }: Found): string[] =>
  tree.flatMap(({ path, type, size }) => {
    return formatOf(profile.texts, path) && type === 'file' && size > 0 && !texts.has(path) ? [path] : [];
  });

interface Read {
  readonly node: string;
  readonly found?: Found;
  readonly settings?: EffectiveSettings;
  readonly reasons: readonly string[];
}

function readOf(plan: Plan, evidence: Evidence, node: string): Read {
  const record = evidence.nodes[node];
  if (!record?.reached) return { node, reasons: [record?.reason ?? 'was not asked'] };
  const fact = foundOn(plan, record.answers, node);
  if ('unseen' in fact) return { node, reasons: [fact.unseen] };
  const found = fact.value;
  const unread = unreadFiles(found).map((path) => `${path} could not be read`);
  try {
    return { node, found, settings: effectiveOf(found), reasons: unread };
  } catch (error) {
    if (error instanceof NotSeen) return { node, found, reasons: [error.message] };
    throw error;
  }
}

/** Nodes with one value from one origin stand together. */
function valuesOf(read: readonly Read[], name: string): InForceValue[] {
  const groups = new Map<string, { nodes: string[]; setting: Effective | undefined }>();
  for (const { node, settings } of read) {
    if (!settings) continue;
    const setting = settings.get(name);
    const key = JSON.stringify(setting ?? null);
    const group = groups.get(key) ?? { nodes: [], setting };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ nodes, setting }) => ({
    nodes,
    ...(setting && {
      value: hideMasks(setting.value),
      origin: setting.because,
      ...(setting.overrides && {
        overrides: { value: hideMasks(setting.overrides.value), origin: setting.overrides.because },
      }),
      ...(setting.doubt !== undefined && { doubt: setting.doubt }),
    }),
  }));
}

export function settingsInForce(plan: Plan, evidence: Evidence, match?: string): SettingsReport {
  const wanted = matcher(match);
  const read = plan.cluster.nodes.map(({ name }) => readOf(plan, evidence, name));
  const names = [...new Set(read.flatMap(({ settings }) => [...(settings?.keys() ?? [])]))].filter(wanted).sort();
  return {
    schema: 'ha-preflight/settings/1',
    cluster: plan.cluster.name,
    nodes: read.map(({ node, found }) => ({
      name: node,
      ...(found && { product: found.product, directory: found.root }),
    })),
    settings: names.map((name) => ({ name, values: valuesOf(read, name) })),
    unread: read.flatMap(({ node, reasons }) => reasons.map((reason) => ({ node, reason }))),
  };
}
