/** `judge`: the half that needs no machine. */

import { conclude, planFrom } from '../audit.js';
import { identityOf } from '../fingerprint.js';
import { loadRegistry, type Registry } from '../load/checks.js';
import { evidencesIn, loadEvidence } from '../load/evidence.js';
import type { Evidence } from '../model/evidence.js';
import { type Cluster, UsageError } from '../model/inventory.js';
import { plain } from '../plain.js';
import { conclusions } from './concluded.js';
import type { Outcome } from './outcome.js';
import { baseline, deliver, type OutputArgs, outputs } from './output.js';
import { reserve } from './reportFile.js';
import { plansOf, pluginNames, type SelectionArgs, words } from './selection.js';
import { shard } from './shard.js';
import { shelf } from './shelf.js';
import { twice } from './twice.js';

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
function refuseHalves(clusters: readonly Cluster[]): void {
  const [half] = twice(clusters) ?? [];
  if (half)
    throw new UsageError(
      `there is more than one evidence of cluster ${identityOf(half)}: nodes that were asked in separate runs cannot be compared; gather all nodes of a cluster in one run`,
    );
}

export async function judge(args: JudgeArgs): Promise<Outcome> {
  const evidences = shelf<Evidence>((value) => evidencesIn(value, 'evidence')[0]!);
  for (const file of shard(args.evidence, args.shard)) for (const one of loadEvidence(file)) evidences.add(one);
  const clusters = evidences.all.map(({ cluster }) => cluster);
  refuseHalves(clusters);
  reserve(args.evidence);
  const given = pluginNames(args.plugin);
  const registry = await loadRegistry(given);
  const selection = { only: words(args.only), skip: words(args.skip) };
  const plans = await plansOf(
    clusters.map((cluster) => portable(cluster, registry, given)),
    args,
    async (cluster) => planFrom(registry, cluster, selection),
  );
  const old = baseline(
    args.baseline,
    clusters.map(({ name }) => name),
  );
  const targets = await outputs(args);
  const kept = conclusions(args, false);
  for (const [i, plan] of plans.entries()) {
    const evidence = { ...evidences.all[i]!, cluster: plan.cluster };
    const gate = { ...args, allowUnknown: args.allowUnknown === true, baseline: old };
    kept.add({ plan, evidence, report: conclude(plan, evidence, gate) });
  }
  const { report } = kept.document();
  const delivered = await deliver(report, args, targets);
  const notes = [...new Set(clusters.flatMap((cluster) => missing(cluster, given)))].map(
    (name) =>
      `the evidence names the plugin ${plain(name)}, which was not loaded: its checks, waivers and params are left out; load it with --plugin if you trust it`,
  );
  const note = [delivered.note, ...notes].filter((n) => n !== undefined).join('\n');
  return { exitCode: report.gate.exitCode, ...delivered, ...(note !== '' && { note }) };
}
