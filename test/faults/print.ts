/** `npm run faults`: plants every fault, prints what every check said, and ends with 1 when one was missed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadChecks } from '../../src/load/checks.js';
import { builtIn } from '../../src/load/products.js';
import type { Status } from '../../src/model/verdict.js';
import { rowsFor } from '../../src/products/index.js';
import { EDITIONS, type ProductCluster } from '../support/clusters.js';
import { FAULTS } from '../support/faults/index.js';
import { audit } from './audit.js';
import { type FaultRow, faultTable } from './table.js';

const WORST: readonly Status[] = ['skip', 'pass', 'unknown', 'fail'];
const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-table-'));
const rows: FaultRow[] = [];
let missed = 0;
try {
  for (const [key, cluster] of Object.entries<ProductCluster>(EDITIONS))
    for (const fault of FAULTS.filter((f) => (f.in as readonly string[]).includes(key))) {
      const { report } = await audit(join(folder, String(rows.length)), cluster, fault);
      const verdicts = new Map<string, Status>();
      for (const { id, status } of report.verdicts)
        if (WORST.indexOf(status) > WORST.indexOf(verdicts.get(id) ?? 'skip') || !verdicts.has(id))
          verdicts.set(id, status);
      const requirement = rowsFor(builtIn, fault.requirements, cluster.product);
      const failed = report.requirements.filter((r) => r.status === 'fail').map((r) => r.id);
      if (!requirement.every((id) => failed.includes(id))) missed++;
      rows.push({ product: cluster.name, fault: fault.name, requirement: requirement.join(' '), verdicts });
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const ids = (await loadChecks()).map((c) => c.id);
process.stdout.write(`${faultTable(rows, ids)}\n\n${rows.length - missed} of ${rows.length} faults found\n`);
process.exitCode = missed === 0 ? 0 : 1;
