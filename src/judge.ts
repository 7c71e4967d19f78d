/** Evidence to verdicts. Pure: the same evidence gives the same verdicts, today or next year. */

import { type AnyCheck, holdsFor } from './check.js';
import { found } from './collectors/found.js';
import { type Versions, versions } from './collectors/versions.js';
import { factOn, foundOn } from './facts.js';
import { blindFindings, findingsOf, type NodeFacts } from './findings.js';
import { fingerprint, identityOf, unique } from './fingerprint.js';
import { hideMasks, isMasked } from './formats/masked.js';
import { compareVersions } from './formats/version.js';
import type { Evidence, Fact } from './model/evidence.js';
import type { Product } from './model/inventory.js';
import { severityRank } from './model/report.js';
import type { Finding, Fix, Severity, Verdict } from './model/verdict.js';
import { spelledBytes } from './model/words.js';
import type { Plan } from './plan.js';
import { type Catalogue, rowsFor } from './products/index.js';
import { groupsOf, list } from './relations.js';
import { pasted } from './remedy.js';
import { holdsIn } from './requirements/index.js';

/** All facts of all nodes. */
function factsOf(plan: Plan, evidence: Evidence): { nodes: NodeFacts[]; product?: Product; trouble?: string } {
  const { cluster } = plan;
  const seen = cluster.nodes.map(({ name }) => {
    const record = evidence.nodes[name] ?? { reached: false, reason: 'was not asked', answers: {} };
    return { name, record, installed: foundOn(plan, record.answers, name) };
  });
  const products = groupsOf(
    seen.flatMap(({ name, installed }) => ('value' in installed ? [{ node: name, key: installed.value.product }] : [])),
  );
  const product = cluster.product ?? (products.length === 1 ? products[0]!.key : undefined);
  const nodes = seen.map(({ name, record, installed }): NodeFacts => {
    const facts = new Map<string, Fact<unknown>>([[found.id, installed]]);
    for (const collector of plan.collectors) facts.set(collector.id, factOn(plan, collector, record.answers, name));
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

const lower = (a: Severity, b: Severity | undefined): Severity =>
  b !== undefined && severityRank[b] > severityRank[a] ? b : a;

/** What kind of thing it is, and what is wrong with it: parts of a fingerprint that nobody writes into a waiver. */
const QUALIFIERS =
  /^(?:user|group|members of) | (?:unset|missing|local|silent|elsewhere|path|mode|owner|guessable|short|unreadable|pair|advice)$/g;

/** The subject as a person names it; none where it only tells one unknown of this run from another. */
const spoken = ({ status, subject }: Finding): string | undefined =>
  subject === undefined || (status === 'unknown' && /^unseen |^crash$/.test(subject))
    ? undefined
    : spelledBytes(subject.replaceAll(QUALIFIERS, '') || subject);

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

/** Whatever a check quotes: of a masked value the digest stays out of the report. */
const hidden = <T>(value: T): T =>
  (typeof value === 'string'
    ? hideMasks(value)
    : Array.isArray(value)
      ? value.map(hidden)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hidden(inner)]))
        : value) as T;

/** A command with a masked value in it does nothing that anybody means. */
const runnable = (fixes: readonly Fix[]): Fix[] =>
  fixes.filter(({ commands, note = '' }) => ![...commands, note].some(isMasked));

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
  const { observed, expected, details, differences } = hidden(finding);
  const fixes = finding.status === 'fail' ? runnable(finding.fixes ?? []) : [];
  const made = fixes.length > 0 ? pasted(cluster, fixes) : (check.remediation as string);
  const remediation = hidden(finding.remediation ?? made);
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
    message: hidden(finding.message),
    ...(observed !== undefined && { observed }),
    ...(expected !== undefined && { expected }),
    ...(details && details.length > 0 && { details }),
    ...(differences && differences.length > 0 && { differences }),
    requirements,
    ...(finding.status === 'fail' && { remediation }),
    ...(fixes.length > 0 && { fixes }),
    fingerprint: fingerprint(identityOf(cluster), check.id, finding.subject ?? ''),
  };
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
