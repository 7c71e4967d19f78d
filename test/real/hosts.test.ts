/** Three real hosts with sshd, a clean cluster of each product, and every fault of the commission planted on one of them. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLUSTERS, SECRETS } from '../support/clusters.js';
import { inTime } from '../support/machine.js';
import { report, run, troubles } from '../support/run.js';
import { type Host, type Hosts, inventoryOf, startHosts, whyNoHosts } from './hosts.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);

for (const cluster of CLUSTERS) {
  const database = cluster.product === 'workbench' ? '/etc/rstudio/database.conf' : cluster.config;
  describe(`${cluster.product} on three sshd hosts`, { skip, concurrency: false }, () => {
    let hosts: Hosts;
    let folder: string;
    let inventory: string;
    let second: Host;
    before(() => {
      hosts = startHosts(['h1', 'h2', 'h3'], cluster.node);
      second = hosts.list[1]!;
      folder = mkdtempSync(join(tmpdir(), 'ha-preflight-real-'));
      inventory = join(folder, 'inventory.yml');
      writeFileSync(inventory, inventoryOf(hosts));
    });
    after(() => {
      hosts?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is clean: exit 0; one connection and at most two execs a node', async () => {
      const lines = (what: RegExp): number[] => hosts.list.map((h) => hosts.log(h).match(what)?.length ?? 0);
      const [connections, sessions] = [lines(/Accepted publickey/g), lines(/Starting session: /g)];
      const { code, report: r } = await report(inventory);
      assert.deepEqual(troubles(r), []);
      assert.equal(code, 0);
      assert.deepEqual(
        lines(/Accepted publickey/g),
        connections.map((n) => n + 1),
      );
      // both rounds and the clock share a shell; a second one is allowed
      lines(/Starting session: /g).forEach((n, k) => {
        assert.ok(n - sessions[k]! >= 1 && n - sessions[k]! <= 2, `${n - sessions[k]!} sessions`);
      });
    });

    const planted: [string, string, string, string][] = [
      ['key 0644', 'key-file', `chmod 644 ${cluster.key}`, `chmod 600 ${cluster.key}`],
      [
        'key of 8 bytes',
        'key-file',
        `cp -p ${cluster.key} /root/k; printf a1b2c3d4 >${cluster.key}`,
        `cat /root/k >${cluster.key}`,
      ],
      [
        'different key',
        'shared-keys',
        `printf beefbeefbeefbeef1234567890cafe00 >${cluster.key}`,
        `cat /root/k >${cluster.key}`,
      ],
      [
        'one changed line',
        'config-identical',
        `cp -p ${cluster.config} /root/c; sed -i 's/120/121/; s/:3939/:3940/; s/:4242/:4243/' ${cluster.config}`,
        `cat /root/c >${cluster.config}`,
      ],
      [
        'another version',
        'product-version',
        `cp -p ${cluster.program} /root/p; sed -i 's/${cluster.version.replace('+', '[+]')}/2025.05.1-9/' ${cluster.program}`,
        `cat /root/p >${cluster.program}`,
      ],
      [
        'SQLite',
        'postgres-backend',
        `cp -p ${database} /root/d; sed -i 's/^[Pp]rovider *= *[Pp]ostgres.*/provider=sqlite/' ${database}`,
        `cat /root/d >${database}`,
      ],
      [
        'another uid for one user',
        'user-ids',
        'sed -i s/jdoe:x:5001/jdoe:x:1999/ /etc/passwd',
        'sed -i s/jdoe:x:1999/jdoe:x:5001/ /etc/passwd',
      ],
    ];
    for (const [name, check, plant, mend] of planted) {
      it(`${name}: ${check} fails on h2 only, and no secret is said`, async () => {
        second.exec(plant);
        const saved = join(folder, 'evidence.json');
        const { out, err, report: r, code } = await report(inventory, '--save-evidence', saved, '--fail-on', 'warning');
        const evidence = readFileSync(saved, 'utf8');
        second.exec(mend);
        assert.deepEqual(troubles(r), [`${check} h2`]);
        assert.equal(code, 1);
        for (const secret of Object.values(SECRETS))
          assert.ok(!(out + err + evidence).includes(secret.trim()), 'a secret was said');
      });
    }

    it('clock +90 s: clock-skew fails on h2 only', async () => {
      hosts.clock(second, 90);
      const { report: r } = await report(inventory);
      hosts.clock(second, 0);
      assert.deepEqual(troubles(r), ['clock-skew h2']);
      assert.match(r.verdicts.find((v) => v.status === 'fail')!.message, /90\.0/);
    });

    it('sshd stopped: the others are judged, h2 is unknown, exit 3', async () => {
      hosts.sshd(second, 'stop');
      const { code, report: r } = await report(inventory);
      hosts.sshd(second, 'start');
      assert.equal(code, 3);
      assert.deepEqual(troubles(r, 'fail'), []);
      assert.ok(
        r.verdicts
          .filter((v) => v.status === 'unknown')
          .every((v) => v.nodes.join() === 'h2' && /refused/.test(v.message)),
      );
      assert.ok(r.verdicts.some((v) => v.id === 'clock-skew' && v.status === 'pass' && v.nodes.join() === 'h1,h3'));
      assert.equal(r.cluster.nodes.find((n) => n.name === 'h2')!.reached, false);
    });

    it('packets dropped: h2 is unknown within its timeout plus seconds', async () => {
      hosts.net(second, 'drop');
      const started = performance.now();
      const { code, report: r } = await report(inventory, '--timeout', '4');
      const took = performance.now() - started;
      hosts.net(second, 'ok');
      assert.equal(code, 3);
      assert.ok(took > 3500 && inTime(took, 8000), `took ${Math.round(took)} ms`);
      assert.deepEqual([...new Set(r.verdicts.filter((v) => v.status === 'unknown').flatMap((v) => v.nodes))], ['h2']);
    });

    it('is clean again', async () => {
      const { code, report: r } = await report(inventory);
      assert.deepEqual(troubles(r), []);
      assert.equal(code, 0);
    });

    it("the system's ssh gives the same (type openssh)", async () => {
      const other = join(folder, 'openssh.yml');
      writeFileSync(other, readFileSync(inventory, 'utf8').replace('{ user: root', '{ type: openssh, user: root'));
      const { code, report: r } = await report(other);
      assert.deepEqual(troubles(r), []);
      assert.equal(code, 0);
    });

    it('plan opens no connection', async () => {
      const before_ = hosts.list.map((h) => hosts.log(h).length);
      const { code, out } = await run(['plan', inventory]);
      assert.equal(code, 0);
      assert.match(out, /Round 1/);
      assert.deepEqual(
        hosts.list.map((h) => hosts.log(h).length),
        before_,
      );
    });
  });
}
