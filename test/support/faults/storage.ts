/** Shared directories and their mounts. */

import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '../../../src/demo/tree.js';
import type { ProductCluster } from '../clusters.js';
import type { Fault } from './fault.js';
import { ALL, all, append, both, CONNECT, drop, edit, mounts, PM, posit, put, unmounted, WB } from './plants.js';

const MOUNTS_OF_WB = '/etc/systemd/system/rstudio-server.service.d/mounts.conf';

export const STORAGE: readonly Fault[] = [
  {
    name: 'the data directory is not mounted',
    requirements: ['RSPM-07', 'CONN-04'],
    in: ['connect', 'packageManager'],
    plant: (t, c, n) => unmounted(c.data)(t, c, n),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'the data directory is another share',
    requirements: ['RSPM-07', 'CONN-04'],
    in: ['connect', 'packageManager'],
    plant: (t, c) => ({ ...t, [c.data]: sharedFolder('elsewhere') }),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'the shared storage path is not mounted',
    requirements: ['WB-11'],
    in: ['workbench'],
    plant: both(mounts(/.* \/srv\/shared .*\n/, ''), (t) => ({
      ...drop('/srv/shared/storage')(t, {} as ProductCluster, ''),
      '/srv/shared/storage/': { text: '' },
    })),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'home directories are on the local disk',
    requirements: ['WB-07'],
    in: ['workbench'],
    plant: unmounted('/home'),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'a storage class is kept apart',
    requirements: ['RSPM-08'],
    in: ['packageManager'],
    nodes: all,
    plant: both(append(PM, '[FileStorage "cran"]\nLocation = /var/cran\n'), put('/var/cran/', '')),
    expect: { 'shared-directories': ALL },
  },
  {
    name: 'Database.Dir is on the local disk',
    requirements: ['CONN-05'],
    in: ['connect'],
    nodes: all,
    plant: both(append(CONNECT, '[Database]\nDir = /var/db\n'), put('/var/db/', '')),
    expect: { 'shared-directories': ALL },
  },
  {
    name: 'Server.LandingDir is set on one node',
    requirements: ['CONN-06'],
    in: ['connect'],
    nodes: ['n1', 'n3'],
    plant: append(CONNECT, '[Server]\nLandingDir = /srv/connect\n'),
    expect: { 'shared-directories': 'n2' },
  },
  {
    name: 'metrics in the shared directory, by default',
    requirements: ['CONN-07', 'CONN-15'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, /DataPath = .*/, ''),
    after: (folder) => mkdirSync(join(folder, 'shared', 'metrics')),
    expect: { 'metrics-path': ALL },
  },
  {
    name: 'two nodes share a directory of metrics',
    requirements: ['CONN-07', 'CONN-15'],
    in: ['connect'],
    nodes: ['n1', 'n2'],
    plant: edit(CONNECT, /DataPath = .*/, 'DataPath = /srv/connect/m'),
    after: (folder) => mkdirSync(join(folder, 'shared', 'm')),
    expect: { 'metrics-path': 'n1 n2' },
  },
  {
    name: 'Graphite on one node only',
    requirements: ['CONN-08'],
    in: ['connect'],
    plant: append(CONNECT, 'GraphiteEnabled = true\n'),
    expect: { 'metrics-path': 'n2' },
  },
  {
    name: 'the data directory is on CIFS',
    requirements: ['RSPM-11'],
    in: ['packageManager'],
    nodes: all,
    plant: both(
      mounts(/nfs4 nfs1\S+ rw.*/, 'cifs //nas/pm rw,vers=3.0'),
      edit('/etc/fstab', /^\S+ (\S+) nfs4/, '//nas/pm $1 cifs'),
    ),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'home directories are on EFS',
    requirements: ['WB-08'],
    in: ['oldWorkbench'],
    nodes: all,
    plant: both(
      mounts(/ \/home (.*) nfs1.example.com:\/export/, ' /home $1 fs-0123.efs.us-east-1.amazonaws.com:/'),
      edit('/etc/fstab', 'nfs1.example.com:/export /home nfs4', 'fs-0123.efs.us-east-1.amazonaws.com:/ /home nfs4'),
      put(`${WB}file-locks`, 'lock-type=advisory\n'),
    ),
    expect: { 'storage-kind': ALL },
  },
  {
    name: 'NFS version 2',
    requirements: ['RSPM-12', 'CONN-14', 'WB-09'],
    in: posit,
    plant: mounts(/vers=[0-9.]+/g, 'vers=2'),
    expect: { 'nfs-version': 'n2' },
  },
  {
    name: 'Connect on NFS version 4',
    requirements: ['CONN-14'],
    in: ['connect'],
    nodes: all,
    plant: mounts('nfs nfs1.example.com:/export rw,vers=3', 'nfs4 nfs1.example.com:/export rw,vers=4.2'),
    expect: { 'nfs-version': ALL },
  },
  {
    name: 'a directory cache of 60 s',
    requirements: ['RSPM-14', 'RSPM-15'],
    in: posit,
    plant: mounts(/lookupcache=pos,/g, ''),
    expect: { 'nfs-mount-options': 'n2' },
  },
  {
    name: 'lookupcache=all is written out',
    requirements: ['RSPM-14', 'RSPM-15'],
    in: posit,
    plant: mounts(/lookupcache=pos/g, 'lookupcache=all'),
    expect: { 'nfs-mount-options': 'n2' },
  },
  {
    name: 'a directory cache of 10 s',
    requirements: ['RSPM-14', 'RSPM-15'],
    in: posit,
    plant: mounts(/lookupcache=pos/g, 'acdirmin=10,acdirmax=10'),
    expect: { 'nfs-mount-options': 'n2' },
  },
  {
    name: 'nolock',
    requirements: ['WB-31', 'WB-32', 'WB-47'],
    in: ['workbench'],
    plant: mounts(/local_lock=none/g, 'nolock,local_lock=all'),
    expect: { 'file-locking': 'n2' },
  },
  ...[
    ['flock', 'flock'],
    ['fcntl', 'posix'],
  ].map(
    ([call, option]): Fault => ({
      name: `locks of ${call} are local`,
      requirements: ['WB-31', 'WB-32', 'WB-47'],
      in: ['workbench'],
      plant: mounts(/local_lock=none/g, `local_lock=${option}`),
      expect: { 'file-locking': 'n2' },
    }),
  ),
  {
    name: 'mounted by hand',
    requirements: ['WB-46', 'X-07'],
    in: posit,
    plant: put('/etc/fstab', '# nothing\n'),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'the mount unit of the site names another server, and a second one is not enabled',
    requirements: [],
    in: ['workbench'],
    plant: both(
      put('/etc/fstab', '# see the mount units\n'),
      put(MOUNTS_OF_WB, '[Unit]\nAfter=remote-fs.target\n'),
      put('/etc/systemd/system/srv-shared.mount', '[Mount]\nWhat = 192.0.2.99:/export\nWhere=/srv/shared\n'),
      put('/etc/systemd/system/remote-fs.target.wants/srv-shared.mount', ''),
      put('/etc/systemd/system/home.mount', '[Mount]\nWhat=nfs1.example.com:/export\nType=nfs\n'),
    ),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'the service does not wait for its mounts',
    requirements: ['X-07'],
    in: posit,
    plant: (t) =>
      Object.fromEntries(
        Object.entries(t).map(([p, f]) => [
          p,
          p.endsWith('/mounts.conf') ? { text: '[Unit]\nAfter=network.target\n' } : f,
        ]),
      ),
    expect: { 'mount-persistence': 'n2' },
  },
  {
    name: 'the share is full',
    requirements: ['X-14'],
    in: posit,
    nodes: all,
    plant: put('/.fake-space', '=space 1000000 10000 1000000 900000\n'),
    expect: { 'free-space': ALL },
  },
  {
    name: 'the share has no inodes left',
    requirements: ['X-14'],
    in: ['connect'],
    nodes: all,
    plant: put('/.fake-space', '=space 1000000 500000 1000000 1000\n'),
    expect: { 'free-space': ALL },
  },
  {
    name: 'the share belongs to nobody',
    requirements: ['X-15'],
    in: ['connect', 'packageManager'],
    nodes: all,
    after: (folder) => chownSync(join(folder, 'shared'), 65534, 65534),
    expect: { 'shared-directories': ALL },
    needs: 'root',
  },
];
