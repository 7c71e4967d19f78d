/**
 * OpenMetrics 1.0, as the textfile collector of node_exporter reads it. The collector knows the older text format
 * of Prometheus: there are only gauges, and no sample has a timestamp.
 */

import type { Report, Reporter } from '../model/report.js';
import type { Severity, Status, Verdict } from '../model/verdict.js';
import { unreachedOf } from './gate.js';
import { clip, distinct, groupBy, safe } from './text.js';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly Sample[];
}

const VALUE = 300;

/** `safe` leaves no line break; a backslash or quote would end the value early. */
const label = (text: string): string => clip(safe(text), VALUE).replaceAll(/[\\"]/g, (char) => `\\${char}`);

/** Code units, so that the order does not depend on the language of the machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const written = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${label(value)}"`)
    .join(',')}}`;

/** The lines of one family. Labels that are the same once they are cut make one sample, the highest. */
function lines({ name, help, unit, samples }: Family): string[] {
  const unique = new Map<string, number>();
  for (const { labels, value } of samples) {
    const key = written(labels);
    unique.set(key, Math.max(value, unique.get(key) ?? value));
  }
  const sorted = [...unique].sort(([a], [b]) => compare(a, b));
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    ...sorted.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}

/** Worst first. */
const WORST: readonly (Status | 'waived')[] = ['fail', 'unknown', 'waived', 'pass', 'skip'];
const statusOf = ({ status, waiver }: Verdict): Status | 'waived' =>
  status === 'fail' && waiver !== undefined ? 'waived' : status;

interface Row {
  readonly labels: Readonly<Record<'cluster' | 'product' | 'check' | 'node' | 'severity', string>> & {
    readonly severity: Severity;
  };
  readonly status: Status | 'waived';
}

/** Per check, node and severity one sample, which has the worst status of all subjects of the check. */
function verdicts(reports: readonly Report[]): Sample[] {
  const rows = reports.flatMap(({ cluster, verdicts: all }) =>
    all.flatMap((verdict) =>
      (verdict.nodes.length === 0 ? [''] : verdict.nodes).map(
        (node): Row => ({
          labels: {
            cluster: cluster.name,
            product: cluster.product,
            check: verdict.id,
            node,
            severity: verdict.severity,
          },
          status: statusOf(verdict),
        }),
      ),
    ),
  );
  return groupBy(rows, ({ labels }) => written(labels)).map((group) => {
    const status = WORST.find((wanted) => group.some((row) => row.status === wanted))!;
    return { labels: { ...group[0]!.labels, status }, value: 1 };
  });
}

/** As the gate of several clusters: a fail is worse than an unknown. */
const GATES: readonly Report['gate']['result'][] = ['fail', 'unknown', 'pass'];

/** What is said of a run; of several of one cluster and product, of the one with the worst gate. */
type Run = Pick<Report, 'gate' | 'startedAt' | 'durationMs'> & {
  readonly cluster: string;
  readonly product: string;
  readonly unreached: number;
};
const worstOf = (reports: readonly Report[]): Run[] => {
  const runs = reports.map((report): Run => {
    const { gate, startedAt, durationMs, cluster } = report;
    return {
      gate,
      startedAt,
      durationMs,
      cluster: cluster.name,
      product: cluster.product,
      unreached: unreachedOf(report),
    };
  });
  return groupBy(runs, ({ cluster, product }) => written({ cluster, product })).map((group) =>
    group.reduce((a, b) => (GATES.indexOf(b.gate.result) < GATES.indexOf(a.gate.result) ? b : a)),
  );
};

export const openmetrics: Reporter = (report) => {
  const reports = 'reports' in report ? report.reports : [report];
  const runs = worstOf(reports);
  const each = (value: (one: Run) => number, labels: (one: Run) => Labels = () => ({})): Sample[] =>
    runs.map((one) => ({
      labels: { cluster: one.cluster, product: one.product, ...labels(one) },
      value: value(one),
    }));
  const families: Family[] = [
    {
      name: 'ha_preflight_verdict',
      help: 'Always 1: the worst status of a check on a node (fail, unknown, waived, pass or skip).',
      samples: verdicts(reports),
    },
    {
      name: 'ha_preflight_gate',
      help: 'Always 1: the result of the gate (fail, unknown or pass), and the reason when nothing was measured.',
      samples: each(
        () => 1,
        ({ gate }) => ({ result: gate.result, reason: gate.reason ?? '' }),
      ),
    },
    {
      name: 'ha_preflight_gate_exit_code',
      help: 'Exit code of the gate: 0 passed, 1 failed, 3 unknown.',
      samples: each(({ gate }) => gate.exitCode),
    },
    {
      name: 'ha_preflight_run_exit_code',
      help: 'Exit code of the gate of the whole run: 0 passed, 1 failed, 3 unknown.',
      samples: [
        {
          labels: { clusters: distinct(runs.map(({ cluster }) => cluster)).join(',') },
          value: report.gate.exitCode,
        },
      ],
    },
    {
      name: 'ha_preflight_unreached_nodes',
      help: 'Number of nodes that were not reached and not judged.',
      samples: each(({ unreached }) => unreached),
    },
    {
      name: 'ha_preflight_last_run_timestamp_seconds',
      help: 'When the run began, in seconds since 1970.',
      unit: 'seconds',
      samples: each(({ startedAt }) => (Date.parse(startedAt) || 0) / 1000),
    },
    {
      name: 'ha_preflight_duration_seconds',
      help: 'How long it took to ask the nodes.',
      unit: 'seconds',
      samples: each(({ durationMs }) => durationMs / 1000),
    },
  ];
  return [...families.flatMap(lines), '# EOF'].join('\n');
};
