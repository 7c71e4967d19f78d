import check from '../../checks/nfs-mount-options.js';
import { testCheck } from '../../src/testing.js';
import { heldOn } from '../support/facts.js';

const nfs = (options: string) => ({ storage: heldOn('nfs4', options) });

testCheck(check, {
  pass: [
    { name: 'lookupcache=pos', nodes: { a: nfs('lookupcache=pos'), b: nfs('lookupcache=positive') }, on: ['a', 'b'] },
    { name: 'lookupcache=none', nodes: { a: nfs('lookupcache=none') } },
    { name: 'actimeo=5', nodes: { a: nfs('acregmin=5,acregmax=5,acdirmin=5,acdirmax=5') } },
    { name: 'noac', nodes: { a: nfs('noac,acregmin=0,acdirmax=0') } },
    {
      name: 'another limit',
      nodes: { a: nfs('acdirmax=9') },
      cluster: { params: { 'nfs-mount-options': { maxDirectoryCacheSeconds: 10 } } },
    },
  ],
  fail: [
    {
      name: 'all defaults: nothing is shown',
      nodes: { a: nfs('lookupcache=pos'), b: nfs('vers=4.2') },
      on: ['b'],
      message: /60 s/,
      severity: 'warning',
    },
    { name: 'acdirmax=60', nodes: { a: nfs('acdirmax=60'), b: nfs('acdirmax=5') }, on: ['a'] },
    { name: 'actimeo=30', nodes: { a: nfs('acregmin=30,acregmax=30,acdirmax=30') }, on: ['a'], message: /30 s/ },
    { name: 'just above the limit', nodes: { a: nfs('acdirmax=6') }, on: ['a'] },
  ],
  unknown: [
    {
      name: 'the path is stuck on one node',
      nodes: {
        a: nfs('lookupcache=pos'),
        b: { storage: new Map([['/data', { unseen: 'did not answer within 5 s' }]]) },
      },
      on: ['b'],
      beside: ['pass'],
    },
    { name: 'no node tells', nodes: { a: { storage: new Map([['/data', { unseen: 'is not there' }]]) } }, on: ['a'] },
  ],
  skip: [
    {
      name: 'local disks',
      nodes: { a: { storage: heldOn('xfs', 'rw') }, b: { storage: heldOn('xfs', 'rw') } },
      message: /not NFS/,
    },
    { name: 'nothing shared', nodes: { a: { storage: new Map() } } },
  ],
});
