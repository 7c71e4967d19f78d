/** SARIF 2.1.0, as code-scanning services read it: a cluster is a run, a check is a rule, a fail or unknown is a result. */

import type { Report, Reporter } from '../model/report.js';
import type { Severity, Verdict } from '../model/verdict.js';
import { distinct, safe, safeLines } from './text.js';

const LEVELS: Readonly<Record<Severity, string>> = { critical: 'error', warning: 'warning', info: 'note' };

/** `[text](target)` would be a link in a message, and `{0}` a placeholder. */
const inert = (text: string): string => text.replaceAll('](', '] (').replaceAll(/\{(\d+)\}/g, '{{$1}}');

const message = (lines: readonly string[]): { text: string } => ({
  // a message must not be empty
  text: inert(lines.flatMap(safeLines).join('\n')) || '-',
});

/** Everything an engineer needs who sees only the alert. */
const words = ({ message: seen, observed, expected, details = [], requirements }: Verdict): string[] => [
  seen,
  ...(observed === undefined ? [] : [`observed: ${observed}`]),
  ...(expected === undefined ? [] : [`expected: ${expected}`]),
  ...details,
  ...(requirements.length === 0 ? [] : [`required by: ${requirements.join(', ')}`]),
];

/** A check; its remedy is the one of its first verdict that has one. */
function rule(verdicts: readonly Verdict[]): object {
  const { id, title, severity } = verdicts[0]!;
  const remediation = verdicts.find((verdict) => verdict.remediation !== undefined)?.remediation ?? title;
  return {
    id: safe(id),
    shortDescription: message([title]),
    fullDescription: message([title]),
    help: message([remediation]),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['high-availability', ...distinct(verdicts.flatMap((v) => v.requirements.map(safe)))] },
  };
}

/** The inventory as a URI reference: relative where its path is, which services resolve against the repository. */
function uriOf(file: string): string {
  const path = safe(file).split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

/** Nodes as they stand in the inventory: its file and line where there is one, and always their names. */
function locations({ cluster }: Report, nodes: readonly string[]): object[] {
  const { inventory } = cluster;
  const physical = (line: number | undefined): object =>
    inventory === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri: uriOf(inventory.file), index: 0 },
            region: { startLine: line ?? inventory.line },
          },
        };
  const name = safe(cluster.name);
  if (nodes.length === 0)
    return [{ ...physical(undefined), logicalLocations: [{ name, fullyQualifiedName: name, kind: 'resource' }] }];
  return nodes.map((node) => ({
    ...physical(cluster.nodes.find((one) => one.name === node)?.line),
    logicalLocations: [{ name: safe(node), fullyQualifiedName: `${name}/${safe(node)}`, kind: 'resource' }],
  }));
}

/**
 * What became of it since the older report, where there is one. `updated` is the specification's word for a result
 * that is in both and not the same in every way.
 */
function baselineState({ gate: { baseline } }: Report, fingerprint: string): object {
  if (baseline?.changes === undefined) return {};
  const change = Object.hasOwn(baseline.changes, fingerprint) ? baseline.changes[fingerprint] : undefined;
  return { baselineState: change === undefined ? 'unchanged' : change === 'new' ? 'new' : 'updated' };
}

const prints = (fingerprint: string): object => ({ partialFingerprints: { 'haPreflight/v1': safe(fingerprint) } });

function result(verdict: Verdict, report: Report, rules: readonly string[]): object {
  const { id, status, severity, nodes, remediation, fingerprint, proof, waiver } = verdict;
  return {
    ruleId: safe(id),
    ruleIndex: rules.indexOf(id),
    // 3.27.9: `open` is a rule that was evaluated without enough to decide; 3.27.10: the level of any kind but `fail`
    // is `none`. So an unknown is no alert of a severity: the gate and the exit code are what counts it.
    ...(status === 'fail' ? { kind: 'fail', level: LEVELS[severity] } : { kind: 'open', level: 'none' }),
    message: message([...words(verdict), ...(remediation === undefined ? [] : ['fix:', remediation])]),
    locations: locations(report, nodes),
    ...prints(fingerprint),
    ...baselineState(report, fingerprint),
    ...(waiver && {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: safe(
            `${waiver.reason} (until ${waiver.until}${waiver.by === undefined ? '' : `, by ${waiver.by}`})`,
          ),
        },
      ],
    }),
    properties: { severity, proof },
  };
}

/** Results of the older report that this one no longer has. */
const absent = (report: Report): object[] =>
  (report.gate.baseline?.gone ?? []).map(({ id, severity, nodes, message: seen, fingerprint }) => ({
    ruleId: safe(id),
    kind: 'fail',
    level: LEVELS[severity],
    message: message([seen]),
    locations: locations(report, nodes),
    ...prints(fingerprint),
    baselineState: 'absent',
  }));

/** A saved report may hold a time that does not exist. */
function ended(startedAt: string, durationMs: number): string {
  const end = new Date(Date.parse(startedAt) + durationMs);
  return Number.isNaN(end.getTime()) ? startedAt : end.toISOString();
}

function run(report: Report): object {
  const { tool, cluster, startedAt, durationMs, gate, verdicts } = report;
  const ids = distinct(verdicts.map(({ id }) => id));
  const shown = verdicts.filter(({ status }) => status === 'fail' || status === 'unknown');
  return {
    tool: {
      driver: {
        name: safe(tool.name),
        version: safe(tool.version),
        rules: ids.map((id) => rule(verdicts.filter((verdict) => verdict.id === id))),
      },
    },
    automationDetails: { id: `ha-preflight/${safe(cluster.name)}/` },
    ...(cluster.inventory && { artifacts: [{ location: { uri: uriOf(cluster.inventory.file) } }] }),
    invocations: [
      {
        executionSuccessful: true,
        exitCode: gate.exitCode,
        startTimeUtc: startedAt,
        endTimeUtc: ended(startedAt, durationMs),
        toolExecutionNotifications: cluster.nodes
          .filter(({ reached }) => !reached)
          .map((node) => ({
            level: 'warning',
            message: message([`${node.name} was not reached: ${node.reason ?? 'no reason given'}`]),
            locations: locations(report, [node.name]),
          })),
      },
    ],
    results: [...shown.map((verdict) => result(verdict, report, ids)), ...absent(report)],
    properties: { product: safe(cluster.product), gate: gate.result },
  };
}

export const sarif: Reporter = (report) =>
  JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: ('reports' in report ? report.reports : [report]).map(run),
    },
    null,
    2,
  );
