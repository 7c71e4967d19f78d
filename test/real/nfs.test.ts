/** Shared storage on real NFS: three kernels with clients of their own, a kernel NFS server, and what `--active` proves on them. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '../../src/model/report.js';
import { STUCK_MOUNT } from '../robust/inputCases.js';
import { cost } from '../robust/rows.js';
import { EDITIONS } from '../support/clusters.js';
import { run } from '../support/run.js';
import { startVms, type Vm, type Vms, whyNoVms } from './vms.js';

/** Stands in for Workbench's locktester, with real locks: takes one of each kind, says which it got, and waits. */
const TESTER = `#!/bin/sh
mkdir -p "$HOME/.local"; cd "$HOME/.local" || exit
exec 9>>advisory; if flock -n 9; then echo '* Acquired advisory lock'; else echo '* Unable to acquire advisory lock'; fi
: >own.$$; if ln own.$$ link 2>/dev/null; then l=1; echo '* Acquired link-based lock'; else echo '* Unable to acquire link-based lock'; fi
trap 'kill $s; [ -z "$l" ] || rm -f link; exit' INT TERM HUP
sleep 60 9>&- >/dev/null & s=$!; wait
`;

/** Shells and programs of ours on a node, without the one that looks. */
const OURS = `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in 'sh -s '*|'timeout '*|stat*|ls*|df*) tr '\\0' ' ' <$p/cmdline;; esac; done`;

let vms: Vms | undefined;
let why = whyNoVms();
if (why === undefined)
  try {
    vms = await startVms(['v1', 'v2', 'v3'], (name) => ({
      ...EDITIONS.workbench.node(name),
      '/usr/lib/rstudio-server/bin/locktester': { text: TESTER, mode: 0o755 },
    }));
  } catch (error) {
    // a machine whose kernel or network has no room for others: that is no fault of what is tested here
    why = (error as Error).message;
  }

