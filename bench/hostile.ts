/**
 * Many hosts, a quarter of them hostile in as many ways as the tests know: the others are judged all the same, within the
 * time, and memory stays small. `npm run hostile`; README.md has the figures. Needs root, for the hosts.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '../src/model/report.js';
import { type Hosts, inventoryOf, startHosts, whyNoHosts } from '../test/real/hosts.js';
import { NODE_CASES } from '../test/robust/nodeCases.js';
import { CLUSTERS } from '../test/support/clusters.js';
import { watchMemory } from '../test/support/residentMemory.js';

const BIN = join(import.meta.dirname, '..', 'src', 'bin.js');
const MIB = 2 ** 20;
/** Faults of the host alone: the disk is one for all hosts, and an account is the inventory's. */
const KINDS = NODE_CASES.filter(
  ({ connection, fault, clock }) => !connection && !clock && fault !== 'the disk is full',
);

interface Ran {
  readonly report: Report;
  readonly seconds: number;
  /** Most bytes in memory at any time. */
  readonly resident: number;
}

function check(inventory: string, timeout: number): Promise<Ran> {
  const started = performance.now();
  const args = [BIN, 'check', inventory, '--quiet', '--timeout', String(timeout), '--format', 'json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const most = watchMemory(child.pid);
  let out = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (d) => (out += d));
    child.once('error', reject);
    child.once('close', () => {
      const seconds = (performance.now() - started) / 1000;
      resolve({ report: JSON.parse(out) as Report, seconds, resident: most() });
    });
  });
}

/** What is said against these nodes, or is not known of them. */
const against = ({ verdicts }: Report, names: ReadonlySet<string>): string[] =>
  verdicts
    .filter((v) => v.status === 'fail' || v.status === 'unknown')
    .flatMap((v) => v.nodes.filter((n) => names.has(n)).map((n) => `${v.status} ${v.id} of ${n}: ${v.message}`));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '200' },
      hostile: { type: 'string', default: '50' },
      timeout: { type: 'string', default: '60' },
    },
  });
  const [count, bad, timeout] = [Number(values.hosts), Number(values.hostile), Number(values.timeout)];
  if (!(count > bad && bad >= 1 && timeout > 0)) throw new Error('--hosts, --hostile and --timeout are numbers');
  const why = whyNoHosts();
  if (why !== undefined) throw new Error(`hosts cannot be made here: ${why}`);
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-hostile-'));
  let hosts: Hosts | undefined;
  try {
    const names = Array.from({ length: count }, (_, i) => `h${i + 1}`);
    hosts = startHosts(names, CLUSTERS[0]!.node);
    const inventory = join(folder, 'hostile.yml');
    writeFileSync(inventory, inventoryOf(hosts));
    const clean = await check(inventory, timeout);
    const every = Math.floor(count / bad);
    const spoilt = hosts.list.filter((_, i) => i % every === every - 1).slice(0, bad);
    for (const [i, host] of spoilt.entries()) host.exec(KINDS[i % KINDS.length]!.plant);
    const ran = await check(inventory, timeout);
    const others = new Set(names.filter((name) => !spoilt.some((host) => host.name === name)));
    const before = against(clean.report, others);
    const fresh = against(ran.report, others).filter((line) => !before.includes(line));
    const kinds = Math.min(bad, KINDS.length);
    process.stdout.write(
      `${count} hosts: ${clean.seconds.toFixed(1)} s, at most ${(clean.resident / MIB).toFixed(0)} MiB
${bad} of them hostile in ${kinds} ways: ${ran.seconds.toFixed(1)} s with --timeout ${timeout}, at most ${(ran.resident / MIB).toFixed(0)} MiB
not reached: ${ran.report.cluster.nodes.filter((n) => !n.reached).length}
${fresh.length === 0 ? `the other ${others.size} are judged as before` : fresh.join('\n')}\n`,
    );
    // the last node begins when the others have had their turn
    if (fresh.length > 0 || ran.seconds > clean.seconds + timeout + 5) process.exitCode = 1;
  } finally {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`hostile: ${error.message}\n`);
  process.exitCode = 1;
});
