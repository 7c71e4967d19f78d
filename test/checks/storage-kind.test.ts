import check from '../../checks/storage-kind.js';
import { testCheck } from '../../src/testing.js';
import { configured, heldOn } from '../support/facts.js';

const pm = configured('package-manager').settings;
const s3 = configured('package-manager', {
  'rstudio-pm.gcfg': '[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\n',
}).settings;
const wb = configured('workbench').settings;
const product = 'package-manager' as const;
const node = (type: string, settings = pm) => ({ settings, storage: heldOn(type, '') });
const home = (source?: string, options = '') => {
  const look = heldOn('nfs4', options, '/home', { setting: 'storage.homes', role: 'homes' }).get('/home')!;
  if (!('value' in look) || look.value.missing) throw new Error('held');
  const value = source ? { ...look.value, mount: { ...look.value.mount, source } } : look.value;
  return { settings: wb, storage: new Map([['/home', { value }]]) };
};

testCheck(
  check,
  {
    pass: [
      { name: 'NFS', nodes: { a: node('nfs'), b: node('nfs4') }, product, on: ['a', 'b'] },
      { name: 'S3', nodes: { a: { settings: s3, storage: new Map() } }, product, on: ['a'] },
      { name: 'homes on NFS', nodes: { a: home() }, on: ['a'] },
    ],
    fail: [
      { name: 'CIFS', nodes: { a: node('nfs4'), b: node('cifs') }, product, on: ['b'], severity: 'warning' },
      {
        name: 'homes on EFS',
        nodes: { a: home('fs-0.efs.us-east-1.amazonaws.com:/') },
        on: ['a'],
        severity: 'warning',
      },
      { name: 'homes on EFS through its tunnel', nodes: { a: home('127.0.0.1:/', 'port=20349') }, on: ['a'] },
    ],
    unknown: [
      {
        name: 'the path hangs',
        nodes: { a: { settings: pm, storage: new Map([['/data', { unseen: 'did not answer' }]]) } },
        product,
        on: ['a'],
      },
    ],
    skip: [
      { name: 'a local disk', nodes: { a: node('ext4') }, product },
      { name: 'no homes are known', nodes: { a: { settings: wb, storage: new Map() } } },
    ],
  },
  { product: 'workbench' },
);
