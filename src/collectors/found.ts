/**
 * Round 1: which product is on the node, where its configuration is and what it says. Everything asked in round 2
 * (paths, keys, accounts) follows from this, so the inventory need not repeat what the nodes know.
 */

import { type Collector, defineCollector } from '../model/collector.js';
import { NotSeen, type Response } from '../model/evidence.js';
import type { Installed } from '../products/installed.js';
import { type Found, type Profile, settingsOf } from '../products/profile.js';
import type { Settings } from '../products/settings.js';
import { answerOf } from './foundAnswer.js';
import { installedBefore } from './foundBefore.js';
import { environmentFrom } from './foundEnvironment.js';
import { filesInForce, NoConfiguration } from './foundFiles.js';
import { foundRequest } from './foundScript.js';

/** What one product's answer says; undefined when the product is not there. */
function installedFrom(profile: Profile, stdout: string): Installed | undefined {
  if (!/^=format 2$/m.test(stdout)) return installedBefore(profile, stdout);
  const answer = answerOf(stdout);
  if (!answer) return undefined;
  const service = environmentFrom(profile, answer);
  return filesInForce(profile, answer, {
    product: profile.product,
    running: answer.running,
    ...(answer.hidden && { hidden: true }),
    ...(answer.refused && { refused: answer.refused }),
    ...service,
  });
}

const withConfiguration = ({ profile, tree }: Found): boolean => tree.some((e) => e.path === profile.required[0]);

/**
 * The products of a node. Where one has a configuration, what an old installation or a process of that name left of
 * another is none.
 */
export function installations(profiles: readonly Profile[], answers: Readonly<Record<string, Response>>): Found[] {
  const left: NoConfiguration[] = [];
  const here = profiles.flatMap((profile): Found[] => {
    try {
      const installed = installedFrom(profile, answers[profile.product]?.stdout ?? '');
      return installed ? [{ ...installed, profile }] : [];
    } catch (error) {
      if (!(error instanceof NoConfiguration)) throw error;
      left.push(error);
      return [];
    }
  });
  const configured = here.filter(withConfiguration);
  if (configured.length > 0) return configured;
  if (left[0]) throw left[0];
  return here;
}

/** The installation of one of these products on a node. NotSeen: none is there, or more than one. */
export const discovery = (profiles: readonly Profile[]): Collector<Found> => ({
  id: 'found',
  requests: Object.fromEntries(profiles.map((p) => [p.product, foundRequest(p)])),
  parse(answers) {
    const here = installations(profiles, answers);
    const [one, other] = here;
    const stuck = Object.values(answers).flatMap((a) => /^=stuck (.*)$/m.exec(a.stdout)?.[1] ?? []);
    if (!one && stuck.length > 0) throw new NotSeen(`the product could not be detected: ${stuck[0]} does not answer`);
    if (!one) {
      const lookedFor = profiles.flatMap((p) => p.traces.slice(0, profiles.length === 1 ? 3 : 1));
      throw new NotSeen(
        `${profiles.map((p) => p.title).join(', ')} not found on the node: none of ${lookedFor.join(', ')} exists`,
      );
    }
    if (other)
      throw new NotSeen(
        `the node has several products (${here.map((h) => h.product).join(', ')}): set product: in the inventory`,
      );
    return one;
  },
});

/** What `discovery` found, for the needs of checks: round 1 has asked already. */
export const found = defineCollector<Found>({
  id: 'found',
  requests: {},
  parse() {
    throw new NotSeen('the product was not looked for');
  },
});

/** What its configuration says, as a separate fact: what does not depend on it can be seen without the right to read it. */
export const settings = defineCollector<Settings, Found>({
  id: 'settings',
  requests: () => ({}),
  parse: (_, __, installed) => settingsOf(installed),
});
