import check from '../../checks/s3-settings.js';
import { testCheck } from '../../src/testing.js';
import { configured } from '../support/facts.js';

const node = (s3: string, storage = 'Default = s3') => ({
  settings: configured('package-manager', { 'rstudio-pm.gcfg': `[Storage]\n${storage}\n[S3Storage]\n${s3}\n` })
    .settings,
});
/** A node with variables of the AWS SDK. */
const withVariables = (s3: string, variables: Readonly<Record<string, string>>) => ({
  settings: configured(
    'package-manager',
    { 'rstudio-pm.gcfg': `[Storage]\nDefault = s3\n[S3Storage]\n${s3}\n` },
    { environment: new Map(Object.entries(variables)) },
  ).settings,
});
const good = node('Bucket = b\nRegion = r\nKeyID = k');
const withClass = (bucket: string) => node(`Bucket = b\n[S3Storage "CRAN"]\nBucket = ${bucket}`);
const ARN = 'arn:aws-us-gov:kms:us-gov-west-1:123456789012';
const keyed = (id: string) => node(`Bucket = b\nKeyID = ${id}`);

testCheck(check, {
  pass: [
    { name: 'the same', nodes: { a: good, b: good }, on: ['a', 'b'] },
    {
      name: 'an endpoint in another spelling',
      nodes: {
        a: node('Bucket = b\nEndpoint = https://minio.example.com'),
        b: node('Bucket = b\nEndpoint = HTTPS://MinIO.example.com:443/'),
      },
    },
    ...[
      'https://s3.us-west-2.amazonaws.com',
      's3.us-west-2.amazonaws.com:443/',
      'https://S3.us-west-2.amazonaws.com',
      'https://s3.dualstack.us-west-2.amazonaws.com',
      's3-fips.dualstack.us-west-2.amazonaws.com',
      's3-fips.us-west-2.amazonaws.com',
      'https://bucket.vpce-1a2b3c4d-5e6f.s3.us-west-2.vpce.amazonaws.com',
    ].map((endpoint) => ({
      name: `the endpoint of AWS in the region, and none: ${endpoint}`,
      nodes: {
        a: node(`Bucket = b\nRegion = us-west-2\nEndpoint = ${endpoint}`),
        b: node('Bucket = b\nRegion = us-west-2'),
      },
    })),
    ...[
      'Bucket = arn:aws:s3:us-west-2:123456789012:accesspoint/packages',
      'Bucket = b\nRegion = us-gov-west-1',
      'Bucket = b\nRegion = WEUR\nEndpoint = https://s3.example.com',
      'Bucket = b\nEndpoint = minio.example.com:9000\nDisableSSL = yes',
    ].map((lines) => ({ name: `what may be one: ${lines}`, nodes: { a: node(lines), b: node(lines) } })),
    {
      name: 'booleans by other words',
      nodes: { a: node('Bucket = b\nDisableSSL = no\nS3ForcePathStyle = 1'), b: node('Bucket = b\nS3ForcePathStyle') },
    },
  ],
  fail: [
    ...[
      'https://s3.dualstack.eu-west-1.amazonaws.com',
      'http://s3.us-west-2.amazonaws.com',
      'https://s3.example.com',
    ].map((endpoint) => ({
      name: `an endpoint elsewhere: ${endpoint}`,
      nodes: {
        a: node('Bucket = b\nRegion = us-west-2'),
        b: node(`Bucket = b\nRegion = us-west-2\nEndpoint = ${endpoint}`),
        c: node('Bucket = b\nRegion = us-west-2'),
      },
      on: ['b'],
      message: /^endpoint of S3Storage on b differs/,
    })),
    {
      name: 'a variable with a different region than the configuration of the others',
      nodes: { a: good, b: withVariables('Bucket = b\nKeyID = k', { AWS_REGION: 'q' }), c: good },
      on: ['b'],
      message: /region/,
    },
    {
      name: 'a variable with the region where the configuration has a different one',
      nodes: { a: good, b: withVariables('Bucket = b\nRegion = q\nKeyID = k', { AWS_REGION: 'r' }), c: good },
      on: ['b'],
      message: /region/,
    },
    {
      name: 'a section that says in part what is common, with a different prefix',
      nodes: {
        a: node('Bucket = b\n[S3Storage "cran"]\nBucket = b\nPrefix = x'),
        b: node('Bucket = b\n[S3Storage "cran"]\nPrefix = y'),
      },
      on: ['a', 'b'],
      message: /prefix/,
      beside: ['unknown', 'pass'],
    },
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
      name: 'another key of one account',
      nodes: { a: keyed(`${ARN}:key/1234`), b: keyed('5678'), c: keyed(`${ARN}:key/1234`) },
      on: ['b'],
    },
    ...(
      [
        ['Endpoint = http://minio:9000', 'Endpoint = https://minio:9000'],
        ['Endpoint = minio:9000', 'Endpoint = https://minio:9001'],
        ['Endpoint = minio:9000', ''],
        ['Region = us-west-2\nEndpoint = https://s3.us-east-1.amazonaws.com', 'Region = us-west-2'],
        ['Region = us-west-2\nEndpoint = http://s3.us-west-2.amazonaws.com', 'Region = us-west-2'],
        ['Prefix = a', 'Prefix = a/b'],
        ['Prefix = a', ''],
      ] as const
    ).map(([a, b]) => ({
      name: `${a} and ${b}`,
      nodes: { a: node(`Bucket = b\n${a}`), b: node(`Bucket = b\n${b}`) },
      on: ['a', 'b'],
      message: /(endpoint|prefix) of S3Storage differs/,
    })),
    {
      name: 'keys of two accounts',
      nodes: { a: keyed(`${ARN}:key/1234`), b: keyed(`${ARN.replace('012:', '013:').replace(/2$/, '3')}:key/1234`) },
      on: ['a', 'b'],
    },
    {
      name: 'keys of two regions',
      nodes: { a: keyed(`${ARN}:key/1234`), b: keyed(`${ARN.replace('west', 'east')}:key/1234`) },
      on: ['a', 'b'],
    },
    {
      name: 'a class with a section, and on files elsewhere',
      nodes: { a: withClass('b'), b: withClass('b'), c: node('Bucket = b', 'Default = s3\nCRAN = file') },
      on: ['c'],
      message: /not on S3/,
    },
    { name: 'another alias', nodes: { a: keyed('alias/a'), b: keyed('alias/b'), c: keyed('alias/a') }, on: ['b'] },
    {
      name: 'two aliases and a key',
      nodes: { a: keyed('alias/a'), b: keyed('alias/b'), c: keyed('1234') },
      on: ['a', 'b', 'c'],
    },
    {
      name: 'one node on files',
      nodes: { a: good, b: node('Bucket = b', 'Default = file'), c: good },
      on: ['b'],
      message: /not on S3/,
    },
    {
      name: 'no section [S3Storage]',
      nodes: { a: node('', 'Default = s3'), b: node('', 'Default = s3') },
      on: ['a', 'b'],
      message: /names no bucket/,
    },
    {
      name: 'a class whose name is in capitals',
      nodes: { a: withClass('x'), b: withClass('y'), c: withClass('x') },
      on: ['b'],
      message: /"cran"/,
      beside: ['pass'],
    },
    {
      name: 'a class of its own on one',
      nodes: { a: good, b: node('Bucket = b\nRegion = r\nKeyID = k\n[S3Storage "cran"]\nBucket = x'), c: good },
      on: ['b'],
    },
  ],
  unknown: [
    ...['<bucket>', '${BUCKET}', 's3://packages', '“packages”'].map((bucket) => ({
      name: `what no bucket is named: ${bucket}`,
      nodes: { a: node(`Bucket = ${bucket}`), b: node(`Bucket = ${bucket}`) },
      on: ['a', 'b'],
      message: /cannot name one/,
    })),
    ...[
      'Bucket = packages/prod',
      'Bucket = arn:aws:s3:::packages',
      'Bucket = https://packages.s3.amazonaws.com',
      'Bucket = %BUCKET%',
      'Bucket',
      'Bucket = b\nRegion = us-east-1a',
      'Bucket = b\nRegion = US-EAST-1',
      'Bucket = b\nRegion',
      'Bucket = b\nPrefix = $HOSTNAME',
      'Bucket = b\nPrefix',
      'Bucket = b\nProfile = <profile>',
      'Bucket = b\nKeyID',
      'Bucket = b\nEndpoint',
      'Bucket = b\nEndpoint = https://',
      'Bucket = b\nEndpoint = ftp://minio.example.com',
      'Bucket = b\nEndpoint = minio.example.com:65536',
    ].map((lines) => ({
      name: `what is not one: ${lines}`,
      nodes: { a: node(lines), b: node(lines) },
      on: ['a', 'b'],
      message: /cannot name one/,
    })),
    ...['DisableSSL = maybe', 'S3ForcePathStyle = enabled', 'EnableSharedConfig = "true,"'].map((line) => ({
      name: `a word that is not a boolean: ${line}`,
      nodes: { a: node(`Bucket = b\n${line}`), b: node(`Bucket = b\n${line}`) },
      message: /is not a boolean/,
    })),
    {
      name: 'a store on the machine below the container',
      nodes: {
        a: node('Bucket = b\nEndpoint = http://host.docker.internal:9000'),
        b: node('Bucket = b\nEndpoint = http://host.docker.internal:9000'),
      },
      on: ['a', 'b'],
      message: /each node asks a server on itself/,
    },
    ...['Region = <region>', 'Endpoint = https://${HOST}', 'KeyID = <key-id>'].map((line) => ({
      name: `a placeholder: ${line}`,
      nodes: { a: node(`Bucket = b\n${line}`), b: node(`Bucket = b\n${line}`) },
      message: /cannot name one/,
    })),
    {
      name: 'the region in the configuration, and in a variable',
      nodes: {
        a: good,
        b: withVariables('Bucket = b\nKeyID = k', { AWS_REGION: '', AWS_DEFAULT_REGION: 'r' }),
        c: good,
      },
      on: ['b'],
      message: /region of S3Storage is not set on b, where a variable of the AWS SDK says the same/,
    },
    {
      name: 'a profile of the configuration and of the environment',
      nodes: {
        a: node('Bucket = b\nProfile = prod'),
        b: withVariables('Bucket = b', { AWS_PROFILE: 'prod' }),
      },
      on: ['b'],
      message: /profile of S3Storage/,
    },
    {
      name: 'a section of a class that leaves out what is common',
      nodes: {
        a: node('Bucket = b\nRegion = r\n[S3Storage "cran"]\nBucket = b\nRegion = r\nPrefix = x'),
        b: node('Bucket = b\nRegion = r\n[S3Storage "cran"]\nPrefix = x'),
      },
      on: ['b'],
      message: /of S3Storage "cran" is not set on b, where \[S3Storage\] says the same/,
      beside: ['pass'],
    },
    {
      name: 'a class with a section on one node that says what the common one says',
      nodes: { a: node('Bucket = b'), b: node('Bucket = b'), c: withClass('b') },
      on: ['a', 'b'],
      message: /a and b have no section S3Storage "cran"/,
      beside: ['pass'],
    },
    {
      name: 'one key for several regions',
      nodes: { a: keyed(`${ARN}:key/mrk-12`), b: keyed(`${ARN.replace('west', 'east')}:key/mrk-12`) },
      on: ['a', 'b'],
    },
    {
      name: 'an alias, with and without its account',
      nodes: { a: keyed('alias/a'), b: keyed(`${ARN}:alias/a`) },
      on: ['a', 'b'],
      message: /written in different ways \(alias\/a and arn:aws/,
    },
    ...(
      [
        ['Prefix = a', 'Prefix = a/'],
        ['Prefix = /a', 'Prefix = a'],
        ['Prefix = /', ''],
        ['Endpoint = minio:9000', 'Endpoint = http://MINIO:9000/'],
      ] as const
    ).map(([a, b]) => ({
      name: `perhaps one: ${a} and ${b}`,
      nodes: { a: node(`Bucket = b\n${a}`), b: node(`Bucket = b\n${b}`) },
      on: ['a', 'b'],
      message: /written in different ways/,
    })),
    { name: 'an id and an alias', nodes: { a: keyed('alias/a'), b: keyed('1234') }, on: ['a', 'b'] },
    { name: 'an id, with and without its account', nodes: { a: keyed(`${ARN}:key/1`), b: keyed('1') }, on: ['a', 'b'] },
    ...['localhost:9000', 'https://[::1]:9000', 'http://127.0.0.1:9000'].map((endpoint) => ({
      name: `a store on each node: ${endpoint}`,
      nodes: {
        a: node(`Bucket = b\nEndpoint = ${endpoint}`),
        b: node(`Bucket = b\nEndpoint = ${endpoint}`),
        c: node('Bucket = b\nEndpoint = http://localhost:9000/'),
      },
      on: ['a', 'b', 'c'],
      message: /a server on itself.* mc admin info/,
    })),
    {
      name: 'not seen',
      nodes: { a: good, b: { settings: { unseen: 'permission denied' } }, c: good },
      on: ['b'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'files', nodes: { a: node('', 'Default = file'), b: node('', '') } }],
});
