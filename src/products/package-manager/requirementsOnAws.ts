/** Posit Package Manager: AWS load-balanced reference architecture. */

import type { Document } from '../../requirements/requirement.js';

export const packageManagerOnAws: Document = {
  title: 'Posit Package Manager: AWS load-balanced reference architecture',
  rows: [
    ['PPM-AWS-01', 'should', 'Nodes', 'There are at least two instances.'],
    ['PPM-AWS-02', 'should', 'Nodes', 'The instances are in different availability zones.'],
    ['PPM-AWS-03', 'should', 'Nodes', 'The instances are in private subnets.'],
    ['PPM-AWS-04', 'info', 'Nodes', 'The instances have about 8 vCPUs and 32 GiB of memory.'],
    ['PPM-AWS-05', 'must', 'Nodes', 'Every node runs the same version.'],
    ['PPM-AWS-06', 'must', 'Nodes', 'Every node has the same encryption key.'],
    ['PPM-AWS-07', 'must', 'Nodes', 'Every node has the same configuration.'],
    ['PPM-AWS-08', 'must*', 'Nodes', 'The versions of R and Python that builds from Git need are on every node.'],
    [
      'PPM-AWS-09',
      'must',
      'Nodes',
      "The vendor's HA checklist for Package Manager applies as well.",
      { guidance: true },
    ],
    [
      'PPM-AWS-10',
      'info',
      'Database',
      'The database instance has about 4 vCPUs, 16 GiB of memory and 100 GiB of storage.',
    ],
    ['PPM-AWS-11', 'should', 'Database', 'The database is Multi-AZ with a standby.'],
    ['PPM-AWS-12', 'must*', 'Database', 'Before the first start the database is empty.'],
    [
      'PPM-AWS-13',
      'info',
      'Storage',
      'Package data and metadata are in an S3 bucket.',
      { from: '2021.09', edition: 'for 1.x see RSPM-16' },
    ],
    [
      'PPM-AWS-14',
      'info',
      'Storage',
      'The bucket can be encrypted on the client with a KMS key, the same on every node.',
    ],
    ['PPM-AWS-15', 'should', 'Networking', 'The load balancer is in three availability zones.'],
    [
      'PPM-AWS-16',
      'info',
      'Database; Nodes',
      "In the vendor's tests a database of this size was far from its limits.",
      { guidance: true },
    ],
    ['PPM-AWS-17', 'info', 'intro', 'The nodes reach the public package service, unless the site is air-gapped.'],
  ],
};
