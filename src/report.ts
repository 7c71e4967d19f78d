/** Verdicts to the report every reporter gets, and the gate. Pure. */

import { diffReports, ofCheck, passes } from './diff.js';
import type { Judged } from './judge.js';
import type { Evidence } from './model/evidence.js';
import type { Gate, Report, Reports, Summary } from './model/report.js';
import { bySsh } from './model/transports.js';
import type { Status, Verdict } from './model/verdict.js';
import { type Catalogue, rowsFor } from './products/index.js';
import { applyWaivers } from './waivers.js';

export interface GateOptions {
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown: boolean;
  /** Older reports: only what is new or worse than in the one of the same cluster counts. */
  readonly baseline?: readonly Report[] | undefined;
}

const WORST: readonly Status[] = ['skip', 'pass', 'unknown', 'fail'];

/** Whether anything was found out about the cluster. A complaint about a waiver is about the inventory. */
const measured = (verdicts: readonly Verdict[]): boolean =>
  verdicts.some((v) => (v.status === 'pass' || v.status === 'fail') && v.id !== 'waivers');

/** A gate that looked at nothing is not open, whatever is allowed to be unknown. */
const shut = (failOn: GateOptions['failOn'], reason = 'nothing was measured: no check passed or failed'): Gate => ({
  result: 'unknown',
  failOn,
  exitCode: 3,
  reason,
});

/** 1 when an unwaived fail is at or above `failOn`; else 3 when a critical check is unknown; else 0. */
function gateOf(verdicts: readonly Verdict[], { failOn, allowUnknown }: GateOptions): Gate {
  const counts = (v: Verdict): boolean =>
    v.severity === 'critical' || (failOn === 'warning' && v.severity === 'warning');
  if (verdicts.some((v) => v.status === 'fail' && v.waiver === undefined && counts(v)))
    return { result: 'fail', failOn, exitCode: 1 };
  if (verdicts.some((v) => v.status === 'unknown' && v.severity === 'critical'))
    return { result: 'unknown', failOn, exitCode: allowUnknown ? 0 : 3 };
  return { result: 'pass', failOn, exitCode: 0 };
}

/** The gate of one cluster's verdicts, which must say something. */
const gateOver = (verdicts: readonly Verdict[], options: GateOptions): Gate => {
  const gate = gateOf(verdicts, options);
  return gate.result === 'fail' || measured(verdicts) ? gate : shut(options.failOn);
};

const summarise = (verdicts: readonly Verdict[], nodes: Report['cluster']['nodes']): Summary => {
  const count = (status: Status, waived = false): number =>
    verdicts.filter((v) => v.status === status && (v.waiver !== undefined) === waived).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    skip: count('skip'),
    unknown: count('unknown'),
    waived: count('fail', true),
    unreached: nodes.filter(({ reached }) => !reached).length,
  };
};

/**
 * Every row of the product, and every other row that is cited, with the worst status of the verdicts that cite it. A
 * row that no check covered is `skip`. So is guidance, even where it is cited: only a person can confirm it.
 */
function requirementsOf(
  catalogue: Catalogue,
  verdicts: readonly Verdict[],
  { product, release }: Judged,
): Report['requirements'] {
  const { requirements } = catalogue;
  const cited = verdicts.flatMap((v) => v.requirements);
  const ids = [
    ...new Set([...cited, ...(product ? rowsFor(catalogue, [...requirements.keys()], product, release) : [])]),
  ].sort();
  return ids.map((id) => {
    const row = requirements.get(id);
    const citing = row?.guidance ? [] : verdicts.filter((v) => v.requirements.includes(id));
    return {
      id,
      level: row?.level ?? 'info',
      status: citing.map((v) => v.status).reduce((a, b) => (WORST.indexOf(b) > WORST.indexOf(a) ? b : a), 'skip'),
      checks: [...new Set(citing.map((v) => v.id))],
      ...(row?.guidance && { guidance: true as const }),
    };
  });
}

const wrong = ({ status }: Verdict): boolean => status === 'fail' || status === 'unknown';
/** What a reader would notice as another. */
const told = ({ status, severity, nodes, message, waiver }: Verdict): string =>
  JSON.stringify([status, severity, nodes, message, waiver]);
const pick = ({ id, severity, nodes, message, fingerprint }: Verdict) => ({
  id,
  severity,
  nodes,
  message,
  fingerprint,
});

/** As `gateOf`, of nothing but what is new or worse than in `old`. */
function gateSince(old: Report, now: Report, options: GateOptions): Gate {
  const changes = diffReports([old], [now]);
  const number = (wanted: string): number => changes.filter(({ change }) => change === wanted).length;
  const its = ofCheck(now.verdicts);
  const counted = changes.flatMap(({ change, after }) =>
    after && (change === 'new' || change === 'worse') ? [after] : [],
  );
  return {
    ...(measured(now.verdicts) ? gateOf(counted, options) : shut(options.failOn)),
    baseline: {
      startedAt: old.startedAt,
      new: number('new'),
      worse: number('worse'),
      mended: number('mended'),
      counted: counted.map(({ fingerprint }) => fingerprint),
      changes: Object.fromEntries(
        changes.flatMap(({ change, before, after }): [string, 'new' | 'worse' | 'changed'][] => {
          if (!after) return [];
          if (change === 'new' || change === 'worse') return [[after.fingerprint, change]];
          return before && told(before) !== told(after) ? [[after.fingerprint, 'changed']] : [];
        }),
      ),
      gone: changes.flatMap(({ before, after }) => {
        if (!before || !wrong(before) || (after && wrong(after))) return [];
        const unseen = !passes(before, after, its(before));
        return [{ ...pick(before), ...(unseen && { unseen }) }];
      }),
    },
  };
}

