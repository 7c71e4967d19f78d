import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/database-health.js';
import type { DatabaseProbe, SeenDatabase } from '../../src/probes/database.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { foundOf, settingsOf } from '../support/facts.js';

const node = (running = false, conf = 'provider=postgresql\npool-size=5\n') => {
  const found = foundOf(
    'workbench',
    { 'database.conf': conf },
    { running: running ? [{ name: 'rserver', pid: 1 }] : [] },
  );
  return { found, settings: settingsOf(found) };
};
const nodes = { a: node(), b: node() };
const SERVER: SeenDatabase = {
  system: '1',
  name: 'rstudio',
  oid: '5',
  version: 150_008,
  standby: false,
  readOnly: false,
  started: '',
  address: '192.0.2.1',
  port: 5432,
  encoding: 'UTF8',
  maxConnections: 100,
  reserved: 3,
  connections: 5,
  ssl: true,
  tables: [],
};
const said = (
  b: Partial<SeenDatabase> | { trouble: string } = {},
  heard: boolean | string = true,
  a: Partial<SeenDatabase> = {},
) => {
  const probe: DatabaseProbe = {
    sights: { a: { ...SERVER, ...a }, b: 'trouble' in b ? (b as { trouble: string }) : { ...SERVER, ...b } },
    groups: { a: 0, b: 0 },
    trouble: {},
    notified: { nodes: ['a', 'b'], heard },
  };
  return { services: { 'database:url': { exit: 0, stdout: JSON.stringify(probe), stderr: '' } } };
};
const both = (over: Partial<SeenDatabase>) => said(over, true, over);

testCheck(
  check,
  {
    pass: [
      {
        name: 'as many connections as this database takes',
        nodes: { a: node(false, ''), b: node(false, '') },
        ...both({ databaseConnections: 40 }),
        on: ['a', 'b'],
      },
      { name: 'an empty primary', nodes, ...said(), on: ['a', 'b'], message: /empty/ },
      {
        name: 'set up by Workbench',
        nodes,
        ...both({ tables: ['public.schema_version', 'public.x'] }),
        message: /is set up/,
      },
      {
        name: 'set up by a product that runs',
        nodes: { a: node(true), b: node() },
        product: 'package-manager',
        ...both({ tables: ['public.x'] }),
      },
    ],
    fail: [
      { name: 'a standby', nodes, ...said({ standby: true }), on: ['b'], severity: 'critical' },
      { name: 'read-only by default', nodes, ...said({ readOnly: true }), on: ['b'] },
      {
        name: 'too few connections',
        nodes: { a: node(false, ''), b: node(false, '') },
        ...both({ maxConnections: 30 }),
        on: ['a', 'b'],
        message: /40 connections/,
        severity: 'warning',
      },
      {
        name: 'too few connections of this database',
        nodes: { a: node(false, ''), b: node(false, '') },
        ...both({ databaseConnections: 30 }),
        on: ['a', 'b'],
        message: /40 connections, and the database rstudio takes 30/,
        severity: 'warning',
      },
      { name: 'another encoding', nodes, ...said({ encoding: 'SQL_ASCII' }), on: ['b'] },
      { name: 'an old server', nodes, ...both({ version: 90_624 }), on: ['a', 'b'] },
      { name: 'a pooler that loses notifications', nodes, ...said({}, false), on: ['a', 'b'], severity: 'warning' },
      {
        name: "something else's tables",
        nodes,
        ...both({ tables: ['public.orders'] }),
        on: ['a', 'b'],
        message: /tables of another program/,
      },
    ],
    unknown: [
      {
        name: 'read-only by a setting of the account that asks',
        nodes,
        ...both({ readOnly: true, readOnlyAccount: 'audit' }),
        on: ['a', 'b'],
        beside: ['pass'],
        message: /of the account audit.*whether the product may write is not known/,
      },
      {
        name: 'one node does not reach it',
        nodes,
        ...said({ trouble: 'connection refused' }),
        on: ['b'],
        beside: ['pass'],
      },
      {
        name: 'notifications could not be tried',
        nodes,
        ...said({}, 'permission denied'),
        on: ['a', 'b'],
        beside: ['pass'],
      },
      {
        name: 'whose tables cannot be told',
        nodes,
        product: 'package-manager',
        ...both({ tables: ['public.x'] }),
        on: ['a', 'b'],
        beside: ['pass'],
      },
      {
        name: 'the credential is missing',
        nodes,
        services: { 'database:url': { unseen: 'PGURL is not set' } },
        on: ['a', 'b'],
      },
    ],
    skip: [{ name: 'no credential in the inventory', nodes }],
  },
  { product: 'workbench' },
);

it('more connections: by the parameter group where it is RDS, which refuses alter system', () => {
  for (const [host, remedy] of [
    ['db.example.com', /^alter system set max_connections = 50;.*managed/],
    ['x.c9a.us-east-1.rds.amazonaws.com', /^aws rds modify-db-parameter-group .*ParameterValue=50,/],
    ['x.cluster-c9a.us-east-1.rds.amazonaws.com', /^aws rds modify-db-cluster-parameter-group /],
  ] as const) {
    const one = node(false, `provider=postgresql\nhost=${host}\n`);
    const findings = judgeCase(check, {
      name: '',
      product: 'workbench',
      nodes: { a: one, b: one },
      ...both({ maxConnections: 30 }),
    });
    assert.match(findings.find((f) => f.subject === 'connections')!.remediation!, remedy);
  }
});
