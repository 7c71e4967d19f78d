/** `relay`: the audit where another program reaches the nodes; one step at a time, each from what lies in a folder. */

import { createHash, randomBytes } from 'node:crypto';
import { conclude, sideBySide } from '../audit.js';
import { reachOf } from '../gather/services/reach.js';
import { askServices } from '../gather/services/round.js';
import { readBytes } from '../load/read.js';
import { checkSecrets } from '../load/secrets.js';
import type { Answers, Evidence } from '../model/evidence.js';
import { type Product, UsageError } from '../model/inventory.js';
import type { Plan } from '../plan.js';
import { cleanUp, refuseLeftovers, refuseUnfit } from '../relay/folder.js';
import { evidenceOf, questions, relayedCluster } from '../relay/rounds.js';
import { loadState, of, type State } from '../relay/state.js';
import { ask, complaints, nextStep, type Taken, takeAnswers } from '../relay/steps.js';
import { tool, version } from '../version.js';
import { type ConcludedArgs, concluded, conclusions } from './concluded.js';
import { gathering } from './gathering.js';
import type { Outcome } from './outcome.js';
import { baseline, clusters, outputs } from './output.js';
import { type ReportFile, target } from './reportFile.js';
import { plansOf, words } from './selection.js';

interface Given extends ConcludedArgs {
  readonly inventory?: string | undefined;
  readonly nodes?: string | undefined;
  readonly product?: Product | undefined;
  readonly sudo?: boolean | undefined;
  readonly dir?: string | undefined;
  readonly incomplete?: boolean | undefined;
  readonly timeout: number;
}
type RelayArgs = Given & { readonly dir: string };

const MAX_BYTES = 64_000_000;
const digest = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** What every step must be asked for alike. */
const askedFor = ({ inventory = 'ha-preflight.yml', nodes, product, sudo, only, skip }: RelayArgs): State['asked'] => ({
  inventory:
    nodes === undefined
      ? digest(readBytes(inventory, MAX_BYTES, inventory))
      : digest(JSON.stringify([nodes, product ?? '', sudo === true])),
  selection: digest(JSON.stringify([words(only), words(skip)])),
});

function refuseChanges(state: State, asked: State['asked'], dir: string): void {
  const changed =
    state.asked.inventory !== asked.inventory
      ? 'the inventory changed'
      : state.asked.selection !== asked.selection
        ? '--only and --skip changed'
        : undefined;
  if (changed !== undefined)
    throw new UsageError(`${changed} since this relay began (${state.startedAt}): remove ${dir} and begin again`);
}

/** All errors in the arguments are found before anything is written or asked; then the one step that can be done now. */
export async function relay(given: Given): Promise<Outcome> {
  const { inventory, dir } = given;
  if (!dir) throw new UsageError('relay needs a folder for its scripts and their answers: --dir DIR');
  const args = { ...given, dir };
  if (!(args.timeout > 0)) throw new UsageError('--timeout must be a positive number');
  const asked = askedFor(args);
  refuseUnfit(dir);
  const state = loadState(dir, version);
  if (state) refuseChanges(state, asked, dir);
  else refuseLeftovers(dir);
  const [cluster] = state
    ? [state.cluster]
    : clusters({ ...args, inventory: inventory === undefined ? undefined : [inventory] }).map(relayedCluster);
  const [plan] = await plansOf([cluster!], args);
  // the database is asked only through connections to the nodes
  checkSecrets([{ ...cluster!, database: {} }]);
  const old = baseline(args.baseline, [cluster!.name]);
  const targets = await outputs(args);
  const saved = args.saveEvidence === undefined ? undefined : target('evidence', args.saveEvidence, 0o600);
  const opened = [...targets, ...(saved ? [saved] : [])];
  try {
    const step = state ? advance(args, plan!, state) : begin(args, plan!, asked);
    if ('round' in step) {
      for (const file of opened) file.abandon();
      const line = nextStep(dir, step.round, step.nodes);
      // what reads a format gets nothing until there is a report
      return args.format === 'terminal' ? { text: line } : { note: line };
    }
    return await report(args, step, { targets, saved }, old);
  } catch (error) {
    for (const file of opened) file.abandon();
    throw error;
  }
}

interface Waiting {
  readonly round: 1 | 2;
  readonly nodes: readonly string[];
}
interface Complete {
  readonly plans: readonly Plan[];
  readonly evidences: readonly Evidence[];
}

const timeoutMs = ({ timeout }: RelayArgs): number => Math.min(timeout, 100_000) * 1000;

