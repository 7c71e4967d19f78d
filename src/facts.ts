/** Answers to facts: the one place where failed evidence becomes "unseen", so that no check can pass by accident. Pure. */

import { installations, settings } from './collectors/found.js';
import type { Collector } from './model/collector.js';
import type { Answer, Answers, Asking, Fact, Request, Response } from './model/evidence.js';
import { NotSeen } from './model/evidence.js';
import type { Product } from './model/inventory.js';
import { type AnyCollector, type Plan, requestsOf } from './plan.js';
import type { Found } from './products/profile.js';
import type { Settings } from './products/settings.js';
import { withGrant, withoutSudoWarnings } from './remedy.js';

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 300) ?? '';

const withoutSudo = (response: Response): Response => ({
  ...response,
  stderr: withoutSudoWarnings(response.stderr),
});

/** Why an answer does not count, or undefined when it does. */
function trouble(request: Request, answer: Answer | undefined): string | undefined {
  // as where another version gathered it
  if (answer === undefined) return 'is not in the evidence: gather it again with this version';
  if ('unseen' in answer) return answer.unseen;
  if (answer.truncated) return 'the answer was longer than 1 MiB, of which only the beginning is kept';
  const { allowExit = [0] } = request;
  if (allowExit !== 'any' && !allowExit.includes(answer.exit))
    return withGrant(`ended with ${answer.exit}: ${firstLine(answer.stderr) || 'no message'}`);
  return undefined;
}

/** The value of one collector on one node. `installed` is what round 1 found there. */
function factOf(
  collector: AnyCollector,
  answers: Answers,
  asking: Asking,
  installed: Fact<Found> | undefined,
): Fact<unknown> {
  if (installed && 'unseen' in installed && typeof collector.requests === 'function') return installed;
  const value = installed && 'value' in installed ? installed.value : undefined;
  try {
    const requests = requestsOf(collector, asking, value) ?? {};
    const responses: Record<string, Response> = {};
    for (const [name, request] of Object.entries(requests)) {
      const answer = answers[`${collector.id}.${name}`];
      const why = trouble(request, answer);
      if (why !== undefined && request.optional) {
        responses[name] = { exit: -1, stdout: '', stderr: why };
        continue;
      }
      if (why !== undefined) return { unseen: `${collector.id}: ${why}` };
      responses[name] = withoutSudo(answer as Response);
    }
    return { value: collector.parse(responses, asking, value) };
  } catch (error) {
    // a bug in a parser must not end the run, nor pass
    return {
      unseen:
        error instanceof NotSeen
          ? error.message
          : `${collector.id} could not be read (a bug in the collector): ${String((error as Error | undefined)?.message ?? error)}`,
    };
  }
}

/** What was read of the answers of one node. */
interface Read {
  readonly by: Plan;
  readonly facts: Map<AnyCollector, Fact<unknown>>;
}

const read = new WeakMap<Answers, Read>();

/** What a collector says of a node by its answers, which are read once a run. */
export function factOn<T>(plan: Plan, collector: Collector<T, Found>, answers: Answers, node: string): Fact<T> {
  let known = read.get(answers);
  if (known?.by !== plan) {
    known = { by: plan, facts: new Map() };
    read.set(answers, known);
  }
  const fact = known.facts.get(collector) ?? readOf(plan, collector, answers, node);
  known.facts.set(collector, fact);
  return fact as Fact<T>;
}

function readOf(plan: Plan, collector: AnyCollector, answers: Answers, node: string): Fact<unknown> {
  const asking: Asking = { cluster: plan.cluster, node };
  if (collector === plan.discovery) return factOf(collector, answers, asking, undefined);
  const installed = foundOn(plan, answers, node);
  const full: Asking = 'value' in installed ? { ...asking, product: installed.value.product } : asking;
  return factOf(collector, answers, full, installed);
}

/** What round 1 found on a node. */
export const foundOn = (plan: Plan, answers: Answers, node: string): Fact<Found> =>
  factOn(plan, plan.discovery, answers, node);

/** What the node's configuration says. */
export const settingsOn = (plan: Plan, answers: Answers, node: string): Fact<Settings> =>
  factOn(plan, settings, answers, node);

/** Reads all that the checks will want of a node, so that nothing is left to be read when the last node has answered. */
export function readAhead(plan: Plan, node: string, answers: Answers): void {
  for (const collector of plan.collectors) factOn(plan, collector, answers, node);
}

/** Products of a node, as far as round 1 could tell. */
export function productsOn(plan: Plan, answers: Answers, node: string): Product[] {
  const { catalogue, discovery } = plan;
  const installed = foundOn(plan, answers, node);
  if ('value' in installed) return [installed.value.product];
  const profiles = [...catalogue.profiles.values()].filter(({ product }) => Object.hasOwn(discovery.requests, product));
  const said = profiles.flatMap(({ product }) => {
    const answer = answers[`${discovery.id}.${product}`];
    return answer === undefined || 'unseen' in answer ? [] : [[product, answer] as const];
  });
  try {
    return installations(profiles, Object.fromEntries(said)).map(({ product }) => product);
  } catch (error) {
    if (error instanceof NotSeen) return [];
    throw error;
  }
}
