/**
 * Many hosts, some of them broken, again and again: the same verdicts each time, nothing that grows, nothing left behind.
 * `npm run soak`; README.md says how to read it. Needs root, for the hosts.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit, planOf } from '../src/audit.js';
import { loadInventory } from '../src/load/inventory.js';
import type { Report } from '../src/model/report.js';
import { type Host, type Hosts, startHosts, whyNoHosts } from '../test/real/hosts.js';
import { CLUSTERS } from '../test/support/clusters.js';
import { watchMemory } from '../test/support/residentMemory.js';

const BIN = join(import.meta.dirname, '..', 'src', 'bin.js');
const MIB = 2 ** 20;
/** Heap and resident memory may be so much above those after the second run; the first run loads and compiles. */
const GROWTH = { heap: 3 * MIB, resident: 40 * MIB };

const program = (path: string, body: string): string =>
  `printf '%s\\n' '#!/bin/sh' '${body}' >${path}; chmod 755 ${path}`;
const login = (body: string): string => `${program('/bin/login-shell', body)}; usermod -s /bin/login-shell root`;
const VERSION = '/usr/lib/rstudio-server/bin/rstudio-server';

const SPOILT: Readonly<Record<string, (hosts: Hosts, host: Host) => void>> = {
  dead: (hosts, host) => hosts.sshd(host, 'stop'),
  silent: (hosts, host) => hosts.net(host, 'drop'),
  slow: (_, host) => host.exec(login('sleep 2; exec /bin/sh "$@"')),
  noisy: (_, host) => host.exec(login('echo welcome; echo error >&2; exec /bin/sh "$@"')),
  hanging: (_, host) => host.exec(program(VERSION, 'exec sleep 7777')),
  flooding: (_, host) => host.exec(program(VERSION, 'yes spam')),
};
/** One in so many is spoilt, until there are `EACH` of each kind. */
const EVERY = 6;
const EACH = 5;

/** Ours and what they called, on one host. */
const LEFT = `for p in /proc/[0-9]*; do c=$(tr '\\0' ' ' <$p/cmdline 2>/dev/null); case $c in 'sh -s '*|'sleep 7777 '*|'yes spam'*|timeout*|find*|awk*|grep*) echo "$c";; esac; done >/left`;

/** What must be the same in every run. */
const verdictsOf = (report: Report): string[] =>
  report.verdicts.map((v) => `${v.fingerprint} ${v.id} ${v.status} ${v.nodes.join(',')}`).sort();

interface Measured {
  readonly seconds: number;
  /** How many there were, and which of them the first run had not, or had otherwise. */
  readonly verdicts: number;
  readonly differing: readonly string[];
  /** Open files, and bytes. */
  readonly files: number;
  readonly resident: number;
  readonly heap?: number;
}

/** Of the first run; those of the others are not kept, or they would be what grows. */
let first: readonly string[] | undefined;
function compared(report: Report): Pick<Measured, 'verdicts' | 'differing'> {
  const verdicts = verdictsOf(report);
  first ??= verdicts;
  return { verdicts: verdicts.length, differing: difference(first, verdicts) };
}

/** `check` as its user runs it; the most it had open and in memory at any time. */
function asProcess(args: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, [BIN, 'check', ...args, '--format', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [out, files] = ['', 0];
  const most = watchMemory(child.pid, () => {
    files = Math.max(files, readdirSync(`/proc/${child.pid}/fd`).length);
  });
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (d) => (out += d));
    child.once('error', reject);
    child.once('close', () => {
      const resident = most();
      const seconds = (performance.now() - started) / 1000;
      resolve({ seconds, ...compared(JSON.parse(out) as Report), files, resident });
    });
  });
}

/** The same within this process; what it has open and in memory afterwards. */
async function within(inventory: string, timeoutMs: number): Promise<Measured> {
  const started = performance.now();
  const plan = await planOf(loadInventory(inventory), { only: [], skip: [] });
  const secret = (): never => {
    throw new Error('no secret is needed here');
  };
  const tool = { name: 'soak', version: '0' };
  const gate = { failOn: 'critical', allowUnknown: false } as const;
  const [audited] = await audit(plan, { tool, timeoutMs, concurrency: 32, secret, ...gate });
  const { report } = audited!;
  const [seconds, same] = [(performance.now() - started) / 1000, compared(report)];
  // sockets are closed a moment after they are destroyed
  await new Promise((resolve) => setTimeout(resolve, 500));
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { seconds, ...same, files: readdirSync('/proc/self/fd').length, resident: rss, heap: heapUsed };
}

