/** SARIF 2.1.0, as code-scanning services read it: a cluster is a run, a check is a rule, a fail or unknown is a result. */

import type { Report, Reporter, ReporterOptions } from '../model/report.js';
import type { Severity, Verdict } from '../model/verdict.js';
import { runsOf } from './sarifRuns.js';
import { count, distinct, safe, safeLines } from './text.js';

/** GitHub refuses a rule or result with more of these. */
const MOST_TAGS = 20;
const MOST_LOCATIONS = 1000;

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

/** A check; what cannot be explained, such as a plugin's, has the remedy of its first verdict that has one. */
function rule(verdicts: readonly Verdict[], explain: ReporterOptions['explain']): object {
  const { id, title, severity } = verdicts[0]!;
  const { text, address } = explain?.(id) ?? {};
  const help = text ?? verdicts.find((verdict) => verdict.remediation !== undefined)?.remediation ?? title;
  return {
    id: safe(id),
    shortDescription: message([title]),
    fullDescription: message([title]),
    help: message([help]),
    ...(address !== undefined && { helpUri: address }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ['high-availability', ...distinct(verdicts.flatMap((v) => v.requirements.map(safe)))].slice(0, MOST_TAGS),
    },
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
            artifactLocation: { uri: uriOf(inventory.file) },
            region: { startLine: line ?? inventory.line },
          },
        };
  const name = safe(cluster.name);
  if (nodes.length === 0)
    return [{ ...physical(undefined), logicalLocations: [{ name, fullyQualifiedName: name, kind: 'resource' }] }];
  return nodes.slice(0, MOST_LOCATIONS).map((node) => ({
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

/**
 * GitHub tells two alerts of a rule and file apart by `primaryLocationLineHash` alone, and makes it of the text of the
 * line where it is absent: two findings about one node would be one alert. Its form is `HEX:N`.
 */
function prints(fingerprint: string): object {
  const [hex = '', n = '1'] = fingerprint.split('-');
  const own = /^[0-9a-f]+$/.test(hex) && /^\d+$/.test(n) ? `${hex}:${n}` : safe(fingerprint);
  return { partialFingerprints: { 'haPreflight/v1': safe(fingerprint), primaryLocationLineHash: own } };
}

function result(verdict: Verdict, report: Report, rules: readonly string[]): object {
  const { id, status, severity, nodes, remediation, fingerprint, proof, waiver, subject } = verdict;
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
    properties: { severity, proof, ...(subject !== undefined && { subject: safe(subject) }) },
  };
}

/** Results of the older report only. A service would close the alert of what was not checked, so that stays, as open. */
const absent = (report: Report): object[] =>
  (report.gate.baseline?.gone ?? []).map(({ id, severity, nodes, message: seen, fingerprint, unseen }) => ({
    ruleId: safe(id),
    ...(unseen ? { kind: 'open', level: 'none' } : { kind: 'fail', level: LEVELS[severity] }),
    message: message(unseen ? ['not checked this time; before:', seen] : [seen]),
    locations: locations(report, nodes),
    ...prints(fingerprint),
    baselineState: unseen ? 'updated' : 'absent',
  }));

/** A saved report may hold a time that does not exist. */
function ended(startedAt: string, durationMs: number): string {
  const end = new Date(Date.parse(startedAt) + durationMs);
  return Number.isNaN(end.getTime()) ? startedAt : end.toISOString();
}

/** What could not be looked at: no alert says it, because no line of a file is wrong. */
function notifications(report: Report): object[] {
  const { cluster, gate, summary } = report;
  const unreached = cluster.nodes.filter(({ reached }) => !reached);
  return [
    ...(gate.reason === undefined
      ? []
      : [
          {
            level: 'error',
            message: message([gate.reason]),
            locations: locations(report, []),
          },
        ]),
    ...(summary.unreached
      ? [
          {
            level: 'warning',
            message: message([`${count(summary.unreached, 'node')} not judged`]),
            locations: locations(report, []),
          },
        ]
      : []),
    ...unreached.map((node) => ({
      level: 'warning',
      message: message([`${node.name} was not reached: ${node.reason ?? 'no reason given'}`]),
      locations: locations(report, [node.name]),
    })),
  ];
}

function invocation(report: Report): object {
  const { startedAt, durationMs, gate } = report;
  return {
    executionSuccessful: true,
    exitCode: gate.exitCode,
    ...(gate.reason !== undefined && { exitCodeDescription: safe(gate.reason) }),
    startTimeUtc: startedAt,
    endTimeUtc: ended(startedAt, durationMs),
    toolExecutionNotifications: notifications(report),
  };
}

/** Verdicts that are results. */
const told = ({ verdicts }: Report): Verdict[] =>
  verdicts.filter(({ status }) => status === 'fail' || status === 'unknown');

/** One cluster, or several where there are more than a file may have runs. */
function run(reports: readonly Report[], explain: ReporterOptions['explain'], category?: string): object {
  const [first] = reports as [Report];
  const all = reports.flatMap(({ verdicts }) => verdicts);
  const ids = distinct(all.map(({ id }) => id));
  const files = distinct(reports.flatMap(({ cluster }) => cluster.inventory?.file ?? []));
  const properties = ({ cluster, gate, summary }: Report): object => ({
    product: safe(cluster.product),
    gate: gate.result,
    nodesNotJudged: summary.unreached ?? 0,
  });
  return {
    tool: {
      driver: {
        name: safe(first.tool.name),
        version: safe(first.tool.version),
        rules: ids.map((id) =>
          rule(
            all.filter((verdict) => verdict.id === id),
            explain,
          ),
        ),
      },
    },
    automationDetails: { id: `ha-preflight/${category === undefined ? '' : `${category}/`}` },
    // without findings nothing else names the inventory
    ...(files.length > 0 && {
      artifacts: files.map((file) => ({ location: { uri: uriOf(file) }, roles: ['analysisTarget'] })),
    }),
    invocations: reports.map(invocation),
    results: reports.flatMap((report) => [
      ...told(report).map((verdict) => result(verdict, report, ids)),
      ...absent(report),
    ]),
    properties:
      reports.length === 1
        ? properties(first)
        : { clusters: reports.map((report) => ({ name: safe(report.cluster.name), ...properties(report) })) },
  };
}

export const sarif: Reporter = (report, { explain }) => {
  const reports = 'reports' in report ? report.reports : [report];
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: runsOf(reports, (one) => told(one).length + absent(one).length).map(({ reports: some, category }) =>
        run(some, explain, category),
      ),
    },
    null,
    2,
  );
};