/** The last report of the same cluster in an older run; of products side by side, the same product's. */
function olderOf(reports: readonly Report[], { cluster: { name, product } }: Report): Report | undefined {
  const named = reports.filter(({ cluster }) => cluster.name === name);
  const its = named.length > 1 ? named.filter(({ cluster }) => cluster.product === product) : named;
  return its.reduce<Report | undefined>((a, b) => (a && a.startedAt > b.startedAt ? a : b), undefined);
}

/** The whole report of one cluster; `now` decides which waivers hold. */
export function reportOf(catalogue: Catalogue, evidence: Evidence, judged: Judged, options: GateOptions): Report {
  const { cluster } = evidence;
  const verdicts = applyWaivers(judged.verdicts, cluster, new Date(evidence.startedAt));
  const nodes = cluster.nodes.map(({ name, host, connection }, i) => {
    const { reached = false, reason, notes } = evidence.nodes[name] ?? {};
    const why = [reason, ...(notes ?? [])].filter((r) => r !== undefined).join('; ');
    const line = cluster.inventory?.nodes[i];
    const { user, port, jump } = connection;
    return {
      ...{ name, host, reached },
      ...(why !== '' && { reason: why }),
      ...(line !== undefined && { line }),
      ...(bySsh(connection) && {
        ssh: {
          ...(user !== undefined && { user }),
          ...(port !== undefined && { port }),
          ...(jump !== undefined && { jump }),
        },
      }),
    };
  });
  const report: Report = {
    schema: 'ha-preflight/report/1',
    tool: evidence.tool,
    startedAt: evidence.startedAt,
    durationMs: evidence.durationMs,
    cluster: {
      name: cluster.name,
      product: judged.product ?? cluster.product ?? 'unknown',
      ...(cluster.inventory && { inventory: { file: cluster.inventory.file, line: cluster.inventory.line } }),
      nodes,
    },
    gate: gateOver(verdicts, options),
    summary: summarise(verdicts, nodes),
    verdicts,
    requirements: requirementsOf(catalogue, verdicts, judged),
  };
  const old = olderOf(options.baseline ?? [], report);
  return old ? { ...report, gate: gateSince(old, report, options) } : report;
}

/** What one run says: of one cluster its report, of several one document. */
export function joinReports(reports: readonly Report[]): Report | Reports {
  const [first] = reports;
  return first && reports.length === 1 ? first : mergeReports(reports);
}

/**
 * A run that was asked for something that fits no product of it has not measured that: its gate is not open. `words`
 * are the ids and tags of `--only` that no check of the run answers to.
 */
export function withoutFit<R extends Report | Reports>(report: R, words: readonly string[]): R {
  const { gate } = report;
  if (words.length === 0 || gate.result === 'fail' || gate.reason !== undefined) return report;
  const reason = `nothing was measured for ${words.join(', ')}: no product of this run has such a check`;
  return { ...report, gate: shut(gate.failOn, reason) };
}

/** A saved report with the summary and gate that its verdicts have, whatever its file says of them. */
export function rejudged(report: Report): Report {
  const { gate, verdicts } = report;
  const counted = gate.baseline && new Set(gate.baseline.counted);
  const counting = counted ? verdicts.filter((v) => counted.has(v.fingerprint)) : verdicts;
  const options = { failOn: gate.failOn, allowUnknown: gate.result === 'unknown' && gate.exitCode === 0 };
  const over = gateOver(verdicts, options);
  const { result, failOn, exitCode, reason } =
    measured(verdicts) && !gate.reason?.startsWith('nothing was measured for')
      ? gateOf(counting, options)
      : over.result === 'fail'
        ? over
        : shut(gate.failOn, gate.reason);
  return {
    ...report,
    gate: {
      result,
      failOn,
      exitCode,
      ...(reason !== undefined && { reason }),
      ...(gate.baseline && { baseline: gate.baseline }),
    },
    summary: summarise(verdicts, report.cluster.nodes),
  };
}

/**
 * One document, with the gate of them all: any fail, else any unknown that counts. A cluster for which no check was
 * selected (`--only` of a check of another product) counts only where that is so of all.
 */
export function mergeReports(reports: readonly Report[]): Reports {
  const order = ['fail', 'unknown', 'pass'] as const;
  const worse = (a: Gate | undefined, b: Gate): Gate =>
    a === undefined ||
    order.indexOf(b.result) < order.indexOf(a.result) ||
    (b.result === a.result && b.exitCode > a.exitCode)
      ? b
      : a;
  let [ofAll, ofAsked]: (Gate | undefined)[] = [];
  for (const { gate, verdicts } of reports) {
    ofAll = worse(ofAll, gate);
    if (verdicts.length > 0) ofAsked = worse(ofAsked, gate);
  }
  // which verdicts a baseline leaves is a matter of each cluster
  const { baseline: _, ...gate } = (ofAsked ?? ofAll)!;
  return { schema: 'ha-preflight/reports/1', reports, gate };
}
