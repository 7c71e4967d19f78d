/** What only Workbench has. */

import { sharedFolder } from '../../../src/demo/tree.js';
import { process_ } from '../clusters.js';
import type { Fault } from './fault.js';
import { ALL, all, append, both, drop, edit, gone, mounts, names, put, WB } from './plants.js';

export const WORKBENCH: readonly Fault[] = [
  {
    name: 'Workbench is stopped on one node',
    requirements: ['WB-39'],
    in: ['workbench', 'presentWorkbench'],
    plant: both(drop('/proc/100/comm'), drop('/proc/100/stat')),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'no shared storage path',
    requirements: ['WB-10'],
    in: ['workbench'],
    nodes: all,
    plant: both(
      edit(`${WB}rserver.conf`, /server-shared-storage-path.*\n/, ''),
      mounts(/ \/srv\/shared /, ' /var/lib/rstudio-server/shared-storage '),
      (t) => ({ ...t, '/var/lib/rstudio-server/shared-storage': sharedFolder('shared') }),
      edit('/etc/fstab', '/srv/shared', '/var/lib/rstudio-server/shared-storage'),
      edit(
        '/etc/systemd/system/rstudio-server.service.d/mounts.conf',
        '/srv/shared',
        '/var/lib/rstudio-server/shared-storage',
      ),
    ),
    expect: { 'shared-storage-path': ALL },
  },
  {
    name: 'the shared storage path is set to nothing',
    requirements: ['WB-10'],
    in: ['workbench'],
    nodes: all,
    plant: edit(`${WB}rserver.conf`, /server-shared-storage-path=.*\n/, 'server-shared-storage-path=\n'),
    expect: { 'shared-storage-path': ALL, 'shared-directories': ALL },
  },
  {
    name: 'no file load-balancer',
    requirements: ['WB-19'],
    in: ['workbench'],
    nodes: all,
    plant: both(drop(`${WB}load-balancer`), (t, c, n) =>
      append(`${WB}rserver.conf`, `www-address=${n}.example.com\n`)(t, c, n),
    ),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'a [config] header',
    requirements: ['WB-22'],
    in: ['workbench'],
    nodes: all,
    plant: edit(`${WB}load-balancer`, /^/, '[config]\n'),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'locks of a type that does not exist',
    requirements: ['WB-33'],
    in: ['workbench'],
    nodes: all,
    plant: put(`${WB}file-locks`, 'lock-type=links\n'),
    expect: { 'file-lock-settings': ALL },
  },
  {
    name: 'locks expire before they are refreshed',
    requirements: ['WB-35'],
    in: ['workbench'],
    nodes: all,
    plant: put(`${WB}file-locks`, 'refresh-rate=40\n'),
    expect: { 'file-lock-settings': ALL },
  },
  {
    name: 'another lock type',
    requirements: ['WB-34', 'WB-02'],
    in: ['workbench'],
    nodes: all,
    plant: (t, c, n) => put(`${WB}file-locks`, `lock-type=${n === 'n2' ? 'advisory' : 'linkbased'}\n`)(t, c, n),
    expect: { 'file-lock-settings': 'n2' },
  },
  {
    name: 'logging of locks is left on',
    requirements: ['WB-37'],
    in: ['workbench'],
    nodes: all,
    plant: put(`${WB}file-locks`, 'enable-logging=1\n'),
    expect: { 'file-lock-settings': ALL },
  },
  {
    name: 'certificates between nodes are not verified',
    requirements: ['WB-44'],
    in: ['workbench'],
    nodes: all,
    plant: append(`${WB}load-balancer`, 'verify-ssl-certs=0\n'),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'a balancing method that does not exist',
    requirements: ['WB-50'],
    in: ['workbench'],
    nodes: all,
    plant: edit(`${WB}load-balancer`, 'sessions', 'roundrobin'),
    expect: { 'load-balancing': ALL },
  },
  {
    name: 'a stranger in the database of the cluster',
    requirements: ['WB-15', 'WB-41', 'WB-42'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(...all.map((n) => [`${n}.example.com`, 'Online', 5] as const), [
        'old.example.com',
        'Offline',
        gone,
      ]),
    }),
    expect: { 'cluster-state': 'n1' },
  },
  {
    name: 'a node with another key is kept out',
    requirements: ['WB-16'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(
        ['n1.example.com', 'Online', 5],
        ['n2.example.com', 'Invalid secure cookie key', 5],
        ['n3.example.com', 'Online', 5],
      ),
    }),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the cluster speaks another protocol',
    requirements: ['WB-16'],
    in: ['workbench'],
    nodes: all,
    plant: edit('/.fake-list-nodes', 'Http', 'Https'),
    expect: { 'cluster-state': ALL },
  },
  {
    name: 'online, and not seen for an hour',
    requirements: ['WB-18'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(
        ['n1.example.com', 'Online', 5],
        ['n2.example.com', 'Online', gone],
        ['n3.example.com', 'Online', 5],
      ),
    }),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the configuration is newer than the server',
    requirements: ['WB-38'],
    in: ['workbench'],
    plant: (t) => ({ ...t, ...process_('rserver', gone) }),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the others cannot reach a node',
    requirements: ['WB-39'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: edit('/.fake-load-balancer-status', 'n2.example.com:8787  Load', 'n2.example.com:8787  (unreachable)  Load'),
    expect: { 'cluster-state': 'n2' },
  },
  {
    name: 'the name of a node is not known',
    requirements: ['WB-41', 'WB-39'],
    in: ['workbench'],
    nodes: ['n1'],
    plant: (t) => ({
      ...t,
      '/.fake-list-nodes': names(
        ['n1.example.com', 'Online', 5],
        ['n2.example.com', 'Failed to resolve', 5],
        ['n3.example.com', 'Online', 5],
      ),
    }),
    expect: { 'cluster-state': 'n2' },
  },
];