/** What differs between two runs, a line each. */
const difference = (a: readonly string[], b: readonly string[]): string[] => [
  ...a.filter((v) => !b.includes(v)).map((v) => `- ${v}`),
  ...b.filter((v) => !a.includes(v)).map((v) => `+ ${v}`),
];

function table(title: string, runs: readonly Measured[]): string {
  const mib = (bytes: number | undefined): string => (bytes === undefined ? '' : (bytes / MIB).toFixed(1));
  const rows = runs.map(
    (r, i) => `| ${i + 1} | ${r.seconds.toFixed(1)} | ${r.files} | ${mib(r.resident)} | ${mib(r.heap)} |`,
  );
  return `\n${title}\n\n| run | s | open files | resident MiB | heap MiB |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** Every way in which the runs are not what they should be. */
function complaints(processes: readonly Measured[], inside: readonly Measured[]): string[] {
  const differing = [...processes, ...inside].flatMap((run, i) =>
    run.differing.map((line) => `run ${i + 1} is not run 1: ${line}`),
  );
  const [second, last] = [inside[1], inside.at(-1)];
  if (!second || !last) return differing;
  const grown = (what: string, from: number, to: number, by: number): string[] =>
    to - from > by ? [`${what} grew from ${from} to ${to}`] : [];
  return [
    ...differing,
    ...grown('open files', second.files, last.files, 0),
    ...grown('the heap', second.heap!, last.heap!, GROWTH.heap),
    ...grown('resident memory', second.resident, last.resident, GROWTH.resident),
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '200' },
      runs: { type: 'string', default: '10' },
      timeout: { type: 'string', default: '30' },
    },
  });
  const [count, runs, timeout] = [Number(values.hosts), Number(values.runs), Number(values.timeout)];
  if (!(count >= 1 && runs >= 1 && timeout > 0)) throw new Error('--hosts, --runs and --timeout are positive numbers');
  if (globalThis.gc === undefined) throw new Error('start it with node --expose-gc, as npm run soak does');
  const why = whyNoHosts();
  if (why !== undefined) throw new Error(`hosts cannot be made here: ${why}`);
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-soak-'));
  let hosts: Hosts | undefined;
  const end = (): void => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      end();
      process.exit(130);
    });
  try {
    const started = performance.now();
    hosts = startHosts(
      Array.from({ length: count }, (_, i) => `h${i + 1}`),
      CLUSTERS[0]!.node,
    );
    const kinds = Object.keys(SPOILT);
    const bad = hosts.list.filter((_, i) => i % EVERY === EVERY - 1).slice(0, EACH * kinds.length);
    for (const [i, host] of bad.entries()) SPOILT[kinds[i % kinds.length]!]!(hosts, host);
    process.stdout.write(
      `${count} hosts up in ${((performance.now() - started) / 1000).toFixed(0)} s, ${bad.length} spoilt (${kinds.join(', ')})\n`,
    );
    const inventory = join(folder, 'soak.yml');
    const nodes = hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n');
    writeFileSync(
      inventory,
      `version: 1\ncluster: soak\nconnection: { user: root, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${nodes}\n`,
    );
    const [processes, inside]: [Measured[], Measured[]] = [[], []];
    for (let i = 0; i < runs; i++) processes.push(await asProcess([inventory, '--quiet', '--timeout', `${timeout}`]));
    process.stdout.write(table('check, each run a process: the most at any time', processes));
    for (let i = 0; i < runs; i++) inside.push(await within(inventory, timeout * 1000));
    process.stdout.write(table('audits within one process: after each, garbage collected', inside));
    const left = hosts.list.flatMap((host) => {
      host.exec(LEFT);
      const text = readFileSync(join(host.root, 'left'), 'utf8');
      return text === '' ? [] : [`left on ${host.name}: ${text.trim().replaceAll('\n', '; ')}`];
    });
    const wrong = [...complaints(processes, inside), ...left];
    const same = `${processes[0]!.verdicts} verdicts the same in ${2 * runs} runs, nothing grew, nothing left on the hosts`;
    process.stdout.write(`\n${wrong.length > 0 ? wrong.join('\n') : same}\n`);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    end();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`soak: ${error.message}\n`);
  process.exitCode = 1;
});
