import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/database-same.js';
import type { Addresses } from '../../src/collectors/addresses.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { configured } from '../support/facts.js';

const at = (
  url: string,
  addresses: readonly (readonly [string, readonly string[]])[] = [['db', ['192.0.2.1']]],
  more = '',
) => ({
  settings: configured('connect', {
    'rstudio-connect.gcfg': `[Database]\nProvider = postgres\n[Postgres]\nURL = ${url}\n${more}`,
  }).settings,
  addresses: new Map(addresses) as Addresses,
});
const unencoded = () => ({
  settings: configured(
    'connect',
    { 'rstudio-connect.gcfg': '[Database]\nProvider = postgres\n[Postgres]\nURL = postgres://u:x@db/connect\n' },
    { unencoded: new Map([['rstudio-connect.gcfg', [4]]]) },
  ).settings,
  addresses: new Map() as Addresses,
});
const inSchema = (query: string) => at(`"postgres://db/connect?${query}"`);
const MASKED_HOST = `"postgres://u@%masked:${'a'.repeat(64)}%/connect"`;
const nowhere = at('postgres://db/connect', []);
const pm = 'package-manager' as const;
const lite = {
  settings: configured(pm, { 'rstudio-pm.gcfg': '[Database]\nProvider = sqlite\n' }).settings,
  addresses: new Map() as Addresses,
};
const deployr = (host: string, replicaSet = '') => ({
  settings: configured('deployr', {
    'deployr/deployr.groovy': `grails { mongo { host = "${host}"\n port = 8003\n ${replicaSet} } }`,
  }).settings,
  addresses: new Map() as Addresses,
});
const seen = (over: object = {}) => ({
  system: '1',
  name: 'c',
  oid: '5',
  version: 150_000,
  standby: false,
  readOnly: false,
  started: '',
  address: '192.0.2.1',
  port: 5432,
  encoding: 'UTF8',
  maxConnections: 9,
  reserved: 3,
  connections: 1,
  ssl: true,
  tables: [],
  ...over,
});
const probe = (groups: Record<string, number>, sights: Record<string, object>, trouble = {}) => ({
  product: pm,
  services: { 'database:url': { exit: 0, stdout: JSON.stringify({ sights, groups, trouble }), stderr: '' } },
});
const abc = { a: at('postgres://db/c'), b: at('postgres://db/c'), c: at('postgres://db/c') };
/** DeployR since 8.0.5. */
const sql = (url: string) => ({
  settings: configured('deployr', { 'deployr/deployr.groovy': `dataSource {\n url = "jdbc:${url}"\n}\n` }).settings,
  addresses: new Map(),
});
const mode = (m: 'primary-standby' | 'load-balanced') => ({ product: 'deployr' as const, cluster: { mode: m } });

const LIST = 'postgres://db,db2/c?target_session_attrs=read-write';
const WRITER = 'postgres://pg.cluster-x1.us-east-1.rds.amazonaws.com';
const READER = 'pg.cluster-ro-x1.us-east-1.rds.amazonaws.com';
/** Of RDS where it names no domain. */
const managed = (name: string): string => (/\.(com|cn)$/.test(name) ? name : `${name}.rds.amazonaws.com`);
const PROXY = 'postgres://px.proxy-x1.us-east-1.rds.amazonaws.com/c';
const behind = (url: string) =>
  at(url, [
    ['db', ['192.0.2.1']],
    ['other', ['192.0.2.2']],
  ]);

/** As the Cloud SQL Auth Proxy names its sockets. */
const cloud = (instance: string) => at(`"postgres:///c?user=u&host=/cloudsql/prod:us-east1:${instance}"`);

