/** What the questions of a run cost on a node: the programs it starts and the processes it forks, by strace. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planOf } from '../../src/audit.js';
import { answersFrom, FrameReader } from '../../src/gather/node/frames.js';
import { secondRound } from '../../src/gather/node/rounds.js';
import { renderScript } from '../../src/gather/node/script.js';
import { loadInventory } from '../../src/load/inventory.js';
import type { Requests } from '../../src/model/collector.js';
import type { Answer } from '../../src/model/evidence.js';
import { roundOne } from '../../src/plan.js';
import type { Host } from './hosts.js';

export interface Cost {
  /** `execve` that succeeded. */
  programs: number;
  /** Forks: a subshell is one, and so is what then becomes a program. */
  processes: number;
}

export interface Counted {
  /** By collector; `shell`: what is common to all. */
  readonly byCollector: ReadonlyMap<string, Cost>;
  /** With the shell itself, which is one for all. */
  readonly total: Cost;
  /** What was asked, by collector. */
  readonly asked: ReadonlyMap<string, Requests>;
}

const CALLS = 'execve,clone,clone3,fork,vfork,write';
const BOUNDARY = 'b0'.repeat(16);
const MOST_OUTPUT = 1 << 26;

/** As a run does while nothing goes wrong. */
export const scriptOf = (requests: Requests): string =>
  renderScript(requests, { boundary: BOUNDARY, nonce: '0'.repeat(64), root: '', sudo: 'no' }, 'together');

/** Runs a script in a shell inside the host, as root; `before`: the words before that shell. Standard output. */
export function runInside(host: Host, script: string, ...before: string[]): Buffer {
  const [, pid, root] = /^\/proc\/(\d+)\/root(.*)$/.exec(host.root)!;
  const login = ['env', '-i', 'PATH=/usr/bin:/bin', 'HOME=/root', ...before, 'sh', '-s'];
  const args = ['-t', pid!, '-m', '-u', '-n', '-p', 'chroot', root!, ...login];
  return execFileSync('nsenter', args, { input: script, stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: MOST_OUTPUT });
}

/** Asks inside the host. `before`: the words before the shell. */
export function askInside(
  host: Host,
  requests: Requests,
  script = scriptOf(requests),
  ...before: string[]
): Record<string, Answer> {
  const out = new FrameReader(BOUNDARY);
  out.push(runInside(host, script, ...before));
  return answersFrom(requests, out, out, 'no answer');
}

/** A process of the server's name, for as long as the host lives. */
export const runServer = (host: Host, name: string): void =>
  host.exec(
    `mkdir -p /opt/run; cp /bin/sleep /opt/run/${name}; setsid /opt/run/${name} 100000 >/dev/null 2>&1 </dev/null &`,
  );

/** Asks `host` as a run would. `lines`: of the inventory, in addition to the node. `folder`: for its files. */
export async function countProcesses(host: Host, lines: string, folder: string): Promise<Counted> {
  const file = join(folder, 'traced.yml');
  writeFileSync(file, `version: 1\ncluster: traced\n${lines}nodes:\n  - { name: ${host.name}, host: localhost }\n`);
  const plan = await planOf(loadInventory(file), { only: [], skip: [] });
  const costs = new Map<string, Cost>();
  const ask = (requests: Requests, script?: string): Record<string, Answer> => {
    const answers = askInside(
      host,
      requests,
      script,
      'strace',
      '-f',
      '-qq',
      '-s',
      '200',
      '-e',
      `trace=${CALLS}`,
      '-o',
      '/trace',
    );
    const trace = join(host.root, 'trace');
    add(costs, readFileSync(trace, 'latin1'), Object.keys(requests));
    rmSync(trace);
    return answers;
  };
  const first = roundOne(plan);
  const { batch, exchanges } = secondRound(plan, host.name, ask(first));
  const unseen = Object.entries(ask(batch)).filter(([, a]) => 'unseen' in a);
  if (unseen.length > 0) throw new Error(`not everything was answered: ${JSON.stringify(unseen)}`);
  for (const [key, { script }] of Object.entries(exchanges)) ask({ [key]: { script } }, `R=\n${script}\n1\n`);
  const asked = new Map<string, Requests>();
  for (const [key, request] of Object.entries({ ...first, ...batch, ...exchanges }))
    asked.set(nameOf(key), { ...asked.get(nameOf(key)), [key]: request });
  const sum = (of: keyof Cost): number => [...costs.values()].reduce((all, cost) => all + cost[of], 0);
  return { byCollector: costs, total: { programs: sum('programs') + 1, processes: sum('processes') }, asked };
}

const nameOf = (key: string): string => key.split('.')[0]!;

/** Adds what one shell did, itself not counted; what comes before the mark of a request belongs to that request. */
function add(costs: Map<string, Cost>, trace: string, keys: readonly string[]): void {
  let since: Cost = { programs: -1, processes: 0 };
  const close = (name: string): void => {
    const cost = costs.get(name) ?? { programs: 0, processes: 0 };
    costs.set(name, {
      programs: cost.programs + since.programs,
      processes: cost.processes + since.processes,
    });
    since = { programs: 0, processes: 0 };
  };
  for (const line of trace.split('\n')) {
    const call = line.replace(/^\d+ +/, '');
    if (/^(execve\(|<\.\.\. execve resumed).*= 0$/.test(call)) since.programs++;
    else if (/^(clone3?|fork|vfork)\(/.test(call) && !/CLONE_THREAD|= -1 /.test(call)) since.processes++;
    const mark = new RegExp(`^write\\(1, "(?:.*\\\\n)?\\\\n${BOUNDARY} (\\w+) `).exec(call)?.[1];
    if (mark === 's' || mark === 'e') close('shell');
    else if (mark !== undefined) close(nameOf(keys[Number(mark)]!));
  }
  close(nameOf(keys.length === 1 ? keys[0]! : 'shell'));
}
