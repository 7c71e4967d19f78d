/** Accounts of a directory: real slapd, and on each host a real sssd that gives names back in its own spelling. */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { EDITIONS } from '../support/clusters.js';
import { run } from '../support/run.js';
import { freePort } from './addresses.js';
import { type Host, type Hosts, inventoryOf, startHosts, whyNoHosts } from './hosts.js';

const PROGRAMS = ['/usr/sbin/slapd', '/usr/bin/ldapadd', '/usr/sbin/sssd', '/usr/lib/x86_64-linux-gnu/libnss_sss.so.2'];
const missing = PROGRAMS.filter((p) => !existsSync(p));
const why = whyNoHosts() ?? (missing.length > 0 ? `needs ${missing.join(', ')} (slapd, ldap-utils, sssd-ldap)` : false);

const PEOPLE = ['jdoe', 'jsmith', 'anna'];
const person = (name: string, i: number): string => `dn: uid=${name},dc=example,dc=com
objectClass: account
objectClass: posixAccount
uid: ${name}
cn: ${name}
uidNumber: ${61_001 + i}
gidNumber: 62001
homeDirectory: /home/${name}
loginShell: /bin/bash
`;
const group = (name: string, id: number, members: readonly string[]): string => `dn: cn=${name},dc=example,dc=com
objectClass: posixGroup
cn: ${name}
gidNumber: ${id}
${members.map((m) => `memberUid: ${m}\n`).join('')}`;
const DIRECTORY = [
  'dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n',
  ...PEOPLE.map(person),
  group('domain users', 62_001, []),
  group('RStudio-Users', 62_002, PEOPLE),
].join('\n');

/** Of one host: where the directory is (`ADDRESS:PORT`), and what else is set. */
const sssd = (server: string, more = ''): string => `[sssd]
domains = example.com
services = nss
[nss]
entry_cache_nowait_percentage = 0
[domain/example.com]
id_provider = ldap
auth_provider = none
access_provider = permit
ldap_uri = ldap://${server}
ldap_search_base = dc=example,dc=com
ldap_schema = rfc2307
case_sensitive = false
${more}
`;

