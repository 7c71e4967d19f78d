/** A relay over three real hosts: by Ansible, by ssh alone, and by the other recipes; the verdicts are those of `check`. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { CLUSTERS, SECRETS } from '../support/clusters.js';
import { missing } from '../support/missing.js';
import { BIN, report, run } from '../support/run.js';
import { type Hosts, startHosts, whyNoHosts } from './hosts.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? missing('ansible-playbook'));

/**
 * Where Ansible puts its files on the nodes. Not in its usual folder: the hosts' files lie over this machine's, so what
 * Ansible leaves on this machine would be found on them too.
 */
const REMOTE_TMP = '/root/.relay-by-ansible';

/** Only a live exchange bounds the difference of clocks. */
const LIVE_ONLY = ['clock-skew'];

const verdictsOf = ({ verdicts }: Report): string[] =>
  verdicts
    .filter(({ id }) => !LIVE_ONLY.includes(id))
    .map(({ id, status, severity, nodes, subject = '', fingerprint }) =>
      [id, status, severity, nodes.join(' '), subject, fingerprint].join(' | '),
    )
    .sort();

for (const [place, cluster] of CLUSTERS.entries()) {
  describe(`a relay by Ansible: ${cluster.product} on three sshd hosts`, { skip, concurrency: false }, () => {
    let hosts: Hosts;
    let folder: string;
    const at = (name: string): string => join(folder, name);
    before(() => {
      hosts = startHosts(['h1', 'h2', 'h3'], cluster.node);
      folder = mkdtempSync(join(tmpdir(), 'ha-preflight-relay-'));
      writeFileSync(
        at('prod.yml'),
        `version: 1\ncluster: real\nconnection: { user: root, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n')}\n`,
      );
      writeFileSync(
        at('hosts'),
        `[posit]\n${hosts.list.map((h) => `${h.name} ansible_host=${h.address}`).join('\n')}\n[posit:vars]\nansible_user=root\nansible_ssh_private_key_file=${hosts.identity}\nansible_ssh_common_args="-F none -o UserKnownHostsFile=${hosts.knownHosts}"\nansible_remote_tmp=${REMOTE_TMP}\n`,
      );
    });
    after(() => {
      hosts?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const playbook = (...more: string[]): Promise<{ code: number | null; out: string; report?: Report }> => {
      rmSync(at('relay.json'), { force: true });
      const args = [
        ...['-i', at('hosts'), join(ROOT, 'docs', 'relay', 'ansible.yml'), '-e', `inventory=${at('prod.yml')}`],
        ...['-e', JSON.stringify({ preflight: [process.execPath, BIN], options: '--report json=relay.json' })],
        ...more,
      ];
      return new Promise((resolve, reject) => {
        const child = spawn('ansible-playbook', args, {
          cwd: folder,
          env: {
            ...process.env,
            PWD: folder,
            ANSIBLE_NOCOLOR: '1',
            ANSIBLE_LOCAL_TEMP: at('tmp'),
            LC_ALL: 'C.UTF-8',
            // a connection kept open would outlive a stopped sshd
            ANSIBLE_SSH_ARGS: '-o ControlMaster=no',
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let out = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (out += d));
        child.on('error', reject);
        child.on('close', (code) =>
          resolve({
            code,
            out,
            ...(existsSync(at('relay.json')) && {
              report: JSON.parse(readFileSync(at('relay.json'), 'utf8')) as Report,
            }),
          }),
        );
      });
    };

    it('gives the verdicts of check; nothing is left here or on the nodes', async () => {
      const live = await report(at('prod.yml'));
      const { code, out, report: relayed } = await playbook();
      assert.ok(relayed, out);
      assert.deepEqual(verdictsOf(relayed), verdictsOf(live.report));
      const skew = relayed.verdicts.find(({ id }) => id === 'clock-skew')!;
      // by what was read where Ansible was quick, else by the bounds of the time daemons
      assert.equal(skew.status, 'pass', skew.message);
      assert.equal(code, 0, out);
      assert.ok(!existsSync(at('relay')));
      for (const h of hosts.list) assert.deepEqual(readdirSync(join(h.root, REMOTE_TMP)), [], h.name);
    });

    // the rest is the same for each of them
    if (place > 0) return;

    it('by ssh.sh, and so by anything that gives a shell on its standard input', async () => {
      const live = await report(at('prod.yml'));
      mkdirSync(at('bin'));
      const known = hosts.list.map((h) => `Host ${h.name}\n  HostName ${h.address}\n`).join('');
      writeFileSync(
        at('config'),
        `${known}Host *\n  User root\n  IdentityFile ${hosts.identity}\n  UserKnownHostsFile ${hosts.knownHosts}\n`,
      );
      writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('config')} "$@"\n`, { mode: 0o755 });
      const relay = (): ReturnType<typeof run> =>
        run(['relay', 'prod.yml', '--dir', 'by-ssh', '--format', 'json'], {}, folder);
      for (const round of [1, 2]) {
        const { code, err } = await relay();
        assert.equal(code, 0, err);
        const carried = spawnSync(join(ROOT, 'docs', 'relay', 'ssh.sh'), ['by-ssh'], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` },
        });
        assert.deepEqual([carried.status, carried.stderr], [0, ''], `round ${round}`);
      }
      const { out, err } = await relay();
      assert.deepEqual(verdictsOf(JSON.parse(out) as Report), verdictsOf(live.report), err);
    });

    it('finds a fault and a clock that is wrong, and says no secret', async () => {
      const second = hosts.list[1]!;
      second.exec(`chmod 644 ${cluster.key}`);
      hosts.clock(second, 900);
      const { code, out, report: relayed } = await playbook('-e', 'as_root=false');
      hosts.clock(second, 0);
      second.exec(`chmod 600 ${cluster.key}`);
      assert.ok(relayed, out);
      assert.equal(code, 2, out);
      const failed = relayed.verdicts
        .filter(({ status }) => status === 'fail')
        .map(({ id, nodes }) => `${id} ${nodes.join()}`);
      assert.deepEqual(failed.sort(), ['clock-skew h2', 'key-file h2']);
      for (const secret of Object.values(SECRETS)) assert.ok(!(out + JSON.stringify(relayed)).includes(secret.trim()));
    });

    it('a host that is not reached is unknown', async () => {
      hosts.sshd(hosts.list[1]!, 'stop');
      const { code, out, report: relayed } = await playbook();
      hosts.sshd(hosts.list[1]!, 'start');
      assert.ok(relayed, out);
      assert.deepEqual(
        relayed.cluster.nodes.map(({ name, reached }) => [name, reached]),
        [
          ['h1', true],
          ['h2', false],
          ['h3', true],
        ],
      );
      assert.equal(relayed.gate.exitCode, 3);
      assert.match(out, /TASK \[Reach the node\][\s\S]*h2[^\n]*Connection refused/);
      assert.equal(code, 2, out);
    });
  });
}
