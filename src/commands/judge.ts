/** `judge`: the half that needs no machine. */

import { conclude, planFrom } from '../audit.js';
import { identityOf } from '../fingerprint.js';
import { loadRegistry, type Registry } from '../load/checks.js';
import { loadEvidence } from '../load/evidence.js';
import type { Evidence } from '../model/evidence.js';
import { type Cluster, UsageError } from '../model/inventory.js';
import { plain } from '../plain.js';
import { joinReports, withoutFit } from '../report.js';
import type { Outcome } from './outcome.js';
import { baseline, deliver, type OutputArgs, outputs } from './output.js';
import { reserve } from './reportFile.js';
import { plansOf, pluginNames, type SelectionArgs, unfit, words } from './selection.js';
import { shard } from './shard.js';

interface JudgeArgs extends OutputArgs, SelectionArgs {
  readonly evidence: string[];
  readonly plugin?: readonly string[] | undefined;
  readonly shard?: string | undefined;
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: boolean | undefined;
  readonly baseline?: string | undefined;
}

const lastPart = (name: string): string => name.replace(/\/+$/, '').split('/').at(-1)!;

/** Plugins that the evidence names and nobody asked for here. They lay in another folder where they were gathered. */
const missing = (cluster: Cluster, given: readonly string[]): string[] =>
  cluster.plugins.filter((name) => !given.some((g) => g === name || lastPart(g) === lastPart(name)));

/** Evidence is data: what it says of checks that are not loaded is left out, with their plugins. */
function portable(cluster: Cluster, { checks }: Registry, given: readonly string[]): Cluster {
  if (missing(cluster, given).length === 0) return cluster;
  const known = new Set(checks.map((c): string => c.id));
  return {
    ...cluster,
    waivers: cluster.waivers.filter((w) => known.has(w.check)),
    params: Object.fromEntries(Object.entries(cluster.params).filter(([id]) => known.has(id))),
  };
}

/** Digests of two runs have different keys, so halves of a cluster that were asked separately cannot be compared. */
function refuseHalves(evidences: readonly Evidence[]): void {
  const names = evidences.map(({ cluster }) => identityOf(cluster));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new UsageError(
      `there is more than one evidence of cluster ${twice}: nodes that were asked in separate runs cannot be compared; gather all nodes of a cluster in one run`,
    );
}

export async function judge(args: JudgeArgs): Promise<Outcome> {
  const evidences = shard(args.evidence, args.shard).flatMap(loadEvidence);
  refuseHalves(evidences);
  reserve(args.evidence);
  const given = pluginNames(args.plugin);
  const registry = await loadRegistry(given);
  const selection = { only: words(args.only), skip: words(args.skip) };
  const plans = await plansOf(
    evidences.map(({ cluster }) => portable(cluster, registry, given)),
    args,
    async (cluster) => planFrom(registry, cluster, selection),
  );
  const old = baseline(
    args.baseline,
    evidences.map(({ cluster }) => cluster.name),
  );
  const targets = await outputs(args);
  const reports = plans.map((plan, i) =>
    conclude(
      plan,
      { ...evidences[i]!, cluster: plan.cluster },
      { ...args, allowUnknown: args.allowUnknown === true, baseline: old },
    ),
  );
  const report = withoutFit(joinReports(reports), unfit(plans, reports, args));
  const delivered = await deliver(report, args, targets);
  const notes = [...new Set(evidences.flatMap(({ cluster }) => missing(cluster, given)))].map(
    (name) =>
      `the evidence names the plugin ${plain(name)}, which was not loaded: its checks, waivers and params are left out; load it with --plugin if you trust it`,
  );
  const note = [delivered.note, ...notes].filter((n) => n !== undefined).join('\n');
  return { exitCode: report.gate.exitCode, ...delivered, ...(note !== '' && { note }) };
}
