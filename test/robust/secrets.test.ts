/**
 * Secrets of every kind, planted on real hosts and given to this program; then every report, the evidence, standard error,
 * and the argument lists and environments of all processes on the nodes and here while it runs are searched for them.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { reporters } from '../../src/reporters/index.js';
import { type Hosts, startHosts, whyNoHosts } from '../real/hosts.js';
import { CLUSTERS } from '../support/clusters.js';
import { BIN, run } from '../support/run.js';
import { cost } from './rows.js';

const skip = process.env.CI === 'true' ? false : (whyNoHosts() ?? false);

let planted = 0;
/** A secret of its own, which no word of ours contains. */
const secret = (): string => `zq${(++planted).toString(36)}Planted${(planted * 7919).toString(36)}Xw`;

const DATABASE = secret();
const COOKIE = `${secret()}${'c0ffee'.repeat(12)}`;
const FILES: Readonly<Record<string, string>> = {
  '/etc/rstudio/rserver.conf': `server-shared-storage-path=/srv/shared/storage
www-port=8787
auth-required-user-group=analysts
auth-openid-client-secret=${secret()}
auth-saml-sp-signing-password="${secret()}"
monitor-graphite-token = ${secret()}
# admin-password=${secret()}
webhook=https://hooks.example.com/x?api_key=${secret()}&v=1
proxy=http://audit:${secret()}@proxy.example.com:3128/
`,
  '/etc/rstudio/database.conf': `provider=postgresql
connection-uri=postgresql://rstudio:${secret()}@db.example.com:5432/rstudio?sslmode=verify-full
password=${DATABASE}
`,
  '/etc/rstudio/openid-client-secret': `client-id=x\nclient-secret=${secret()}\n`,
  '/etc/rstudio/jupyter.conf': `smtp-password ${secret()}\nldap-bind-pwd=${secret()}\n`,
  '/etc/rstudio/launcher.kubernetes.conf': `auth-token=${secret()}\naws_secret_access_key: ${secret()}\n-----BEGIN RSA PRIVATE KEY-----\n${secret()}\n${secret()}\n-----END RSA PRIVATE KEY-----\n`,
  '/etc/rstudio/unknown.bin': `${secret()}\n`,
  '/etc/rstudio/license.lic': `license-key=${secret()}\n`,
  '/etc/rstudio/secure-cookie-key': COOKIE,
  '/etc/systemd/system/rstudio-server.service.d/override.conf': `[Service]\nEnvironment=RSTUDIO_DATABASE_PASSWORD=${secret()}\nEnvironment="WORKBENCH_TOKEN=${secret()}"\n`,
  '/root/.pgpass': `db:5432:*:x:${secret()}\n`,
  '/root/.aws/credentials': `[default]\naws_secret_access_key=${secret()}\n`,
};
const SUDO = secret();
const URL_PASSWORD = secret();

/** Notes the argument list and the environment of every process, over and over: by one program, since most live for a millisecond. */
const WATCH = 'while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; done 2>/dev/null';

