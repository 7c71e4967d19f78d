/** An ordinary account on a real host: without sudo, with sudo, with a sudo that wants a password. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { ROOT_ONLY } from '../robust/nodeCases.js';
import { CLUSTERS } from '../support/clusters.js';
import { run } from '../support/run.js';
import { type Hosts, startHosts, whyNoHosts } from './hosts.js';
import { type Refusal, says } from './refusedLogins.js';

const skip =
  process.env.CI === 'true' ? false : (whyNoHosts() ?? (existsSync('/usr/bin/sudo') ? false : 'sudo is not installed'));

const PREPARE = `set -e
for u in plain sudoer pwsudoer; do useradd -m -s /bin/sh $u; usermod -p '*' $u; done
echo 'pwsudoer:sudo-planted-secret' | chpasswd
mkdir -p /etc/sudoers.d
echo 'sudoer ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/a
echo 'pwsudoer ALL=(ALL:ALL) ALL' >/etc/sudoers.d/b
chmod 440 /etc/sudoers.d/*`;

describe('an ordinary account', { skip, concurrency: false }, () => {
  let hosts: Hosts;
  let folder: string;
  before(() => {
    hosts = startHosts(['h1', 'h2'], CLUSTERS[0]!.node);
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-priv-'));
    for (const host of hosts.list) host.exec(PREPARE);
  });
  after(() => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function check(user: string, sudo: string, env: Record<string, string> = {}) {
    const file = join(folder, `${user}.yml`);
    const nodes = hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n');
    writeFileSync(
      file,
      `version: 1\ncluster: real\nconnection: { user: ${user}, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts}${sudo} }\nnodes:\n${nodes}\n`,
    );
    const { code, out, err } = await run(['check', file, '--format', 'json'], env);
    assert.ok(!(out + err).includes('planted'), 'a secret was said');
    const report = JSON.parse(out) as Report;
    const of = (status: string) =>
      [...new Set(report.verdicts.filter((v) => v.status === status).map((v) => v.id))].sort();
    return { code, of, report };
  }

  it('without sudo: what it may not read is unknown with the grant, the rest is measured', async () => {
    const { code, of, report } = await check('plain', '');
    assert.equal(code, 3);
    assert.deepEqual(of('fail'), []);
    assert.deepEqual(of('unknown'), ROOT_ONLY);
    for (const id of ['clock-skew', 'product-version', 'user-ids']) assert.ok(of('pass').includes(id), id);
    for (const v of report.verdicts.filter((x) => x.status === 'unknown')) assert.match(v.message, /sudo: true/);
  });

  const MEASURED: readonly (readonly [what: string, prepare: string, undo: string])[] = [
    ['with sudo -n', ':', ':'],
    ['a directory that only root may enter, with sudo -n', 'chmod 700 /etc/rstudio', 'chmod 755 /etc/rstudio'],
    [
      'a list of rights that needs a password, where the commands need none',
      "echo 'Defaults listpw=always' >/etc/sudoers.d/c",
      'rm /etc/sudoers.d/c',
    ],
    [
      'sudo that warns of its own files and does it',
      `echo 'foo bar baz' >/etc/sudoers.d/c; echo 'Defaults nonsense' >/etc/sudoers.d/d
echo 'X ALL=(ALL) ALL' >/etc/sudoers.d/e; chmod 666 /etc/sudoers.d/e`,
      'rm /etc/sudoers.d/[cde]',
    ],
  ];
  for (const [what, prepare, undo] of MEASURED)
    it(`${what}: everything is measured`, async () => {
      for (const host of hosts.list) host.exec(prepare);
      const { code, of } = await check('sudoer', ', sudo: true');
      for (const host of hosts.list) host.exec(undo);
      assert.deepEqual([code, of('fail'), of('unknown')], [0, [], []]);
    });

  it('with a password from the environment', async () => {
    const sudo = ', sudo: { password: { env: AUDIT_PASSWORD } }';
    const good = await check('pwsudoer', sudo, { AUDIT_PASSWORD: 'sudo-planted-secret' });
    assert.deepEqual([good.code, good.of('fail'), good.of('unknown')], [0, [], []]);
    const bad = await check('pwsudoer', sudo, { AUDIT_PASSWORD: 'not-it-planted' });
    assert.equal(bad.code, 3);
    // a refusal costs only what needs sudo
    for (const id of ['user-ids', 'node-count']) assert.ok(bad.of('pass').includes(id), id);
    const refused = bad.report.verdicts.find((v) => v.id === 'config-identical')!;
    says(refused.message, 'sudo: a wrong password');
    for (const host of hosts.list) host.exec('! grep -c "incorrect password attempts" /var/log/auth.log 2>/dev/null');
  });

  const REFUSALS: readonly (readonly [what: Refusal, user: string, prepare: string, mend: string])[] = [
    ['sudo: no right to use it', 'plain', ':', ':'],
    ['sudo: requiretty', 'sudoer', "echo 'Defaults:sudoer requiretty' >/etc/sudoers.d/c", 'rm /etc/sudoers.d/c'],
    [
      'sudo: only another command is allowed',
      'sudoer',
      "echo 'sudoer ALL=(ALL:ALL) NOPASSWD: /usr/bin/true' >/etc/sudoers.d/a",
      "echo 'sudoer ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/a",
    ],
    [
      'sudo: it is not installed',
      'sudoer',
      'chmod 0 /usr/bin/sudo; mv /usr/bin/sudo /usr/bin/sudo.away',
      'mv /usr/bin/sudo.away /usr/bin/sudo; chmod 4755 /usr/bin/sudo',
    ],
    ['sudo: its file may be written by everybody', 'sudoer', 'chmod 666 /etc/sudoers', 'chmod 440 /etc/sudoers'],
    [
      'sudo: its program has lost the bit that makes it root',
      'sudoer',
      'chmod u-s /usr/bin/sudo',
      'chmod u+s /usr/bin/sudo',
    ],
    ['sudo: its program is for another group', 'sudoer', 'chmod 4750 /usr/bin/sudo', 'chmod 4755 /usr/bin/sudo'],
    [
      'sudo: that of another project, which asks for a password',
      'sudoer',
      `mv /usr/bin/sudo /usr/bin/sudo.away
printf '#!/bin/sh\\necho "sudo: interactive authentication is required" >&2; exit 1\\n' >/usr/bin/sudo; chmod 755 /usr/bin/sudo`,
      'mv /usr/bin/sudo.away /usr/bin/sudo; chmod 4755 /usr/bin/sudo',
    ],
  ];

  for (const [what, user, prepare, mend] of REFUSALS)
    it(`${what}: said with the way out, and what needs no sudo is measured`, async () => {
      for (const host of hosts.list) host.exec(prepare);
      const { code, of, report } = await check(user, ', sudo: true');
      for (const host of hosts.list) host.exec(mend);
      assert.equal(code, 3);
      // an incomplete sudoers file refuses each command on its own
      if (what !== 'sudo: only another command is allowed') assert.ok(of('pass').includes('user-ids'));
      const { message } = report.verdicts.find((v) => v.id === 'config-identical')!;
      says(message, what);
      // it is set
      if (what !== 'sudo: only another command is allowed')
        assert.ok(!report.verdicts.some((v) => v.message.includes('set connection.sudo: true')), what);
    });

  it('noexec: nothing is lost that sudo runs itself, and the rest says what to set', async () => {
    for (const host of hosts.list) host.exec("echo 'Defaults noexec' >/etc/sudoers.d/c; chmod 440 /etc/sudoers.d/c");
    const single = await check('sudoer', ', sudo: true');
    const whole = await check('pwsudoer', ', sudo: { password: { env: AUDIT_PASSWORD } }', {
      AUDIT_PASSWORD: 'sudo-planted-secret',
    });
    for (const host of hosts.list) host.exec('rm /etc/sudoers.d/c');
    const said = (r: Report): string =>
      r.verdicts.flatMap((v) => (v.status === 'unknown' ? [v.message] : [])).join('\n');
    for (const { report } of [single, whole]) says(said(report), 'sudo: noexec');
  });

  it('a restricted login shell, and shells that are not POSIX', async () => {
    for (const shell of ['/bin/rbash', '/usr/bin/tcsh', '/usr/bin/fish'].filter((path) => existsSync(path))) {
      for (const host of hosts.list) host.exec(`usermod -s ${shell} plain`);
      for (const type of ['ssh', 'openssh']) {
        const { of } = await check('plain', `, type: ${type}`);
        assert.ok(of('pass').includes('user-ids'), `${shell} by ${type}`);
      }
    }
    for (const host of hosts.list) host.exec('usermod -s /bin/sh plain');
  });
});

/** The hosts' configuration is in the default places, but for the shared directories. */
for (const cluster of CLUSTERS)
  describe(`${cluster.product}: exactly what plan --sudoers allows`, { skip, concurrency: false }, () => {
    let hosts: Hosts;
    let folder: string;
    let inventory: string;
    before(async () => {
      hosts = startHosts(['h1', 'h2'], cluster.node);
      folder = mkdtempSync(join(tmpdir(), 'ha-preflight-sudoers-'));
      inventory = join(folder, 'inventory.yml');
      const nodes = hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n');
      writeFileSync(
        inventory,
        `version: 1\ncluster: real\nproduct: ${cluster.product}\nconnection: { user: ops, sudo: true, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${nodes}\n`,
      );
      const printed = await run(['plan', '--sudoers', inventory]);
      assert.equal(printed.code, 0, printed.err);
      for (const host of hosts.list) {
        host.exec("useradd -m -s /bin/sh ops; usermod -p '*' ops; mkdir -p /etc/sudoers.d");
        writeFileSync(join(host.root, 'etc/sudoers.d/ha-preflight'), printed.out, { mode: 0o440 });
        host.exec('visudo -cf /etc/sudoers.d/ha-preflight');
        host.exec(`find ${cluster.config.replace(/\/[^/]*$/, '')} -type f -exec chmod o-rwx {} +`);
      }
    });
    after(() => {
      hosts?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('every check is measured', async () => {
      const { code, out } = await run(['check', inventory, '--format', 'json']);
      const wrong = (JSON.parse(out) as Report).verdicts.filter((v) => v.status === 'fail' || v.status === 'unknown');
      assert.deepEqual(
        wrong.map((v) => `${v.id}: ${v.message}`),
        [],
      );
      assert.equal(code, 0);
    });

    it('and nothing else: no other file, no way out of the folders, no writing', () => {
      const root = cluster.config.replace(/\/[^/]*$/, '');
      for (const command of [
        'cat /etc/shadow',
        'cat -- /etc/shadow',
        `cat -- ${root}/../shadow`,
        `cat -- ${cluster.config} /etc/shadow`,
        `od -An -v -tu1 -N 64 -- /etc/shadow`,
        `find -L ${root} -delete`,
        `find -L ${root} -exec sh -c id {} +`,
        'find -L / -maxdepth 1 -type f -name x -exec rm {} +',
        'grep -sahE . /etc/shadow',
        'sh -c id',
        'kill -9 -1',
        `tee ${cluster.config}`,
      ])
        for (const host of hosts.list)
          assert.throws(
            () => host.exec(`su ops -c 'sudo -n ${command}' </dev/null`),
            /a password is required/,
            command,
          );
    });
  });

it('no expression of --sudoers is longer than the 1024 characters that sudo takes', async () => {
  const { code, out } = await run(['plan', '--sudoers', '--nodes', 'ops@a,ops@b']);
  assert.equal(code, 0);
  const expressions = [...out.matchAll(/\^.*\$/g)].map(([text]) => text);
  assert.ok(expressions.length > 20, out);
  assert.deepEqual(
    expressions.filter((text) => text.length > 1024),
    [],
  );
});

it('--sudoers without one account for all nodes is refused', async () => {
  const { code, err } = await run(['plan', '--sudoers', '--nodes', 'a,b']);
  assert.equal(code, 2);
  assert.match(err, /write USER@ before/);
});
