import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import check from '../../checks/mount-persistence.js';
import type { MountUnits } from '../../src/collectors/mountUnits.js';
import type { Held } from '../../src/collectors/storagePlace.js';
import { parseFstab } from '../../src/formats/fstab.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { foundOf, heldOn } from '../support/facts.js';

const found = foundOf('package-manager');
type Units = Partial<Omit<MountUnits, 'fstab'>> & { readonly fstab?: readonly string[] };
/** `fstab`: a mount point of `nas:/x`, or a whole line. */
const node = ({ fstab = [], ...units }: Units, options = '', type = 'nfs4', source = 'nas:/x') => ({
  found,
  storage: heldOn(type, options, '/data', {}, source),
  mountUnits: {
    fstab: parseFstab(fstab.map((l) => (l.includes(' ') ? l : `nas:/x ${l} nfs4 _netdev 0 0`)).join('\n')),
    servers: new Map<string, readonly string[]>(),
    autofs: [],
    units: [],
    ...units,
  },
});
const good = node({ fstab: ['/data'], waitsFor: ['/data'] });

/** Mounted from `source`, on a folder of what fstab mounts from `nas:/` on `/`. */
const below = (source: string) => {
  const on = node({ fstab: ['nas:/ /d nfs4 _netdev'], waitsFor: ['/d/x'] });
  const { value } = on.storage.get('/data') as unknown as { value: Held };
  const mount = { ...value.mount, point: '/d/x', source };
  const above = [{ ...value.mount, point: '/d', source: 'nas:/' }];
  return { ...on, storage: new Map([['/data', { value: { ...value, mount, above } }]]) };
};

