/** Answers as nodes give them now and as evidence of earlier releases has them: one value. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addresses } from '../../src/collectors/addresses.js';
import { clusterState } from '../../src/collectors/clusterState.js';
import { databasePassword } from '../../src/collectors/databasePassword.js';
import { host } from '../../src/collectors/host.js';
import { keys } from '../../src/collectors/keys.js';
import { mountUnits } from '../../src/collectors/mountUnits.js';
import type { Collector } from '../../src/model/collector.js';
import type { Asking } from '../../src/model/evidence.js';
import type { Found } from '../../src/products/profile.js';

const DIGEST = 'ab'.repeat(32);
const ASKING = {} as Asking;
const spec = { name: 'k', path: '/etc/pm/pm.key', because: '', reader: 'rstudio-pm' };
/** As far as these collectors look at it. */
const FOUND = {
  running: [{ name: 'rserver', pid: 7 }],
  tree: [{ path: 'database.conf', type: 'file', mode: 0o600, owner: 'root', group: 'root', size: 1, modified: 0 }],
  profile: { settings: () => ({ keys: [spec] }) },
} as unknown as Found;

const read = <T>(collector: Collector<T, Found>, name: string, stdout: string): T =>
  collector.parse({ [name]: { exit: 0, stdout, stderr: '' } }, ASKING, FOUND);

const both = <T>(collector: Collector<T, Found>, name: string, now: string, before: string): T => {
  const value = read(collector, name, now);
  assert.deepEqual(value, read(collector, name, before));
  return value;
};

