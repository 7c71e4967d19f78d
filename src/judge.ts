/** Evidence to verdicts. Pure: the same evidence gives the same verdicts, today or next year. */

import { createHash } from 'node:crypto';
import { type AnyCheck, type Context, holdsFor } from './check.js';
import { found } from './collectors/found.js';
import { type Versions, versions } from './collectors/versions.js';
import { factOf, foundOn } from './facts.js';
import { compareVersions } from './formats/version.js';
import type { Answers, Asking, Evidence, Fact } from './model/evidence.js';
import type { Cluster, Product } from './model/inventory.js';
import { severityRank } from './model/report.js';
import { type Finding, type Severity, STATUSES, type Status, unknown, type Verdict } from './model/verdict.js';
import type { Plan } from './plan.js';
import { askedOf, keyOf, type Probe } from './probes/probe.js';
import { type Catalogue, rowsFor } from './products/index.js';
import { groupsOf, list } from './relations.js';
import { holdsIn } from './requirements/index.js';

export interface NodeFacts {
  readonly node: string;
  /** Why nothing can be said about the node; it was not reached. */
  readonly unreached?: string;
  /** By the collector's id. */
  readonly facts: ReadonlyMap<string, Fact<unknown>>;
}

/** All facts of all nodes, each parsed once. */
function factsOf(plan: Plan, evidence: Evidence): { nodes: NodeFacts[]; product?: Product; trouble?: string } {
  const { cluster } = plan;
  const seen = cluster.nodes.map(({ name }) => {
    const record = evidence.nodes[name] ?? { reached: false, reason: 'was not asked', answers: {} };
    const asking: Asking = { cluster, node: name };
    return { name, record, asking, installed: foundOn(plan, record.answers, asking) };
  });
  const products = groupsOf(
    seen.flatMap(({ name, installed }) => ('value' in installed ? [{ node: name, key: installed.value.product }] : [])),
  );
  const product = cluster.product ?? (products.length === 1 ? products[0]!.key : undefined);
  const nodes = seen.map(({ name, record, asking, installed }): NodeFacts => {
    const full: Asking = 'value' in installed ? { ...asking, product: installed.value.product } : asking;
    const facts = new Map<string, Fact<unknown>>([[found.id, installed]]);
    for (const collector of plan.collectors)
      facts.set(collector.id, factOf(collector, record.answers, full, installed));
    return { node: name, facts, ...(!record.reached && { unreached: record.reason ?? 'not reached' }) };
  });
  return {
    nodes,
    ...(product && { product }),
    ...(products.length > 1 && {
      trouble: `the nodes run different products (${products.map((p) => `${p.key} on ${list(p.nodes)}`).join('; ')}): set product: in the inventory`,
    }),
  };
}

/** What cannot be judged, as one unknown finding for each reason. Reasons that differ only in seconds waited are one. */
function blindFindings(blind: readonly { node: string; reason: string }[]): Finding[] {
  const timeless = (reason: string): string => reason.replace(/\b\d+ s\b/g, 's');
  return groupsOf(blind.map(({ node, reason }) => ({ node, key: timeless(reason), shown: reason }))).map(
    ({ shown, nodes }) =>
      unknown(`${list(nodes)}: ${shown}`, { nodes, subject: `unseen ${[...nodes].sort().join(' ')}` }),
  );
}

/** The findings of a check; a result that is not a finding is a bug of the check. */
function understood(result: unknown): readonly Finding[] {
  const findings: unknown[] = Array.isArray(result) ? result : [result];
  const sound = (f: Partial<Finding> | null | undefined): boolean =>
    STATUSES.includes(f?.status as Status) &&
    typeof f?.message === 'string' &&
    (f.nodes === undefined || Array.isArray(f.nodes));
  return findings.map((f) =>
    sound(f as Finding)
      ? (f as Finding)
      : unknown('the check itself failed (a bug in the check): returned something that is not a finding', {
          subject: 'crash',
        }),
  );
}

/** Whether a service that the check asks gave an answer. */
function answered(check: AnyCheck, services: Answers): boolean {
  const vias = Object.values((check.asks ?? {}) as Record<string, Probe<unknown>>).map((p) => keyOf(p.via, ''));
  return Object.entries(services).some(
    ([key, a]) => vias.some((via) => key.startsWith(via)) && typeof a === 'object' && a && !('unseen' in a),
  );
}

