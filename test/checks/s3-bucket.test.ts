import check from '../../checks/s3-bucket.js';
import type { BucketTrial, BucketView } from '../../src/probes/s3.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const node = (s3 = 'Bucket = b\nRegion = eu-west-1\nPrefix = p') => ({
  settings: settingsOf(
    foundOf('package-manager', {
      'rstudio-pm.gcfg': `[Database]\nProvider=postgres\n[Storage]\nDefault = s3\n[S3Storage]\n${s3}\n`,
    }),
  ),
});
const files = { settings: settingsOf(foundOf('package-manager')) };
const nodes = { a: node(), b: node() };
const cluster = { s3: { credentials: 'default' as const } };
const denied = { error: 'AccessDenied', status: 403 };

const SOUND: BucketView = {
  head: { region: 'eu-west-1' },
  location: { region: 'eu-west-1' },
  versioning: { status: 'Enabled' },
  encryption: { algorithms: ['aws:kms'] },
};
const answer = (said: object) => ({ exit: 0, stdout: JSON.stringify(said), stderr: '' });
const said = (sight: Partial<BucketView>, at = 'b eu-west-1') => ({
  cluster,
  services: { [`s3:${at}`]: answer({ ...SOUND, ...sight }) },
});
const key = 'p/temp/validate.0123456789.txt';
const wrote = (probe: Partial<BucketTrial>) => ({
  cluster,
  services: {
    's3:b eu-west-1': answer(SOUND),
    's3:probe b eu-west-1 below p': answer({ key, ...probe }),
  },
});

