/** Every check where it cannot see: unknown, with a reason, of exactly that node; never a pass, never a fail. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadChecks } from '../../src/load/checks.js';
import { EDITIONS } from '../support/clusters.js';
import { BLINDNESSES } from '../support/faults/index.js';
import { audit } from './audit.js';

const folder = mkdtempSync(join(tmpdir(), 'ha-preflight-blind-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a check that cannot see', () => {
  BLINDNESSES.forEach((blindness, i) => {
    it(`${blindness.name}: ${blindness.checks.join(', ')}`, async () => {
      const { report } = await audit(join(folder, `c${i}`), EDITIONS[blindness.in], blindness);
      for (const id of blindness.checks) {
        const verdicts = report.verdicts.filter((v) => v.id === id);
        const said = JSON.stringify(verdicts, null, 1);
        const unknown = verdicts.filter((v) => v.status === 'unknown');
        assert.equal([...new Set(unknown.flatMap((v) => v.nodes))].sort().join(' '), blindness.unknown ?? 'n2', said);
        assert.ok(
          verdicts.every((v) => v.status !== 'fail'),
          said,
        );
        assert.ok(
          unknown.every((v) => v.message !== ''),
          said,
        );
        // these look at several things, and may have seen another one
        if (['cluster-state', 'peer-ports', 'platform', 'replica-set-state'].includes(id)) continue;
        assert.ok(!verdicts.some((v) => v.status === 'pass' && v.nodes.includes('n2')), said);
      }
    });
  });
  it('is every check of the registry', async () => {
    const covered = new Set(BLINDNESSES.flatMap((b) => b.checks));
    const missing = (await loadChecks()).map((c) => c.id).filter((id) => !covered.has(id));
    assert.deepEqual(missing, []);
  });
});
