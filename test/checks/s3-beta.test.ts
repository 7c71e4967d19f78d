import check from '../../checks/s3-beta.js';
import { testCheck } from '../../src/testing.js';
import { configured } from '../support/facts.js';

const { settings } = configured('package-manager', {
  'rstudio-pm.gcfg': '[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\n',
});
const files = configured('package-manager').settings;
const node = (program: string | undefined, s = settings) => ({
  settings: s,
  versions: { ...(program && { program }), outdated: [], processesSeen: false },
});

testCheck(check, {
  pass: [{ name: 'a dated release', nodes: { a: node('2023.08.4-9') }, on: ['a'] }],
  fail: [
    { name: 'release 1.2', nodes: { a: node('1.2.2-4'), b: node('2021.09.0-1') }, on: ['a'], severity: 'warning' },
  ],
  unknown: [{ name: 'no version', nodes: { a: node(undefined) }, on: ['a'] }],
  skip: [{ name: 'no S3', nodes: { a: node('1.2.2-4', files) } }],
});
