/** Files of the configuration that differ, or do not say what was meant. */

import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../../../src/gather/lib/bytes.js';
import { SECRETS } from '../clusters.js';
import type { Fault } from './fault.js';
import { ALL, all, append, both, config, edit, PM, posit, put, WB } from './plants.js';

export const CONFIGURATION: readonly Fault[] = [
  {
    name: 'one changed line',
    requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
    in: posit,
    plant: config(/120|(?<=Listen = :)\d+/, '121'),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'a file more',
    requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
    in: posit,
    plant: (t, c) => ({ ...t, [c.config.replace(/[^/]*$/, 'extra.dat')]: { text: 'x' } }),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'a link that leads nowhere',
    requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
    in: ['workbench', 'packageManager'],
    after: (folder) => {
      for (const at of ['rstudio', 'rstudio-pm'].map((name) => join(folder, 'n2', 'etc', name)).filter(existsSync))
        symlinkSync('nowhere/site.dat', join(at, "the site's.dat"));
    },
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'the names of a file differ in a byte that is not UTF-8',
    requirements: ['RSPM-03', 'WB-02', 'PPM-AWS-07'],
    in: ['workbench', 'packageManager'],
    nodes: [],
    after: (folder) => {
      for (const [node, byte] of [
        ['n1', '\udcff'],
        ['n2', '\udcfe'],
        ['n3', '\udcff'],
      ] as const)
        for (const at of ['rstudio', 'rstudio-pm'].map((name) => join(folder, node, 'etc', name)).filter(existsSync))
          writeFileSync(bytesOf(join(at, `x${byte}y.dat`)), 'the same');
    },
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'another database password',
    requirements: ['RSPM-03', 'WB-02'],
    in: ['workbench', 'packageManager'],
    plant: (t, c, n) =>
      edit(c.product === 'workbench' ? `${WB}database.conf` : PM, SECRETS.database, 'planted-other-password')(t, c, n),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'XDG_CONFIG_DIRS has a level too many',
    requirements: ['X-08'],
    in: ['workbench'],
    plant: both(
      put('/etc/default/rstudio-server', 'XDG_CONFIG_DIRS=/mnt/x/rstudio\n'),
      put('/mnt/x/rstudio/rserver.conf', 'www-port=80\n'),
    ),
    expect: { 'config-directory': 'n2' },
  },
  {
    name: 'a drop-in sets XDG_CONFIG_DIRS with a level too many',
    requirements: ['X-08'],
    in: ['workbench'],
    plant: both(
      put(
        '/etc/systemd/system/rstudio-server.service.d/config.conf',
        '[Service]\nEnvironment="XDG_CONFIG_DIRS=/mnt/x/rstudio/"\n',
      ),
      put('/mnt/x/rstudio/rserver.conf', 'www-port=80\n'),
    ),
    expect: { 'config-directory': 'n2' },
  },
  {
    name: 'an unquoted # cuts the database URL',
    requirements: ['X-09'],
    in: ['packageManager'],
    nodes: all,
    plant: edit(PM, SECRETS.url, 'planted#url-password'),
    expect: { 'config-syntax': ALL, 'database-same': ALL },
  },
  {
    name: 'a setting twice in database.conf',
    requirements: ['X-10'],
    in: ['workbench'],
    nodes: all,
    plant: append(`${WB}database.conf`, 'host=other.example.com\n'),
    expect: { 'config-syntax': ALL },
  },
  {
    name: 'a comment behind a setting that knows none',
    requirements: ['X-10'],
    in: ['workbench'],
    nodes: all,
    plant: append(`${WB}database.conf`, 'connection-timeout-seconds=10 # seconds\n'),
    expect: { 'config-syntax': ALL },
  },
  {
    name: 'the database password is changeme',
    requirements: ['X-17'],
    in: ['workbench', 'packageManager'],
    nodes: all,
    plant: (t, c, n) =>
      edit(c.product === 'workbench' ? `${WB}database.conf` : PM, SECRETS.database, 'changeme')(t, c, n),
    expect: { 'placeholder-secrets': ALL },
  },
];
