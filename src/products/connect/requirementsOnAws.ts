/** Connect on AWS, load balanced: the vendor's reference architecture (docs.posit.co, seen 2026-11). */

import type { Document } from '../../requirements/requirement.js';

export const connectOnAws: Document = {
  title: 'Posit Connect: AWS reference architecture, load balanced (2026)',
  address: 'https://docs.posit.co/connect/admin/reference-architectures/aws/load-balanced/',
  rows: [
    [
      'CONN26-04',
      'info',
      'Nodes',
      'Two EC2 instances run Connect, of the size t3.large (2 vCPUs, 8 GiB) or larger.',
      { from: '2023.01' },
    ],
    [
      'CONN26-05',
      'info',
      'Database',
      'The RDS instance is of the size db.m5.large (2 vCPUs, 8 GiB) or larger, with 15 GB of storage.',
      { from: '2023.01' },
    ],
    [
      'CONN26-06',
      'info',
      'Load balancer',
      'The load balancer is an application load balancer in several availability zones.',
      { from: '2023.01' },
    ],
    [
      'CONN26-07',
      'info',
      'Networking',
      'The nodes are in private subnets of several availability zones.',
      { from: '2023.01' },
    ],
    [
      'CONN26-08',
      'should',
      'Nodes',
      'All versions of Python, R and Quarto that content needs are on every node.',
      { from: '2023.01' },
    ],
    ['CONN26-09', 'info', 'Storage', 'Shared files are on encrypted EFS.', { from: '2023.01', guidance: true }],
  ],
};