/** A pass needs something that was compared: a finding without nodes, or with a node that was not seen, is not a pass. */
function honest(finding: Finding, seen: ReadonlySet<string>, check: AnyCheck, services: Answers): Finding {
  if (finding.status !== 'pass') return finding;
  const nodes = finding.nodes ?? [];
  if (nodes.length === 0 && !answered(check, services))
    return { ...finding, status: 'unknown', message: `nothing was compared (${finding.message})` };
  const stranger = nodes.find((n) => !seen.has(n));
  return stranger === undefined
    ? finding
    : { ...finding, status: 'unknown', message: `${stranger} could not be judged (${finding.message})` };
}

/** One check over all nodes: findings about the nodes it could see, and an unknown for the others. `testCheck` runs this too. */
export function findingsOf(
  check: AnyCheck,
  nodes: readonly NodeFacts[],
  {
    services,
    ...about
  }: Pick<Context<unknown>, 'cluster' | 'product' | 'profile' | 'now' | 'release'> & { readonly services: Answers },
): readonly Finding[] {
  const needed: [string, string][] = Object.entries(check.needs as Record<string, { id: string }>).map(([name, c]) => [
    name,
    c.id,
  ]);
  const seen: { node: string }[] = [];
  const blind: { node: string; reason: string }[] = [];
  for (const { node, facts, unreached } of nodes) {
    const values = needed.map(([name, id]): [string, Fact<unknown>] => [
      name,
      facts.get(id) ?? { unseen: 'was not asked' },
    ]);
    const trouble = values.flatMap(([, fact]) => ('unseen' in fact ? [fact.unseen] : []))[0];
    if (unreached !== undefined || trouble !== undefined) blind.push({ node, reason: unreached ?? trouble! });
    else
      seen.push({
        node,
        ...Object.fromEntries(values.map(([name, fact]) => [name, (fact as { value: unknown }).value])),
      });
  }
  const { minimumNodes = 1 } = check;
  if (nodes.length < minimumNodes)
    return [
      {
        status: 'skip',
        message: 'the inventory has only one node, so there is nothing to compare',
        nodes: nodes.map((n) => n.node),
      },
    ];
  if (seen.length < minimumNodes) {
    const alone = seen.map(({ node }) => ({
      node,
      reason: 'no other node could be asked, so there is nothing to compare with',
    }));
    return blindFindings([...blind, ...alone]);
  }
  const context: Context<Record<string, unknown>> = {
    ...about,
    params: { ...check.params, ...about.cluster.params[check.id] },
    unseen: blind.map((b) => b.node),
    services: Object.fromEntries(
      Object.entries((check.asks ?? {}) as Record<string, Probe<unknown>>).map(([name, probe]) => [
        name,
        askedOf(probe, services),
      ]),
    ),
  };
  const names = new Set(seen.map((s) => s.node));
  let result: unknown;
  try {
    result = check.judge(seen as never, context as never);
  } catch (error) {
    // a bug of the check, not of the cluster: said as such, and never a pass
    result = unknown(
      `the check itself failed (a bug in the check): ${String((error as Error | undefined)?.message ?? error)}`,
      {
        nodes: [...names],
        subject: 'crash',
      },
    );
  }
  const findings = understood(result).map((f) => honest(f, names, check, services));
  return [...findings, ...blindFindings(blind)];
}

const lower = (a: Severity, b: Severity | undefined): Severity =>
  b !== undefined && severityRank[b] > severityRank[a] ? b : a;

/** What kind of thing it is, and what is wrong with it: parts of a fingerprint that nobody writes into a waiver. */
const QUALIFIERS =
  /^(?:user|group|members of) | (?:unset|missing|local|silent|elsewhere|path|mode|owner|guessable|short|unreadable|pair|advice)$/g;

/** The subject as a person names it; none where it only tells one unknown of this run from another. */
const spoken = ({ status, subject }: Finding): string | undefined =>
  subject === undefined || (status === 'unknown' && /^unseen |^crash$/.test(subject))
    ? undefined
    : subject.replaceAll(QUALIFIERS, '') || subject;

/** What a fingerprint says of a cluster: products side by side may fail the same check each. */
export const identityOf = ({ name, sideBySide, product }: Cluster): string =>
  sideBySide ? `${name} ${product}` : name;

/** Stable from run to run: check, subject and cluster. */
export const fingerprint = (cluster: string, id: string, subject: string): string =>
  createHash('sha256')
    .update(JSON.stringify([cluster, id, subject]))
    .digest('hex')
    .slice(0, 16);

