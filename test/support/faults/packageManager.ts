/** What only Package Manager has. */

import type { Fault } from './fault.js';
import { ALL, all, append, edit, PM, put } from './plants.js';

export const PACKAGE_MANAGER: readonly Fault[] = [
  {
    name: 'S3 in a release where it is in beta',
    requirements: ['RSPM-16'],
    in: ['oldPackageManager'],
    nodes: all,
    plant: append(PM, '[Storage]\nDefault = s3\n[S3Storage]\nBucket = packages\n'),
    expect: { 's3-beta': ALL },
  },
  {
    name: 'S3 for packages alone in a release where it is in beta',
    requirements: ['RSPM-16'],
    in: ['oldPackageManager'],
    nodes: all,
    plant: append(PM, '[Storage]\nPackages = s3\n[S3Storage]\nBucket = packages\n'),
    expect: { 's3-beta': ALL },
  },
  {
    name: 'S3 by the environment in a release where it is in beta',
    requirements: ['RSPM-16'],
    in: ['oldPackageManager'],
    nodes: all,
    plant: put(
      '/etc/systemd/system/rstudio-pm.service.d/s3.conf',
      '[Service]\nEnvironment=PACKAGEMANAGER_STORAGE_DEFAULT=s3 PACKAGEMANAGER_S3STORAGE_BUCKET=packages\n',
    ),
    expect: { 's3-beta': ALL, 's3-settings': ALL, 'shared-directories': ALL },
  },
  {
    name: 'another bucket',
    requirements: ['RSPM-19', 'RSPM-08', 'PPM-AWS-13'],
    in: ['s3', 'aws'],
    plant: edit(PM, 'Bucket = packages', 'Bucket = test'),
    expect: { 's3-settings': 'n2' },
  },
  {
    name: 'another KMS key',
    requirements: ['RSPM-19', 'PPM-AWS-14'],
    in: ['aws'],
    plant: edit(PM, 'alias/packages', 'alias/other'),
    expect: { 's3-settings': 'n2' },
  },
  ...(['silent', 'refused', 'nameless'] as const).map(
    (answer): Fault => ({
      name: `the package service is ${answer} on one node`,
      requirements: ['PPM-AWS-17'],
      in: ['aws'],
      nodes: all,
      inventory: 'params: { package-service: { hosts: [rspm-sync.rstudio.com] } }\n',
      // its variables, which name no proxy
      plant: (t, c, n) => ({
        ...put('/.fake-package-service', `rspm-sync.rstudio.com ${n === 'n2' ? answer : 'open'}\n`)(t, c, n),
        '/proc/100/environ': { text: 'LANG=C\0' },
      }),
      expect: { 'package-service': 'n2' },
    }),
  ),
  {
    name: 'one instance under two names',
    requirements: ['PPM-AWS-01'],
    in: ['aws'],
    plant: edit('/.fake-imds', 'i-0n2', 'i-0n1'),
    expect: { 'instance-placement': 'n1 n2' },
  },
  {
    name: 'a single node',
    requirements: ['PPM-AWS-01'],
    in: ['aws'],
    of: 1,
    expect: { 'node-count': 'n1' },
  },
  {
    name: 'all instances in one zone',
    requirements: ['PPM-AWS-02'],
    in: ['aws'],
    nodes: ['n2', 'n3'],
    plant: edit('/.fake-imds', /us-east-1./, 'us-east-1a'),
    expect: { 'instance-placement': ALL },
  },
  {
    name: 'an instance with a public address',
    requirements: ['PPM-AWS-03'],
    in: ['aws'],
    plant: append('/.fake-imds', '=public 203.0.113.7\n'),
    expect: { 'instance-placement': 'n2' },
  },
  {
    name: 'a small instance',
    requirements: ['PPM-AWS-04'],
    in: ['aws'],
    plant: edit('/proc/cpuinfo', /(processor\t: 0\n){6}/, ''),
    expect: { 'instance-placement': 'n2' },
  },
];
