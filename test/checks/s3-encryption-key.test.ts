import check from '../../checks/s3-encryption-key.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, keyOf, settingsOf } from '../support/facts.js';

const S3 = '[Database]\nProvider=postgres\n[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\nRegion = eu-west-1\n';
const found = foundOf('package-manager', { 'rstudio-pm.gcfg': S3 });
const files = foundOf('package-manager');
const versions = { program: '2024.08.2-9', outdated: [], processesSeen: false };
const node = (content = {}) => ({ settings: settingsOf(found), keys: keyOf(found, content), versions });
const other = { digest: 'd1', trimmedDigest: 't1' };
const bucket = (exit: number, said: object) => ({
  's3:b eu-west-1': { exit, stdout: JSON.stringify(said), stderr: '' },
});
const cluster = { s3: { credentials: 'default' as const } };

testCheck(check, {
  pass: [
    {
      name: 'one key, a bucket that answers',
      nodes: { a: node(), b: node() },
      cluster,
      services: bucket(0, { region: 'eu-west-1' }),
      on: ['a', 'b'],
    },
    { name: 'one key, bucket not asked', nodes: { a: node(), b: node() }, beside: ['skip'] },
  ],
  fail: [
    { name: 'one node has another key', nodes: { a: node(), b: node(other), c: node() }, on: ['b'] },
    { name: 'a tie', nodes: { a: node(), b: node(other) }, on: ['a', 'b'] },
    {
      name: 'no such bucket',
      nodes: { a: node(), b: node() },
      cluster,
      services: bucket(1, { error: 'NotFound', status: 404 }),
      on: ['a', 'b'],
      message: /404/,
    },
    {
      name: 'another region',
      nodes: { a: node(), b: node() },
      cluster,
      services: bucket(1, { error: 'PermanentRedirect', status: 301 }),
      on: ['a', 'b'],
    },
  ],
  unknown: [
    {
      name: 'the bucket denies',
      nodes: { a: node(), b: node() },
      cluster,
      services: bucket(1, { error: 'Forbidden', status: 403 }),
      beside: ['pass'],
      message: /s3:ListBucket/,
    },
    {
      name: 'the bucket does not answer',
      nodes: { a: node(), b: node() },
      cluster,
      services: { 's3:b eu-west-1': { unseen: 'timed out' } },
      beside: ['pass'],
    },
    {
      name: 'key unreadable on a node',
      nodes: { a: node(), b: node(), c: { ...node(), keys: new Map([['encryption key', { unseen: 'denied' }]]) } },
      on: ['c'],
      beside: ['pass', 'skip'],
    },
  ],
  skip: [
    {
      name: 'not on S3',
      nodes: {
        a: { settings: settingsOf(files), keys: keyOf(files), versions },
        b: { settings: settingsOf(files), keys: keyOf(files, other), versions },
      },
    },
  ],
});
