import check from '../../checks/free-space.js';
import { testCheck } from '../../src/testing.js';
import { heldOn } from '../support/facts.js';

const node = (available: number, inodesFree: number) => ({
  storage: heldOn('nfs4', '', '/data', { space: { blocks: 1000, available, inodes: 1000, inodesFree } }),
});
const silent = () => {
  const look = heldOn('nfs4', '').get('/data')!;
  if (!('value' in look) || look.value.missing) throw new Error('held');
  const { space: _, ...rest } = look.value;
  return { storage: new Map([['/data', { value: rest }]]) };
};

testCheck(check, {
  pass: [
    { name: 'half free', nodes: { a: node(500, 500), b: node(500, 500) }, on: ['a', 'b'] },
    {
      name: 'another limit',
      nodes: { a: node(60, 500) },
      cluster: { params: { 'free-space': { minFreePercent: 5 } } },
    },
    {
      name: 'a file system without inodes',
      nodes: {
        a: {
          storage: heldOn('nfs4', '', '/data', { space: { blocks: 1000, available: 500, inodes: 0, inodesFree: 0 } }),
        },
      },
    },
  ],
  fail: [
    {
      name: 'full',
      nodes: { a: node(50, 500), b: node(500, 500) },
      on: ['a'],
      message: /5\.0 % free/,
      severity: 'warning',
    },
    { name: 'no inodes', nodes: { a: node(500, 500), b: node(500, 10) }, on: ['b'], message: /inode/ },
  ],
  unknown: [
    {
      name: 'no blocks at all',
      nodes: {
        a: { storage: heldOn('nfs4', '', '/data', { space: { blocks: 0, available: 0, inodes: 0, inodesFree: 0 } }) },
      },
      on: ['a'],
    },
    {
      name: 'more free than there is',
      nodes: {
        a: { storage: heldOn('nfs4', '', '/data', { space: { blocks: 5, available: 9, inodes: 9, inodesFree: 9 } }) },
      },
      on: ['a'],
    },
    { name: 'the node does not tell', nodes: { a: silent() }, on: ['a'], message: /df -P/ },
    {
      name: 'the path hangs',
      nodes: { a: { storage: new Map([['/data', { unseen: 'did not answer' }]]) } },
      on: ['a'],
    },
  ],
  skip: [{ name: 'nothing shared', nodes: { a: { storage: new Map() } } }],
});
