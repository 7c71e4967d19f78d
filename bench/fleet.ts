/**
 * Thousands of clusters, simulated: `npm run bench -- fleet 10000`. No node is asked. The evidence of each clean edition,
 * and of some with a fault, is gathered once from node trees and copied under other names; then the real command line
 * judges, reports and joins it, on one core and in shards. What nodes and networks cost is not in it.
 */

import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '../src/model/evidence.js';
import type { Reports } from '../src/model/report.js';
import { audit } from '../test/faults/audit.js';
import { EDITIONS, type ProductCluster } from '../test/support/clusters.js';
import { FAULTS } from '../test/support/faults/index.js';
import { watchMemory } from '../test/support/residentMemory.js';
import { BIN } from '../test/support/run.js';

/** One cluster in so many has a fault. */
const FAULTY = 10;
const SHARDS = 4;

/** Evidence of clean clusters and of faulty ones, each of three nodes. */
async function templates(folder: string): Promise<{ clean: Evidence[]; faulty: Evidence[] }> {
  const clean: Evidence[] = [];
  const faulty: Evidence[] = [];
  for (const [key, cluster] of Object.entries<ProductCluster>(EDITIONS)) {
    clean.push((await audit(join(folder, key), cluster)).evidence);
    const fault = FAULTS.find((f) => (f.in as readonly string[]).includes(key) && f.needs === undefined);
    if (fault) faulty.push((await audit(join(folder, `${key}-faulty`), cluster, fault)).evidence);
  }
  return { clean, faulty };
}

interface Ran {
  readonly seconds: number;
  /** The most that the process had in memory, MiB. */
  readonly resident: number;
}

/** Runs the command line; its standard output goes to a file, as an operator's would. */
function command(args: readonly string[], out: string): Promise<Ran> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(createWriteStream(out));
    const most = watchMemory(child.pid);
    let err = '';
    child.stderr.on('data', (d) => (err += d));
    child.on('error', reject).on('close', (code) => {
      const resident = most() / 2 ** 20;
      if (code !== 0 && code !== 1 && code !== 3) reject(new Error(`${args[0]}: exit ${code}: ${err.slice(0, 500)}`));
      else resolve({ seconds: (performance.now() - started) / 1000, resident });
    });
  });
}

/** What must not depend on the shards: every verdict of every cluster. */
function verdictsIn(file: string): Map<string, string> {
  const { reports } = JSON.parse(readFileSync(file, 'utf8')) as Reports;
  return new Map(reports.map((r) => [r.cluster.name, JSON.stringify([r.verdicts, r.gate, r.summary])]));
}

const row = (clusters: number, step: string, { seconds, resident }: Ran): string =>
  `| ${clusters} | ${step} | ${seconds.toFixed(1)} | ${Math.round(clusters / seconds)} | ${resident.toFixed(0)} |`;

/** A table for each number of clusters up to `most`. */
export async function benchFleet(most: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fleet-'));
  try {
    const { clean, faulty } = await templates(folder);
    const evidence = join(folder, 'evidence');
    mkdirSync(evidence);
    const files = Array.from({ length: most }, (_, i) => {
      const from = i % FAULTY === FAULTY - 1 ? faulty[i % faulty.length]! : clean[i % clean.length]!;
      const file = join(evidence, `${i}.json`);
      writeFileSync(file, JSON.stringify({ ...from, cluster: { ...from.cluster, name: `c${i}` } }));
      return file;
    });
    const lines = ['| clusters | step | s | clusters/s | resident MiB |', '|---|---|---|---|---|'];
    for (const count of [100, 1000, 10_000].filter((n) => n < most).concat(most)) {
      const asked = files.slice(0, count);
      const whole = join(folder, 'whole.json');
      lines.push(
        row(count, 'judge and report, one core', await command(['judge', ...asked, '--format', 'json'], whole)),
      );
      const parts = Array.from({ length: SHARDS }, (_, i) => join(folder, `part${i}.json`));
      const shards = await inTurn(parts, (part, i) =>
        command(['judge', ...asked, '--shard', `${i + 1}/${SHARDS}`, '--format', 'json'], part),
      );
      const longest = shards.reduce((a, b) => (b.seconds > a.seconds ? b : a));
      lines.push(row(count, `the longest of ${SHARDS} shards`, longest));
      const merged = join(folder, 'merged.json');
      lines.push(row(count, 'merge of the shards', await command(['merge', ...parts, '--format', 'json'], merged)));
      lines.push(row(count, 'diff of the two', await command(['diff', whole, merged], join(folder, 'diff.txt'))));
      if (count <= 1000 && !same(verdictsIn(whole), verdictsIn(merged)))
        throw new Error('the reports of the shards, merged, are not those of one run');
    }
    return lines.join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inTurn<T, R>(items: readonly T[], use: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [i, item] of items.entries()) results.push(await use(item, i));
  return results;
}

const same = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
