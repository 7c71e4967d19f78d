/**
 * Side by side with the usual ways of asking many hosts: `npm run bench -- 3,20,100`, `npm run bench -- startup`, `npm run bench -- node`,
 * `npm run bench -- fleet`.
 * README.md says how to read it. Needs root, for the hosts.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Host, type Hosts, startHosts, whyNoHosts } from '../test/real/hosts.js';
import { CLUSTERS } from '../test/support/clusters.js';
import { benchFleet } from './fleet.js';
import { exponent, goals, goalTable, median, type Results, type Row, type Size, sizeTable } from './goals.js';
import { type Cost, type Meter, meter } from './measure.js';
import { benchNode } from './node.js';
import { installed, ours, PEERS, type Tool, writeFiles } from './peers.js';

const BIN = join(import.meta.dirname, '..', 'src', 'bin.js');
/** More of the machine than this went to somebody else: the round is disturbed. */
const DISTURBED = 0.25;

interface Options {
  readonly sizes: readonly number[];
  readonly startup: boolean;
  readonly runs: number;
  readonly peers: readonly string[];
  /** Other builds of this tool, measured in the same rounds: name and the file that starts it. */
  readonly also: readonly (readonly [string, string])[];
  readonly json?: string;
}

function options(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      peers: { type: 'string', default: Object.keys(PEERS).join(',') },
      also: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
    },
  });
  const words = positionals.length > 0 ? positionals : ['3,20,100', 'startup'];
  const sizes = words.filter((w) => w !== 'startup').flatMap((w) => w.split(',').map(Number));
  const peers = values.peers.split(',').filter(Boolean);
  const stranger = peers.find((p) => !PEERS[p]);
  if (sizes.some((n) => !(n >= 1 && n <= 100 && Number.isInteger(n))))
    throw new Error('sizes are numbers of hosts from 1 to 100, such as 3,20,100; or startup');
  if (stranger !== undefined)
    throw new Error(`no peer is called ${stranger}; there are ${Object.keys(PEERS).join(', ')}`);
  if (!(Number(values.runs) >= 1)) throw new Error('--runs must be a number from 1');
  return {
    sizes: [...new Set(sizes)].sort((a, b) => a - b),
    startup: words.includes('startup') || positionals.length === 0,
    runs: Number(values.runs),
    peers,
    also: values.also.map((spec) => [spec.slice(0, spec.indexOf('=')), spec.slice(spec.indexOf('=') + 1)] as const),
    ...(values.json !== undefined && { json: values.json }),
  };
}

const say = (text: string): void => void process.stdout.write(text);
const remark = (text: string): void => void process.stderr.write(text);

