import check from '../../checks/shared-directories.js';
import type { Held } from '../../src/collectors/storagePlace.js';
import { parseMountinfo } from '../../src/formats/mountinfo.js';
import { testCheck } from '../../src/testing.js';
import { heldOn, missingOn } from '../support/facts.js';
import { trialOf } from '../support/trials.js';

const node = (over: Partial<Held> = {}, type = 'nfs4') => ({ storage: heldOn(type, '', '/data', over) });
const good = node();
const landing = (over: Partial<Held>) => node({ setting: 'Server.LandingDir', ...over }, 'ext4');
const pm = { product: 'package-manager' as const };
const others = new Map([
  ['a', '91'],
  ['b', '92'],
  ['c', '93'],
]);
const homes = (over: Partial<Held> = {}, type = 'nfs4') => ({
  storage: heldOn(type, '', '/home', { setting: 'home directories', role: 'homes', ...over }),
});
const served = (over: Partial<Held> = {}, options = 'addr=192.0.2.5', source = 'nas:/x') => {
  const [look] = heldOn('nfs4', options).values();
  const held = (look as { value: Held }).value;
  return {
    storage: new Map([['/data', { value: { ...held, mount: { ...held.mount, source }, ...over } }]]),
  };
};
const empty = { entries: new Map<string, string>() };
const volume = (fsid: string) => ({ volume: { server: 'c0000205', fsid } });
const about = { setting: 'Server.DataDir', path: '/data', role: 'shared' as const };
const faulty = (fault: 'broken' | 'silent', why: string) => ({
  storage: new Map([['/data', { unseen: `/data (Server.DataDir): ${why}`, wanted: about, fault }]]),
});
const perhaps = {
  storage: new Map([['/data', { unseen: 'not confirmed', wanted: { ...about, doubt: 'not confirmed' } }]]),
};
const local = parseMountinfo('31 30 8:1 / /data/cache rw - ext4 /dev/sdb1 rw');
const hidden = { storage: new Map([['/data', { unseen: 'did not answer within 5 s' }]]) };

