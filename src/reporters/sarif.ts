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

function result(verdict: Verdict, cluster: string, rules: readonly string[]): object {
  const { id, status, severity, nodes, remediation, fingerprint, proof, waiver } = verdict;
  const where =
    nodes.length === 0
      ? [{ name: cluster, kind: 'resource' }]
      : nodes.map((node) => ({ name: safe(node), fullyQualifiedName: `${cluster}/${safe(node)}`, kind: 'resource' }));
  return {
    ruleId: safe(id),
    ruleIndex: rules.indexOf(id),
    // a level beside `review` is for services that know only levels: what was not seen must not go unseen there
    ...(status === 'fail' ? { kind: 'fail', level: LEVELS[severity] } : { kind: 'review', level: 'warning' }),
    message: message([...words(verdict), ...(remediation === undefined ? [] : ['mend:', remediation])]),
    locations: where.map((location) => ({ logicalLocations: [location] })),
    partialFingerprints: { 'haPreflight/v1': safe(fingerprint) },
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

function run({ tool, cluster, startedAt, durationMs, gate, verdicts }: Report): object {
  const name = safe(cluster.name);
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
    automationDetails: { id: `ha-preflight/${name}/` },
    invocations: [
      {
        executionSuccessful: true,
        exitCode: gate.exitCode,
        startTimeUtc: startedAt,
        endTimeUtc: new Date(Date.parse(startedAt) + durationMs).toISOString(),
        toolExecutionNotifications: cluster.nodes
          .filter(({ reached }) => !reached)
          .map((node) => ({
            level: 'warning',
            message: message([`${node.name} was not reached: ${node.reason ?? 'no reason given'}`]),
          })),
      },
    ],
    results: shown.map((verdict) => result(verdict, name, ids)),
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