describe('secrets', { skip, concurrency: false, timeout: 120_000 }, () => {
  let hosts: Hosts;
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const all = (): string[] => [
    ...new Set(
      [
        ...Object.values(FILES)
          .join('\n')
          .matchAll(/zq\w+Xw/g),
      ].map((m) => m[0]),
    ),
    SUDO,
    URL_PASSWORD,
  ];
  const search = (where: string, text: string): void => {
    for (const s of all())
      assert.ok(
        !text.includes(s),
        `${where} holds ${s} of ${Object.entries(FILES).find(([, t]) => t.includes(s))?.[0] ?? 'this program'}`,
      );
  };
  before(() => {
    assert.ok(all().length >= 24, String(all().length));
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-secrets-'));
    hosts = startHosts(['h1', 'h2'], CLUSTERS[0]!.node);
    for (const host of hosts.list) {
      host.exec(
        `useradd -m -s /bin/sh ops; echo 'ops:${SUDO}' | chpasswd; mkdir -p /etc/sudoers.d /root/.aws; echo 'ops ALL=(ALL) ALL' >/etc/sudoers.d/x; chmod 440 /etc/sudoers.d/x`,
      );
      for (const [path, text] of Object.entries(FILES)) writeFileSync(join(host.root, path), text, { mode: 0o600 });
    }
    // so that something fails and is shown
    writeFileSync(
      join(hosts.list[1]!.root, 'etc/rstudio/database.conf'),
      FILES['/etc/rstudio/database.conf']!.replace(DATABASE, secret()),
    );
    const nodes = hosts.list.map((h) => `  - { name: ${h.name}, host: ${h.address} }`).join('\n');
    writeFileSync(
      at('i.yml'),
      `version: 1\ncluster: s\nconnection: { user: ops, sudo: { password: { env: AUDIT_SUDO } }, identityFile: ${hosts.identity}, knownHosts: ${hosts.knownHosts} }\nnodes:\n${nodes}\ndatabase: { url: { env: AUDIT_URL } }\n`,
    );
  });
  after(() => {
    hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('none is said, saved, or seen in an argument list or environment', async () => {
    const started = performance.now();
    const watchers = hosts.list.map((h) => {
      writeFileSync(join(h.root, 'watch'), `${WATCH}\n`);
      h.exec('setsid sh /watch >/watched 2>&1 </dev/null &');
      return join(h.root, 'watched');
    });
    // this program's own environment holds what it was given; the processes it starts need not
    const here = spawn(
      'sh',
      [
        '-c',
        `while :; do for p in $(pgrep -P $PPID); do tr '\\0' '\\n' <$p/cmdline; done 2>/dev/null; ps -eo args; done >"${at('here')}" 2>/dev/null`,
      ],
      { detached: true },
    );
    const files = Object.keys(reporters).map((f) => ['--report', `${f}=${at(`r.${f}`)}`]);
    const env = { AUDIT_SUDO: SUDO, AUDIT_URL: `postgresql://x:${URL_PASSWORD}@127.0.0.1:1/x` };
    const args = [
      'check',
      at('i.yml'),
      '--debug',
      '--verbose',
      '--save-evidence',
      at('evidence.json'),
      ...files.flat(),
    ];
    const ran = await run(args, env);
    const again = await run(['check', at('i.yml'), '--active', '--quiet'], env);
    process.kill(-here.pid!, 'SIGKILL');
    for (const h of hosts.list) h.exec("pkill -9 -f '^sh /watch'; :");
    assert.equal(ran.code, 1, ran.err);

    for (const name of readdirSync(folder)) search(name, readFileSync(at(name), 'utf8'));
    search('standard output', ran.out + again.out);
    search('standard error', ran.err + again.err);
    search('plan', (await run(['plan', at('i.yml')], env)).out);
    assert.ok(readFileSync(at('here'), 'utf8').includes(BIN), 'nothing was watched here');
    for (const file of watchers) {
      const seen = readFileSync(file, 'utf8').replaceAll('\0', '\n');
      assert.ok(seen.includes('HA_NONCE='), 'nothing was watched on the node');
      search('a process on the node', seen);
      // whoever had the nonce could try words against the digests of a saved file
      for (const [, nonce] of seen.matchAll(/^HA_NONCE=(.+)$/gm))
        assert.ok(!readFileSync(at('evidence.json'), 'utf8').includes(nonce!), 'the evidence holds the nonce');
    }
    assert.equal(statSync(at('evidence.json')).mode & 0o777, 0o600);
    cost('24 kinds of secret on the nodes and given to it', (performance.now() - started) / 1000);
  });

  it('a password in the inventory is refused, and not repeated', async () => {
    const started = performance.now();
    const word = secret();
    for (const line of [
      `connection: { sudo: { password: ${word} } }`,
      `connection: { password: ${word} }`,
      `database: { url: "postgresql://x:${word}@db/x" }`,
      `s3: { secretAccessKey: ${word} }`,
    ]) {
      writeFileSync(at('bad.yml'), `version: 1\ncluster: s\nnodes: [a, b]\n${line}\n`);
      const { code, out, err } = await run(['check', at('bad.yml')]);
      assert.deepEqual([code, out], [2, ''], line);
      assert.ok(!err.includes(word), err);
      assert.match(err, /bad\.yml:4:\d+: /);
    }
    cost('a password in the inventory', (performance.now() - started) / 1000);
  });
});
