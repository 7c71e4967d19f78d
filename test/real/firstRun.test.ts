/** A newcomer with three broken nodes, who pastes what the tool prints and nothing else, gets a green report. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLUSTERS } from '../support/clusters.js';
import { run } from '../support/run.js';
import { type Hosts, startHosts, whyNoHosts } from './hosts.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);
const cluster = CLUSTERS.find(({ product }) => product === 'workbench')!;

describe('from a broken cluster to a green report, by what is printed', { skip }, () => {
  let hosts: Hosts;
  let home: string;
  const at = (...path: string[]): string => join(home, ...path);
  before(() => {
    hosts = startHosts(['wb1', 'wb2', 'wb3'], cluster.node);
    home = mkdtempSync(join(tmpdir(), 'ha-preflight-newcomer-'));
    mkdirSync(at('.ssh'), { mode: 0o700 });
    writeFileSync(
      at('.ssh/config'),
      hosts.list
        .map(
          ({ name, address }) =>
            `Host ${name}\n  HostName ${address}\n  User root\n  IdentityFile ${hosts.identity}\n  UserKnownHostsFile ${hosts.knownHosts}\n`,
        )
        .join(''),
    );
    // ssh itself takes the home of the account, which is not this one
    mkdirSync(at('bin'));
    writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${at('.ssh/config')}' "$@"\n`);
    chmodSync(at('bin/ssh'), 0o755);
  });
  after(() => {
    hosts?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const check = (...more: string[]) => run(['check', '--nodes', 'wb[1-3]', ...more], { HOME: home }, home);
  const env = () => ({ ...process.env, PATH: `${at('bin')}:${process.env.PATH}`, HOME: home });
  /** What stands behind `Fix:`, down to the next paragraph, as a terminal's user copies it. */
  const printed = (out: string): string =>
    [...out.matchAll(/^ {2}Fix:\s+([\s\S]*?)(?=\n\n|\n {2}\S|\n\S|$)/gm)].map(([, lines]) => lines).join('\n');

  it('each command, one after the other', async () => {
    const [first, second, last] = hosts.list as [Hosts['list'][0], Hosts['list'][0], Hosts['list'][0]];
    first.exec('chmod 0644 /etc/rstudio/database.conf');
    second.exec(`rm ${cluster.key}; sed -i s/120/121/ ${cluster.config}`);
    last.exec('sed -i /auth-required-user-group/d /etc/rstudio/rserver.conf; usermod -u 4242 jdoe');
    const broken = await check();
    assert.equal(broken.code, 1, broken.out + broken.err);
    assert.match(broken.out, /^FAIL key-file {2}wb2 /m);
    assert.match(broken.out, /^FAIL user-ids {2}wb3 /m);
    assert.match(broken.out, /^\d fixes as one script: .*ha-preflight fix r\.json$/m);
    const { status, stderr } = spawnSync('sh', ['-e', '-c', printed(broken.out)], { encoding: 'utf8', env: env() });
    assert.equal(status, 0, `${printed(broken.out)}\n${stderr}`);
    const key = (host: { root: string }) => join(host.root, cluster.key);
    assert.equal(statSync(key(second)).mode & 0o777, 0o600);
    assert.deepEqual(readFileSync(key(second)), readFileSync(key(first)));
    const green = await check('--fail-on', 'warning');
    assert.equal(green.code, 0, green.out);
    assert.match(green.out, /^PASS: no critical check or warning failed|^PASS: /m);
    assert.doesNotMatch(green.out, /one script/);
  });

  it('a setting twice: the command shows the line', async () => {
    const [first] = hosts.list as [Hosts['list'][0]];
    first.exec('echo www-port=8788 >>/etc/rstudio/rserver.conf');
    const { out } = await check();
    const command = /^ {2}Fix: (ssh wb1 'sudo sed -n \d+p \/etc\/rstudio\/rserver\.conf')/m.exec(out)?.[1];
    assert.ok(command, out);
    const shown = spawnSync('sh', ['-c', command], { encoding: 'utf8', env: env() });
    assert.equal(shown.stdout, 'www-port=8788\n');
  });
});
