/** Connect: the present pages about high availability, databases and reference architectures (docs.posit.co, seen 2026-11). */

import type { Document } from '../../requirements/requirement.js';

export const connectNow: Document = {
  title: 'Posit Connect: load balancing, database and reference architectures (2026)',
  address: 'https://docs.posit.co/connect/admin/load-balancing/',
  rows: [
    [
      'CONN26-01',
      'should',
      'Database',
      'The release supports the version of the PostgreSQL server.',
      { from: '2023.01' },
    ],
    [
      'CONN26-02',
      'should',
      'Reference architectures; File storage',
      'The shared directory is on NFS version 3 or 4, which keeps owners and modes.',
      { from: '2021.08' },
    ],
    [
      'CONN26-03',
      'info',
      'Operational metrics',
      'Metrics are collected by OpenTelemetry; the section [Metrics] is deprecated.',
      { from: '2026.03' },
    ],
  ],
};