testCheck(check, {
  pass: [
    { name: 'in fstab, and waited for', nodes: { a: good, b: good }, on: ['a', 'b'] },
    {
      name: 'a mount unit, after remote-fs.target',
      nodes: { a: node({ units: ['data.mount'], waitsFor: ['remote-fs.target'] }) },
    },
    { name: 'a slash at the end, and two in the path', nodes: { a: node({ fstab: ['nas:/x //data/ nfs defaults'] }) } },
    { name: 'the server in capitals with a dot', nodes: { a: node({ fstab: ['NAS.:/x/ /data nfs4 defaults'] }) } },
    {
      name: 'the server by its address',
      nodes: { a: node({ fstab: ['192.0.2.5:/x /data nfs4 defaults'] }, 'addr=192.0.2.5') },
    },
    {
      name: 'the server by another name of one address',
      nodes: {
        a: node(
          { fstab: ['nas.example.com:/x /data nfs4 x'], servers: new Map([['nas.example.com', ['192.0.2.5']]]) },
          'addr=192.0.2.5',
        ),
      },
    },
    {
      name: 'EFS by its helper',
      nodes: { a: node({ fstab: ['fs-1:/ /data efs _netdev'] }, '', 'nfs4', '127.0.0.1:/') },
    },
    {
      name: 'mounted as another folder',
      nodes: { a: node({ fstab: ['nas:/x /mnt/nas nfs4 x', '/mnt/nas/data /data none bind'] }) },
    },
    {
      name: 'mounted as another folder, which a unit mounts',
      nodes: { a: node({ fstab: ['/mnt/nas/data /data none bind'], units: ['mnt-nas.mount'] }) },
    },
    {
      name: 'an automounter, and the service waits for it',
      nodes: { a: node({ autofs: ['/data'], waitsFor: ['autofs.service'] }) },
      on: ['a'],
    },
    { name: 'an automounter above it, no systemd', nodes: { a: node({ autofs: ['/'] }) } },
    {
      name: 'soft in an entry that says hard behind it, or that a unit of the site replaces',
      nodes: {
        a: node({ fstab: ['nas:/x /data nfs soft,hard'] }),
        b: node({ fstab: ['nas:/x /data nfs soft'], sources: new Map([['data.mount', { source: 'nas:/x' }]]) }),
      },
    },
    { name: 'inside another mount of the server', nodes: { a: below('nas:/x') }, on: ['a'] },
  ],
  fail: [
    {
      name: 'another server in fstab',
      nodes: {
        a: good,
        b: node(
          { fstab: ['old:/x /data nfs4 defaults'], servers: new Map([['old', ['192.0.2.9']]]) },
          'addr=192.0.2.5',
        ),
      },
      on: ['b'],
      message: /after a reboot a different file system is mounted on \/data: old:\/x/,
    },
    { name: 'another export', nodes: { a: node({ fstab: ['nas:/y /data nfs4 defaults'] }) }, on: ['a'] },
    { name: 'a local disk in fstab', nodes: { a: node({ fstab: ['/dev/sdb1 /data ext4 defaults'] }) }, on: ['a'] },
    {
      name: 'softerr',
      nodes: { a: node({ fstab: ['/data'], waitsFor: ['/data'] }, 'softerr,softreval'), b: good },
      on: ['a'],
      message: /softerr/,
      beside: ['pass'],
    },
    {
      name: 'by hand',
      nodes: { a: good, b: node({ waitsFor: ['/data'] }) },
      on: ['b'],
      message: /by hand/,
      severity: 'warning',
    },
    {
      name: 'noauto, and nothing needs it',
      nodes: { a: node({ notAtBoot: parseFstab('nas:/x /data nfs noauto') }), b: good },
      on: ['a'],
      message: /by hand/,
    },
    { name: 'a separate share inside another mount', nodes: { a: below('nas:/y') }, on: ['a'], message: /by hand/ },
    { name: 'another path that begins alike', nodes: { a: node({ fstab: ['/data2'], autofs: ['/dat'] }) }, on: ['a'] },
    {
      name: 'not waited for',
      nodes: { a: good, b: node({ fstab: ['/data'], waitsFor: ['/other', 'network.target'] }) },
      on: ['b'],
      message: /does not wait/,
    },
    {
      name: 'soft',
      nodes: { a: node({ fstab: ['/data'], waitsFor: ['/data'] }, 'soft'), b: good },
      on: ['a'],
      message: /soft/,
    },
    {
      name: 'soft in fstab, and not mounted again since',
      nodes: { a: node({ fstab: ['nas:/x /data nfs soft,timeo=30'], waitsFor: ['/data'] }), b: good },
      on: ['a'],
      message: /is a soft mount after a reboot/,
      beside: ['pass'],
    },
  ],
  unknown: [
    {
      name: 'a referral',
      nodes: { a: below('nas2:/x'), b: below('nas2:/x') },
      message: /^a and b: no entry.*refer[^;]*$/,
    },
    {
      name: 'bound to a folder that nothing mounts',
      nodes: { a: node({ fstab: ['/mnt/nas/data /data none bind'] }) },
      on: ['a'],
      message: /binds \/mnt\/nas\/data/,
      beside: ['pass'],
    },
    {
      name: 'another protocol of a server that does not resolve',
      nodes: { a: good, b: node({ fstab: ['old:/x /data nfs4 defaults'] }, 'addr=192.0.2.5', 'cifs', '//nas/x') },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'a name in fstab that does not resolve',
      nodes: { a: good, b: node({ fstab: ['old:/x /data nfs4 defaults'] }, 'addr=192.0.2.5') },
      on: ['b'],
      message: /getent hosts old/,
      beside: ['pass'],
    },
    {
      name: 'the path hangs',
      nodes: { a: { ...good, storage: new Map([['/data', { unseen: 'did not answer' }]]) } },
      on: ['a'],
      beside: ['skip'],
    },
  ],
  skip: [
    { name: 'a container', nodes: { a: node({ container: 'process 1 is tini' }) }, message: /container/ },
    { name: 'a local disk', nodes: { a: node({}, '', 'ext4') } },
    { name: 'nothing shared', nodes: { a: { ...good, storage: new Map() } } },
  ],
});

