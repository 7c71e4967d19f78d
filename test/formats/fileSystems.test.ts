import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileSystemKind } from '../../src/formats/fileSystems.js';
import { type ServiceEvidence, storageService } from '../../src/formats/storageService.js';

describe('fileSystemKind', () => {
  const CASES: readonly [sharing: string, types: string][] = [
    ['shared', 'nfs nfs4 ceph lustre ocfs2 gpfs fuse.glusterfs fuse.sshfs fuse.juicefs fuse.ceph-fuse'],
    ['unfit', 'cifs smb3 fuse.s3fs fuse.gcsfuse davfs fuse.mountpoint-s3'],
    ['local', 'ext4 xfs btrfs tmpfs overlay fuse-overlayfs fuseblk'],
    ['unknown', 'fuse vxfs 9p virtiofs autofs fuse.newfs newfs'],
  ];
  for (const [sharing, types] of CASES)
    it(sharing, () => {
      for (const type of types.split(' ')) assert.equal(fileSystemKind(type).sharing, sharing, type);
    });

  it('plain fuse is looked up by its source', () => {
    assert.equal(fileSystemKind('fuse', 'mountpoint-s3').sharing, 'unfit');
    assert.match(fileSystemKind('fuse', 'https://dav.example.com/').reason!, /WebDAV/);
  });
});

describe('storageService', () => {
  type Case = readonly [source: string, service: string, options?: Record<string, string>, evidence?: ServiceEvidence];
  const TUNNEL = { port: '20127', addr: '127.0.0.1' };
  const CASES: readonly Case[] = [
    ['fs-0abc.efs.eu-west-1.amazonaws.com:/', 'efs'],
    ['eu-west-1a.fs-0abc.efs.eu-west-1.amazonaws.com:/x', 'efs'],
    ['fs-0abc.efs.cn-north-1.amazonaws.com.cn:/', 'efs'],
    ['fs-0abc.fsx.eu-west-1.amazonaws.com:/fsx', 'fsx'],
    ['svm-0d.fs-0abc.fsx.eu-west-1.amazonaws.com:/vol', 'fsx'],
    ['fs-0abc.fsx.eu-west-1.amazonaws.com@tcp:/name', 'fsx'],
    ['acc.file.core.windows.net:/acc/share', 'azure-files'],
    ['nas.example.com:/x', 'other'],
    ['10.0.0.1:/', 'efs', {}, { fstabType: 'efs' }],
    ['127.0.0.1:/x', 'self'],
    ['[::1]:/x', 'self'],
    ['127.0.0.1:/x', 'tunnel', TUNNEL],
    ['127.0.0.1:/x', 'efs', TUNNEL, { processes: ['/usr/bin/efs-proxy /var/run/efs/x.conf'] }],
    ['127.0.0.1:/x', 'efs', TUNNEL, { processes: ['stunnel5 /var/run/efs/stunnel-config.fs-1'] }],
    [
      '127.0.0.1:/x',
      'azure-files',
      TUNNEL,
      { processes: ['stunnel /etc/stunnel/microsoft/a.conf'], efsDirectory: true },
    ],
    ['127.0.0.1:/x', 'tunnel', TUNNEL, { processes: ['efs-proxy', 'stunnel /etc/stunnel/microsoft/a.conf'] }],
    ['127.0.0.1:/x', 'efs', TUNNEL, { efsDirectory: true }],
    ['127.0.0.1:/x', 's3files', TUNNEL, { fstabType: 's3files', efsDirectory: true }],
    ['127.0.0.1:/x', 'azure-files', TUNNEL, { fstabType: 'aznfs' }],
  ];
  for (const [source, service, options = {}, evidence = {}] of CASES)
    it(`${source} ${JSON.stringify(evidence)}`, () => {
      const mount = { source, options: new Map(Object.entries(options)) };
      assert.equal(storageService(mount, evidence).service, service);
    });

  it('the id of the file system', () => {
    const mount = { source: 'a.fs-0abc.efs.eu-west-1.amazonaws.com:/', options: new Map() };
    assert.equal(storageService(mount).id, 'fs-0abc');
  });
});