testCheck(check, {
  pass: [
    {
      name: 'a bucket that answers',
      nodes,
      ...said({}),
      on: ['a', 'b'],
      message: /region: eu-west-1\nversioning: enabled\nencryption: aws:kms/,
      beside: ['skip'],
    },
    {
      name: 'details that are not granted',
      nodes,
      ...said({ location: denied, versioning: denied, encryption: { error: 'NotImplemented', status: 501 } }),
      message: /grant s3:GetBucketVersioning to see it\)\nencryption: not visible \(501 NotImplemented\)$/,
      beside: ['skip'],
    },
    {
      name: 'no encryption',
      nodes,
      ...said({ encryption: { error: 'ServerSideEncryptionConfigurationNotFoundError', status: 404 } }),
      message: /encryption: none is reported/,
      beside: ['skip'],
    },
    {
      name: 'an encryption without rules is none',
      nodes,
      ...said({ encryption: { algorithms: [] } }),
      message: /encryption: none is reported/,
      beside: ['skip'],
    },
    {
      name: "AWS's old name of a region",
      nodes,
      ...said({ head: {}, location: { region: 'EU' } }),
      beside: ['skip'],
    },
    {
      name: 'no location is the first region',
      nodes: { a: node('Bucket = b\nRegion = us-east-1') },
      ...said({ head: {}, location: { region: '' } }, 'b us-east-1'),
      beside: ['skip'],
    },
    {
      name: 'another store that names no region',
      nodes: { a: node('Bucket = b\nRegion = x\nEndpoint = https://store') },
      ...said({ head: {}, location: { region: '' } }, 'b x https://store'),
      beside: ['skip'],
    },
    {
      name: 'another store that calls its place otherwise, and took a request for the region of the nodes',
      nodes: { a: node('Bucket = b\nRegion = auto\nEndpoint = https://id.r2.cloudflarestorage.com') },
      ...said({ head: {}, location: { region: 'WEUR' } }, 'b auto https://id.r2.cloudflarestorage.com'),
      message: /region: WEUR/,
      beside: ['skip'],
    },
    { name: 'written and removed', nodes, ...wrote({}), on: ['a', 'b'], message: /was written, read and removed/ },
    { name: 'an old version stays', nodes, ...wrote({ left: 'old version' }), message: /an old version of p\/temp/ },
  ],
  fail: [
    {
      name: 'no such bucket',
      nodes,
      ...said({ head: { error: 'NotFound', status: 404 } }),
      on: ['a', 'b'],
      message: /does not exist.* 404/,
    },
    {
      name: 'redirected to another region',
      nodes,
      ...said({ head: { error: 'PermanentRedirect', status: 301, region: 'eu-west-3' } }),
      on: ['a', 'b'],
      message: /another region, eu-west-3/,
    },
    {
      name: 'in another region, by a refusal',
      nodes,
      ...said({ head: { error: 'Forbidden', status: 403, region: 'us-west-2' } }),
      on: ['a', 'b'],
      message: /another region, us-west-2.* 403/,
      beside: ['skip'],
    },
    {
      name: 'in another region',
      nodes,
      ...said({ location: { region: 'us-west-2' } }),
      on: ['a', 'b'],
      message: /is in us-west-2, but the configuration says eu-west-1/,
    },
    {
      name: 'in another region than an endpoint of AWS',
      nodes: { a: node('Bucket = b\nRegion = eu-west-1\nEndpoint = https://s3.eu-west-1.amazonaws.com') },
      ...said({ location: { region: 'us-west-2' } }, 'b eu-west-1 https://s3.eu-west-1.amazonaws.com'),
      message: /is in us-west-2/,
      beside: ['skip'],
    },
    {
      name: 'in the first region, which has no name',
      nodes,
      ...said({ head: {}, location: { region: '' } }),
      message: /is in us-east-1/,
    },
    {
      name: 'one node is configured with a bucket that does not exist',
      nodes: { ...nodes, c: node('Bucket = c\nRegion = eu-west-1') },
      cluster,
      services: {
        's3:b eu-west-1': answer(SOUND),
        's3:c eu-west-1': answer({ head: { error: 'NotFound', status: 404 } }),
      },
      on: ['c'],
    },
    {
      name: 'what was written is not there',
      nodes,
      ...wrote({ failed: { step: 'HEAD', why: '404 NotFound', status: 404 } }),
      message: /does not have it afterwards/,
    },
  ],
  unknown: [
    {
      name: 'the bucket denies',
      nodes,
      ...said({ head: { error: 'Forbidden', status: 403 } }),
      on: ['a', 'b'],
      message: /s3:ListBucket/,
      beside: ['skip'],
    },
    {
      name: 'another store that calls its place otherwise, and was asked for another region',
      nodes: { a: node('Bucket = b\nRegion = us-east-1\nEndpoint = https://ceph') },
      ...said({ head: {}, location: { region: 'default' } }, 'b us-east-1 https://ceph'),
      cluster: { s3: { credentials: 'default' as const, region: 'us-east-1' } },
      message: /calls the place of the bucket default/,
      beside: ['skip'],
    },
    {
      name: 'another store that calls its place otherwise, and was asked without a signature',
      nodes: { a: node('Bucket = b\nRegion = us-east-1\nEndpoint = https://ceph') },
      ...said({ head: {}, location: { region: 'default' } }, 'b us-east-1 https://ceph'),
      cluster: { s3: { credentials: 'anonymous' as const } },
      message: /calls the place of the bucket default/,
      beside: ['skip'],
    },
    {
      name: 'the bucket denies, and says that it is where the nodes look for it',
      nodes,
      ...said({ head: { error: 'Forbidden', status: 403, region: 'eu-west-1' } }),
      message: /s3:ListBucket/,
      beside: ['skip'],
    },
    {
      name: 'another store denies, and calls its place otherwise',
      nodes: { a: node('Bucket = b\nRegion = x\nEndpoint = https://store') },
      ...said({ head: { error: 'Forbidden', status: 403, region: 'us-east-1' } }, 'b x https://store'),
      message: /s3:ListBucket/,
      beside: ['skip'],
    },
    {
      name: 'the store is out of order',
      nodes,
      ...said({ head: { error: 'ServiceUnavailable', status: 503 } }),
      message: /503/,
      beside: ['skip'],
    },
    {
      name: 'the store does not answer',
      nodes,
      cluster,
      services: { 's3:b eu-west-1': { unseen: 'timed out' } },
      message: /timed out/,
      beside: ['skip'],
    },
    {
      name: 'writing is denied',
      nodes,
      ...wrote({ failed: { step: 'PUT', why: '403 AccessDenied', status: 403 } }),
      message: /grant s3:PutObject/,
      beside: ['pass'],
    },
    {
      name: 'removing is denied',
      nodes,
      ...wrote({ failed: { step: 'DELETE', why: '403 AccessDenied', status: 403 }, left: 'object' }),
      message: /p\/temp\/validate\.0123456789\.txt may have been left behind.*grant s3:DeleteObject/,
      beside: ['pass'],
    },
    {
      name: 'interrupted',
      nodes,
      ...wrote({ failed: { step: 'HEAD', why: 'aborted' }, interrupted: true }),
      message: /interrupted while writing .*, which was removed/,
      beside: ['pass'],
    },
    {
      name: 'the probe got no answer',
      nodes,
      cluster,
      services: { 's3:b eu-west-1': answer(SOUND), 's3:probe b eu-west-1 below p': { unseen: 'timed out' } },
      beside: ['pass'],
    },
  ],
  skip: [
    { name: 'not on S3', nodes: { a: files, b: files } },
    { name: 'no credentials in the inventory', nodes, on: ['a', 'b'], message: /s3: \{ credentials: default \}/ },
    { name: '--active is not given', nodes, ...said({}), message: /--active/, beside: ['pass'] },
  ],
});
