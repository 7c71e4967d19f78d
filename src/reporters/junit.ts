/** JUnit XML, as CI servers read it: a cluster is a suite, a verdict is a test case. */

import type { Report, Reporter } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { clip, safe, safeLines } from './text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text without markup. Characters that XML 1.0 does not allow are escaped by `safe`. */
const xml = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(safe(String(value)))}"`)
    .join('');

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Everything an engineer needs who sees only the CI server. */
function body({ message, observed, expected, details = [], remediation, requirements }: Verdict): string {
  const lines = [
    message,
    ...(observed === undefined ? [] : [`observed: ${observed}`]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...details.map((detail) => `  ${detail}`),
    ...(requirements.length === 0 ? [] : [`required by: ${requirements.join(', ')}`]),
    ...(remediation === undefined ? [] : ['fix:', ...safeLines(remediation).map((line) => `  ${line}`)]),
  ];
  // the text of a node never begins a line: there it could look like a line of this program, or like a formula
  const shown = lines.flatMap((line) => line.split(/\r\n|[\r\n]/).map((part, i) => (i === 0 ? '' : '  ') + safe(part)));
  return xml(shown.join('\n'));
}

interface Outcome {
  readonly kind: 'failure' | 'error' | 'skipped' | undefined;
  /** Why it is skipped. */
  readonly because?: string;
}

/**
 * What a verdict is to a CI server. Jenkins and GitLab both turn red for a failure as for an error, so these are only
 * requirements that are not met, and what the gate could not judge. Every other problem is a
 * skipped test that says why: waived, known to the baseline, advice, unknown without weight.
 */
function outcome({ status, waiver, severity, message, fingerprint }: Verdict, { gate }: Report): Outcome {
  const skipped = (because: string): Outcome => ({ kind: 'skipped', because });
  if (status === 'pass') return { kind: undefined };
  if (status === 'skip') return skipped(message);
  if (waiver) return skipped(`waived until ${waiver.until}: ${waiver.reason}`);
  if (gate.baseline && !gate.baseline.counted.includes(fingerprint))
    return skipped(
      `${status === 'fail' ? 'known' : 'unknown'} since ${gate.baseline.startedAt.slice(0, 10)}: ${message}`,
    );
  if (status === 'fail') return severity === 'info' ? skipped(`advice: ${message}`) : { kind: 'failure' };
  const counts = severity === 'critical' && !(gate.result === 'unknown' && gate.exitCode === 0);
  return counts ? { kind: 'error' } : skipped(`unknown: ${message}`);
}

function child(verdict: Verdict, report: Report): string {
  const { severity, message } = verdict;
  const { kind, because = '' } = outcome(verdict, report);
  if (kind === 'failure') return `<failure${attributes({ type: severity, message })}>${body(verdict)}</failure>`;
  if (kind === 'error') return `<error${attributes({ type: 'unknown', message })}>${body(verdict)}</error>`;
  return kind === 'skipped' ? `<skipped${attributes({ message: because })}/>` : '';
}

const LONGEST_NAME = 200;

/** Of verdicts with one name the first of these is the one whose history counts. */
const ORDER: readonly Verdict['status'][] = ['fail', 'unknown', 'pass', 'skip'];

/**
 * Names that CI servers can follow from run to run: the check, and what it is about. Neither the nodes that deviate
 * today, nor the status, nor how much else the check says is part of it; the fingerprint tells apart what is still the same.
 */
function names(verdicts: readonly Verdict[]): string[] {
  const plain = verdicts.map(({ id, subject }) => clip(subject === undefined ? id : `${id}: ${subject}`, LONGEST_NAME));
  const first = new Map<string, Verdict>();
  verdicts.forEach((verdict, i) => {
    const other = first.get(plain[i]!);
    if (!other || ORDER.indexOf(verdict.status) < ORDER.indexOf(other.status)) first.set(plain[i]!, verdict);
  });
  return verdicts.map((v, i) => (first.get(plain[i]!) === v ? plain[i]! : `${plain[i]} ${v.fingerprint}`));
}

/** The gate as a test case, where no check passed or failed. */
const nothing = (cluster: string, reason: string): string =>
  `<testcase${attributes({ classname: `ha-preflight.${cluster}`, name: 'gate', time: seconds(0) })}><error${attributes({ message: reason, type: 'unknown' })}>${xml(safe(reason))}</error></testcase>`;

/** Names of the suites. Viewers make one of two suites that are called the same, and lose cases. */
function suiteNames(reports: readonly Report[]): string[] {
  const used = new Map<string, number>();
  return reports.map(({ cluster: { name } }) => {
    const n = (used.get(name) ?? 0) + 1;
    used.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}

/** `counts`: whether its gate is part of that of the run, which a cluster without a selected check is not. */
function suite(
  report: Report,
  suiteName: string,
  counts: boolean,
): { readonly text: string; readonly totals: Readonly<Record<string, number>> } {
  const { cluster, verdicts, durationMs, startedAt, gate, tool } = report;
  const all = names(verdicts);
  const cases = verdicts.map((verdict, i) => {
    const inside = child(verdict, report);
    const head = `    <testcase${attributes({ classname: `ha-preflight.${suiteName}`, name: all[i]!, time: seconds(0) })}`;
    return inside === '' ? `${head}/>` : `${head}>\n      ${inside}\n    </testcase>`;
  });
  const having = (wanted: Outcome['kind']): number =>
    verdicts.filter((verdict) => outcome(verdict, report).kind === wanted).length;
  // a suite without a red case would be green to a CI server
  const empty = gate.reason === undefined || !counts ? [] : [`    ${nothing(suiteName, gate.reason)}`];
  const totals = {
    tests: verdicts.length + empty.length,
    failures: having('failure'),
    errors: having('error') + empty.length,
    skipped: having('skipped'),
  };
  const properties = {
    product: cluster.product,
    gate: gate.result,
    ...(gate.reason !== undefined && { reason: gate.reason }),
    nodesNotJudged: report.summary.unreached ?? 0,
    exitCode: gate.exitCode,
    tool: `${tool.name} ${tool.version}`,
  };
  const unreached = cluster.nodes
    .filter(({ reached }) => !reached)
    .map(({ name, reason }): [string, string] => [`unreached.${name}`, reason ?? '']);
  const head = attributes({
    name: suiteName,
    ...totals,
    time: seconds(durationMs),
    timestamp: startedAt.slice(0, 19),
  });
  const lines = [
    `  <testsuite${head}>`,
    '    <properties>',
    ...[...Object.entries(properties), ...unreached].map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...cases,
    ...empty,
    '  </testsuite>',
  ];
  return { text: lines.join('\n'), totals };
}

export const junit: Reporter = (report) => {
  const reports = 'reports' in report ? report.reports : [report];
  const asked = reports.some(({ verdicts }) => verdicts.length > 0);
  const called = suiteNames(reports);
  const suites = reports.map((one, i) => suite(one, called[i]!, one.verdicts.length > 0 || !asked));
  const sum = (name: string): number => suites.reduce((total, { totals }) => total + totals[name]!, 0);
  const time = seconds(reports.reduce((total, { durationMs }) => total + durationMs, 0));
  const totals = {
    tests: sum('tests'),
    failures: sum('failures'),
    errors: sum('errors'),
    // no skipped: it is an attribute of a suite only
    time,
  };
  const head = `<testsuites${attributes({ name: 'ha-preflight', ...totals })}>`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites.map(({ text }) => text), '</testsuites>'].join(
    '\n',
  );
};
