import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bringing, persistence, waited } from '../../../checks/support/persistence.js';
import type { MountUnits } from '../../../src/collectors/mountUnits.js';
import type { Held } from '../../../src/collectors/storagePlace.js';
import { parseFstab } from '../../../src/formats/fstab.js';
import type { Mount } from '../../../src/formats/mountinfo.js';
import { within } from '../../../src/formats/paths.js';
import { heldOn } from '../../support/facts.js';

const units = (fstab: string, more: Partial<MountUnits> = {}): MountUnits => ({
  fstab: parseFstab(fstab),
  servers: new Map(),
  autofs: [],
  units: [],
  ...more,
});
const held = (type: string, source: string, options = '', over: Partial<Held> = {}): Held =>
  (heldOn(type, options, '/data', over, source).get('/data') as unknown as { value: Held }).value;
const UNIT = 'rstudio-pm';
const efs = held('nfs4', '127.0.0.1:/', '', { service: { id: 'fs-0ab12' } as unknown as NonNullable<Held['service']> });

describe('fstab and what is mounted', () => {
  const at = (server: string, ...addresses: string[]) => ({ servers: new Map([[server, addresses]]) });
  const ROWS: readonly [
    entry: string,
    mounted: Held,
    means: 'kept' | 'other' | 'unclear',
    more?: Partial<MountUnits>,
  ][] = [
    ['nas:/x /data nfs4', held('nfs', 'nas:/x'), 'kept'],
    ['nas:/x /data nfs', held('nfs4', 'nas:/y'), 'other'],
    ['//nas/share /data smb3', held('cifs', '//NAS/share/'), 'kept'],
    ['//nas/share /data smbfs', held('cifs', '//nas/other'), 'other'],
    ['//nas2/share /data smb2', held('cifs', '//nas/share'), 'unclear'],
    ['//nas/share /data cifs', held('nfs', 'nas:/share'), 'unclear'],
    ['[fe80::1]:/x /data nfs', held('nfs4', '[fe80::1]:/x'), 'kept'],
    ['[fe80::1]:/x /data nfs', held('nfs4', '[fe80::1]:/y'), 'other'],
    ['[fe80::1]:/x /data nfs', held('nfs4', 'nas:/x', 'addr=fe80:0::1'), 'kept'],
    ['192.0.2.9:/x /data nfs', held('nfs4', 'nas:/x', 'mountaddr=192.0.2.5'), 'other'],
    ['nas2:/x /data nfs', held('nfs4', 'nas:/x', 'mountaddr=192.0.2.5'), 'kept', at('nas2', '192.0.2.4', '192.0.2.5')],
    ['nas2:/x /data nfs', held('nfs4', 'nas:/x', 'addr=192.0.2.5'), 'other', at('nas2', '192.0.2.4')],
    ['nas2:/x /data nfs', held('nfs4', 'nas:/x', 'addr=192.0.2.5'), 'unclear', at('nas2')],
    ['nas2:/x /data nfs', held('nfs4', 'nas:/x'), 'unclear', at('nas2', '192.0.2.5')],
    ['fs-0:/x /data nfs', held('nfs4', '192.0.2.5:/x'), 'kept', at('fs-0', '192.0.2.5')],
    ['fs-0.example@tcp:/x /data lustre', held('lustre', '192.0.2.5@tcp:/x'), 'kept', at('fs-0.example', '192.0.2.5')],
    ['fs-0.example@tcp:/x /data lustre', held('lustre', '192.0.2.6@tcp:/x'), 'other', at('fs-0.example', '192.0.2.5')],
    ['nas:/x /other nfs', held('gpfs', 'gpfs1'), 'unclear'],
    ['nas:/x /other nfs', held('beegfs', 'beegfs_nodev'), 'unclear'],
    ['/dev/sdb1 /data ext4', held('nfs4', 'nas:/x'), 'other'],
    ['a,b:/vol /data fuse.glusterfs', held('fuse.glusterfs', 'a:/vol'), 'unclear'],
    ['vol /data glusterfs', held('fuse.glusterfs', 'vol'), 'kept'],
    ['vol /data glusterfs', held('nfs4', 'nas:/x'), 'unclear'],
    ['nas:/x /mnt/x nfs\n/mnt/x /data auto rbind', held('nfs4', 'nas:/x'), 'kept'],
    ['nas:/x /mnt nfs\n/mnt/x /data ext4 bind', held('nfs4', 'nas:/x'), 'kept'],
    ['/mnt/x /data ext4 bind', held('nfs4', 'nas:/x'), 'unclear'],
    ['fs-0ab12:/ /data efs', efs, 'kept'],
    ['fs-0ab13.efs.example:/ /data efs', efs, 'other'],
    ['fs-0ab13:/ /data s3files', efs, 'other'],
    ['fs-0ab13:/ /data efs', held('nfs4', '127.0.0.1:/'), 'kept'],
    ['nas:/x /data aznfs', efs, 'kept'],
    ['id=admin /data fuse.ceph', held('fuse.ceph-fuse', 'ceph-fuse'), 'kept'],
    ['nas:/y /data nfs\nnas:/x /data nfs', held('nfs4', 'nas:/x'), 'kept'],
    ['nas:/x /data nfs\nnas:/y /data nfs', held('nfs4', 'nas:/x'), 'other'],
  ];
  for (const [entry, mounted, means, more] of ROWS)
    it(`${entry} | ${mounted.mount.source}: ${means}`, () => {
      const is = persistence(mounted, units(entry, more)) ?? {};
      assert.deepEqual(Object.keys(is), [means]);
      assert.ok(Object.values(is)[0]);
    });

  it('says what it is not sure of', () => {
    const is = persistence(held('nfs4', 'nas:/x', 'addr=192.0.2.5'), units('nas2:/x /data nfs'));
    assert.match(
      JSON.stringify(is),
      /line 1 has nas2:\/x \(nfs\), and nas:\/x \(nfs4\) is mounted: .*getent hosts nas2/,
    );
  });
});