describe('an answer of now and of before', () => {
  it('addresses: what getent prints, each address once for each name', () => {
    const now = '=name a\n192.0.2.1  STREAM a\n192.0.2.1  DGRAM \n=name b\n192.0.2.1 STREAM b\n=name c\n';
    const value = both(
      addresses as Collector<unknown, Found>,
      'resolved',
      now,
      '=name a\n192.0.2.1\n=name b\n192.0.2.1\n=name c\n',
    );
    assert.deepEqual(
      value,
      new Map([
        ['a', ['192.0.2.1']],
        ['b', ['192.0.2.1']],
        ['c', []],
      ]),
    );
  });

  it('mount-units: units with their states, what systemd loaded, addresses with what stands beside them', () => {
    const fstab = 'nfs1:/x /home nfs4 _netdev 0 0\n\n=autofs\n=links\n=servers\nnfs1 ';
    const value = both(
      mountUnits,
      'all',
      `${fstab}192.0.2.2 192.0.2.1 192.0.2.1\n=first\nsystemd\n=units\nhome.mount generated -\nno.mount masked enabled\n=waits\nLoadState=loaded\nAfter=home.mount\n`,
      `${fstab}192.0.2.1 192.0.2.2\n=first\nsystemd\n=units\nhome.mount\n=waits\nAfter=home.mount\n`,
    );
    assert.deepEqual([value.units, value.waitsFor], [['home.mount'], ['home.mount']]);
  });

  it('mount-units: those that are not enabled, and what the files of the site mount', () => {
    const value = read(
      mountUnits,
      'all',
      '=first\nsystemd\n=sources\nd.mount What = nas:/x \nd.mount Type=nfs\nd.mount WhatEver=no\n=units\nd.mount disabled enabled\n',
    );
    assert.deepEqual([value.units, value.disabled], [[], ['d.mount']]);
    assert.deepEqual([...value.sources!], [['d.mount', { source: 'nas:/x', type: 'nfs' }]]);
  });

  it('mount-units: states of units, and what starts with the service', () => {
    const value = read(
      mountUnits,
      'all',
      `=first\nsystemd\n=units\n${['enabled', 'disabled', 'static', 'linked', 'indirect', 'masked', 'transient', 'enabled-runtime', 'bad'].map((s) => `${s}.mount ${s}\n`).join('')}=waits\nLoadState=loaded\nRequires=r.mount sysinit.target\nWants=w.mount\nBindsTo=b.mount\nRequiresMountsFor=/r "/my data"\nWantsMountsFor=/w\nAfter=a.mount\nBefore=c.mount\n`,
    );
    assert.deepEqual(value.units, ['enabled.mount']);
    assert.deepEqual(value.disabled, ['disabled.mount', 'static.mount', 'linked.mount', 'indirect.mount']);
    assert.deepEqual(value.withoutInstall, ['static.mount']);
    assert.deepEqual(value.pulls, ['r.mount', 'sysinit.target', 'w.mount', 'b.mount', '/r', '/my data', '/w']);
    assert.deepEqual(value.waitsFor, ['/r', '/my data', '/w', 'a.mount']);
  });

  it('mount-units: systemd makes a unit of an entry with noauto as well, and does not start it', () => {
    const value = read(
      mountUnits,
      'all',
      'nas:/x /d nfs noauto 0 0\nnas:/y /e nfs noauto,x-systemd.automount 0 0\n\n=first\nsystemd\n=units\nd.mount generated -\ne.mount generated -\n',
    );
    assert.deepEqual([value.units, value.fstab.map((e) => e.point)], [['e.mount'], ['/e']]);
    assert.deepEqual(
      value.notAtBoot?.map((e) => [e.point, e.line]),
      [['/d', 1]],
    );
  });

  it('keys: one look at the key and the folders above it, what `id` prints', () => {
    const content = `=content 5 4 0 4 printable 0 - 10.\n${DIGEST}  -\n`;
    const now = (id: string): string =>
      `=stat 8180:pm:pm\n=up 8180 992 992 /etc/pm/pm.key\n=stat 41c0:pm:pm\n=up 41c0 992 992 /etc/pm\n=stat 41ed:root:root\n=up 41ed 0 0 /etc\n=tree \n${id}${content}`;
    const before = (ids: string): string =>
      `=stat 8180:pm:pm\n=tree \n=up 41c0 992 992 /etc/pm\n=up 41ed 0 0 /etc\n=file 8180 992 992\n${ids}${content}`;
    const reason = (id: string, ids: string): string | undefined => {
      const fact = both(keys, 'k', now(id), before(ids)).get('k')!;
      assert.ok('value' in fact && fact.value.mode === 0o600 && fact.value.content?.length === 5);
      return fact.value.unreadableFor;
    };
    assert.equal(reason('=account uid=992(pm) gid=992(pm) groups=992(pm),4(adm)\n', '=ids 992 992 4\n'), undefined);
    assert.match(reason('=account uid=5(x) gid=5(x) groups=5(x)\n', '=ids 5 5\n')!, /may not enter \/etc\/pm/);
    assert.equal(reason('', '=ids  \n'), undefined);
  });

  it('keys: the folder that keeps the account out, unless its access control list may let it in', () => {
    const id = '=account uid=5(x) gid=5(x) groups=5(x)\n';
    const barrier = (more: string): unknown => {
      const ups = '=up 8180 5 5 /etc/pm/pm.key\n=up 41c0 0 0 /etc/pm\n=up 41c0 0 0 /etc\n';
      const fact = read(
        keys,
        'k',
        `=stat 8180:x:x:5\n${ups}=tree \n${id}${more}=content 5 4 0 4 printable 0 - 10.\n${DIGEST}  -\n`,
      ).get('k')!;
      assert.ok('value' in fact);
      const { unreadableFor, closedFolder, accessList } = fact.value;
      return [unreadableFor, closedFolder, accessList];
    };
    assert.deepEqual(barrier(''), ['rstudio-pm may not enter /etc/pm', '/etc/pm', undefined]);
    assert.deepEqual(barrier('=acl /etc/pm\n'), ['rstudio-pm may not enter /etc', '/etc', undefined]);
    assert.deepEqual(barrier('=acl /etc/pm\n=acl /etc\n'), [undefined, '/etc/pm', true]);
    assert.deepEqual(barrier('=acl /etc/pm.key\n=acl /et\n'), [
      'rstudio-pm may not enter /etc/pm',
      '/etc/pm',
      undefined,
    ]);
  });

  it('database-password: the mode that was found; cluster-state and host: the zone', () => {
    const password = both(databasePassword, 'password', '=plain\n', '=mode 8180\n=plain\n');
    assert.deepEqual([password.kind, password.mode], ['plain', 0o600]);
    const state = read(clusterState, 'nodes', '=now 1700000000 +0530\nnothing\n');
    assert.deepEqual([state.now, state.utcOffset], [1_700_000_000_000, 330]);
    assert.deepEqual(state.listed, { value: { nodes: [], trouble: 'no table of nodes: nothing' } });
    assert.equal(read(clusterState, 'nodes', '=now 1700000000\n').utcOffset, undefined);
    assert.equal(
      read(host as Collector<{ utcOffset?: number }, Found>, 'identity', '=name a\n=zone -0100\n').utcOffset,
      -60,
    );
  });
});