/**
 * A fail by rows that the release found no longer has, or not yet, is a remark; where the release is not known, and
 * every row depends on it, nobody can say.
 */
function scoped(
  finding: Finding,
  all: readonly string[],
  holding: readonly string[],
  { requirements }: Catalogue,
  release: string | undefined,
): Finding {
  if (finding.status !== 'fail' || all.length === 0) return finding;
  if (holding.length === 0) return { ...finding, severity: 'info' };
  const open = holding.every((id) => {
    const row = requirements.get(id);
    return row !== undefined && holdsIn(row, release) === undefined;
  });
  return open
    ? {
        ...finding,
        status: 'unknown',
        message: `${finding.message}; whether that is wrong depends on the release, which is not known`,
      }
    : finding;
}

function complete(
  check: AnyCheck,
  product: Product | undefined,
  { cluster, catalogue }: Pick<Plan, 'cluster' | 'catalogue'>,
  given: Finding,
  release?: string,
): Verdict {
  const cited = given.requirements ?? check.requirements;
  const requirements = rowsFor(catalogue, cited, product, release);
  const finding = scoped(given, rowsFor(catalogue, cited, product), requirements, catalogue, release);
  const { observed, expected, details, differences } = finding;
  const remediation = finding.remediation ?? (check.remediation as string);
  const subject = spoken(finding);
  return {
    id: check.id,
    title: check.title,
    status: finding.status,
    severity: lower(
      lower(check.severity, product === undefined ? undefined : check.severityFor?.[product]),
      finding.severity,
    ),
    proof: finding.proof ?? check.proof ?? 'measured',
    nodes: finding.nodes ?? [],
    ...(subject !== undefined && { subject }),
    message: finding.message,
    ...(observed !== undefined && { observed }),
    ...(expected !== undefined && { expected }),
    ...(details && details.length > 0 && { details }),
    ...(differences && differences.length > 0 && { differences }),
    requirements,
    ...(finding.status === 'fail' && { remediation }),
    fingerprint: fingerprint(identityOf(cluster), check.id, finding.subject ?? ''),
  };
}

/** Fingerprints are unique in a report: a second finding on one subject gets a number. */
export function unique(verdicts: readonly Verdict[]): Verdict[] {
  const used = new Map<string, number>();
  return verdicts.map((v) => {
    const n = (used.get(v.fingerprint) ?? 0) + 1;
    used.set(v.fingerprint, n);
    return n === 1 ? v : { ...v, fingerprint: `${v.fingerprint}-${n}` };
  });
}

export interface Judged {
  readonly product?: Product;
  /** The oldest version found on the nodes. */
  readonly release?: string;
  readonly verdicts: readonly Verdict[];
}

/** The oldest version of the product on the nodes: its documents ask the most. */
function releaseOf(nodes: readonly NodeFacts[]): string | undefined {
  const found = nodes.flatMap(({ facts }): string[] => {
    const fact = facts.get(versions.id) as Fact<Versions> | undefined;
    const version = fact && 'value' in fact ? (fact.value.program ?? fact.value.package) : undefined;
    return version === undefined ? [] : [version];
  });
  return found.sort(compareVersions)[0];
}

/** Every check that fits the product, over every node; what could not be seen is `unknown` and names its nodes. */
export function judge(plan: Plan, evidence: Evidence): Judged {
  const { nodes, product, trouble } = factsOf(plan, evidence);
  const release = releaseOf(nodes);
  const profile = product === undefined ? undefined : plan.catalogue.profiles.get(product);
  const fitting = plan.checks.filter((c) => profile === undefined || holdsFor(c, profile));
  const verdicts = fitting.flatMap((check) => {
    if (product === undefined || profile === undefined) {
      const why = (n: NodeFacts): string =>
        n.unreached ?? trouble ?? (n.facts.get(found.id) as { unseen: string }).unseen;
      return blindFindings(nodes.map((n) => ({ node: n.node, reason: why(n) }))).map((f) =>
        complete(check, undefined, plan, f),
      );
    }
    return findingsOf(check, nodes, {
      cluster: plan.cluster,
      product,
      profile,
      ...(release !== undefined && { release }),
      services: evidence.services,
      now: new Date(evidence.startedAt),
    }).map((f) => complete(check, product, plan, f, release));
  });
  return { verdicts: unique(verdicts), ...(product && { product }), ...(release !== undefined && { release }) };
}
