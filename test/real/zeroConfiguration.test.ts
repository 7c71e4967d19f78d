/** No inventory: `check --nodes a,b,c` with the operator's own ~/.ssh, against real hosts of each product. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { CLUSTERS } from '../support/clusters.js';
import { run, troubles } from '../support/run.js';
import { startHosts, whyNoHosts } from './hosts.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);

describe('check --nodes, without an inventory', { skip }, () => {
  for (const { product, node, key } of CLUSTERS)
    it(`finds ${product}, its paths, its key and its database`, async () => {
      const hosts = startHosts(['z1', 'z2', 'z3'], node);
      const home = mkdtempSync(join(tmpdir(), 'ha-preflight-home-'));
      try {
        mkdirSync(join(home, '.ssh'));
        writeFileSync(
          join(home, '.ssh', 'config'),
          `Host 198.*\n  User root\n  IdentityFile ${hosts.identity}\n  UserKnownHostsFile ${hosts.knownHosts}\n`,
        );
        const names = hosts.list.map(({ address }) => address);
        const check = async () => {
          const { code, out, err } = await run(
            ['check', '--nodes', names.join(), '--format', 'json', '--fail-on', 'warning'],
            { HOME: home },
          );
          assert.match(out, /^\{/, err);
          return { code, report: JSON.parse(out) as Report };
        };
        const clean = await check();
        assert.deepEqual([clean.code, troubles(clean.report)], [0, []]);
        assert.equal(clean.report.cluster.product, product);
        const passed = clean.report.verdicts.filter(({ status }) => status === 'pass').map(({ id }) => id);
        for (const id of ['postgres-backend', 'database-same', 'shared-directories', 'key-file', 'clock-skew'])
          assert.ok(passed.includes(id), `${id} did not pass`);
        hosts.list[1]!.exec(`chmod 644 ${key}`);
        const bad = await check();
        assert.deepEqual([bad.code, troubles(bad.report)], [1, [`key-file ${names[1]}`]]);
      } finally {
        hosts.stop();
        rmSync(home, { recursive: true, force: true });
      }
    });
});
