/**
 * What a node pays for each collector, on one host: `npm run bench -- node`. Processor time in units of one `true`, a
 * program that does nothing, started by the same shell: that ratio travels to other machines, milliseconds do not.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, startHosts } from '../test/real/hosts.js';
import { type Counted, countProcesses, runInside, runServer, scriptOf } from '../test/real/processes.js';
import { EDITIONS } from '../test/support/clusters.js';
import { median } from './goals.js';

/** Runs of each script in one reading of the clock, and readings. */
const TIMES = 20;
const READINGS = 5;

/** Milliseconds of processor time of one run, what it starts included. */
function cost(host: Host, script: string): number {
  writeFileSync(join(host.root, 'bench.sh'), script);
  const loop = `i=0; while [ $i -lt ${TIMES} ]; do sh -s </bench.sh >/dev/null 2>&1; i=$((i + 1)); done; times\n`;
  const out = runInside(host, loop).toString();
  const spent = [
    ...out
      .trim()
      .split('\n')
      .at(-1)!
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  return (spent.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0) * 1000) / TIMES;
}

/** A Workbench node with the Launcher on which the server runs; one row per collector, the dearest first. */
export async function benchNode(): Promise<string> {
  const { node, inventory } = EDITIONS.launcher;
  const hosts = startHosts(['n1'], node);
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-bench-'));
  try {
    const [host] = hosts.list;
    host!.exec('mkdir -p /home/jdoe /home/jsmith /var/lib/rstudio-server');
    runServer(host!, 'rserver');
    return await table(host!, inventory, folder);
  } finally {
    hosts.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function table(host: Host, lines: string, folder: string): Promise<string> {
  const counted: Counted = await countProcesses(host, lines, folder);
  const batches = [...counted.asked].map(
    ([name, requests]) =>
      [name, Object.fromEntries(Object.entries(requests).filter(([, r]) => r.pingPong === undefined))] as const,
  );
  const scripts = [
    scriptOf({}),
    'i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i + 1)); done',
    ':',
    ...batches.map(([, requests]) => scriptOf(requests)),
  ];
  const readings = scripts.map((): number[] => []);
  for (let i = 0; i < READINGS; i++) for (const [k, script] of scripts.entries()) readings[k]!.push(cost(host, script));
  const [empty = 0, trues = 0, none = 0, ...each] = readings.map(median);
  const unit = (trues - none) / 20;
  const rows = batches
    .map(([name], i) => ({ name, units: (each[i]! - empty) / unit, ...counted.byCollector.get(name) }))
    .sort((a, b) => b.units - a.units);
  const sum = rows.reduce((total, r) => total + r.units, 0);
  const line = (name: string, programs: number, processes: number, units: number): string =>
    `| ${name} | ${programs} | ${processes} | ${units.toFixed(1)} | ${((100 * units) / sum).toFixed(0)} % |`;
  return [
    `one true: ${unit.toFixed(2)} ms; the shell that reads an empty script: ${(empty / unit).toFixed(1)}`,
    '',
    '| collector | programs | processes | in units of one `true` | share |',
    '|---|---|---|---|---|',
    ...rows.map((r) => line(r.name, r.programs ?? 0, r.processes ?? 0, r.units)),
    line('all, with the shell and the clock', counted.total.programs, counted.total.processes, sum),
  ].join('\n');
}
