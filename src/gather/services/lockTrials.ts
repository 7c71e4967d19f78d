/** Locks tried between nodes: one holds, the others must be refused, and get it when it is free. Source: docs/sources.md F14. */

import type { LockTrial } from '../../probes/storage.js';
import { until } from '../lib/until.js';
import type { Agents } from './storageAgent.js';

/** A lock whose holder was killed is free again soon. */
const FREED_MS = 5000;

/** One lock kind: refused while held, free after release, free after the holder was killed. */
export async function lockTrial(
  kind: string,
  [holder, ...others]: readonly string[],
  agents: Agents,
  signal: AbortSignal | undefined,
): Promise<LockTrial> {
  const at = agents.get(holder!)!;
  const held = await at.ask('hold', kind);
  if (!held.startsWith('ok')) return { holder: holder!, trouble: held || 'the lock could not be taken', tries: {} };
  const tries: Record<string, string> = {};
  try {
    for (const node of others) {
      const said = await agents.get(node)!.ask('try', kind);
      tries[node] = said.startsWith('ok') ? 'got' : said === 'busy' ? 'refused' : said;
    }
  } finally {
    await at.ask('drop', kind);
  }
  const [other] = others;
  const free = async (): Promise<boolean> => (await agents.get(other!)!.ask('try', kind)).startsWith('ok');
  const freed = await until(FREED_MS, 100, signal, free);
  const trial = { holder: holder!, tries, freedMs: freed ?? null };
  // a link outlives its maker by design: its age shows that it is stale
  if (kind === 'link' || freed === undefined) return trial;
  if (!(await at.ask('hold', kind)).startsWith('ok')) return trial;
  await at.ask('kill', kind);
  return { ...trial, killedMs: (await until(FREED_MS, 100, signal, free)) ?? null };
}

/** The product's own tester: both kinds at once. Empty where it is not installed. */
export async function testerTrial(
  [holder, ...others]: readonly string[],
  agents: Agents,
): Promise<Record<string, LockTrial>> {
  const at = agents.get(holder!)!;
  const said = await at.ask('hold', 'tester');
  if (!said.startsWith('ok')) return {};
  const heard: Record<string, string> = {};
  try {
    for (const node of others) heard[node] = await agents.get(node)!.ask('try', 'tester');
  } finally {
    await at.ask('drop', 'tester');
  }
  const trialOf = ([kind, name]: [string, string]): [string, LockTrial][] => {
    const says = (words: string, text: string): boolean => new RegExp(`${words}[^;]*${name}`, 'i').test(text);
    const got = (text: string): boolean => says('\\bAcquired', text);
    const refused = (text: string): boolean => says('Unable to acquire', text);
    const about = { holder: holder! };
    if (refused(said)) return [[`tester ${kind}`, { ...about, trouble: said.replace(/^ok \d+ /, ''), tries: {} }]];
    // who says neither has tried nothing
    if (!got(said)) return [];
    const tries = Object.entries(heard).map(([node, text]): [string, string] => [
      node,
      got(text) ? 'got' : refused(text) ? 'refused' : text.replace(/^ok \d+ ?/, '') || 'no message',
    ]);
    return [[`tester ${kind}`, { ...about, tries: Object.fromEntries(tries) }]];
  };
  return Object.fromEntries(Object.entries({ link: 'link', fcntl: 'advisory' }).flatMap(trialOf));
}
