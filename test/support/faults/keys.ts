/** Keys: strength, owners, equality. */

import { otherPublicKey } from '../clusters.js';
import type { Fault } from './fault.js';
import { ALL, all, drop, edit, key, MONGOD, PM, posit, put, WB } from './plants.js';

export const KEYS: readonly Fault[] = [
  {
    name: 'the key has mode 0644',
    requirements: ['RSPM-18', 'WB-24', 'DEPLOYR-18'],
    in: [...posit, 's3', 'primaryStandby'],
    plant: key(/$/, '', { mode: 0o644 }),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key has 8 bytes',
    requirements: ['WB-23', 'RSPM-18'],
    in: posit,
    plant: key(/[\s\S]+/, 'a1b2c3d4'),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key is too long for mongod',
    requirements: ['DEPLOYR-18'],
    in: ['primaryStandby'],
    plant: key(/[\s\S]+/, 'QmFzZTY0'.repeat(200)),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key has a NUL byte',
    requirements: ['WB-26'],
    in: ['workbench'],
    plant: key(/[\s\S]+/, 'abcdefgh\0ijklmnopqrstuvwxyz0123456789'),
    expect: { 'key-file': 'n2' },
  },
  {
    name: "the key is the document's example",
    requirements: ['WB-26', 'X-17'],
    in: ['workbench'],
    plant: key(/[\s\S]+/, 'a55e5dc0-d6ae-11e3-9334-000c29635f71\n'),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key is missing',
    requirements: ['RSPM-17', 'WB-20', 'DEPLOYR-18'],
    in: [...posit, 's3', 'primaryStandby'],
    plant: (t, c, n) => drop(c.key)(t, c, n),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the key is elsewhere',
    requirements: ['RSPM-03'],
    in: ['packageManager'],
    plant: (t, c) => ({
      ...edit(PM, '/etc/rstudio-pm/rstudio-pm.key', '/opt/rstudio-pm.key')(t, c, ''),
      '/opt/rstudio-pm.key': t[c.key]!,
    }),
    expect: { 'config-identical': 'n2' },
  },
  {
    name: 'the key file is elsewhere on one member',
    requirements: ['DEPLOYR-20'],
    in: ['primaryStandby'],
    plant: (t, c) => ({
      ...edit(MONGOD, /keyFile = .*/, 'keyFile = /opt/keyfile')(t, c, ''),
      '/opt/keyfile': t[c.key]!,
    }),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'the service account cannot read its key',
    requirements: ['X-11'],
    in: ['packageManager'],
    plant: key(/$/, '', { uid: 0 }),
    expect: { 'key-file': 'n2' },
    needs: 'root',
  },
  {
    name: 'the server runs as a number that cannot read the key',
    requirements: ['X-11'],
    in: ['packageManager'],
    plant: put('/etc/systemd/system/rstudio-pm.service.d/user.conf', '[Service]\nUser=5001\n'),
    expect: { 'key-file': 'n2', 'user-ids': 'n2' },
  },
  {
    name: 'the key is another',
    requirements: ['WB-20', 'WB-25', 'WB-27', 'PPM-AWS-06', 'DEPLOYR-19'],
    in: [...posit, 'primaryStandby'],
    plant: key(/^..../, 'beef'),
    expect: { 'shared-keys': 'n2' },
  },
  {
    name: 'the key is another, storage on S3',
    requirements: ['RSPM-09', 'PPM-AWS-06'],
    in: ['s3', 'aws'],
    plant: key(/^..../, 'beef'),
    expect: { 's3-encryption-key': 'n2' },
  },
  {
    name: 'the key ends with another digit, storage on S3',
    requirements: ['RSPM-09', 'PPM-AWS-06'],
    in: ['s3', 'aws'],
    plant: key(/.(\s*)$/, '7$1'),
    expect: { 's3-encryption-key': 'n2' },
  },
  {
    name: 'each node has another key, storage on S3',
    requirements: ['RSPM-09', 'PPM-AWS-06'],
    in: ['s3', 'aws'],
    nodes: all,
    plant: (t, c, n) => key(/^..../, `bee${n.slice(1)}`)(t, c, n),
    expect: { 's3-encryption-key': ALL },
  },
  {
    name: 'a line break more at the end of the key',
    requirements: ['WB-20', 'WB-25'],
    in: ['workbench'],
    plant: key(/$/, '\n'),
    expect: { 'shared-keys': 'n2' },
  },
  {
    name: 'launcher.pem is readable by its group',
    requirements: ['WB-30'],
    in: ['launcher'],
    plant: edit(`${WB}launcher.pem`, /$/, '', { mode: 0o640 }),
    expect: { 'key-file': 'n2' },
  },
  {
    name: 'launcher.pub belongs to another key',
    requirements: ['WB-30'],
    in: ['launcher'],
    plant: put(`${WB}launcher.pub`, otherPublicKey),
    expect: { 'key-file': 'n2' },
    needs: 'openssl',
  },
  {
    name: 'the database password was encrypted with another key',
    requirements: ['WB-28', 'WB-20'],
    in: ['workbench'],
    nodes: all,
    plant: edit(
      `${WB}database.conf`,
      /password=.*/,
      'password=1A2B3C4DQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn1A2B3C4D',
    ),
    expect: { 'database-password': ALL },
  },
];
