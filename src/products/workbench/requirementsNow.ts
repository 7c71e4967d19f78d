/** Workbench: the present pages about load balancing, monitoring, database and audit (docs.posit.co, seen 2026-11). */

import type { Document } from '../../requirements/requirement.js';

export const workbenchNow: Document = {
  title: 'Posit Workbench: load balancing, database and monitoring (2026)',
  address: 'https://docs.posit.co/ide/server-pro/load_balancing/configuration.html',
  rows: [
    ['WB26-01', 'should', 'Database', 'The PostgreSQL server is version 11 or later.', { from: '2023.09' }],
    [
      'WB26-02',
      'must*',
      'Load balancing; Keys',
      'With load-balancing-enabled=1 the keys are in the database, or the same key files are on every node.',
      { from: '2023.09' },
    ],
    [
      'WB26-03',
      'must*',
      'Audit database',
      'In a cluster the audit database, where it is enabled, is PostgreSQL.',
      { from: '2025.09' },
    ],
    [
      'WB26-04',
      'must*',
      'Monitoring',
      'monitor-data-path, where it is set, is a different or a local directory on every node.',
      { from: '2023.09' },
    ],
    [
      'WB26-05',
      'should-not',
      'Project sharing',
      'With server-project-sharing=1 home directories are not on EFS, which has no access control lists.',
      { from: '2022.02.2' },
    ],
    [
      'WB26-06',
      'must-not',
      'Release notes 2023.09 and 2023.12',
      'The database password is not encrypted in releases that refuse encrypted passwords.',
      { from: '2023.09', until: '2023.12' },
    ],
    [
      'WB26-07',
      'should',
      'Load balancing',
      'The nodes reach each other on the port of the server (8787) and on that of the Launcher (5559).',
      { from: '2023.09' },
    ],
  ],
};
