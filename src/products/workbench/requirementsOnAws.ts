/** Workbench on AWS, load balanced: the vendor's reference architecture (docs.posit.co, seen 2026-11). */

import type { Document } from '../../requirements/requirement.js';

export const workbenchOnAws: Document = {
  title: 'Posit Workbench: AWS reference architecture, load balanced (2026)',
  address: 'https://docs.posit.co/ide/server-pro/admin/reference-architectures/aws/aws-load-balanced.html',
  rows: [
    ['WB26-08', 'info', 'Overview', 'Several EC2 instances run Workbench.', { from: '2025.09' }],
    [
      'WB26-09',
      'info',
      'Sizing',
      'The database is on RDS; homes and shared data are on FSx.',
      { from: '2025.09', guidance: true },
    ],
    [
      'WB26-10',
      'info',
      'CPU',
      'In addition to what sessions need, each node has two to six processors for Workbench itself.',
      { from: '2025.09', guidance: true },
    ],
  ],
};
