/** RStudio Package Manager: High Availability and Load Balancing. */

import type { Document } from '../../requirements/requirement.js';

export const packageManager: Document = {
  title: 'RStudio Package Manager: High Availability and Load Balancing',
  address: 'https://docs.rstudio.com/rspm/admin/high-availability.html',
  rows: [
    ['RSPM-01', 'must', '13.1 item 1; 13.2', 'The clocks of all nodes agree.'],
    ['RSPM-02', 'should', '13.2', 'NTP keeps the clocks.'],
    ['RSPM-03', 'must', '13.1 item 2', 'The contents of /etc/rstudio-pm are identical on all nodes.'],
    ['RSPM-04', 'must', '13.1 item 3', 'Every node runs the same version.'],
    ['RSPM-05', 'must', '13.1 item 4; 13.3.2', 'The database is PostgreSQL.'],
    ['RSPM-06', 'must', '13.1 item 4', 'All nodes use the same database.'],
    ['RSPM-07', 'must*', '13.1 item 5', 'With NFS storage, Server.DataDir is the same shared directory on every node.'],
    [
      'RSPM-08',
      'must*',
      '13.1 item 5; 13.3.3',
      'Every storage class in files is in the same shared directory on every node.',
    ],
    ['RSPM-09', 'must*', '13.1 item 6; 13.3.3', 'With shared storage on S3, every node has the same encryption key.'],
    [
      'RSPM-10',
      'info',
      '13.3.1',
      'The nodes do not know of each other: the load balancer finds out which nodes answer.',
    ],
    ['RSPM-11', 'must', '13.3.3', 'Shared storage is NFS or S3, or both.'],
    ['RSPM-12', 'should', '13.3.3', 'NFS is version 3 or 4.'],
    ['RSPM-13', 'info', '13.3.3', 'By default an NFS client may use an old directory listing for up to 60 seconds.'],
    [
      'RSPM-14',
      'should',
      '13.3.3',
      'The NFS mount of the data directory has lookupcache=pos, so that new files are visible at once.',
    ],
    ['RSPM-15', 'should', '13.3.3', 'Otherwise the directory cache of the mount lasts at most about 5 seconds.'],
    [
      'RSPM-16',
      'must-not',
      '13.3.3',
      'In releases where S3 is in beta, production data is not on S3.',
      { until: '2021.09', edition: 'releases 1.x' },
    ],
    [
      'RSPM-17',
      'should',
      '13.3.3',
      'The key file is copied to the same place on every node.',
      { edition: 'present releases can keep the key in a variable or in [Storage] Persistent' },
    ],
    ['RSPM-18', 'must', '13.3.3', 'The mode of the key file is 0600.'],
    ['RSPM-19', 'must*', '13.3.3', 'The nodes reach their S3 bucket with the configured settings and credentials.'],
    ['RSPM-20', 'must', '13.4', 'All nodes are stopped before an upgrade.'],
    ['RSPM-21', 'info', '13.4', 'A node that was not stopped notices the new schema within 30 seconds and shuts down.'],
    [
      'RSPM-22',
      'info',
      '13.5',
      'After going back to one node, the network sends traffic directly to that node.',
      { guidance: true },
    ],
    ['RSPM-23', 'must-not', '13.5', 'Data cannot be moved from PostgreSQL back to SQLite.'],
  ],
};
