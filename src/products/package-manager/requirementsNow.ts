/** Package Manager: the present pages about encryption, database and storage (docs.posit.co, seen 2026-11). */

import type { Document } from '../../requirements/requirement.js';

export const packageManagerNow: Document = {
  title: 'Posit Package Manager: encryption, database and file storage (2026)',
  address: 'https://docs.posit.co/rspm/admin/',
  rows: [
    [
      'PPM26-01',
      'must',
      'Encryption',
      'Every node uses the same encryption key: in a file, in PACKAGEMANAGER_ENCRYPTION_KEY, or in [Storage] Persistent.',
      { from: '2021.09' },
    ],
    [
      'PPM26-02',
      'should',
      'Database',
      'The PostgreSQL project still supports the version of the PostgreSQL server.',
      { from: '2021.09' },
    ],
    ['PPM26-03', 'must-not', 'File storage', 'Shared data is not on SMB.', { from: '2021.09' }],
  ],
};
