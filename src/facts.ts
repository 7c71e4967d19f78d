/** Answers to facts: the one place where failed evidence becomes "unseen", so that no check can pass by accident. Pure. */

import { installations, settings } from './collectors/found.js';
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
export function factOf<T>(
  collector: AnyCollector,
  answers: Answers,
  asking: Asking,
  installed: Fact<Found> | undefined,
): Fact<T> {
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
    return { value: collector.parse(responses, asking, value) as T };
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

const discovered = new WeakMap<Answers, { readonly by: unknown; readonly fact: Fact<Found> }>();

/** What round 1 found on a node; of the same answers it is parsed once a run. */
export function foundOn({ discovery }: Plan, answers: Answers, asking: Asking): Fact<Found> {
  const known = discovered.get(answers);
  if (known?.by === discovery) return known.fact;
  const fact = factOf<Found>(discovery, answers, asking, undefined);
  discovered.set(answers, { by: discovery, fact });
  return fact;
}

/** Products of a node, as far as round 1 could tell. */
export function productsOn({ catalogue, discovery }: Plan, answers: Answers): Product[] {
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

/** What the node's configuration says, given what was found. */
export const settingsOn = (asking: Asking, installed: Fact<Found>): Fact<Settings> =>
  factOf<Settings>(settings, {}, asking, installed);