/** Medians of the wall time of each command, one after the other in every round. */
function startup(runs: number): NonNullable<Results['startup']> {
  const commands = [
    ['-e', '0'],
    [BIN, '--version'],
    [BIN, '--help'],
  ];
  const times: number[][] = commands.map(() => []);
  for (let round = 0; round <= Math.max(runs, 5) * 4; round++) {
    for (const [i, argv] of commands.entries()) {
      const started = performance.now();
      const { status } = spawnSync(process.execPath, argv, { stdio: 'ignore' });
      if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`);
      if (round > 0) times[i]!.push(performance.now() - started);
    }
  }
  const [bare, version, help] = times.map(median);
  say(
    `start-up: node -e 0 ${bare!.toFixed(1)} ms, --version ${version!.toFixed(1)} ms, --help ${help!.toFixed(1)} ms\n\n`,
  );
  return { version: version! / bare!, help: help! / bare! };
}

/** One program once; the answers are looked at, so that a fast failure is no fast answer. */
async function once(
  tool: Tool,
  folder: string,
  hosts: number,
  { measure }: Meter,
  signal: AbortSignal,
): Promise<{ cost: Cost; complete: boolean }> {
  const own = join(folder, 'own');
  mkdirSync(own);
  const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
  try {
    const env = tool.env?.(own);
    const cost = await measure(tool.argv(own), { stdout, stderr, signal, ...(env && { env }) });
    signal.throwIfAborted();
    const answered = tool.answered(readFileSync(stdout, 'utf8'));
    if (answered !== hosts)
      remark(`${tool.name}: ${answered} of ${hosts} hosts answered\n${readFileSync(stderr, 'utf8').slice(0, 600)}\n`);
    return { cost, complete: answered === hosts };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/**
 * Every program once a round, the first round not counted. Of at most twice the rounds asked for, those are kept that
 * were disturbed least; the rows keep the same rounds.
 */
async function compare(
  titled: readonly (readonly [string, Tool])[],
  folder: string,
  hosts: number,
  runs: number,
  counter: Meter,
  signal: AbortSignal,
): Promise<Size> {
  const rounds: { costs: Cost[]; disturbed: number }[] = [];
  const complete = titled.map(() => true);
  const quiet = (): number => rounds.filter((r) => r.disturbed <= DISTURBED).length;
  for (let round = 0; round === 0 || (quiet() < runs && rounds.length < 2 * runs); round++) {
    const costs: Cost[] = [];
    for (const [i, [, tool]] of titled.entries()) {
      const result = await once(tool, folder, hosts, counter, signal);
      costs.push(result.cost);
      if (!result.complete) complete[i] = false;
      remark('.');
    }
    if (round > 0) rounds.push({ costs, disturbed: Math.max(...costs.map((c) => c.others ?? 0)) });
  }
  remark('\n');
  const kept = rounds.sort((a, b) => a.disturbed - b.disturbed).slice(0, runs);
  if (kept.some((r) => r.disturbed > DISTURBED))
    say(`N=${hosts}: other programs took more than a quarter of this machine in some rounds; better repeated\n`);
  return {
    hosts,
    rows: titled.map(
      ([title, { name }], i): Row => ({
        tool: name,
        title,
        complete: complete[i]!,
        runs: kept.map((r) => r.costs[i]!),
      }),
    ),
  };
}

/** Smallest round trip of a clock sample, the median over hosts; by what `gather` saves. */
function roundTrip(inventory: string, folder: string): number {
  const file = join(folder, 'evidence.json');
  execFileSync(process.execPath, [BIN, 'gather', inventory, '-o', file, '-q'], { stdio: 'ignore' });
  const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as {
    nodes: Record<string, { answers: Record<string, { stdout?: string }> }>;
  };
  rmSync(file);
  return median(
    Object.values(nodes).map(({ answers }) => {
      const samples = (answers['clock.pingpong']?.stdout ?? '').split('\n').map((l) => l.split(' ').map(Number));
      return Math.min(...samples.map(([sent = 0, received = Number.NaN]) => received - sent));
    }),
  );
}

function growth(results: Results): string {
  return results.sizes
    .slice(1)
    .map(({ hosts }, i) => {
      const from = results.sizes[i]!.hosts;
      const [wall, cpu] = (['wall', 'cpu'] as const).map((m) => exponent(results, from, hosts, m)?.toFixed(2) ?? '-');
      return `growth from ${from} to ${hosts} hosts: wall N^${wall}, client CPU N^${cpu}\n`;
    })
    .join('');
}

async function main(): Promise<void> {
  if (process.argv[2] === 'node') return say(`${await benchNode()}\n`);
  if (process.argv[2] === 'fleet') return say(`${await benchFleet(Number(process.argv[3] ?? 1000))}\n`);
  const wanted = options();
  const peers = wanted.peers.filter((p) => installed(PEERS[p]!.program));
  const missing = wanted.peers.filter((p) => !peers.includes(p));
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => abort.abort(new Error(signal)));
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-bench-'));
  let counter: Meter | undefined;
  let hosts: Hosts | undefined;
  try {
    let results: Results = { sizes: [] };
    if (wanted.startup) results = { ...results, startup: startup(wanted.runs) };
    const most = wanted.sizes.at(-1);
    if (most !== undefined) {
      const why = whyNoHosts();
      if (why !== undefined) throw new Error(`hosts cannot be made here: ${why}`);
      counter = meter();
      say(
        `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), hosts on the same machine; by ${counter.how}\n`,
      );
      if (missing.length > 0) say(`left out, not installed: ${missing.join(', ')}\n`);
      const names = Array.from({ length: most }, (_, i) => `h${i + 1}`);
      // what this machine's root has in its shell's start-up file is no part of a host
      const tree = (name: string) => ({ ...CLUSTERS[0]!.node(name), '/root/.bashrc': { text: '' } });
      hosts = counter.asHosts(() => startHosts(names, tree));
      // an interrupt that came while they were started is heard only now
      await new Promise((resolve) => setImmediate(resolve));
      for (const size of wanted.sizes) {
        abort.signal.throwIfAborted();
        const list: readonly Host[] = hosts.list.slice(0, size);
        const files = writeFiles(folder, hosts, list);
        const tools: [string, Tool][] = [
          ['ha-preflight', ours('ha-preflight', BIN, files.inventory)],
          ...wanted.also.map(([name, bin]): [string, Tool] => [name, ours(name, bin, files.inventory)]),
          ...peers.map((p): [string, Tool] => [PEERS[p]!.title, { name: p, ...PEERS[p]!.tool(files) }]),
        ];
        const measured = await compare(tools, folder, size, wanted.runs, counter, abort.signal);
        say(`\n${sizeTable(measured)}`);
        results = {
          ...results,
          sizes: [...results.sizes, measured],
          roundTrip: results.roundTrip ?? roundTrip(files.inventory, folder),
        };
      }
    }
    say(`\n${growth(results)}\n${goalTable(goals(results))}`);
    if (wanted.json !== undefined)
      writeFileSync(
        wanted.json,
        `${JSON.stringify({ ...results, goals: goals(results), node: process.version, processors: cpus().length }, null, 2)}\n`,
      );
  } finally {
    hosts?.stop();
    counter?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  remark(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
