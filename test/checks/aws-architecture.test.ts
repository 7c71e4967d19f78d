import check from '../../checks/aws-architecture.js';
import { testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const node = (host: string) => ({
  settings: settingsOf(
    foundOf('package-manager', {
      'rstudio-pm.gcfg': `[Database]\nProvider=postgres\n[Postgres]\nURL = postgres://u@${host}/rspm\n`,
    }),
  ),
});
const HOST = 'rspm.c9.us-east-1.rds.amazonaws.com';
const CHINA = 'rspm.c9.rds.cn-north-1.amazonaws.com.cn';
const nodes = { a: node(HOST), b: node(HOST) };
const plain = { a: node('db.example.com'), b: node('db.example.com') };
const ALB = 'rspm-1.us-east-1.elb.amazonaws.com';
const cluster = { loadBalancer: { url: `https://${ALB}/` } };

const rds = (said: object) => ({
  [`aws:rds ${HOST}`]: {
    exit: 0,
    stdout: JSON.stringify({ id: 'rspm', multiAz: true, details: ['class: db.t3.xlarge'], ...said }),
    stderr: '',
  },
});
const elb = (said: object) => ({
  [`aws:elb ${ALB}`]: {
    exit: 0,
    stdout: JSON.stringify({
      name: 'rspm',
      type: 'application',
      zones: ['a', 'b', 'c'],
      stickiness: [{ group: 'nodes', said: 'lb_cookie' }],
      ...said,
    }),
    stderr: '',
  },
});

testCheck(
  check,
  {
    pass: [
      { name: 'Multi-AZ', nodes, services: rds({}), on: ['a', 'b'], message: /class: db.t3.xlarge/ },
      {
        name: 'as large as the one that was tested',
        nodes,
        services: rds({ size: { class: 'db.t3.xlarge', storageGiB: 100, storageType: 'gp3' } }),
        on: ['a', 'b'],
      },
      {
        name: 'in China, where the region may stand behind the service',
        nodes: { a: node(CHINA), b: node(CHINA) },
        services: { [`aws:rds ${CHINA}`]: Object.values(rds({}))[0]! },
        on: ['a', 'b'],
      },
      { name: 'three zones', nodes: plain, cluster, services: elb({}), message: /stickiness of nodes: lb_cookie/ },
      {
        name: 'stickiness is denied',
        nodes: plain,
        cluster,
        services: elb({
          stickiness: { denied: 'elasticloadbalancing:DescribeTargetGroupAttributes', why: 'AccessDenied' },
        }),
        message: /grant elasticloadbalancing:DescribeTargetGroupAttributes to see it/,
      },
      {
        name: 'two zones, where two are enough',
        nodes: plain,
        cluster: { ...cluster, params: { 'aws-architecture': { minimumZones: 2 } } },
        services: elb({ zones: ['a', 'b'] }),
      },
      {
        name: 'by its dual-stack name',
        nodes: plain,
        cluster: { loadBalancer: { url: `https://dualstack.${ALB}` } },
        services: elb({}),
      },
    ],
    fail: [
      {
        name: 'a network load balancer',
        nodes: plain,
        cluster,
        services: elb({ type: 'network' }),
        on: [],
        message: /is of the type network/,
      },
      ...(
        [
          [{ class: 'db.t3.medium', storageGiB: 100, storageType: 'gp3' }, /fewer vCPUs and less memory/],
          [{ class: 'db.r6g.large', storageGiB: 200, storageType: 'gp3' }, /has fewer vCPUs than/],
          [{ class: 'db.c6gd.xlarge', storageGiB: 100 }, /has less memory than/],
          [{ class: 'db.m6i.2xlarge', storageGiB: 20, storageType: 'standard' }, /less storage and slower storage/],
        ] as const
      ).map(([size, message]) => ({
        name: `an instance ${size.class}`,
        nodes,
        services: rds({ size }),
        on: ['a', 'b'],
        severity: 'info' as const,
        message,
        beside: ['pass' as const],
      })),
      { name: 'one zone', nodes, services: rds({ multiAz: false }), on: ['a', 'b'], severity: 'warning' },
      {
        name: 'one instance of a cluster',
        nodes,
        services: rds({ multiAz: false, cluster: 'aurora-1' }),
        on: ['a', 'b'],
        message: /one instance of the cluster aurora-1/,
      },
      {
        name: 'a load balancer in two zones',
        nodes,
        cluster,
        services: { ...rds({}), ...elb({ zones: ['a', 'b'] }) },
        on: [],
        severity: 'warning',
        message: /in 2 availability zones: a and b|a, b/,
      },
      {
        name: 'one node on another database',
        nodes: { a: nodes.a, b: node('other.c9.us-east-1.rds.amazonaws.com') },
        services: {
          ...rds({}),
          'aws:rds other.c9.us-east-1.rds.amazonaws.com': Object.values(rds({ multiAz: false }))[0]!,
        },
        on: ['b'],
      },
    ],
    unknown: [
      {
        name: 'a class that is not known',
        nodes,
        services: rds({ size: { class: 'db.serverless' } }),
        message: /class db.serverless/,
        beside: ['pass'],
      },
      { name: 'a load balancer of no type', nodes: plain, cluster, services: elb({ type: undefined }) },
      {
        name: 'denied',
        nodes,
        services: rds({ denied: 'rds:DescribeDBInstances', why: 'AccessDenied' }),
        on: ['a', 'b'],
        message: /grant rds:DescribeDBInstances/,
      },
      {
        name: 'the package is not installed',
        nodes,
        services: { [`aws:rds ${HOST}`]: { unseen: 'npm install @aws-sdk/client-rds' } },
        message: /npm install/,
      },
      { name: 'the load balancer was not asked', nodes: plain, cluster },
    ],
    skip: [
      { name: 'not at AWS', nodes: plain, on: ['a', 'b'] },
      {
        name: 'a load balancer of another kind',
        nodes: plain,
        cluster: { loadBalancer: { url: 'https://elb.amazonaws.com.example.com' } },
      },
    ],
  },
  { product: 'package-manager' },
);

const connect = (host: string) => ({
  settings: settingsOf(
    foundOf('connect', {
      'rstudio-connect.gcfg': `[Database]\nProvider=postgres\n[Postgres]\nURL = "postgres://u@${host}/connect"\n`,
    }),
  ),
});

testCheck(
  check,
  {
    pass: [
      {
        name: 'Connect: its own size, and two zones',
        nodes: { a: connect(HOST) },
        cluster,
        services: {
          ...rds({ multiAz: false, size: { class: 'db.m5.large', storageGiB: 20, storageType: 'gp3' } }),
          ...elb({ zones: ['a', 'b'] }),
        },
      },
    ],
    fail: [
      {
        name: 'Connect: a smaller database',
        nodes: { a: connect(HOST) },
        services: rds({ size: { class: 'db.t3.micro', storageGiB: 20 } }),
        on: ['a'],
        severity: 'info',
      },
      {
        name: 'Connect: a load balancer in one zone',
        nodes: { a: connect('db.example.com') },
        cluster,
        services: elb({ zones: ['a'] }),
        on: [],
      },
    ],
    unknown: [{ name: 'Connect: not asked', nodes: { a: connect('db.example.com') }, cluster }],
  },
  { product: 'connect' },
);
