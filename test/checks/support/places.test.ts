import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  byMount,
  folderIn,
  isEfs,
  isTunnel,
  openPlaces,
  placesOf,
  serverInodes,
  sharing,
  sharingOf,
} from '../../../checks/support/places.js';
import type { Held, Look, Missing, Place, Wanted } from '../../../src/collectors/storagePlace.js';
import { heldOn, missingOn } from '../../support/facts.js';

const held = (path = '/data', over: Partial<Held> = {}, type = 'nfs4', source = 'nas:/x'): Held => {
  const [look] = heldOn(type, '', path, over, source).values();
  return (look as { value: Held }).value;
};
const seen = (value: Place): Look => ({ value });
const absent = (over: Partial<Missing> = {}): Look => {
  const [look] = missingOn('nfs4').values();
  return seen({ ...(look as { value: Missing }).value, ...over });
};
const wanted = (over: Partial<Wanted> = {}): Wanted => ({
  setting: 'Server.DataDir',
  path: '/data',
  role: 'shared',
  ...over,
});
const node = (name: string, looks: Readonly<Record<string, Look>>) => ({
  node: name,
  storage: new Map(Object.entries(looks)),
});

/** One user's home below /home, on the mount `point`. */
const home = (user: string, point: string, more: Partial<Held> = {}): Held => {
  const of = held(`/home/${user}`, { setting: 'homes', role: 'homes', folder: '/home', ...more });
  return { ...of, mount: { ...of.mount, point } };
};
const homes = (point = '/home'): Held => {
  const of = held('/home', { setting: 'homes', role: 'homes' });
  return { ...of, mount: { ...of.mount, point } };
};

describe('directories by their setting', () => {
  it('one setting is one directory, whatever its path is', () => {
    const [place, ...more] = placesOf(
      [node('a', { '/data': seen(held('/data')) }), node('b', { '/srv': seen(held('/srv')) })],
      ['shared'],
    );
    assert.deepEqual(more, []);
    assert.deepEqual(
      [place?.what, place?.subject, place?.held.map((h) => h.node), place?.unset],
      ['/data, /srv', '/data, /srv', ['a', 'b'], []],
    );
  });
  it('of storage.paths each path is one', () => {
    const of = (path: string): Look => seen(held(path, { setting: 'storage.paths' }));
    const places = placesOf([node('a', { '/x': of('/x'), '/y': of('/y') }), node('b', { '/x': of('/x') })], ['shared']);
    assert.deepEqual(
      places.map((p) => [p.what, p.setting, p.unset]),
      [
        ['/x', 'storage.paths', []],
        ['/y', 'storage.paths', ['b']],
      ],
    );
  });
  it('only those of the roles', () => {
    const nodes = [
      node('a', {
        '/data': seen(held()),
        '/run': seen(held('/run', { setting: 'run', role: 'own' })),
        '/home': seen(homes()),
      }),
    ];
    assert.deepEqual(
      placesOf(nodes, ['shared']).map((p) => p.what),
      ['/data'],
    );
    assert.deepEqual(
      placesOf(nodes, ['shared', 'homes']).map((p) => p.what),
      ['/data', '/home'],
    );
  });
  it('what a node has, has not, and did not show', () => {
    const [place] = placesOf(
      [
        node('a', { '/data': seen(held()) }),
        node('b', { '/data': absent() }),
        node('c', { '/data': { unseen: 'denied', wanted: wanted() } }),
        node('d', { '/data': { unseen: 'stale', wanted: wanted(), fault: 'broken' } }),
        node('e', {}),
      ],
      ['shared'],
    );
    assert.deepEqual(
      [
        place?.held.map((h) => h.node),
        place?.missing.map((m) => m.node),
        place?.blind.map((b) => [b.node, b.fact.unseen]),
        place?.faulty,
        place?.unset,
      ],
      [
        ['a'],
        ['b'],
        [
          ['c', 'denied'],
          ['d', 'stale'],
        ],
        [{ node: 'd', why: 'stale', fault: 'broken' }],
        ['e'],
      ],
    );
    assert.deepEqual(
      place?.findings.map((f) => [f.status, f.subject, f.nodes]),
      [['unknown', 'Server.DataDir unseen', ['c', 'd']]],
    );
  });
  it('a node that was not asked counts for the setting that others tell, else for any role', () => {
    const silent: Look = { unseen: 'timed out' };
    const [place, ...more] = placesOf(
      [node('a', { '/data': silent }), node('b', { '/data': seen(held()) })],
      ['shared'],
    );
    assert.deepEqual([place?.setting, place?.blind.length, more], ['Server.DataDir', 1, []]);
    const [alone] = placesOf([node('a', { '/data': silent })], ['homes']);
    assert.deepEqual([alone?.setting, alone?.role], ['/data', 'shared']);
  });
});