describe('real NFS', { skip: why ?? false, concurrency: false, timeout: 3_600_000 }, () => {
  const { list, server, identity, knownHosts } = vms ?? ({ list: [] } as unknown as Vms);
  const folder = mkdtempSync(join(tmpdir(), 'hp-nfs-'));
  after(() => {
    vms?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const UMOUNT = 'umount /srv/shared /home 2>/dev/null; :';
  const umount = (vm: Vm): void => void vm.exec(UMOUNT);
  const mount = (vm: Vm, options: string): void => {
    // version 4 sees the export as its root
    const at = options.includes('vers=4') ? '' : '/srv/disk';
    const places = [`${server.address}:${at || '/'} /srv/shared`, `${server.address}:${at}/homes /home`];
    vm.exec(
      `${UMOUNT}; mkdir -p /srv/shared && ${places.map((place) => `mount -t nfs -o ${options} ${place}`).join(' && ')} && printf '%s nfs _netdev 0 0\\n' ${places.map((place) => `'${place}'`).join(' ')} >/etc/fstab`,
    );
  };
  const GOOD = 'vers=4.2,lookupcache=pos';
  before(() => {
    for (const vm of list) mount(vm, GOOD);
  });

  function inventory(): string {
    const file = join(folder, 'inventory.yml');
    writeFileSync(
      file,
      `version: 1\ncluster: nfs\nconnection: { user: root, identityFile: ${identity}, knownHosts: ${knownHosts} }\nnodes:\n${list.map((v) => `  - { name: ${v.name}, host: ${v.address} }`).join('\n')}\nstorage: { homes: /home }\n`,
    );
    return file;
  }
  /** Again, up to three times, where a kernel of ours was too slow for a request's time on the node. */
  async function audit(
    how: readonly string[] = ['--active'],
    tries = 3,
  ): Promise<{ failed: (id: string) => string[]; said: string }> {
    const checks = 'shared-directories,storage-visibility,file-locking,nfs-mount-options,nfs-version,clock-skew';
    const ran = await run(
      ['check', inventory(), ...how, '--format', 'json', '--timeout', '600', '--only', checks],
      {},
      undefined,
      900_000,
    );
    const report = JSON.parse(ran.out) as Report;
    const said = JSON.stringify(
      report.verdicts.map((v) => [v.id, v.status, v.nodes.join(' '), v.message]),
      null,
      1,
    );
    if (tries > 1 && /did not answer within|does not answer|not answering/.test(said)) return audit(how, tries - 1);
    return {
      failed: (id) => [
        ...new Set(
          report.verdicts
            .filter((v) => v.id === id && v.status !== 'pass' && v.status !== 'skip')
            .map((v) => `${v.status} ${v.nodes.join(' ')}`),
        ),
      ],
      said,
    };
  }
  const clean = (failed: (id: string) => string[], ...ids: string[]): string[] => ids.flatMap(failed);

  it('version 4.2 with lookupcache=pos: one directory, seen at once, locks exclude', async () => {
    const { failed, said } = await audit();
    assert.deepEqual(
      clean(failed, 'shared-directories', 'storage-visibility', 'file-locking', 'nfs-mount-options', 'nfs-version'),
      [],
      said,
    );
    assert.match(said, /a link-based lock that v1 holds is refused to v2 and v3/);
    assert.match(said, /refused to v2 and v3 \(.*, tested with Workbench's locktester\)/);
    assert.equal(server.exec('ls -A /srv/disk/storage /srv/disk/homes | grep -c preflight; :').trim(), '0');
  });
  it('an empty share, and one that is being written, is one directory without a marker', async () => {
    const [first] = list;
    const empty = await audit([]);
    assert.deepEqual(empty.failed('shared-directories'), [], empty.said);
    first!.exec(
      '(for i in $(seq 500); do touch /srv/shared/storage/f; rm /srv/shared/storage/f; sleep 0.02; done) >/dev/null 2>&1 </dev/null &',
    );
    const written = await audit([]);
    assert.deepEqual(written.failed('shared-directories'), [], written.said);
  });
  it('the share is read-only on one node', async () => {
    mount(list[1]!, `${GOOD},ro`);
    const { failed, said } = await audit([]);
    mount(list[1]!, GOOD);
    assert.deepEqual(failed('shared-directories'), ['fail v2'], said);
    assert.match(said, /mounted read-only/);
  });
  it('one node believes its directory cache for ten minutes: the new file stays unseen there', async () => {
    mount(list[1]!, 'vers=4.2,acdirmin=600,acdirmax=600');
    const { failed, said } = await audit();
    mount(list[1]!, GOOD);
    assert.deepEqual(failed('storage-visibility'), ['fail v2'], said);
    assert.deepEqual(failed('nfs-mount-options'), ['fail v2'], said);
    assert.deepEqual(clean(failed, 'shared-directories', 'file-locking'), [], said);
  });
  it('one node keeps advisory locks to itself (version 3, nolock): two hold one lock', async () => {
    for (const vm of list) vm.exec('echo lock-type=advisory >/etc/rstudio/file-locks');
    mount(list[2]!, 'vers=3,nolock,lookupcache=pos');
    const { failed, said } = await audit();
    mount(list[2]!, GOOD);
    assert.deepEqual(failed('file-locking'), ['fail v3'], said);
    assert.match(said, /v1 and v3 hold the same advisory lock at the same time/);
    assert.deepEqual(clean(failed, 'shared-directories', 'storage-visibility'), [], said);
  });
  it('advisory locks that go to the server exclude, and are free after their holder was killed', async () => {
    const { failed, said } = await audit();
    assert.deepEqual(failed('file-locking'), [], said);
    assert.match(said, /an advisory lock that v1 holds is refused to v2 and v3/);
    for (const vm of list) vm.exec('rm /etc/rstudio/file-locks');
  });
  it('one node has not mounted it, and writes below the mount point', async () => {
    umount(list[2]!);
    list[2]!.exec('mkdir -p /srv/shared/storage');
    const { failed, said } = await audit();
    mount(list[2]!, GOOD);
    assert.deepEqual(failed('shared-directories'), ['fail v3'], said);
  });
  it('the directory of one node was removed on the server: its mount answers with an error', async () => {
    const [, second] = list;
    server.exec('mkdir /srv/disk/gone');
    second!.exec(`umount /home; mount -t nfs -o ${GOOD} ${server.address}:/gone /home`);
    server.exec('rmdir /srv/disk/gone');
    const { failed, said } = await audit([]);
    mount(second!, GOOD);
    assert.deepEqual(failed('shared-directories'), ['fail v2'], said);
    assert.match(said, /Stale file handle/);
  });
  it('homes that an automounter mounts, each its own', async () => {
    server.exec('mkdir /srv/disk/homes/jdoe /srv/disk/homes/jsmith');
    for (const vm of list)
      vm.exec(`umount /home; modprobe autofs4
echo '/home /etc/auto.homes' >/etc/auto.master; echo '* -fstype=nfs4,lookupcache=pos ${server.address}:/homes/&' >/etc/auto.homes
grep -v ' /home ' /etc/fstab >/etc/fstab.new; mv /etc/fstab.new /etc/fstab; automount`);
    const same = (user: string, nodes: string): string =>
      `/home/${user} (home directories) is one directory on ${nodes}`;
    /** A home that is mounted while the node is being asked, on a busy machine, is there the next time. */
    const until = async (...words: readonly string[]) => {
      let told = await audit([]);
      for (let tries = 1; tries < 5 && !words.every((w) => told.said.includes(w)); tries++) told = await audit([]);
      return told;
    };
    const all = ['jdoe', 'jsmith'].map((user) => same(user, 'v1, v2 and v3'));
    const { failed, said } = await until(...all);
    const stop =
      'kill $(pidof automount); i=0; while pidof automount >/dev/null && [ $i -lt 40 ]; do sleep 0.1; i=$((i+1)); done';
    list[2]!.exec(`${stop}; sed -i 's/^[*]/jdoe/' /etc/auto.homes; automount`);
    const lost = [all[0]!, same('jsmith', 'v1 and v2'), '/home/jsmith (home directories) does not exist on v3'];
    const less = await until(...lost);
    for (const vm of list) vm.exec(stop);
    for (const vm of list) mount(vm, GOOD);
    assert.deepEqual(failed('shared-directories'), [], said);
    for (const words of all) assert.ok(said.includes(words), said);
    assert.deepEqual(less.failed('shared-directories'), ['fail v3'], less.said);
    for (const words of lost) assert.ok(less.said.includes(words), less.said);
  });
  it('the file server is 90 s ahead of its clients', async () => {
    server.exec('date -s "+90 seconds" >/dev/null');
    const { failed, said } = await audit();
    server.exec('date -s "-90 seconds" >/dev/null');
    assert.deepEqual(failed('clock-skew'), ['fail v1 v2 v3'], said);
    assert.match(said, /the file server of .* ahead/);
  });
  it(STUCK_MOUNT, async () => {
    const [, cut] = list;
    const before = cut!.exec(OURS);
    // the server's packets vanish: a route cut on the client would be an error there, and no silence
    server.exec(`ip route add blackhole ${cut!.address}/32`);
    const started = performance.now();
    const ran = await run(['check', inventory(), '--format', 'json', '--timeout', '300'], {}, undefined, 600_000);
    const seconds = (performance.now() - started) / 1000;
    // while the file server is still gone
    const left = cut!.exec(`sleep 3; ${OURS}`);
    server.exec(`ip route del blackhole ${cut!.address}/32`);
    const { verdicts } = JSON.parse(ran.out) as Report;
    const said = ran.out + ran.err;
    const of = (node: string, status: string): string[] =>
      [...new Set(verdicts.filter((v) => v.status === status && v.nodes.includes(node)).map((v) => v.id))].sort();
    assert.deepEqual(
      of('v2', 'unknown'),
      ['file-locking', 'free-space', 'mount-persistence', 'nfs-mount-options', 'nfs-version', 'storage-kind'],
      said,
    );
    // the other nodes got an answer in the same run, so it is a fault of this one's mount
    assert.deepEqual(
      of('v2', 'fail').filter((id) => id !== 'clock-skew'),
      ['shared-directories'],
      said,
    );
    for (const { message } of verdicts.filter((v) => v.status === 'unknown'))
      assert.match(message, /; not answering: .*:\/homes on \/home \(nfs4\)/);
    for (const id of ['clock-source', 'config-identical', 'key-file', 'product-version', 'user-ids'])
      assert.ok(of('v2', 'pass').includes(id), `${id} was measured all the same\n${said}`);
    for (const node of ['v1', 'v3']) {
      // the clocks of these kernels run as fast as this machine lets them
      const failed = of(node, 'fail').filter((id) => id !== 'clock-skew');
      assert.deepEqual([...of(node, 'unknown'), ...failed], [], said);
      assert.ok(of(node, 'pass').includes('shared-directories'), said);
    }
    assert.equal(ran.code, 1);
    assert.ok(seconds < 305, `took ${seconds.toFixed(1)} s of the 300 of --timeout`);
    assert.equal(left, before);
    cost(STUCK_MOUNT, seconds);
  });
});