testCheck(check, {
  pass: [
    {
      name: 'an address of IPv4, in the form of IPv6 on one node',
      nodes: { a: at('postgres://db/c'), b: at('"postgres://[::ffff:192.0.2.1]:5432/c"') },
      product: pm,
    },
    { name: 'one instance of Cloud SQL, by its sockets', nodes: { a: cloud('pg'), b: cloud('pg') }, product: pm },
    {
      name: 'the own name leads to the node itself where the database is',
      nodes: { a: at('postgres://a/c', [['a', ['127.0.1.1']]]), b: at('postgres://a/c', [['a', ['192.0.2.1']]]) },
      product: pm,
      on: ['a', 'b'],
    },
    {
      name: 'one server',
      nodes: { a: at('postgres://x:y@db/connect'), b: at('postgres://x:y@db:5432/connect') },
      product: pm,
      on: ['a', 'b'],
    },
    {
      name: 'a standby would do, and there is one server',
      nodes: { a: at('"postgres://db/c?target_session_attrs=prefer-standby"'), b: at('postgres://db/c') },
      product: pm,
    },
    { name: 'a port with a zero', nodes: { a: at('postgres://db:05432/c'), b: at('postgres://db/c') }, product: pm },
    {
      name: 'an address more',
      nodes: {
        a: at('postgres://db/c', [['db', ['192.0.2.1', '192.0.2.2']]]),
        b: at('postgres://db/c', [['db', ['192.0.2.2']]]),
      },
      product: pm,
    },
    {
      name: 'several hosts in another order',
      nodes: { a: at(`"${LIST}"`, []), b: at(`"${LIST.replace('db,db2', 'db2,db')}"`, []) },
      product: pm,
    },
    {
      name: 'a reader endpoint among others, and the one that takes writes is used',
      nodes: {
        a: at(`"${WRITER},${READER}/c?target_session_attrs=primary"`),
        b: at(`"${WRITER},${READER}/c?target_session_attrs=primary"`),
      },
      product: pm,
    },
    {
      name: 'proven by a lock, whatever the names',
      nodes: { a: at('postgres://db/c'), b: at('postgres://db2/c') },
      ...probe({ a: 0, b: 0 }, { a: seen(), b: seen() }),
      on: ['a', 'b'],
      message: /a lock held/,
    },
    { name: 'Connect, on a host of its own', nodes: { a: nowhere, b: nowhere }, product: 'connect', on: ['a', 'b'] },
    {
      name: 'DeployR: primary and standby share',
      nodes: { a: deployr('db1'), b: deployr('db1') },
      ...mode('primary-standby'),
    },
    {
      name: 'DeployR: each its own behind a load balancer',
      nodes: { a: deployr('localhost'), b: deployr('localhost') },
      ...mode('load-balanced'),
    },
    {
      name: 'DeployR 8.0.5: primary and standby share a PostgreSQL',
      nodes: { a: sql('postgresql://db1:5432/deployr'), b: sql('postgresql://DB1/deployr?ssl=true') },
      ...mode('primary-standby'),
      on: ['a', 'b'],
    },
    {
      name: 'DeployR 8.0.5: each its own H2 behind a load balancer',
      nodes: { a: sql('h2:~/deployr'), b: sql('h2:~/deployr') },
      ...mode('load-balanced'),
      on: ['a', 'b'],
    },
  ],
  fail: [
    ...(
      [
        ['two instances', 'one.x1.us-east-1', 'two.x1.us-east-1'],
        ['two clusters', 'one.cluster-x1.us-east-1', 'two.cluster-x1.us-east-1'],
        ['a cluster, and an instance of another region', 'pg.cluster-x1.us-east-1', 'one.x1.us-east-2'],
        ['a cluster, and an instance of another account', 'pg.cluster-x1.us-east-1', 'one.x2.us-east-1'],
        ['two global databases', 'pg.global-x1.global', 'two.global-x1.global'],
        ['two servers of Azure', 'pg.postgres.database.azure.com', 'two.postgres.database.azure.com'],
        ['two writers of Azure', 'pg.writer.postgres.database.azure.com', 'two.writer.postgres.database.azure.com'],
        ['a global database, and Azure', 'pg.global-x1.global', 'two.writer.postgres.database.azure.com'],
      ] as const
    ).map(([what, a, b]) => ({
      name: `${what}, not resolved`,
      nodes: {
        a: at(`postgres://${managed(a)}/c`, []),
        b: at(`postgres://${managed(b)}/c`, []),
        c: at(`postgres://${managed(a)}/c`, []),
      },
      product: pm,
      on: ['b'],
    })),
    ...(
      [
        ['postgres://db/c', 'standby'],
        ['postgres://db/c', 'read-only'],
        ['postgres://db,db2/c', 'prefer-standby'],
      ] as const
    ).map(([url, wanted]) => ({
      name: `${wanted} is asked for: ${url}`,
      nodes: { a: at(`"${url}?target_session_attrs=${wanted}"`), b: at(`"${url}?target_session_attrs=${wanted}"`) },
      product: pm,
      on: ['a', 'b'],
      message: new RegExp(
        `target_session_attrs=${wanted} in the address of the database leads to a server that takes no`,
      ),
      beside: ['pass' as const],
    })),
    {
      name: 'another instance of Cloud SQL',
      nodes: { a: cloud('pg'), b: cloud('staging'), c: cloud('pg') },
      product: pm,
      on: ['b'],
    },
    {
      name: 'sessions that write nothing are asked for on one node',
      nodes: { a: at('postgres://db/c'), b: at('"postgres://db/c?options=-cdefault_transaction_read_only%3Don"') },
      product: pm,
      on: ['b'],
      message: /^default_transaction_read_only=on in the address of the database makes sessions that write nothing/,
      beside: ['pass'],
    },
    {
      name: 'a reader endpoint among others',
      nodes: { a: at(`"${WRITER},${READER}/c"`), b: at(`"${WRITER},${READER}/c"`) },
      product: pm,
      on: ['a', 'b'],
      severity: 'warning',
      message: /^pg\.cluster-ro-x1\S+ is a reader endpoint/,
      beside: ['pass'],
    },
    ...[
      'pg.cluster-ro-x1.rds.cn-north-1.amazonaws.com.cn',
      'pg.reader.postgres.database.azure.com',
      'pg.reader.postgres.database.usgovcloudapi.net',
    ].map((host) => ({
      name: `the reader endpoint ${host}`,
      nodes: { a: at(`postgres://${host}/c`), b: at(`postgres://${host}/c`) },
      product: pm,
      on: ['a', 'b'],
      severity: 'warning' as const,
      message: /^pg\.\S+ is a reader endpoint, which takes no writes/,
      beside: ['pass'] as const,
    })),
    {
      name: 'a pooler of another database',
      nodes: { a: behind('postgres://db/c'), b: behind('postgres://db/c'), c: behind('postgres://db:6432/d') },
      product: pm,
      on: ['c'],
    },
    {
      name: 'another schema of the same database',
      nodes: {
        a: inSchema('search_path=prod'),
        b: inSchema('options=-c%20search_path%3Dtest'),
        c: inSchema('search_path=PROD'),
      },
      on: ['b'],
      message: /the schema of the database on b differs/,
      beside: ['pass'],
    },
    {
      name: 'another schema, although a lock proves the database',
      nodes: { a: inSchema('search_path=prod'), b: inSchema('search_path=test'), c: inSchema('search_path=prod') },
      ...probe({ a: 0, b: 0, c: 0 }, { a: seen(), b: seen(), c: seen() }),
      on: ['b'],
      message: /the schema of the database on b differs/,
      beside: ['pass'],
    },
    {
      name: 'a clone of the same name',
      nodes: abc,
      ...probe({ a: 0, b: 1, c: 0 }, { a: seen(), b: seen(), c: seen() }),
      on: ['b'],
      message: /restored or cloned/,
    },
    {
      name: 'a standby of the same name',
      nodes: abc,
      ...probe({ a: 0, b: 1, c: 0 }, { a: seen(), b: seen({ standby: true }), c: seen() }),
      on: ['b'],
      message: /a standby of that database/,
    },
    {
      name: 'another host',
      nodes: { a: at('postgres://db/c'), b: at('postgres://db2/c'), c: at('postgres://db/c') },
      product: pm,
      on: ['b'],
    },
    {
      name: 'another name',
      nodes: { a: at('postgres://db/c'), b: at('postgres://db/test'), c: at('postgres://db/c') },
      product: pm,
      on: ['b'],
    },
    {
      name: 'another port: a tie',
      nodes: { a: at('postgres://db/c'), b: at('postgres://db:5433/c') },
      product: pm,
      on: ['a', 'b'],
    },
    {
      name: 'one name, two servers',
      nodes: { a: at('postgres://db/c'), b: at('postgres://db/c', [['db', ['192.0.2.9']]]), c: at('postgres://db/c') },
      product: pm,
      on: ['b'],
      message: /no address in common/,
    },
    {
      name: 'one name, two servers, two nodes each',
      nodes: {
        a: at('postgres://db/c', [['db', ['192.0.2.1']]]),
        b: at('postgres://db/c', [['db', ['192.0.2.9']]]),
        c: at('postgres://db/c', [['db', ['192.0.2.1']]]),
        d: at('postgres://db/c', [['db', ['192.0.2.9']]]),
      },
      product: pm,
      on: ['a', 'b', 'c', 'd'],
      message: /no address in common/,
    },
    {
      name: 'a second database on one node only',
      nodes: {
        a: at('postgres://db/c', [], 'InstrumentationURL = postgres://db/usage\n'),
        b: at('postgres://db/c', []),
      },
      product: pm,
      beside: ['pass'],
    },
    {
      name: 'Connect: the database is on a node',
      nodes: { a: at('postgres://a/c', []), b: at('postgres://a/c', []) },
      product: 'connect',
      on: ['a'],
      severity: 'info',
    },
    {
      name: 'DeployR: standby elsewhere',
      nodes: { a: deployr('db1'), b: deployr('db2') },
      ...mode('primary-standby'),
      on: ['a', 'b'],
    },
    {
      name: 'DeployR: standby on its own machine',
      nodes: { a: deployr('localhost'), b: deployr('127.0.0.1') },
      ...mode('primary-standby'),
      on: ['a', 'b'],
    },
    {
      name: 'DeployR: two share behind a load balancer',
      nodes: { a: deployr('db1'), b: deployr('db1'), c: deployr('db3') },
      ...mode('load-balanced'),
      on: ['a', 'b'],
    },
    {
      name: 'DeployR 8.0.5: the local H2 on one',
      nodes: { a: sql('postgresql://db1/deployr'), b: sql('h2:~/deployr'), c: sql('postgresql://db1/deployr') },
      ...mode('primary-standby'),
      on: ['b'],
    },
    {
      name: 'DeployR 8.0.5: the local H2 on each',
      nodes: { a: sql('h2:~/deployr'), b: sql('h2:~/deployr') },
      ...mode('primary-standby'),
      on: ['a', 'b'],
    },
    {
      name: 'DeployR 8.0.5: two share a PostgreSQL behind a load balancer',
      nodes: { a: sql('postgresql://db1/deployr'), b: sql('postgresql://db1/deployr') },
      ...mode('load-balanced'),
      on: ['a', 'b'],
    },
    {
      name: "DeployR: one has another's own behind a load balancer",
      nodes: { a: deployr('localhost'), b: deployr('A.'), c: deployr('localhost') },
      ...mode('load-balanced'),
      on: ['a', 'b'],
    },
  ],
  unknown: [
    {
      name: 'a masked host, alike on both',
      nodes: { a: at(MASKED_HOST), b: at(MASKED_HOST) },
      on: ['a', 'b'],
      beside: ['pass'],
      message: /^the host of the database was masked/,
      severity: 'info',
    },
    {
      name: 'a placeholder for the host',
      nodes: { a: at('"postgres://<host>/connect"'), b: at('"postgres://<host>/connect"') },
      on: ['a', 'b'],
      message: /<host> is not a host name or an address/,
    },
    {
      name: 'a placeholder for the host of one node',
      nodes: { a: at('postgres://db/connect'), b: at('"postgres://<host>/connect"'), c: at('postgres://db/connect') },
      on: ['b'],
      beside: ['pass'],
      message: /<host> is not a host name or an address/,
    },
    ...['${DB}', '<db>', '{{ db }}'].flatMap((name) => [
      {
        name: `${name} for the name of the database`,
        nodes: { a: at(`"postgres://db/${name}"`), b: at(`"postgres://db/${name}"`) },
        on: ['a', 'b'],
        message: /is not the name of a database/,
      },
      {
        name: `${name} for the name of the database on one of two nodes`,
        nodes: { a: at('postgres://db/connect'), b: at(`"postgres://db/${name}"`) },
        on: ['b'],
        message: /is not the name of a database/,
      },
    ]),
    {
      name: 'a placeholder in the second database alone',
      nodes: {
        a: at('postgres://db/connect', undefined, 'InstrumentationURL = postgres://db/i\n'),
        b: at('postgres://db/connect', undefined, 'InstrumentationURL = "postgres://db/<name>"\n'),
      },
      on: ['b'],
      beside: ['pass'],
      message: /write the real name of the instrumentation/,
    },
    {
      name: 'a placeholder among the members of a replica set',
      ...mode('primary-standby'),
      nodes: { a: deployr('<ip>'), b: deployr('<ip>') },
      message: /<ip> is not a host name/,
    },
    {
      name: 'the other node is on SQLite',
      nodes: { a: at('postgres://db/c'), b: lite },
      product: pm,
      on: ['a'],
      message: /only a names a database server, so nothing was compared: see postgres-backend/,
    },
    ...['172.17.0.1', 'host.docker.internal', 'host.containers.internal.'].map((host) => ({
      name: `the machine of the container: ${host}`,
      nodes: { a: at(`postgres://${host}/c`), b: at(`postgres://${host}/c`) },
      product: pm,
      on: ['a', 'b'],
      message: /is the machine on which a container runs, a different one on each of a and b/,
    })),
    {
      name: 'a schema on one node only',
      nodes: { a: at('postgres://db/c'), b: inSchema('search_path=x'), c: at('postgres://db/connect') },
      product: pm,
      on: ['a', 'b', 'c'],
      message: /^b looks for the tables/,
      beside: ['fail'],
    },
    {
      name: 'a socket of Cloud SQL, and an address or a tunnel',
      nodes: { a: cloud('pg'), b: cloud('pg'), c: at('postgres://127.0.0.1/c') },
      product: pm,
      on: ['c'],
    },
    {
      name: 'an address from a service file',
      nodes: { a: at('postgres://db/c'), b: at('"postgres:///c?service=prod"'), c: at('postgres://db/c') },
      product: pm,
      on: ['b'],
      beside: ['pass'],
      message: /takes what it leaves out from the service prod of a service file/,
    },
    {
      name: 'DeployR 8.0.5: a SQL Server',
      nodes: { a: sql('postgresql://db1/deployr'), b: sql('sqlserver://db1;database=deployr') },
      ...mode('primary-standby'),
      on: ['b'],
      message: /line 2: dataSource\.url is neither/,
    },
    {
      name: 'DeployR: the host of another environment',
      nodes: {
        a: deployr('db1'),
        b: deployr('db2', '\n } }\n environments { production {\n grails.mongo.host = "db1"'),
      },
      ...mode('primary-standby'),
      on: ['b'],
      message: /line 6: the value of grails\.mongo\.host depends on the environment/,
    },
    {
      name: 'the second database is the first on one node, and not named on the other',
      nodes: {
        a: at('postgres://db/c', [], 'InstrumentationURL = postgres://db/c\n'),
        b: at('postgres://db/c', []),
      },
      product: 'connect',
      on: ['b'],
      message: /whether that means the same is not documented/,
      beside: ['pass'],
    },
    {
      name: 'several hosts in another order, and nothing says which is used',
      nodes: { a: at('postgres://db,db2/c', []), b: at('postgres://db2,db/c', []) },
      product: pm,
      on: ['a', 'b'],
      message: /a uses db:5432, if it answers and b uses db2:5432.*target_session_attrs=read-write/,
    },
    {
      name: 'one list, and one node says which is used',
      nodes: { a: at(`"${LIST}"`, []), b: at('postgres://db,db2/c', []) },
      product: pm,
      message: /a uses the one that takes writes/,
    },
    {
      name: 'a pooler on the node, and the database',
      nodes: { a: behind('postgres://localhost:6432/c'), b: behind('postgres://db/c'), c: behind('postgres://db/c') },
      product: pm,
      on: ['a'],
      message: /localhost:6432 is a pooler or proxy.*pgbouncer\.ini/,
    },
    {
      name: 'two poolers',
      nodes: { a: behind('postgres://db:6432/c'), b: behind('postgres://other:6432/c') },
      product: pm,
      on: ['a', 'b'],
    },
    {
      name: 'a proxy, and the cluster endpoint',
      nodes: { a: at(`${WRITER}/c`), b: at(`${WRITER}/c`), c: at(PROXY) },
      product: pm,
      on: ['c'],
      message: /describe-db-proxy-targets/,
    },
    {
      name: 'a short name and the whole one, neither of which is resolved',
      nodes: {
        a: at('postgres://db.example.com/c', []),
        b: at('postgres://db/c', []),
        c: at('postgres://db.example.com/c', []),
      },
      product: pm,
      on: ['b'],
      message:
        /^whether db:5432\/c \(b\) is the database of a and c is not visible.*getent ahosts db.example.com on each node/,
    },
    ...(
      [
        ['a cluster of Aurora and a global database', 'pg.cluster-x1.us-east-1', 'all.global-y2.global'],
        ['a cluster and an instance in China', 'pg.cluster-x1.rds.cn-north-1.amazonaws.com.cn', 'one.x1.cn-north-1'],
        [
          'a server of Azure and a virtual endpoint',
          'pg.postgres.database.azure.com',
          'v.writer.postgres.database.azure.com',
        ],
        ['a database and an endpoint of an RDS Proxy', 'pg.x1.us-east-1', 'px.endpoint.proxy-x1.us-east-1'],
      ] as const
    ).map(([what, a, b]) => ({
      name: `${what}, neither of which is resolved`,
      nodes: {
        a: at(`postgres://${managed(a)}/c`, []),
        b: at(`postgres://${managed(b)}/c`, []),
        c: at(`postgres://${managed(a)}/c`, []),
      },
      product: pm,
      on: ['b'],
      message: /^whether \S+ \(b\) is the database of a and c is not visible/,
    })),
    {
      name: 'a cluster of Aurora and an instance, neither of which is resolved',
      nodes: {
        a: at(`${WRITER}/c`, []),
        b: at('postgres://one.x1.us-east-1.rds.amazonaws.com/c', []),
        c: at(`${WRITER}/c`, []),
      },
      product: pm,
      on: ['b'],
      message: /^whether one\.x1\S+ \(b\) is the database of a and c is not visible/,
    },
    {
      name: 'an address, and a name that is not resolved: two of a kind',
      nodes: { a: at('postgres://192.0.2.1/c', []), b: at('postgres://db/c', []) },
      product: pm,
      on: ['a', 'b'],
      message:
        /^whether 192.0.2.1:5432\/c \(a\) and db:5432\/c \(b\) are one is not visible.*getent ahosts db on each node/,
    },
    {
      name: 'DeployR behind a load balancer: two names that may be one server',
      nodes: { a: deployr('mongo'), b: deployr('mongo.example.com') },
      ...mode('load-balanced'),
      on: ['a', 'b'],
    },
    {
      name: 'DeployR: the primary by its name and by its address',
      nodes: { a: deployr('primary.example.com'), b: deployr('192.0.2.1') },
      ...mode('primary-standby'),
      on: ['a', 'b'],
    },
    {
      name: 'a name that is the node itself on one',
      nodes: {
        a: at('postgres://db/connect'),
        b: at('postgres://db/connect', [['db', ['127.0.0.1']]]),
        c: at('postgres://db/connect'),
      },
      on: ['b'],
      message: /db is the node itself on b \(\/etc\/hosts\)/,
      beside: ['pass'],
    },
    {
      name: 'a password that ends the address',
      nodes: { a: unencoded(), b: at('postgres://db/connect'), c: at('postgres://db/connect') },
      on: ['a'],
      message: /rstudio-connect\.gcfg line 4: the password in the URL has a character/,
      beside: ['pass'],
    },
    {
      name: 'a schema on one node, and the login decides on the others',
      nodes: { a: inSchema('search_path=prod'), b: at('postgres://db/connect'), c: at('postgres://db/connect') },
      on: ['a', 'b', 'c'],
      message: /the address on b and c names none/,
      beside: ['pass'],
    },
    {
      name: 'the proof fails on one',
      nodes: abc,
      ...probe({ a: 0, c: 0 }, { a: seen(), b: { trouble: 'connection refused' }, c: seen() }),
      on: ['b'],
      message: /refused/,
      beside: ['pass'],
    },
    {
      name: 'the credential is none',
      nodes: abc,
      product: pm,
      services: { 'database:url': { unseen: 'PGURL is not set' } },
      on: ['a', 'b', 'c'],
      beside: ['pass'],
    },
    {
      name: 'each its own machine: a tunnel?',
      nodes: { a: at('postgres://localhost/c', []), b: at('postgres://127.0.0.1/c', []) },
      product: pm,
      on: ['a', 'b'],
    },
    {
      name: 'no address',
      nodes: { a: at('', []), b: at('postgres://db/c'), c: at('postgres://db/c') },
      product: pm,
      on: ['a'],
      beside: ['pass'],
    },
  ],
  skip: [
    { name: 'DeployR, mode not said', nodes: { a: deployr('db1'), b: deployr('db1') }, product: 'deployr' },
    { name: 'no node is on PostgreSQL', nodes: { a: lite, b: lite }, product: pm },
  ],
});

for (const [m, nodes, remedy] of [
  [
    'load-balanced',
    { a: deployr('db1'), b: deployr('db1') },
    /on every server; then give each .* no other server uses/,
  ],
  ['primary-standby', { a: deployr('db1'), b: deployr('db2') }, /on every server; then name the one database/],
] as const)
  it(`the remedy for DeployR that is ${m}`, () => {
    const [finding] = judgeCase(check, { name: '', nodes, ...mode(m) });
    assert.equal(finding?.status, 'fail');
    assert.match(finding?.remediation ?? '', remedy);
    assert.match(finding?.remediation ?? '', /^grep .* deployr\/deployr\.groovy/);
  });