describe('home directories', () => {
  const names = (nodes: Parameters<typeof placesOf>[0]) => placesOf(nodes, ['homes']).map((p) => p.what);
  it('below one mount the folder is compared', () => {
    const one = { '/home': seen(homes()), '/home/jo': seen(home('jo', '/home')) };
    assert.deepEqual(names([node('a', one), node('b', one)]), ['/home']);
  });
  it('mounted one by one on some node, each home is', () => {
    const single = { '/home': seen(homes('/')), '/home/jo': seen(home('jo', '/home/jo')) };
    const below = { '/home': seen(homes()), '/home/jo': seen(home('jo', '/home')) };
    assert.deepEqual(names([node('a', single), node('b', below)]), ['/home/jo']);
    // without a home of a user the folder is all there is
    assert.deepEqual(
      names([node('a', single), node('b', { '/home': seen(homes()) })]),
      ['/home', '/home/jo'].reverse(),
    );
  });
  it('so they are where an automounter was late, or the mount of a home that is not there is its own', () => {
    const about = { setting: 'homes', path: '/home/jo', role: 'homes', folder: '/home' } as const;
    const late: Look = { unseen: 'late', wanted: about, late: true };
    const own: Look = { unseen: 'stale', wanted: about, mount: home('jo', '/home/jo').mount };
    const same: Look = { unseen: 'stale', wanted: about, mount: home('jo', '/home').mount };
    for (const [look, what] of [
      [late, '/home/jo'],
      [own, '/home/jo'],
      [same, '/home'],
    ] as const)
      assert.deepEqual(names([node('a', { '/home': seen(homes()), '/home/jo': look })]), [what]);
  });
  it('one that nobody has yet is left out', () => {
    const none = absent({
      setting: 'homes',
      role: 'homes',
      path: '/home/new',
      folder: '/home',
      mount: home('x', '/home/new').mount,
    });
    const nodes = [node('a', { '/home/new': none }), node('b', { '/home/new': none })];
    assert.deepEqual(names(nodes), []);
    assert.deepEqual(names([nodes[0]!, node('b', { '/home/new': seen(home('new', '/home/new')) })]), ['/home/new']);
  });
});

describe('directories that are perhaps not used', () => {
  const open = (setting: string): Look => ({ unseen: 'perhaps', wanted: wanted({ setting, doubt: 'perhaps' }) });
  it('are one finding for each setting', () => {
    const nodes = [
      node('a', { '/x': open('A'), '/y': open('B') }),
      node('b', { '/x': open('A'), '/data': seen(held()) }),
    ];
    assert.deepEqual(
      openPlaces(nodes, ['shared']).map((f) => [f.status, f.subject, f.nodes]),
      [
        ['unknown', 'A open', ['a', 'b']],
        ['unknown', 'B open', ['a']],
      ],
    );
  });
  it('are left out of what is compared', () => {
    assert.deepEqual(placesOf([node('a', { '/x': open('A') })], ['shared']), []);
    const [place] = placesOf(
      [node('a', { '/data': open('Server.DataDir') }), node('b', { '/data': seen(held()) })],
      ['shared'],
    );
    assert.deepEqual([place?.held.length, place?.blind, place?.unset, place?.what], [1, [], [], '/data']);
  });
});

