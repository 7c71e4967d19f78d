import check from '../../checks/s3-settings.js';
import { testCheck } from '../../src/testing.js';
import { configured } from '../support/facts.js';

const node = (s3: string, storage = 'Default = s3') => ({
  settings: configured('package-manager', { 'rstudio-pm.gcfg': `[Storage]\n${storage}\n[S3Storage]\n${s3}\n` })
    .settings,
});
const good = node('Bucket = b\nRegion = r\nKeyID = k');

testCheck(check, {
  pass: [
    { name: 'the same', nodes: { a: good, b: good }, on: ['a', 'b'] },
    {
      name: 'booleans by other words',
      nodes: { a: node('Bucket = b\nDisableSSL = no\nS3ForcePathStyle = 1'), b: node('Bucket = b\nS3ForcePathStyle') },
    },
  ],
  fail: [
    {
      name: 'another bucket',
      nodes: { a: good, b: node('Bucket = c\nRegion = r\nKeyID = k'), c: good },
      on: ['b'],
      message: /bucket/,
    },
    {
      name: 'no key on one',
      nodes: { a: good, b: node('Bucket = b\nRegion = r'), c: good },
      on: ['b'],
      message: /keyid/,
    },
    {
      name: 'one node on files',
      nodes: { a: good, b: node('Bucket = b', 'Default = file'), c: good },
      on: ['b'],
      message: /not on S3/,
    },
    {
      name: 'a class of its own on one',
      nodes: { a: good, b: node('Bucket = b\nRegion = r\nKeyID = k\n[S3Storage "cran"]\nBucket = x'), c: good },
      on: ['b'],
    },
  ],
  unknown: [
    {
      name: 'not seen',
      nodes: { a: good, b: { settings: { unseen: 'permission denied' } }, c: good },
      on: ['b'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'files', nodes: { a: node('', 'Default = file'), b: node('', '') } }],
});