function begin(args: RelayArgs, plan: Plan, asked: State['asked']): Waiting {
  const nodes = plan.cluster.nodes.map(({ name }) => name);
  ask(args.dir, 1, plan, [plan], timeoutMs(args), {
    version,
    startedAt: new Date().toISOString(),
    asked,
    nonce: randomBytes(32).toString('hex'),
    before: {},
    answers: {},
    lost: {},
  });
  return { round: 1, nodes };
}

/** Nodes that are left out from now on. UsageError where the operator did not allow it, or none would be left. */
function lostIn({ dir, incomplete }: RelayArgs, round: 1 | 2, taken: Taken): Record<string, string> {
  const wrong = complaints(dir, round, taken);
  const none = Object.keys(taken.answers).length === 0;
  if (wrong.length > 0 && (!incomplete || none))
    throw new UsageError([...wrong, ...(none ? [] : ['give --incomplete to go on without them'])].join('\n'));
  return Object.fromEntries([
    ...taken.missing.map((node) => [node, 'no answer was relayed'] as const),
    ...Object.entries(taken.unusable).map(([node, why]) => [node, `the answer ${why}`] as const),
  ]);
}

/** Plans by the products that the nodes have, by their answers of round 1. */
function plansAfter(plan: Plan, answers: Readonly<Record<string, Answers>>): readonly Plan[] {
  const several = sideBySide(plan, answers);
  return several.length > 0 ? several : [plan];
}

function advance(args: RelayArgs, plan: Plan, state: State): Waiting | Complete {
  const { dir } = args;
  const plans = state.round === 1 ? [plan] : plansAfter(plan, state.answers);
  const taken = takeAnswers(dir, state, (node) => {
    const requests = questions(plans, node, state.round, of(state.answers, node) ?? {});
    if (Object.keys(requests).join('\n') !== of(state.scripts, node)!.keys.join('\n'))
      throw new UsageError(
        `the questions to ${node} changed since the scripts were written, as when a plugin changed: remove ${dir} and begin again`,
      );
    return requests;
  });
  const lost = { ...state.lost, ...lostIn(args, state.round, taken) };
  if (state.round === 2) {
    const relayed = { ...state, tool, first: state.answers, second: taken.answers, readMs: taken.readMs, lost };
    return { plans, evidences: plans.map((one, i) => evidenceOf(one, i, relayed)) };
  }
  const before = Object.fromEntries(Object.entries(state.scripts).map(([node, { id }]) => [id, node]));
  ask(dir, 2, plan, plansAfter(plan, taken.answers), timeoutMs(args), {
    ...state,
    before,
    lost,
    answers: taken.answers,
  });
  return { round: 2, nodes: Object.keys(taken.answers) };
}

/** Services that can be asked from here, then what `check` does; what held the key of the run is removed once the report is out. */
async function report(
  args: RelayArgs,
  { plans, evidences }: Complete,
  files: { readonly targets: readonly ReportFile[]; readonly saved: ReportFile | undefined },
  old: ReturnType<typeof baseline>,
): Promise<Outcome> {
  const all = evidences.flatMap(({ nodes }) => Object.entries(nodes));
  const run = gathering({ ...args, concurrency: 1 }, all.length);
  const gate = { failOn: args.failOn, allowUnknown: args.allowUnknown === true, baseline: old };
  const kept = conclusions(args, args.saveEvidence !== undefined);
  try {
    for (const [i, plan] of plans.entries()) {
      const nodes = Object.entries(evidences[i]!.nodes);
      for (const [name] of nodes) run.onProgress?.(name, 'waiting');
      for (const [name, { reason }] of nodes) run.onProgress?.(name, reason === undefined ? 'done' : 'failed', reason);
      const context = {
        cluster: plan.cluster,
        secret: run.secret,
        reach: reachOf([], run),
        relayed: true as const,
        ...(run.signal && { signal: run.signal }),
      };
      const services = await askServices(plan, nodes, context, run);
      const evidence = { ...evidences[i]!, services, ...(run.signal?.aborted && { interrupted: true }) };
      kept.add({ plan, evidence, report: conclude(plan, evidence, gate) });
    }
  } finally {
    run.end();
  }
  const outcome = await concluded(kept, args, { ...files, interrupted: run.interrupted() });
  // to be done once more
  if (run.interrupted() || outcome.exitCode === 4) return outcome;
  const left = cleanUp(args.dir);
  const note = [outcome.note, left].filter((n) => n !== undefined).join('\n');
  return { ...outcome, ...(note !== '' && { note }) };
}