describe('the line for fstab', () => {
  const ROWS: readonly [what: string, on: ReturnType<typeof node>, options: string | undefined][] = [
    ['with the options that other checks judge', node({}, 'rw,noac,vers=4.1,hard'), '_netdev,vers=4.1,noac'],
    ['not of a helper', node({}, 'port=20049,vers=4.1', 'nfs4', '127.0.0.1:/'), undefined],
    ['not where mount needs credentials', node({}, 'vers=3.0', 'cifs', '//nas/x'), undefined],
  ];
  for (const [what, on, options] of ROWS)
    it(what, () => {
      const [finding] = judgeCase(check, { name: '', nodes: { a: on } }).filter((f) => f.status === 'fail');
      const line = options && `echo 'nas:/x /data nfs4 ${options} 0 0' | sudo tee -a /etc/fstab`;
      assert.deepEqual(
        finding!.fixes?.flatMap((f) => f.commands),
        line && [line],
      );
    });
});

it('the second mount that the service waits for leaves the first in the file', () => {
  const late = node({ fstab: ['/data'], waitsFor: ['network.target'] });
  const [finding] = judgeCase(check, { name: '', nodes: { a: late } }).filter((f) => f.status === 'fail');
  assert.match(finding!.fixes![0]!.commands[0]!, /\| sudo tee -a \S+\/ha-preflight\.conf /);
});

it('does not write a second line for an entry with noauto', () => {
  const on = node({ notAtBoot: parseFstab('nas:/x /data nfs noauto') });
  const [finding] = judgeCase(check, { name: '', nodes: { a: on } }).filter((f) => f.status === 'fail');
  assert.match(String(finding?.remediation), /take noauto out/);
  assert.equal(finding?.fixes, undefined);
});

it('keeps what the server needs to be reached', () => {
  const on = node({ waitsFor: ['/data'] }, 'vers=4.2,proto=tcp,port=2050,nconnect=8,xprtsec=tls,noresvport');
  const [finding] = judgeCase(check, { name: '', nodes: { a: on } }).filter((f) => f.status === 'fail');
  const line = 'nas:/x /data nfs4 _netdev,vers=4.2,xprtsec=tls,port=2050,noresvport,nconnect=8 0 0';
  assert.deepEqual(finding?.fixes?.[0]?.commands, [`echo '${line}' | sudo tee -a /etc/fstab`]);
});

it('writes a path with a blank as one word of the unit', () => {
  const on = node({ fstab: ['nas:/x /my\\040data nfs4 _netdev'], waitsFor: ['network.target'] });
  const { value } = on.storage.get('/data') as unknown as { value: Held };
  const at = { ...value, mount: { ...value.mount, point: '/my data' } };
  const late = { ...on, storage: new Map([['/data', { value: at }]]) };
  const [finding] = judgeCase(check, { name: '', nodes: { a: late } }).filter((f) => f.status === 'fail');
  assert.equal(finding!.expected, 'RequiresMountsFor="/my data" in the unit');
  assert.match(finding!.fixes![0]!.commands[0]!, / '"\/my data"' \| sudo tee /);
});

it('after remote-fs.target, which does not wait for an entry with nofail', () => {
  const on = node({ fstab: ['nas:/x /data nfs4 _netdev,nofail'], waitsFor: ['remote-fs.target'] });
  const findings = judgeCase(check, { name: '', nodes: { a: on, b: good } });
  assert.deepEqual(
    findings.map((f) => [f.status, f.nodes]),
    [
      ['pass', ['a', 'b']],
      ['unknown', ['a']],
    ],
  );
  assert.match(findings[1]!.message, /^on a the service waits .*systemctl show -p Before data\.mount shows it/);
});

it('enables a unit that is there', () => {
  const on = node({ disabled: ['other.mount', 'data.mount'], waitsFor: ['/other'] });
  const [finding] = judgeCase(check, { name: '', nodes: { a: on } }).filter((f) => f.status === 'fail');
  assert.equal(finding?.observed, 'a: data.mount is not enabled');
  assert.deepEqual(finding?.fixes?.[0]?.commands, ['sudo systemctl enable data.mount']);
});
