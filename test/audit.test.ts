/** From plan to report: what a node answered is read once, while others are still asked. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { audit, planOf } from '../src/audit.js';
import { writeTree } from '../src/demo/tree.js';
import { loadInventory } from '../src/load/inventory.js';
import { defineCollector } from '../src/model/collector.js';
import { pass } from '../src/model/verdict.js';
import type { Plan } from '../src/plan.js';
import { EDITIONS } from './support/clusters.js';
import { checkOf } from './support/judged.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-audit-'));
after(() => rmSync(folder, { recursive: true }));

it('reads the answers of each node once, before the last node has been asked', async () => {
  const names = ['n1', 'n2', 'n3'];
  for (const name of names) writeTree(join(folder, name), EDITIONS.connect.node(name));
  const inventory = join(folder, 'inventory.yml');
  writeFileSync(
    inventory,
    `version: 1\nconnection: { type: local }\nnodes:\n${names.map((n) => `  - { name: ${n}, host: ${n}, connection: { root: ./${n} } }\n`).join('')}`,
  );
  const events: string[] = [];
  const greeting = defineCollector({
    id: 'greeting',
    requests: { say: { script: 'echo hello' } },
    parse({ say }, { node }) {
      events.push(`${node} read`);
      return say!.stdout.trim();
    },
  });
  const check = checkOf(
    (nodes) => {
      events.push('judged');
      return pass('well', { nodes: nodes.map((n) => n.node) });
    },
    { needs: { greeting } },
  );
  const plan = await planOf(loadInventory(inventory), { only: [], skip: [] });
  const own: Plan = { ...plan, checks: [check], collectors: [...plan.collectors, greeting] };
  const [only] = await audit(own, {
    tool: { name: 't', version: '0' },
    timeoutMs: 30_000,
    concurrency: 1,
    secret: () => '',
    failOn: 'critical',
    allowUnknown: false,
    onProgress: (name, state) => events.push(`${name} ${state}`),
  });
  assert.deepEqual(
    only!.report.verdicts.map((v) => v.status),
    ['pass'],
  );
  assert.deepEqual(events, [
    ...names.map((n) => `${n} waiting`),
    ...names.flatMap((n) => [`${n} asking`, `${n} read`, `${n} done`]),
    'judged',
  ]);
});
