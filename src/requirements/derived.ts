/** Derived from how the products work. */

import type { Document } from './requirement.js';

export const derived: Document = {
  title: 'Derived from how the products work',
  rows: [
    [
      'X-01',
      'must',
      'public source code and incident reports',
      'Host names, and machine ids, are different on every node.',
    ],
    [
      'X-02',
      'should',
      'public source code and incident reports',
      'The clock of the file server agrees with the clocks of the nodes.',
    ],
    [
      'X-03',
      'should',
      'public source code and incident reports',
      'The product reaches its database without a pooler in transaction mode.',
    ],
    ['X-04', 'must', 'public source code and incident reports', 'Every node reaches a database that accepts writes.'],
    [
      'X-05',
      'should',
      'public source code and incident reports',
      'The nodes reach each other on the port of the product.',
    ],
    [
      'X-06',
      'should',
      'public source code and incident reports',
      'Every node resolves the names in the configuration to the same addresses.',
    ],
    [
      'X-07',
      'should',
      'public source code and incident reports',
      'Shared storage is mounted before the service starts.',
    ],
    [
      'X-08',
      'must',
      'public source code and incident reports',
      'The product reads the configuration directory that was meant, and it is not empty.',
    ],
    [
      'X-09',
      'should',
      'public source code and incident reports',
      'No gcfg value ends early at an unquoted comment character.',
    ],
    [
      'X-10',
      'should',
      'public source code and incident reports',
      'In a file format without comments, no setting looks commented out or is set twice.',
    ],
    ['X-11', 'must', 'public source code and incident reports', 'The account that runs the server can read its key.'],
    [
      'X-12',
      'should',
      'public source code and incident reports',
      'Operating system, architecture, R and Python are the same on all nodes.',
    ],
    [
      'X-13',
      'should',
      'public source code and incident reports',
      'The service account may change owners on the share.',
    ],
    ['X-14', 'should', 'public source code and incident reports', 'Shared directories have free space and inodes.'],
    [
      'X-15',
      'should',
      'public source code and incident reports',
      'Every node shows the same owner of a shared file: no root_squash, no wrong id mapping.',
    ],
    [
      'X-16',
      'should',
      'public source code and incident reports',
      "Each node's certificate is valid and covers its name.",
    ],
    ['X-17', 'must', 'public source code and incident reports', 'No secret is a placeholder.'],
  ],
};
