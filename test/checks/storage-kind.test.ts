import check from '../../checks/storage-kind.js';
import { parseMountinfo } from '../../src/formats/mountinfo.js';
import type { ServiceEvidence } from '../../src/formats/storageService.js';
import { testCheck } from '../../src/testing.js';
import { configured, heldOn } from '../support/facts.js';

const pm = configured('package-manager').settings;
const s3 = configured('package-manager', {
  'rstudio-pm.gcfg': '[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\n',
}).settings;
const wb = configured('workbench').settings;
const product = 'package-manager' as const;
const node = (type: string, settings = pm) => ({ settings, storage: heldOn(type, '') });
const cn = configured('connect').settings;
const home = (source = 'nas:/x', options = '', evidence: ServiceEvidence = {}, type = 'nfs4') => ({
  settings: wb,
  storage: heldOn(type, options, '/home', { setting: 'storage.homes', role: 'homes' }, source, evidence),
});
const ofConnect = (type: string, options = '') => ({
  settings: cn,
  storage: heldOn(type, options, '/data', {}, type === 'cifs' ? '//files/x' : 'nas:/x'),
});
const TUNNEL = ['127.0.0.1:/', 'port=20349'] as const;

const SMB = parseMountinfo('30 1 0:50 / /nas rw - cifs //nas/x rw,posix')[0]!;

testCheck(
  check,
  {
    pass: [
      { name: 'NFS', nodes: { a: node('nfs'), b: node('nfs4') }, product, on: ['a', 'b'] },
      { name: 'S3', nodes: { a: { settings: s3, storage: new Map() } }, product, on: ['a'] },
      { name: 'homes on NFS', nodes: { a: home() }, on: ['a'] },
      { name: 'Azure Files through its tunnel', nodes: { a: home(...TUNNEL, { fstabType: 'aznfs' }) }, on: ['a'] },
      { name: 'FSx is not EFS', nodes: { a: home('svm-1.fs-1.fsx.us-east-1.amazonaws.com:/vol') }, on: ['a'] },
      { name: 'Connect on Ceph', nodes: { a: ofConnect('ceph') }, product: 'connect', on: ['a'] },
    ],
    fail: [
      { name: 'CIFS', nodes: { a: node('nfs4'), b: node('cifs') }, product, on: ['b'], severity: 'critical' },
      {
        name: 'a cluster file system',
        nodes: { a: node('nfs4'), b: node('glusterfs') },
        product,
        on: ['b'],
        severity: 'warning',
      },
      { name: 'an object store by FUSE', nodes: { a: node('fuse.s3fs') }, product, on: ['a'], severity: 'critical' },
      {
        name: 'Connect on SMB',
        nodes: { a: ofConnect('cifs', 'uid=991') },
        product: 'connect',
        on: ['a'],
        message: /cifs/,
      },
      {
        name: 'homes on SMB',
        nodes: { a: home('//files/x', 'uid=0', {}, 'cifs') },
        on: ['a'],
        message: /cifs/,
        severity: 'warning',
      },
      {
        name: 'homes on EFS',
        nodes: { a: home('fs-0.efs.us-east-1.amazonaws.com:/') },
        on: ['a'],
        severity: 'warning',
      },
      { name: 'homes on EFS through its tunnel', nodes: { a: home(...TUNNEL, { fstabType: 'efs' }) }, on: ['a'] },
      { name: 'EFS by its address', nodes: { a: home('10.0.3.9:/', '', { fstabType: 'efs' }) }, on: ['a'] },
      {
        name: 'a process of efs-utils',
        nodes: { a: home(...TUNNEL, { processes: ['/usr/bin/efs-proxy x'] }) },
        on: ['a'],
      },
    ],
    unknown: [
      { name: 'a tunnel to some service', nodes: { a: home(...TUNNEL) }, on: ['a'], message: /local tunnel/ },
      {
        name: 'homes and the shared path on one SMB mount that may keep owners',
        nodes: {
          a: {
            settings: wb,
            storage: new Map([
              ...heldOn('cifs', 'posix', '/nas/shared', { mount: SMB }, '//nas/x'),
              ...heldOn(
                'cifs',
                'posix',
                '/nas/home',
                { setting: 'storage.homes', role: 'homes', mount: SMB },
                '//nas/x',
              ),
            ]),
          },
        },
        on: ['a'],
      },
      {
        name: 'the shared path alone on SMB that may keep owners',
        nodes: { a: { settings: wb, storage: heldOn('cifs', 'posix', '/nas/shared', {}, '//nas/x') } },
        on: ['a'],
      },
      { name: 'SMB that may keep owners', nodes: { a: ofConnect('cifs', 'multiuser') }, product: 'connect', on: ['a'] },
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
