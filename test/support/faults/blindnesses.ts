/** What hides from a check the thing it looks at, for every check. */

import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { GOOD } from '../certificates.js';
import type { Blindness, Edition, Plant } from './fault.js';
import { ALL, all, append, both, CONNECT, drop, edit, GROOVY, PM, put, WB } from './plants.js';

/** Too large for one file to be read. */
const HUGE = `${'x = 1\n'.repeat(200)}`.repeat(1000);
/** As many files, each small enough to be read, as are together too large for one answer. */
const endless = (path: (letter: string) => string): Plant =>
  both(...['a', 'b', 'c', 'd'].map((letter) => put(path(letter), HUGE.slice(0, 400_000))));
const hide = (checks: readonly string[], name: string, edition: Edition, more: Partial<Blindness>): Blindness => ({
  checks,
  name,
  in: edition,
  ...more,
});
/** A file that leads to itself. */
const loop = (path: string) => (folder: string) => {
  rmSync(join(folder, 'n2', path));
  symlinkSync(path.replace(/^.*\//, ''), join(folder, 'n2', path));
};

export const BLINDNESSES: readonly Blindness[] = [
  hide(['clock-skew'], 'no clock', 'connect', { plant: drop('/.fake-clock') }),
  hide(['clock-source'], 'no time daemon to ask', 'connect', { plant: drop('/.fake-tracking') }),
  hide(
    [
      'shared-directories',
      'nfs-version',
      'nfs-mount-options',
      'file-locking',
      'storage-kind',
      'free-space',
      'mount-persistence',
    ],
    'no mount table',
    'workbench',
    { plant: drop('/proc/self/mountinfo') },
  ),
  hide(['metrics-path'], 'no mount table', 'connect', { plant: drop('/proc/self/mountinfo') }),
  hide(
    [
      'config-identical',
      'config-directory',
      'config-syntax',
      'load-balancing',
      'shared-storage-path',
      'file-lock-settings',
      'placeholder-secrets',
      'postgres-backend',
      'database-same',
      'name-resolution',
      'leftover-sqlite',
      'runtimes',
    ],
    'a configuration without end',
    'workbench',
    { plant: endless((x) => `${WB}launcher.${x}.conf`) },
  ),
  hide(['schedule-concurrency', 'rsconnect-version'], 'a configuration without end', 'connect', {
    plant: endless((x) => CONNECT.replace('rstudio-connect.gcfg', `${x}.gcfg`)),
  }),
  hide(['s3-settings'], 'a configuration without end', 's3', {
    plant: endless((x) => PM.replace('rstudio-pm.gcfg', `${x}.gcfg`)),
  }),
  hide(['s3-beta', 'product-version', 'upgrade-state'], 'no package database', 's3', {
    plant: drop('/var/lib/dpkg/status'),
  }),
  hide(['web-context', 'mongo-replica-set'], 'a configuration without end', 'primaryStandby', {
    plant: append(GROOVY, HUGE),
  }),
  hide(['replica-set-state'], 'no mongo shell', 'primaryStandby', { plant: drop('/.fake-rs-status') }),
  hide(['grid-nodes'], 'no product', 'loadBalanced', {
    plant: both(drop(GROOVY), drop(GROOVY.replace('deployr/deployr.groovy', 'mongo/mongod.conf'))),
  }),
  hide(['key-file', 'shared-keys'], 'a key that leads to itself', 'workbench', {
    after: loop('/etc/rstudio/secure-cookie-key'),
  }),
  hide(['s3-encryption-key'], 'a key that leads to itself', 's3', { after: loop('/etc/rstudio-pm/rstudio-pm.key') }),
  hide(['s3-bucket'], 'a store that does not answer', 's3', {
    inventory: 's3: { endpoint: "http://127.0.0.1:9", credentials: anonymous }\n',
    unknown: ALL,
  }),
  hide(['database-password'], 'no key to compare with', 'workbench', {
    plant: both(
      edit(
        `${WB}database.conf`,
        /password=.*/,
        'password=1A2B3C4DQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn1A2B3C4D',
      ),
      drop(`${WB}secure-cookie-key`),
    ),
  }),
  hide(['user-ids'], 'no accounts', 'workbench', { plant: drop('/etc/passwd') }),
  hide(['platform'], 'no release file', 'workbench', { plant: drop('/etc/os-release') }),
  hide(['node-address'], 'no host name', 'workbench', { plant: drop('/etc/hostname') }),
  hide(['node-count'], 'no host name', 'aws', { plant: drop('/etc/hostname') }),
  hide(['peer-ports'], 'no network', 'workbench', { plant: drop('/.fake-peers') }),
  hide(['cluster-state'], 'list-nodes does not answer', 'workbench', {
    nodes: ['n1', 'n2'],
    plant: drop('/.fake-list-nodes'),
    unknown: ALL,
  }),
  hide(['certificates'], 'a certificate that is none', 'workbench', {
    nodes: all,
    plant: both(append(`${WB}rserver.conf`, 'ssl-enabled=1\nssl-certificate=/etc/ssl/node.pem\n'), (t, c, n) =>
      put('/etc/ssl/node.pem', n === 'n2' ? 'nothing\n' : GOOD)(t, c, n),
    ),
  }),
  hide(['database-health'], 'a credential that is none', 'workbench', {
    inventory: 'database: { url: { env: NOT_A_URL } }\n',
    unknown: ALL,
  }),
  hide(['sticky-sessions'], 'a load balancer that is not there', 'connect', {
    inventory: 'loadBalancer: { url: "http://127.0.0.1:1/" }\n',
    unknown: ALL,
  }),
  hide(['health-endpoint'], 'a configuration without end', 'connect', {
    plant: endless((x) => CONNECT.replace('rstudio-connect.gcfg', `${x}.gcfg`)),
  }),
  hide(['storage-visibility'], 'a folder that cannot be made', 'connect', {
    active: true,
    nodes: all,
    plant: (t, c) => ({ ...drop(c.data)(t, c, ''), [c.data]: { text: 'a file' } }),
    unknown: ALL,
  }),
  hide(['aws-architecture'], 'the address tells no region to ask', 'aws', {
    nodes: all,
    plant: edit(PM, '@db.example.com', '@db.rds.amazonaws.com'),
    unknown: ALL,
  }),
  hide(['instance-placement'], 'the metadata service is silent', 'aws', { plant: drop('/.fake-imds') }),
  hide(['package-service'], 'no connection can be tried', 'aws', {
    inventory: 'params: { package-service: { hosts: [rspm-sync.rstudio.com] } }\n',
    unknown: ALL,
  }),
  hide(['publishing-clients'], 'an access log that is a folder', 'presentConnect', {
    plant: put('/var/log/rstudio/rstudio-connect/rstudio-connect.access.log/x', ''),
  }),
];
