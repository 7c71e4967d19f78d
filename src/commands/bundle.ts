/** `bundle`: everything about a run in one file, for a ticket or for somebody who has no access to the nodes. */

import { createHash } from 'node:crypto';
import { installedVersions } from '../installedVersions.js';
import { EVIDENCE, packed, REPORT } from '../load/bundle.js';
import type { Report, Reports } from '../model/report.js';
import { list } from '../relations.js';
import { allGates, gateLine, summaryLine } from '../reporters/gate.js';
import { reporters } from '../reporters/index.js';
import { safeJson } from '../reporters/json.js';
import { safe } from '../reporters/text.js';
import { settingsInForce } from '../settingsInForce.js';
import { tool } from '../version.js';
import { type AuditArgs, audited } from './audited.js';
import { type Audit, conclusions } from './concluded.js';
import type { Outcome } from './outcome.js';
import { planText } from './plan.js';
import { type ReportFile, target } from './reportFile.js';

interface BundleArgs extends AuditArgs {
  readonly output: string;
}

interface Part {
  readonly name: string;
  readonly what: string;
  readonly text: string;
}

function versionsText(audits: readonly Audit[]): string {
  return safeJson({
    tool,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    clusters: audits.map(({ plan, evidence }) => ({
      cluster: plan.cluster.name,
      plugins: plan.cluster.plugins,
      nodes: installedVersions(plan, evidence),
    })),
  });
}

function partsOf(audits: readonly Audit[], report: Report | Reports, evidence: string): Part[] {
  const shown = { color: false, width: 100, verbosity: 1 };
  const settings = audits.map(({ plan, evidence }) => settingsInForce(plan, evidence));
  const plans = audits.map(({ plan }) => planText(plan));
  return [
    {
      name: EVIDENCE,
      what: 'the answers of the nodes; ha-preflight judge reads the bundle',
      text: evidence,
    },
    { name: REPORT, what: 'the report', text: `${reporters.json!(report, shown)}\n` },
    { name: 'report.html', what: 'the same for a browser', text: `${reporters.html!(report, shown)}\n` },
    { name: 'report.txt', what: 'the same as text, with what passed', text: `${reporters.terminal!(report, shown)}\n` },
    { name: 'settings.json', what: 'the settings in force on each node', text: `${safeJson(settings)}\n` },
    { name: 'versions.json', what: 'versions of this program and of the product', text: `${versionsText(audits)}\n` },
    { name: 'plan.txt', what: 'every command that was run on a node', text: `${plans.join('\n\n')}\n` },
  ];
}

/** Read by people, and by `sha256sum -c`, for which a line with # is a comment. */
function manifest(parts: readonly Part[], audits: readonly Audit[]): string {
  const runs = audits.map(({ evidence }) => `${safe(evidence.cluster.name)}, ${evidence.startedAt}`);
  const width = Math.max(...parts.map(({ name }) => name.length));
  return [
    `# Bundle of ${tool.name} ${tool.version}: ${list(runs)}`,
    '#',
    ...parts.map(({ name, what }) => `# ${name.padEnd(width)}  ${what}`),
    '#',
    '# Not in it: keys, passwords and whatever looks like a secret; these never left the nodes, or only as a digest that is',
    '# keyed for this run. In it: names of hosts, accounts, directories and settings. Look at it before you pass it on.',
    '#',
    '# sha256sum -c MANIFEST',
    ...parts.map(({ name, text }) => `${createHash('sha256').update(text).digest('hex')}  ${name}`),
    '',
  ].join('\n');
}

/** Exit code as `check`. */
export async function bundle(args: BundleArgs): Promise<Outcome> {
  let file: ReportFile | undefined;
  const audits: Audit[] = [];
  const kept = conclusions(args, true);
  const interrupted = await audited(
    args,
    () => {
      file = target('bundle', args.output, 0o600);
      return [file];
    },
    (one) => {
      audits.push(one);
      kept.add(one);
    },
  );
  const { report, ignored } = kept.document();
  const parts = partsOf(audits, report, [...kept.evidence()].join(''));
  const files = [{ name: 'MANIFEST', text: manifest(parts, audits) }, ...parts];
  const bytes = new TextEncoder();
  const seconds = Math.floor(Date.parse(audits[0]!.evidence.startedAt) / 1000);
  const trouble = await file!.write(
    packed(
      files.map(({ name, text }) => ({ name, data: bytes.encode(text) })),
      seconds,
    ),
  );
  if (trouble !== undefined) return { note: [trouble, ...ignored].join('\n'), exitCode: 4 };
  const result =
    'reports' in report ? [allGates(report.reports, report.gate)] : [summaryLine(report), gateLine(report)];
  return {
    text: [`${args.output}: ${list(files.map(({ name }) => name))}`, ...result].join('\n'),
    ...(ignored.length > 0 && { note: ignored.join('\n') }),
    exitCode: interrupted ? 130 : report.gate.exitCode,
  };
}
