/** The rows cited so far. Sources: the five vendor documents, by title and section. */

import type { Requirement } from './index.js';

type Row = readonly [id: string, level: Requirement['level'], section: string, text: string];

const from = (document: string, rows: readonly Row[]): Requirement[] =>
  rows.map(([id, level, section, text]) => ({ id, level, document, section, text }));

export const rows: readonly Requirement[] = [
  ...from('RStudio Package Manager: High Availability and Load Balancing', [
    ['RSPM-01', 'must', '13.1 item 1; 13.2', 'The clocks of all nodes agree.'],
    ['RSPM-03', 'must', '13.1 item 2', 'The contents of /etc/rstudio-pm are identical on all nodes.'],
    ['RSPM-04', 'must', '13.1 item 3', 'Every node runs the same version.'],
    ['RSPM-05', 'must', '13.1 item 4; 13.3.2', 'The database is PostgreSQL.'],
    ['RSPM-09', 'must*', '13.1 item 6; 13.3.3', 'With shared storage on S3, every node has the same encryption key.'],
    ['RSPM-13', 'info', '13.3.3', 'By default an NFS client may believe an old directory for up to 60 seconds.'],
    [
      'RSPM-14',
      'should',
      '13.3.3',
      'The NFS mount of the data directory has lookupcache=pos, so that new files are seen at once.',
    ],
    ['RSPM-15', 'should', '13.3.3', 'Otherwise its directory cache lasts about 5 seconds at most.'],
    ['RSPM-17', 'should', '13.3.3', 'The key file is copied to the same place on every node.'],
    ['RSPM-18', 'must', '13.3.3', 'The mode of the key file is 0600.'],
    ['RSPM-19', 'must*', '13.3.3', 'The nodes reach their S3 bucket with the configured settings.'],
  ]),
  ...from('RStudio Connect: High Availability and Load Balancing', [
    ['CONN-01', 'must', '6.1 item 1', 'Every node runs the same version.'],
    ['CONN-02', 'must', '6.1 item 2; 6.2.3', 'The database is PostgreSQL.'],
    ['CONN-11', 'must', '6.2.1', 'The clocks of all nodes agree; else data can be lost.'],
    ['CONN-32', 'info', '6.6.3', 'Nodes look into the data directory every few seconds for new jobs.'],
    ['CONN-33', 'info', '6.6.4', 'A scheduled job can run twice; skewed clocks widen the window.'],
    ['CONN-35', 'should', '6.6.2', 'Content runs on whichever node got the request, so accounts and runtimes agree.'],
  ]),
  ...from('RStudio Workbench: Load Balancing Configuration', [
    ['WB-01', 'must', '54 Configuration', 'Every node runs the same version.'],
    [
      'WB-02',
      'must',
      '54 Configuration',
      'The contents of /etc/rstudio are identical but for the address of the node.',
    ],
    ['WB-03', 'must', '54 Configuration', 'User names and user ids are the same on all nodes.'],
    ['WB-04', 'must', '54 Configuration', 'So are the groups the users are in.'],
    ['WB-05', 'must', '54 Configuration', 'So is the account the service runs as.'],
    ['WB-06', 'must', '54 Configuration; File Locking', 'The clocks of all nodes agree; file locks depend on it.'],
    ['WB-12', 'must', '54 Configuration', 'The database is PostgreSQL.'],
    ['WB-20', 'must', 'Defining Nodes', 'Every node uses the same secure cookie key.'],
    ['WB-23', 'must', 'Key File Requirements', 'The key is at least 128 bits (16 bytes) long.'],
    ['WB-24', 'must', 'Key File Requirements', 'The mode of the key file is restrictive: 0600.'],
    ['WB-25', 'must', 'Key File Requirements', 'The key file is identical on all nodes.'],
    ['WB-26', 'must', 'Key File Requirements', 'The key cannot be guessed.'],
    ['WB-27', 'should', 'Generating a Key', 'The key is made once and copied to every node.'],
    [
      'WB-30',
      'must*',
      'Launcher Considerations',
      'With the Launcher, launcher.pem and launcher.pub match on all nodes.',
    ],
    [
      'WB-45',
      'must',
      'User Accounts Not Synchronized',
      'A user who has another id on another node loses access to shared files.',
    ],
  ]),
  ...from('Posit Package Manager: AWS load-balanced reference architecture', [
    ['PPM-AWS-06', 'must', 'Nodes', 'Every node has the same encryption key.'],
  ]),
];