testCheck(check, {
  pass: [
    {
      name: 'a marker is seen, whatever the numbers',
      nodes: { a: good, b: node({ inode: '9' }), c: good },
      ...pm,
      services: trialOf('Server.DataDir', {}),
      on: ['a', 'b', 'c'],
      message: /a file that a wrote/,
    },
    { name: 'one directory', nodes: { a: good, b: good }, ...pm, on: ['a', 'b'], message: /one directory/ },
    { name: 'through another mount', nodes: { a: good, b: node({ path: '/mnt/x', resolved: '/mnt/x' }) }, ...pm },
    {
      name: 'empty, changed at the same nanosecond',
      nodes: { a: node({ entries: new Map() }), b: node({ entries: new Map() }) },
      ...pm,
    },
    {
      name: 'empty, and changing: one file system of one server',
      nodes: {
        a: served({ ...empty, ...volume('1:0'), changed: '1' }),
        b: served({ ...empty, ...volume('1:0'), changed: '2' }),
      },
      ...pm,
      on: ['a', 'b'],
    },
    {
      name: 'a name that means another address on each node',
      nodes: { a: served({}, 'addr=192.0.2.5'), b: served({}, 'addr=192.0.2.6') },
      ...pm,
    },
    {
      name: 'through a tunnel of each node',
      nodes: { a: served({}, 'addr=127.0.0.1', '127.0.0.1:/'), b: served({}, 'addr=127.0.0.1', '127.0.0.1:/') },
      ...pm,
    },
    { name: 'a memory file system containers share', nodes: { a: node({}, 'tmpfs'), b: node({}, 'tmpfs') }, ...pm },
    { name: 'homes', nodes: { a: homes(), b: homes() }, on: ['a', 'b'] },
  ],
  fail: [
    {
      name: 'a landing page that each node has a copy of',
      nodes: { a: landing({ inode: '1' }), b: landing({ inode: '2' }) },
      product: 'connect',
      on: ['a', 'b'],
      severity: 'warning',
    },
    {
      name: 'landing pages of different files',
      nodes: { a: landing({ inode: '1' }), b: landing({ inode: '2', ...empty }) },
      product: 'connect',
      on: ['a', 'b'],
      severity: 'critical',
    },
    {
      name: 'a memory file system over the share of one node',
      nodes: { a: node(), b: node({}, 'tmpfs'), c: node() },
      ...pm,
      on: ['b'],
      message: /local disk of b/,
    },
    {
      name: 'a mount whose server forgot it',
      nodes: { a: good, b: faulty('broken', 'Stale file handle'), c: good },
      ...pm,
      on: ['b'],
      message: /does not work: Stale file handle/,
      severity: 'critical',
      beside: ['pass'],
    },
    {
      name: 'a mount that does not answer on one node',
      nodes: { a: good, b: faulty('silent', 'did not answer within 5 s on the node'), c: good },
      ...pm,
      on: ['b'],
      message: /did not answer/,
      beside: ['pass'],
    },
    {
      name: 'read-only on one node',
      nodes: { a: good, b: { storage: heldOn('nfs4', 'ro') }, c: good },
      ...pm,
      on: ['b'],
      message: /read-only/,
      severity: 'critical',
      beside: ['pass'],
    },
    {
      name: 'a local disk inside the directory',
      nodes: { a: good, b: node({ inside: local }), c: good },
      ...pm,
      on: ['b'],
      message: /\/data\/cache/,
      severity: 'warning',
      beside: ['pass'],
    },
    {
      name: 'a marker is not there',
      nodes: { a: good, b: good, c: good },
      ...pm,
      services: trialOf('Server.DataDir', { markers: { b: 'absent', c: 'seen' } }),
      on: ['b'],
      message: /does not exist on b/,
    },
    {
      name: 'a marker is not there: of two neither is right',
      nodes: { a: good, b: good },
      ...pm,
      services: trialOf('Server.DataDir', { markers: { b: 'absent' } }),
      on: ['a', 'b'],
    },
    {
      name: 'its folder could not be removed',
      nodes: { a: good, b: good, c: good },
      ...pm,
      services: trialOf('Server.DataDir', { left: { nodes: ['a'], name: '.x' } }),
      on: ['a'],
      severity: 'warning',
    },
    {
      name: 'another share',
      nodes: { a: good, b: node({ inode: '9', entries: others }), c: good },
      ...pm,
      on: ['b'],
      message: /not the directory that the other nodes use/,
    },
    {
      name: 'two roots of one number',
      nodes: { a: node({ inode: '2' }), b: node({ inode: '2', entries: others }), c: node({ inode: '2' }) },
      ...pm,
      on: ['b'],
    },
    {
      name: 'the mount is missing',
      nodes: { a: good, b: node({}, 'ext4'), c: good },
      ...pm,
      on: ['b'],
      message: /is the mount missing/,
      severity: 'critical',
    },
    {
      name: 'cloned images: equal numbers on local disks',
      nodes: { a: node({}, 'ext4'), b: node({}, 'ext4') },
      ...pm,
      on: ['a', 'b'],
    },
    {
      name: 'each node by the directory that it names',
      nodes: { a: good, b: { storage: missingOn('nfs4', '/data2') }, c: good },
      ...pm,
      on: ['b'],
      message: /^\/data2 \(Server\.DataDir\) does not exist on b/,
      beside: ['pass'],
    },
    {
      name: 'not there on one',
      nodes: { a: good, b: { storage: missingOn('nfs4') }, c: good },
      ...pm,
      on: ['b'],
      message: /does not exist/,
    },
    {
      name: 'nowhere, and it would be local',
      nodes: { a: { storage: missingOn('ext4') }, b: { storage: missingOn('ext4') } },
      ...pm,
      on: ['a', 'b'],
    },
    {
      name: 'not set on one',
      nodes: { a: good, b: { storage: new Map() }, c: good },
      ...pm,
      on: ['b'],
      message: /not set, or not used, on b; on the other nodes it is \/data/,
    },
    {
      name: 'used on one alone',
      nodes: { a: good, b: { storage: new Map() }, c: { storage: new Map() } },
      ...pm,
      on: ['a'],
      message: /Server\.DataDir is used on a alone: \/data/,
    },
    {
      name: 'used on one of two',
      nodes: { a: good, b: { storage: new Map() } },
      ...pm,
      on: ['b'],
    },
    {
      name: 'belongs to nobody',
      nodes: { a: node({ uid: 65534 }), b: node({ uid: 65534 }) },
      ...pm,
      on: ['a', 'b'],
      severity: 'warning',
    },
    { name: 'another owner', nodes: { a: good, b: node({ uid: 5 }), c: good }, ...pm, on: ['b'], severity: 'warning' },
    { name: 'homes on a local disk', nodes: { a: homes(), b: homes({}, 'xfs') }, on: ['b'] },
  ],
  unknown: [
    {
      name: 'a file server that answers nobody',
      nodes: { a: faulty('silent', 'did not answer within 5 s'), b: faulty('silent', 'did not answer within 5 s') },
      ...pm,
      on: ['a', 'b'],
    },
    {
      name: 'two servers with copies of one file system',
      nodes: { a: served(), b: served({}, 'addr=192.0.2.6', 'other:/x') },
      ...pm,
      on: ['a', 'b'],
      message: /copies of one file system/,
    },
    {
      name: 'a clone on the same server',
      nodes: { a: served(volume('1:0')), b: served(volume('2:0')) },
      ...pm,
      on: ['a', 'b'],
      message: /1:0 and 2:0/,
    },
    {
      name: 'a type that nobody knows',
      nodes: { a: node({}, 'newfs'), b: node({}, 'newfs') },
      ...pm,
      on: ['a', 'b'],
      message: /not known from the type/,
    },
    {
      name: 'one entry was replaced, and nothing proves it',
      nodes: {
        a: node({ changed: '1', entries: new Map([['a', '1']]) }),
        b: node({ changed: '2', entries: new Map([['a', '2']]) }),
      },
      ...pm,
      on: ['a', 'b'],
      message: /changed while/,
    },
    {
      name: 'a node could not take part',
      nodes: { a: good, b: good, c: good },
      ...pm,
      services: trialOf('Server.DataDir', { markers: { c: 'seen' }, trouble: { b: 'Permission denied' } }),
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'a marker could not be read',
      nodes: { a: good, b: good, c: good },
      ...pm,
      services: trialOf('Server.DataDir', { markers: { b: 'Stale file handle', c: 'seen' } }),
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'the trial failed',
      nodes: { a: good, b: good },
      ...pm,
      services: { 'storage:shared': { unseen: 'interrupted' } },
      on: ['a', 'b'],
      beside: ['pass'],
    },
    { name: 'the path hangs', nodes: { a: good, b: hidden, c: good }, ...pm, on: ['b'], beside: ['pass'] },
    {
      name: 'perhaps not used on one',
      nodes: { a: good, b: perhaps, c: good },
      ...pm,
      on: ['b'],
      message: /b: not confirmed/,
      beside: ['pass'],
    },
    { name: 'perhaps not used on any', nodes: { a: perhaps, b: perhaps }, ...pm, on: ['a', 'b'] },
    { name: 'only one is seen', nodes: { a: good, b: hidden }, ...pm, on: ['a', 'b'] },
    {
      name: 'nothing proves it',
      nodes: { a: node({ entries: new Map(), changed: '1' }), b: node({ entries: new Map(), changed: '2' }) },
      ...pm,
      on: ['a', 'b'],
      message: /--active/,
    },
    {
      name: 'clients number as they like',
      nodes: { a: node({}, 'cifs'), b: node({ inode: '5' }, 'cifs') },
      ...pm,
      on: ['a', 'b'],
    },
    {
      name: 'on no node yet',
      nodes: { a: { storage: missingOn('nfs4') }, b: { storage: missingOn('nfs4') } },
      ...pm,
      on: ['a', 'b'],
    },
  ],
  skip: [{ name: 'all on S3', nodes: { a: { storage: new Map() }, b: { storage: new Map() } }, ...pm }],
});
