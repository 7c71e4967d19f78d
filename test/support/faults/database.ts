/** Which database, and where it is. */

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.js';
import { ALL, all, append, both, CONNECT, drop, edit, GROOVY, PM, posit, put, soon, WB } from './plants.js';

export const DATABASE: readonly Fault[] = [
  {
    name: 'SQLite',
    requirements: ['RSPM-05', 'CONN-02', 'WB-12'],
    in: posit,
    plant: (t, c, n) =>
      (c.product === 'workbench'
        ? edit(`${WB}database.conf`, 'provider=postgresql', 'provider=sqlite')
        : c.product === 'connect'
          ? edit(CONNECT, 'Provider = Postgres', 'Provider = sqlite')
          : edit(PM, 'Provider = postgres', '; Provider = postgres'))(t, c, n),
    expect: { 'postgres-backend': 'n2' },
  },
  {
    name: 'no database.conf',
    requirements: ['WB-12'],
    in: ['workbench'],
    plant: drop(`${WB}database.conf`),
    expect: { 'postgres-backend': 'n2' },
  },
  {
    name: 'another database',
    requirements: ['RSPM-06', 'CONN-03', 'WB-42', 'DEPLOYR-02'],
    in: [...posit, 'primaryStandby'],
    plant: (t, c, n) =>
      (c.product === 'workbench'
        ? append(`${WB}database.conf`, 'database=test\n')
        : c.product === 'deployr'
          ? edit(GROOVY, 'databaseName = "deployr"', 'databaseName = "test"')
          : edit(c.config, /@db\.example\.com\/\w+/, '@db.example.com/test'))(t, c, n),
    expect: { 'database-same': 'n2', 'mongo-replica-set': 'n2' },
  },
  {
    name: 'the name of the database is another server',
    requirements: ['RSPM-06', 'CONN-03', 'WB-42', 'X-06'],
    in: posit,
    plant: edit('/etc/hosts', '192.0.2.10', '192.0.2.99'),
    expect: { 'database-same': 'n2' },
  },
  {
    name: 'the name of the database is not known',
    requirements: ['X-06'],
    in: posit,
    plant: both(put('/etc/nsswitch.conf', 'hosts: files\n'), edit('/etc/hosts', /192\.0\.2\.10.*\n/, '')),
    expect: { 'name-resolution': 'n2' },
  },
  {
    name: 'the database is on a node',
    requirements: ['CONN-27'],
    in: ['connect'],
    nodes: all,
    plant: edit(CONNECT, '@db.example.com', '@n1.example.com'),
    expect: { 'database-same': 'n1', 'name-resolution': ALL },
  },
  {
    name: 'SQLite is still written',
    requirements: ['WB-14'],
    in: ['workbench'],
    plant: (t, c, n) => put('/var/lib/rstudio-server/rstudio.sqlite', 'x', { modified: soon() })(t, c, n),
    expect: { 'leftover-sqlite': 'n2' },
  },
  {
    name: 'SQLite is still written, so far to its log',
    requirements: ['WB-14'],
    in: ['workbench'],
    plant: (t, c, n) =>
      both(
        put('/var/lib/rstudio-server/rstudio.sqlite', 'x', { modified: 1 }),
        put('/var/lib/rstudio-server/rstudio.sqlite-wal', 'x', { modified: soon() }),
      )(t, c, n),
    expect: { 'leftover-sqlite': 'n2' },
  },
  {
    name: 'SQLite is still written in the shared directory',
    requirements: ['RSPM-23', 'CONN-24'],
    in: ['connect', 'packageManager'],
    after(folder) {
      mkdirSync(join(folder, 'shared', 'db'));
      writeFileSync(join(folder, 'shared', 'db', 'connect.db'), 'x');
      utimesSync(join(folder, 'shared', 'db', 'connect.db'), soon(), soon());
    },
    expect: { 'leftover-sqlite': ALL },
  },
];