describe('places of one mount', () => {
  const placed = (setting: string, path: string, points: readonly string[]) =>
    placesOf(
      points.map((point, i) => {
        const of = held(path, { setting });
        return node('ab'[i]!, { [path]: seen({ ...of, mount: { ...of.mount, point } }) });
      }),
      ['shared'],
    );
  it('are judged as one', () => {
    const [one, ...more] = byMount([...placed('A', '/m/a', ['/m', '/m']), ...placed('B', '/m/b', ['/m', '/m'])]);
    assert.deepEqual([one?.what, one?.setting, one?.held.length, more], ['/m/a, /m/b', 'A', 2, []]);
  });
  it('and not where one node has them on two', () => {
    const places = byMount([...placed('A', '/m/a', ['/m', '/m']), ...placed('B', '/m/b', ['/m', '/n'])]);
    assert.deepEqual(
      places.map((p) => p.what),
      ['/m/a', '/m/b'],
    );
  });
  it('nor where no node has them', () => {
    const none = (setting: string) =>
      placesOf([node('a', { [setting]: { unseen: 'denied', wanted: wanted({ setting }) } })], ['shared']);
    const places = byMount([...none('A'), ...none('B')]);
    assert.deepEqual(
      places.map((p) => [p.what, p.findings.length, p.blind.length]),
      [
        ['A', 1, 1],
        ['B', 1, 1],
      ],
    );
  });
  it('what could not be seen of any of them stays', () => {
    const blind = (setting: string, path: string) => {
      const of = held(path, { setting });
      return placesOf(
        [
          node('a', { [path]: seen({ ...of, mount: { ...of.mount, point: '/m' } }) }),
          node('b', { [path]: { unseen: `denied ${path}`, wanted: wanted({ setting, path }) } }),
        ],
        ['shared'],
      );
    };
    const [one, ...more] = byMount([...blind('A', '/m/a'), ...blind('B', '/m/b')]);
    assert.deepEqual([one?.findings.length, one?.blind.length, more], [2, 2, []]);
  });
});

describe('one place', () => {
  it('its file system is shared, local, memory or unknown', () => {
    for (const [type, is] of [
      ['nfs4', 'network'],
      ['cifs', 'network'],
      ['tmpfs', 'memory'],
      ['ext4', 'local'],
      ['virtiofs', 'unknown'],
    ] as const)
      assert.equal(sharingOf(type), is, type);
    assert.equal(sharing({}), 'unknown');
    assert.equal(sharing(held('/x', {}, 'ext4', '/dev/sda1')), 'local');
  });
  it('its folder is that in the file system, whatever the mount point is called', () => {
    const of = held('/m/a/');
    assert.equal(folderIn({ ...of, mount: { ...of.mount, point: '/m', root: '/export' } }), '/export/a');
    assert.equal(folderIn({ ...of, mount: { ...of.mount, point: '/m', root: '/' } }), '/a');
    assert.equal(folderIn({ ...wanted({ path: '/m/a/' }), missing: true }), '/m/a/');
  });
  it('whose inodes are those of the server', () => {
    for (const [type, is] of [
      ['nfs', true],
      ['ceph', true],
      ['tmpfs', true],
      ['cephx', false],
      ['fuse.lustre', false],
      ['ext4', false],
    ] as const)
      assert.equal(serverInodes(held('/x', {}, type)), is, type);
  });
  it('which service is behind it', () => {
    const of = (service?: 'efs' | 'tunnel') => held('/x', service ? { service: { service, because: '' } } : {});
    assert.deepEqual([isEfs(of('efs')), isEfs(of('tunnel')), isEfs(of())], [true, false, false]);
    assert.deepEqual([isTunnel(of('tunnel')), isTunnel(of('efs')), isTunnel(of())], [true, false, false]);
  });
});
