import check from '../../checks/shared-directories.js';
import type { Held } from '../../src/collectors/storage.js';
import { testCheck } from '../../src/testing.js';
import { heldOn, missingOn } from '../support/facts.js';
import { trialOf } from '../support/trials.js';

const node = (over: Partial<Held> = {}, type = 'nfs4') => ({ storage: heldOn(type, '', '/data', over) });
const good = node();
const pm = { product: 'package-manager' as const };
const others = new Map([
  ['a', '91'],
  ['b', '92'],
  ['c', '93'],
]);
const homes = (over: Partial<Held> = {}, type = 'nfs4') => ({
  storage: heldOn(type, '', '/home', { setting: 'home directories', role: 'homes', ...over }),
});
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
    { name: 'a memory file system containers share', nodes: { a: node({}, 'tmpfs'), b: node({}, 'tmpfs') }, ...pm },
    { name: 'homes', nodes: { a: homes(), b: homes() }, on: ['a', 'b'] },
  ],
  fail: [
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
      message: /not set/,
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
