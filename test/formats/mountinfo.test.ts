import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isNfs,
  mountHolding,
  nfsCaching,
  optionsOf,
  parseMountinfo,
  parseMountstats,
  parseNfsVolumes,
} from '../../src/formats/mountinfo.js';

const ROOT = '29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw';
const NFS4 =
  '412 29 0:61 / /var/lib/rstudio-pm rw,relatime shared:215 - nfs4 nfs1.example.com:/export/rspm rw,vers=4.2,hard,lookupcache=pos,local_lock=none,addr=10.0.0.5';
const NFS3 =
  '413 29 0:62 / /var/lib/rstudio-connect rw,relatime shared:216 - nfs nfs1:/export/connect rw,vers=3,acregmin=5,acregmax=5,acdirmin=5,acdirmax=5,hard,mountproto=udp,addr=10.0.0.5';

const one = (line: string) => parseMountinfo(line)[0];

describe('parseMountinfo', () => {
  it('options of the mount and of the file system', () => {
    const mount = one(NFS4)!;
    assert.deepEqual(
      [mount.device, mount.root, mount.point, mount.type, mount.source],
      ['0:61', '/', '/var/lib/rstudio-pm', 'nfs4', 'nfs1.example.com:/export/rspm'],
    );
    assert.equal(mount.options.get('vers'), '4.2');
    assert.equal(mount.options.get('lookupcache'), 'pos');
    assert.equal(mount.options.get('relatime'), '');
    assert.equal(mount.options.get('acdirmax'), undefined);
  });

  const OPTIONAL = ['', 'shared:1 ', 'shared:1 master:2 ', 'master:1 propagate_from:2 unbindable '];
  for (const fields of OPTIONAL)
    it(`optional fields: ${fields || 'none'}`, () => {
      assert.equal(one(`36 35 98:0 /m1 /m2 rw,noatime ${fields}- ext3 /dev/root rw,errors=continue`)?.type, 'ext3');
    });

  it('octal escapes', () => {
    const mount = one('1 1 0:1 /a\\040b /mnt/x\\011y\\012z\\134 rw - nfs h:/e\\040f rw')!;
    assert.deepEqual([mount.root, mount.point, mount.source], ['/a b', '/mnt/x\ty\nz\\', 'h:/e f']);
  });

  it('an escape is read once', () => {
    assert.equal(one('1 1 0:1 / /a\\134040 rw - ext4 d rw')?.point, '/a\\040');
  });

  it('other lines are left out', () => {
    for (const line of [
      '',
      'garbage',
      '1 2 3',
      `${ROOT.replace(' - ', ' ')}`,
      'device x mounted on / with fstype rootfs',
    ])
      assert.deepEqual(parseMountinfo(line), [], line);
  });

  it('nfs and nfs4 are NFS, nfsd is not', () => {
    assert.deepEqual(
      [NFS3, NFS4, ROOT, '1 1 0:1 / /proc/fs/nfsd rw - nfsd nfsd rw'].map((l) => isNfs(one(l)!)),
      [true, true, false, false],
    );
  });
});

describe('mountHolding', () => {
  const holding = (lines: readonly string[], path: string, device?: string): string | undefined =>
    mountHolding(parseMountinfo(lines.join('\n')), path, device)?.source;
  const at = (point: string, source: string, device = '0:9', type = 'nfs', root = '/'): string =>
    `1 1 ${device} ${root} ${point} rw - ${type} ${source} rw`;

  /** With the numbers of the mount, and of the one it is on. */
  const on = (numbers: string, point: string, source: string): string =>
    `${numbers} 0:9 / ${point} rw - nfs ${source} rw`;

  const CASES: readonly [name: string, expected: string | undefined, lines: string[], path: string, device?: string][] =
    [
      ['the longest mount point', 'b', [at('/', 'a'), at('/data', 'b'), at('/data/x', 'c')], '/data/y'],
      ['the point itself', 'c', [at('/', 'a'), at('/data', 'b'), at('/data/x', 'c')], '/data/x'],
      ['a name that only begins alike', 'a', [at('/', 'a'), at('/data', 'b')], '/database'],
      ['of two on one point the last', 'c', [at('/', 'a'), at('/data', 'b'), at('/data', 'c')], '/data'],
      [
        'an automounter and what it mounted',
        'c',
        [at('/', 'a'), at('/home', 'auto', '0:7', 'autofs'), at('/home', 'c')],
        '/home/u',
      ],
      [
        'a parent mounted over hides by its device',
        'c',
        [at('/', 'a'), at('/data/x', 'b', '0:8'), at('/data', 'c', '0:9')],
        '/data/x',
        '0:9',
      ],
      ['the device decides', 'b', [at('/data', 'b', '0:8'), at('/data', 'c', '0:9')], '/data', '0:8'],
      ['a device no mount has does not (btrfs, overlay)', 'c', [at('/', 'a'), at('/data', 'c')], '/data', '0:77'],
      ['a device of a mount elsewhere does not', 'c', [at('/other', 'o', '0:77'), at('/data', 'c')], '/data', '0:77'],
      ['a bind mount', 'd', [at('/', 'a'), at('/srv', 'd', '8:1', 'ext4', '/data/srv')], '/srv/x'],
      ['blanks in the path', 'b', [at('/', 'a'), at('/a\\040b', 'b')], '/a b/c'],
      [
        'a later mount on a folder above hides it',
        'c',
        [on('29 1', '/', 'a'), on('30 29', '/d/x', 'b'), on('31 29', '/d', 'c')],
        '/d/x/y',
      ],
      [
        'mounted again on that',
        'e',
        [on('29 1', '/', 'a'), on('30 29', '/d/x', 'b'), on('31 29', '/d', 'c'), on('32 31', '/d/x', 'e')],
        '/d/x',
      ],
      [
        'what it stands on can be listed later, where it was moved there',
        'b',
        [on('30 31', '/d/x', 'b'), on('31 29', '/d', 'c'), on('29 1', '/', 'a')],
        '/d/x',
      ],
      [
        'a mount on the root hides nothing: only part of the table may be there',
        'b',
        [on('30 77', '/d', 'b'), on('29 1', '/', 'a')],
        '/d',
      ],
      ['no mounts', undefined, [], '/data'],
    ];
  for (const [name, expected, lines, path, device] of CASES)
    it(name, () => {
      assert.equal(holding(lines, path, device), expected);
    });
});