describe('accounts of a directory', { skip: why, concurrency: false, timeout: 240_000 }, () => {
  let hosts: Hosts;
  let port: number;
  let stopServer = (): void => {};
  const folder = mkdtempSync(join(tmpdir(), 'hp-directory-'));
  const file = join(folder, 'inventory.yml');

  /** This machine, as the host sees it: the address before its own. */
  const hereOf = ({ address }: Host): string => address.replace(/\d+$/, (n) => String(Number(n) - 1));
  /** Starts sssd anew, without what it has cached. */
  const start = (host: Host, more = ''): void => {
    writeFileSync(join(host.root, 'etc/sssd/sssd.conf'), sssd(`${hereOf(host)}:${port}`, more), { mode: 0o600 });
    host.exec(
      `[ ! -e /run/sssd.pid ] || kill $(cat /run/sssd.pid); sleep 0.5; rm -f /var/lib/sss/db/* /var/lib/sss/mc/* /run/sssd.pid
/usr/sbin/sssd -D --logger=files; i=0; until getent passwd jdoe >/dev/null || [ $i = 40 ]; do sleep 0.25; i=$((i + 1)); done`,
    );
  };
  const stop = (host: Host): void =>
    host.exec('kill $(cat /run/sssd.pid); sleep 0.5; rm -f /var/lib/sss/db/* /var/lib/sss/mc/*');

  before(async () => {
    const config = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=example,dc=com
rootdn cn=admin,dc=example,dc=com
rootpw planted
directory ${folder}/db
`;
    execFileSync('mkdir', [join(folder, 'db')]);
    writeFileSync(join(folder, 'slapd.conf'), config);
    port = await freePort();
    const url = `ldap://0.0.0.0:${port}`;
    const server = spawn('/usr/sbin/slapd', ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', url], {
      stdio: 'ignore',
    });
    stopServer = () => void server.kill();
    const add = ['-x', '-H', `ldap://127.0.0.1:${port}`, '-D', 'cn=admin,dc=example,dc=com', '-w', 'planted'];
    for (let tries = 0; ; tries++)
      try {
        execFileSync('ldapadd', add, { input: DIRECTORY, stdio: ['pipe', 'pipe', 'pipe'] });
        break;
      } catch (error) {
        if (tries > 40) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    const { node } = EDITIONS.workbench;
    hosts = startHosts(['n1', 'n2', 'n3'], (name) => {
      const { '/etc/rstudio/rserver.conf': config, ...rest } = node(name);
      return {
        ...rest,
        '/etc/passwd': { text: 'root:x:0:0::/root:/bin/sh\n' },
        '/etc/group': { text: 'root:x:0:\n' },
        '/etc/rstudio/rserver.conf': { text: String(config!.text).replace('analysts', 'RStudio-Users,Domain Users') },
        '/etc/nsswitch.conf': { text: 'passwd: files sss\ngroup: files sss\nhosts: files dns\n' },
        '/etc/sssd/sssd.conf': { text: '', mode: 0o600 },
      };
    });
    writeFileSync(file, `${inventoryOf(hosts)}users: [jdoe, JSmith]\n`);
    for (const host of hosts.list) {
      host.exec('getent passwd rstudio-server >/dev/null || useradd -r -u 990 rstudio-server');
      start(host);
    }
  });
  after(() => {
    for (const host of hosts?.list ?? [])
      try {
        stop(host);
      } catch {}
    hosts?.stop();
    stopServer();
    rmSync(folder, { recursive: true, force: true });
  });

  async function audit(): Promise<{ of: (status: string) => string[]; said: string }> {
    const ran = await run(['check', file, '--only', 'user-ids', '--format', 'json']);
    const { verdicts } = JSON.parse(ran.out) as Report;
    const said = verdicts.map((v) => `${v.status} ${v.severity} ${v.nodes.join(' ')}: ${v.message}`).join('\n');
    return {
      of: (status) => [...new Set(verdicts.filter((v) => v.status === status).map((v) => v.nodes.join(' ')))],
      said,
    };
  }

  it('the same accounts everywhere, in the spelling of the directory, a group with a blank among them', async () => {
    const { of, said } = await audit();
    assert.deepEqual([of('fail'), of('unknown'), of('pass')], [[], [], ['n1 n2 n3']], said);
    assert.match(said, /RStudio-Users/);
  });

  it('full names on one node: the same accounts', async () => {
    start(hosts.list[2]!, 'use_fully_qualified_names = false\nfull_name_format = %1$s@%2$s');
    const { of, said } = await audit();
    start(hosts.list[2]!);
    assert.deepEqual([of('fail'), of('unknown')], [[], []], said);
  });

  it('sssd is stopped on one node: it knows nobody', async () => {
    stop(hosts.list[2]!);
    const { of, said } = await audit();
    start(hosts.list[2]!);
    assert.deepEqual(of('fail'), ['n3'], said);
    assert.deepEqual(of('unknown'), [], said);
  });

  it('the directory cannot be reached from one node, which has no cache: it knows nobody', async () => {
    const [, second] = hosts.list;
    stop(second!);
    second!.exec(`sed -i s/:${port}/:9/ /etc/sssd/sssd.conf; /usr/sbin/sssd -D --logger=files; sleep 2`);
    const { of, said } = await audit();
    start(second!);
    assert.deepEqual(of('fail'), ['n2'], said);
  });

  it('one node gives other numbers to the same names', async () => {
    start(hosts.list[1]!, 'ldap_user_uid_number = gidNumber');
    const { of, said } = await audit();
    start(hosts.list[1]!);
    assert.deepEqual(of('fail'), ['n2'], said);
  });

  it('one node is told to leave the members out: unknown, not a difference', async () => {
    start(hosts.list[0]!, 'ignore_group_members = true');
    const { of, said } = await audit();
    start(hosts.list[0]!);
    assert.deepEqual([of('fail'), of('unknown')], [[], ['n1']], said);
  });
});
