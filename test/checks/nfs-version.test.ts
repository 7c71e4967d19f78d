import check from '../../checks/nfs-version.js';
import { testCheck } from '../../src/testing.js';
import { heldOn } from '../support/facts.js';

const on = (type: string, options: string) => ({ storage: heldOn(type, options) });

testCheck(
  check,
  {
    pass: [
      { name: 'version 3', nodes: { a: on('nfs', 'vers=3') }, on: ['a'] },
      { name: 'version 4.2', nodes: { a: on('nfs4', 'vers=4.2') } },
      { name: 'Connect on version 3', nodes: { a: on('nfs', 'vers=3') }, product: 'connect' },
    ],
    fail: [
      { name: 'version 2', nodes: { a: on('nfs', 'vers=3'), b: on('nfs', 'vers=2') }, on: ['b'] },
      {
        name: 'Connect on version 4',
        nodes: { a: on('nfs4', 'vers=4.1') },
        product: 'connect',
        on: ['a'],
        severity: 'warning',
      },
    ],
    unknown: [
      {
        name: 'the path hangs',
        nodes: { a: { storage: new Map([['/data', { unseen: 'did not answer' }]]) } },
        on: ['a'],
      },
    ],
    skip: [
      { name: 'a local disk', nodes: { a: on('ext4', 'rw') } },
      { name: 'nothing shared', nodes: { a: { storage: new Map() } } },
    ],
  },
  { product: 'workbench' },
);
