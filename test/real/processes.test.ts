/** What a node pays: the programs that the questions of all checks start there. A new question that needs many is noticed. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EDITIONS, type ProductCluster } from '../support/clusters.js';
import { type Hosts, startHosts, whyNoHosts } from './hosts.js';
import { countProcesses, runServer } from './processes.js';

const skip =
  process.env.CI === 'true'
    ? false
    : (whyNoHosts() ?? (spawnSync('strace', ['-V']).error ? 'strace is not installed' : false));

/** Edition, server that runs, programs and processes at most: two and six more than counted, for other releases of programs. */
const BUDGET: readonly (readonly [
  edition: keyof typeof EDITIONS,
  server: string,
  programs: number,
  processes: number,
])[] = [
  ['launcher', '', 27, 42],
  ['workbench', 'rserver', 30, 55],
  ['connect', 'connect', 42, 67],
  ['packageManager', 'rstudio-pm', 28, 46],
  ['primaryStandby', '', 15, 25],
];
/** Fewer than the budget by more than this: what was saved is to be kept. */
const SLACK = 5;

describe('programs on a node', { skip, concurrency: false }, () => {
  let hosts: Hosts;
  let folder: string;
  const cluster = (edition: string): ProductCluster => EDITIONS[edition as keyof typeof EDITIONS];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-processes-'));
    hosts = startHosts(
      BUDGET.map(([edition]) => edition),
      (name) => cluster(name).node(name),
    );
  });
  after(() => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [i, [edition, server, programs, processes]] of BUDGET.entries())
    it(`${cluster(edition).name}${server && ', the server running'}: at most ${programs}, and ${processes} forks`, async () => {
      const host = hosts.list[i]!;
      // as on a node in use
      host.exec('mkdir -p /home/jdoe /home/jsmith /var/lib/rstudio-server');
      if (server) runServer(host, server);
      const { total, byCollector } = await countProcesses(host, cluster(edition).inventory ?? '', folder);
      const list = [...byCollector].map(([name, c]) => `${name} ${c.programs} ${c.processes}`).join(', ');
      assert.ok(total.programs <= programs && total.processes <= processes, `${JSON.stringify(total)}: ${list}`);
      assert.ok(total.programs >= programs - SLACK, `${total.programs} are fewer: lower the budget: ${list}`);
    });
});