describe('parseMountstats', () => {
  const TEXT = `device proc mounted on /proc with fstype proc
device nfs1.example.com:/export/rspm mounted on /var/lib/rstudio\\040pm with fstype nfs4 statvers=1.1
\topts:\trw,vers=4.2,acregmin=3,acregmax=60,acdirmin=30,acdirmax=60,hard,lookupcache=pos,local_lock=none
\tage:\t100
\tcaps:\tcaps=0x1
device nfs1:/b mounted on /b with fstype nfs statvers=1.1
\topts:\trw,vers=3,acdirmax=5,lookupcache=all
`;
  it('prints what equals the default', () => {
    const stats = parseMountstats(TEXT);
    assert.deepEqual([...stats.keys()], ['/var/lib/rstudio pm', '/b']);
    assert.equal(stats.get('/var/lib/rstudio pm')?.get('acdirmax'), '60');
    assert.equal(stats.get('/b')?.get('lookupcache'), 'all');
  });

  it('of two mounts on one point the last', () => {
    const twice = `${TEXT}device x:/y mounted on /b with fstype nfs statvers=1.1\n\topts:\trw,acdirmax=7\n`;
    assert.equal(parseMountstats(twice).get('/b')?.get('acdirmax'), '7');
  });

  it('nothing', () => {
    assert.equal(parseMountstats('\topts:\trw\n').size, 0);
    assert.equal(parseMountstats('').size, 0);
  });
});

describe('nfsCaching', () => {
  // what was given at mount, what the kernel shows of it, what is in force
  const CASES: readonly [given: string, shown: string, lookupcache: string, acdirmax: number, noac: boolean][] = [
    ['nothing', 'rw,vers=4.2', 'all', 60, false],
    ['actimeo=5', 'rw,acregmin=5,acregmax=5,acdirmin=5,acdirmax=5', 'all', 5, false],
    ['actimeo=3', 'rw,acregmax=3,acdirmin=3,acdirmax=3', 'all', 3, false],
    ['actimeo=30', 'rw,acregmin=30,acregmax=30,acdirmax=30', 'all', 30, false],
    ['actimeo=60', 'rw,acregmin=60,acdirmin=60', 'all', 60, false],
    ['acdirmax=5', 'rw,acdirmax=5', 'all', 5, false],
    ['noac', 'rw,sync,noac,acregmin=0,acregmax=0,acdirmin=0,acdirmax=0', 'all', 0, true],
    ['lookupcache=pos', 'rw,lookupcache=pos', 'pos', 60, false],
    ['lookupcache=positive', 'rw,lookupcache=positive', 'pos', 60, false],
    ['lookupcache=none', 'rw,lookupcache=none', 'none', 60, false],
    ['all of mountstats', 'rw,acregmin=3,acregmax=60,acdirmin=30,acdirmax=60,lookupcache=all', 'all', 60, false],
  ];
  for (const [given, shown, lookupcache, acdirmax, noac] of CASES)
    it(given, () => {
      const { options } = one(`1 1 0:1 / /x rw - nfs h:/x ${shown}`)!;
      assert.deepEqual(nfsCaching(options), { lookupcache, acdirmax, noac });
    });
});

describe('options', () => {
  it('by name, empty ones left out', () => {
    const expected = new Map([
      ['rw', ''],
      ['a', 'b=c'],
      ['', 'x'],
    ]);
    assert.deepEqual(optionsOf(',rw,,a=b=c,=x,'), expected);
  });

  it('of mountstats, only of a device', () => {
    const text = [
      ...['\topts:\tearly', 'device a mounted on /a with fstype nfs', '\t opts: rw', 'opts: not'],
      ...[
        'x device b mounted on /b with fstype nfs',
        '\topts:ro',
        'x opts: never',
        'device c mounted on /c\\040d with fstype nfs4',
        ' opts:\t hard,soft',
      ],
    ].join('\n');
    const expected = new Map([
      ['/a', new Map([['ro', '']])],
      ['/c d', optionsOf('hard,soft')],
    ]);
    assert.deepEqual(parseMountstats(text), expected);
  });
});

describe('NFS volumes', () => {
  it('by device', () => {
    const text = [
      'NV SERVER   PORT DEV          FSID                              FSC',
      'v4 c0a80105  801 0:51         4ae3b1c2:9d                       no',
      'v3\tc0a80106\t\t801\t12:345\t1f:a0b1c2',
      'v10 ab 8 1:2  3:4',
      'xv4 c0a80107 801 0:60 1:2',
      'v4 c0a80107 801 0:61 1:2x no',
      'v4 c0a80107 801 0:62 12 no',
    ].join('\n');
    const expected = new Map([
      ['0:51', { server: 'c0a80105', fsid: '4ae3b1c2:9d' }],
      ['12:345', { server: 'c0a80106', fsid: '1f:a0b1c2' }],
      ['1:2', { server: 'ab', fsid: '3:4' }],
    ]);
    assert.deepEqual(parseNfsVolumes(text), expected);
  });
});
