/** A cluster of real hosts is broken, its report becomes a script or a playbook, that is run, and the cluster is clean again. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLUSTERS } from '../support/clusters.js';
import { missing } from '../support/missing.js';
import { report, run, troubles } from '../support/run.js';
import { type Hosts, inventoryOf, startHosts, whyNoHosts } from './hosts.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);
const cluster = CLUSTERS.find(({ product }) => product === 'workbench')!;

describe('fix, on three sshd hosts', { skip, concurrency: false }, () => {
  let hosts: Hosts;
  let folder: string;
  let inventory: string;
  before(() => {
    hosts = startHosts(['h1', 'h2', 'h3'], cluster.node);
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-fix-'));
    inventory = join(folder, 'inventory.yml');
    writeFileSync(inventory, inventoryOf(hosts));
  });
  after(() => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A key and a password that others can read, a setting that is different, and one that is missing. */
  async function broken(): Promise<string> {
    const second = hosts.list[1]!;
    second.exec(`chmod 0644 ${cluster.key}; sed -i s/120/121/ ${cluster.config}`);
    hosts.list[2]!.exec(
      'chmod 0644 /etc/rstudio/database.conf; sed -i /auth-required-user-group/d /etc/rstudio/rserver.conf',
    );
    const saved = join(folder, 'report.json');
    const { code, report: r } = await report(inventory, '--report', `json=${saved}`);
    assert.equal(code, 1);
    assert.deepEqual(troubles(r, 'fail'), [
      'config-identical h2',
      'config-identical h3',
      'config-identical h3',
      'database-password h3',
      'key-file h2',
    ]);
    return saved;
  }
  async function assertClean(): Promise<void> {
    const { code, report: r } = await report(inventory, '--fail-on', 'warning');
    assert.deepEqual(troubles(r), []);
    assert.equal(code, 0);
  }

  it('the script is run, and the cluster is clean; a second run changes nothing', async () => {
    const script = join(folder, 'fix.sh');
    assert.equal((await run(['fix', await broken(), '-o', script])).code, 0);
    const way = `ssh -i ${hosts.identity} -o UserKnownHostsFile=${hosts.knownHosts} -o BatchMode=yes -l root`;
    const sh = () => spawnSync('sh', [script], { encoding: 'utf8', env: { ...process.env, SSH: way } });
    const first = sh();
    assert.equal(first.status, 0, first.stdout + first.stderr);
    assert.match(first.stdout, new RegExp(`before: 644 \\S+ ${cluster.key}`));
    await assertClean();
    const [fixed, copy] = [cluster.config, `${cluster.config}.ha-preflight.bak`].map(
      (file) => () => readFileSync(join(hosts.list[1]!.root, file), 'utf8'),
    ) as [() => string, () => string];
    const [text, before] = [fixed(), copy()];
    assert.match(before, /121/);
    assert.equal(sh().status, 0);
    assert.deepEqual([fixed(), copy()], [text, before]);
  });

  it('the playbook is run, and the cluster is clean', { skip: missing('ansible-playbook') }, async () => {
    const file = join(folder, 'fix.yml');
    assert.equal((await run(['fix', await broken(), '--format', 'ansible', '-o', file])).code, 0);
    const play = (...more: string[]) =>
      spawnSync('ansible-playbook', [file, '--private-key', hosts.identity, ...more], {
        encoding: 'utf8',
        cwd: folder,
        env: {
          ...process.env,
          ANSIBLE_SSH_COMMON_ARGS: `-o UserKnownHostsFile=${hosts.knownHosts}`,
          ANSIBLE_LOCALHOST_WARNING: 'false',
          ANSIBLE_LOCAL_TEMP: join(folder, 'ansible'),
          LC_ALL: 'C.UTF-8',
        },
      });
    const looked = play('--check', '--diff');
    assert.equal(looked.status, 0, looked.stdout + looked.stderr);
    const ran = play();
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    await assertClean();
  });
});
