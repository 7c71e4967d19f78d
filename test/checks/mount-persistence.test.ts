import check from '../../checks/mount-persistence.js';
import type { MountUnits } from '../../src/collectors/mountUnits.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, heldOn } from '../support/facts.js';

const found = foundOf('package-manager');
const node = (units: Partial<MountUnits>, options = '', type = 'nfs4') => ({
  found,
  storage: heldOn(type, options),
  mountUnits: { fstab: [], autofs: [], units: [], ...units },
});
const good = node({ fstab: ['/data'], waitsFor: ['/data'] });

testCheck(check, {
  pass: [
    { name: 'in fstab, and waited for', nodes: { a: good, b: good }, on: ['a', 'b'] },
    {
      name: 'a mount unit, after remote-fs.target',
      nodes: { a: node({ units: ['data.mount'], waitsFor: ['remote-fs.target'] }) },
    },
    { name: 'an automounter above it, no systemd', nodes: { a: node({ autofs: ['/'] }) } },
  ],
  fail: [
    {
      name: 'by hand',
      nodes: { a: good, b: node({ waitsFor: ['/data'] }) },
      on: ['b'],
      message: /by hand/,
      severity: 'warning',
    },
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
  ],
  unknown: [
    {
      name: 'the path hangs',
      nodes: { a: { ...good, storage: new Map([['/data', { unseen: 'did not answer' }]]) } },
      on: ['a'],
      beside: ['skip'],
    },
  ],
  skip: [
    { name: 'a local disk', nodes: { a: node({}, '', 'ext4') } },
    { name: 'nothing shared', nodes: { a: { ...good, storage: new Map() } } },
  ],
});
