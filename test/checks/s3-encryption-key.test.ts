import check from '../../checks/s3-encryption-key.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, keyOf, settingsOf } from '../support/facts.js';

const S3 = '[Database]\nProvider=postgres\n[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\nRegion = eu-west-1\n';
const found = foundOf('package-manager', { 'rstudio-pm.gcfg': S3 });
const files = foundOf('package-manager');
const versions = { program: '2024.08.2-9', outdated: [], processesSeen: false };
const node = (content = {}) => ({ settings: settingsOf(found), keys: keyOf(found, content), versions });
const other = { digest: 'd1', trimmedDigest: 't1' };

testCheck(check, {
  pass: [{ name: 'one key', nodes: { a: node(), b: node() }, on: ['a', 'b'] }],
  fail: [
    { name: 'one node has another key', nodes: { a: node(), b: node(other), c: node() }, on: ['b'] },
    { name: 'a tie', nodes: { a: node(), b: node(other) }, on: ['a', 'b'] },
  ],
  unknown: [
    {
      name: 'key unreadable on a node',
      nodes: { a: node(), b: node(), c: { ...node(), keys: new Map([['encryption key', { unseen: 'denied' }]]) } },
      on: ['c'],
      beside: ['pass'],
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