describe('without fstab', () => {
  const nas = held('nfs4', 'nas:/x');
  const kept = (more: Partial<MountUnits>) => persistence(nas, units('nas:/x /other nfs', more));
  for (const more of [
    { autofs: ['/home', '/data'] },
    { autofs: ['/'] },
    { units: ['data.mount'] },
    { units: ['x', 'data.automount'] },
    { disabled: ['data.mount'], pulls: ['/data/x'] },
    { disabled: ['data.mount'], pulls: ['network.target', 'data.mount'] },
    { disabled: ['data.automount'], withoutInstall: ['data.automount'], pulls: ['data.automount'] },
    { units: ['data.mount'], sources: new Map([['data.mount', { source: 'nas:/x/', type: 'nfs' }]]) },
    { units: ['data.mount'], sources: new Map([['data.mount', { source: '' }]]) },
  ])
    it(JSON.stringify(more), () => assert.deepEqual(kept(more), { kept: true }));
  const other = new Map([['data.mount', { source: 'nas:/y' }]]);
  it('a unit that mounts something else', () => {
    assert.deepEqual(kept({ units: ['data.mount'], sources: other }), { other: 'nas:/y (nfs4)' });
    const besideFstab = persistence(nas, units('nas:/x /data nfs', { sources: other }));
    assert.deepEqual(besideFstab, { other: 'nas:/y (nfs4)' });
  });
  it('a unit that nobody can enable, and that the service does not need', () => {
    const is = kept({ disabled: ['data.mount'], withoutInstall: ['data.mount'], pulls: ['/'] });
    assert.match(JSON.stringify(is), /^{"unclear".*no \[Install\] section.*--reverse data\.mount"}$/);
  });
  for (const more of [
    { disabled: ['data.mount'], waitsFor: ['data.mount', '/'] },
    { disabled: ['data.mount'], pulls: ['dat.mount', '/', 'data'] },
    { sources: other },
  ])
    it(`not at boot: ${JSON.stringify(more)}`, () => assert.equal(kept(more), undefined));
  for (const more of [{}, { autofs: ['/dat'] }, { autofs: ['/data/x'] }, { units: ['dat.mount', ''] }])
    it(`mounted by hand: ${JSON.stringify(more)}`, () => assert.equal(kept(more), undefined));

  const waits = (waitsFor: string[], autofs: string[] = []) => waited(nas, units('', { waitsFor, autofs }), UNIT);
  for (const unit of ['remote-fs.target', 'data.mount', 'data.automount', '/data', '/data/x', 'autofs.service'])
    it(`waits for ${unit}`, () => assert.equal(waits(['network.target', unit], ['/home', '/data']), 'yes'));
  for (const unit of ['', 'dat.mount', '/', '/dat', 'autofs.service', 'local-fs.target'])
    it(`does not wait: ${unit}`, () => assert.equal(waits([unit], ['/home']), 'no'));
  it('does not wait where autofs has it, but nothing says so', () =>
    assert.equal(waits(['x.service'], ['/data']), 'no'));
  it('remote-fs.target does not wait for an entry with nofail or bg', () => {
    const on = (options: string, more: Partial<MountUnits> = {}) =>
      waited(nas, units(`nas:/x /data nfs ${options}`, { waitsFor: ['remote-fs.target'], ...more }), UNIT);
    for (const option of ['_netdev,nofail', 'bg', 'nofail,x-systemd.before=local-fs.target'])
      assert.equal(on(option), 'perhaps', option);
    for (const option of ['_netdev', 'nofail,x-systemd.before=remote-fs.target', 'nofail,x-systemd.automount'])
      assert.equal(on(option), 'yes', option);
    assert.equal(on('nofail', { waitsFor: ['remote-fs.target', '/data'] }), 'yes');
    assert.equal(on('nofail', { waitsFor: ['network.target'] }), 'no');
    // the unit of the site is what systemd starts
    assert.equal(on('nofail', { sources: new Map([['data.mount', { source: 'nas:/x' }]]) }), 'yes');
  });
  it('an automount of systemd is before every service', () => {
    const fstab = 'nas:/x /data nfs noauto,x-systemd.automount';
    assert.equal(waited(nas, units(fstab, { waitsFor: ['basic.target'] }), UNIT), 'yes');
    assert.equal(waited(nas, units('', { waitsFor: [], units: ['data.automount'] }), UNIT), 'yes');
    assert.equal(
      waited(nas, units('', { waitsFor: [], units: ['data.mount'], disabled: ['data.automount'] }), UNIT),
      'no',
    );
    assert.equal(waited(nas, units(fstab), UNIT), 'no');
  });
  it('an entry that names the service', () => {
    const before = (option: string) =>
      waited(nas, units(`nas:/x /data nfs _netdev,${option}`, { waitsFor: ['basic.target'] }), UNIT);
    assert.equal(before('x-systemd.before=rstudio-pm.service'), 'yes');
    assert.equal(before('noauto,comment=systemd.automount'), 'yes');
    assert.equal(before('x-systemd.before=other.service'), 'no');
    assert.equal(before('x-systemd.required-by=rstudio-pm.service'), 'no');
  });
  it('no systemd', () => assert.equal(waited(nas, units(''), UNIT), 'no'));

  it('below a folder', () => {
    for (const folder of ['/', '/a', '/a/', '/a/b']) assert.ok(within('/a/b', folder), folder);
    for (const folder of ['/a/bc', '/b', '/a/b/c', 'b']) assert.ok(!within('/a/b', folder), folder);
    assert.ok(!within('/ab', '/a'));
  });
});

describe('a mount inside one of NFS', () => {
  const outer = (source: string, over: Partial<Mount> = {}): Mount => ({
    ...held('nfs4', source).mount,
    point: '/data',
    ...over,
  });
  const inside = (source: string, above: readonly Mount[], type = 'nfs4', over: Partial<Mount> = {}): Held => {
    const at = held(type, source);
    return { ...at, mount: { ...at.mount, point: '/data/pm', ...over }, above };
  };
  const FSTAB = 'nas:/x /data nfs4 _netdev';
  const point = (at: Held, fstab = FSTAB) => bringing(at, units(fstab)).mount.point;
  it('comes along with the one above it', () => {
    assert.equal(point(inside('nas:/x/pm', [outer('nas:/x')])), '/data');
    assert.equal(point(inside('NAS.:/pm', [outer('nas:/')])), '/data');
    assert.equal(
      point(inside('nas:/x/pm', [outer('nas:/x', { type: 'nfs', options: new Map([['vers', '4.1']]) })])),
      '/data',
    );
    const deep = inside('nas:/x/a/pm', [outer('nas:/x/a', { point: '/data/a' }), outer('nas:/x')], 'nfs4', {
      point: '/data/a/pm',
    });
    assert.equal(point(deep), '/data');
    assert.ok(persistence(bringing(deep, units(FSTAB)), units(FSTAB)));
  });
  it('has an entry', () => {
    assert.equal(point(inside('nas:/x/pm', [outer('nas:/x')]), `${FSTAB}\nnas:/x/pm /data/pm nfs4`), '/data/pm');
  });
  it('the one above was mounted by hand', () => {
    const at = bringing(inside('nas:/x/pm', [outer('nas:/x')]), units(''));
    assert.equal(at.mount.point, '/data');
    assert.equal(persistence(at, units('')), undefined);
  });
  const kept = (at: Held) => persistence(bringing(at, units(FSTAB)), units(FSTAB));
  it('a referral, and a crossing of version 3, can be the client or a person', () => {
    assert.match(JSON.stringify(kept(inside('other:/pm', [outer('nas:/x')]))), /unclear.*refer/);
    assert.match(JSON.stringify(kept(inside('nas:/x/pm', [outer('nas:/x', { type: 'nfs' })], 'nfs'))), /unclear/);
  });
  it('a person', () => {
    assert.equal(kept(inside('nas:/y', [outer('nas:/x')])), undefined);
    assert.equal(kept(inside('other:/pm', [outer('nas:/x', { type: 'nfs' })], 'nfs')), undefined);
    assert.equal(kept(inside('nas:/x/pm', [outer('nas:/x')], 'nfs4', { root: '/pm' })), undefined);
    assert.equal(kept(inside('/dev/sdb', [outer('nas:/x')], 'xfs')), undefined);
    assert.equal(kept(inside('nas:/x/pm', [outer('nas:/x', { type: 'ext4' })])), undefined);
  });
});

describe('an entry with noauto', () => {
  const entry = parseFstab('nas:/x /data nfs noauto');
  const at = (pulls: string[]) => persistence(nas, units('', { notAtBoot: entry, pulls }));
  const nas = held('nfs4', 'nas:/x');
  it('is mounted where the service needs it', () => assert.deepEqual(at(['/data']), { kept: true }));
  it('or names its unit', () => assert.deepEqual(at(['data.mount']), { kept: true }));
  it('is mounted by hand elsewhere', () => assert.equal(at(['remote-fs.target']), undefined));
  it('with a different share', () =>
    assert.deepEqual(persistence(held('nfs4', 'nas:/y'), units('', { notAtBoot: entry, pulls: ['/data'] })), {
      other: 'nas:/x (nfs)',
    }));
});
