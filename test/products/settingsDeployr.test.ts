/** What DeployR's files say: the values that verdicts depend on. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settingsOf } from '../../src/products/profile.js';
import { foundOf } from '../support/facts.js';
import { matches } from '../support/settings.js';

const mongo = (lines: string): string => `grails { mongo {\n${lines}\n} }\n`;
const said = (server: string | undefined, member?: string) =>
  settingsOf(
    foundOf('deployr', {
      'deployr/deployr.groovy': server,
      ...(member !== undefined && { 'mongo/mongod.conf': member }),
    }),
  );

describe('the database of DeployR', () => {
  const ROWS: readonly [lines: string, host: string, port: string, name: string][] = [
    ['', 'localhost', '8003', 'deployr'],
    ['host = "DB1"\nport = 9\ndatabaseName = "d"', 'db1', '9', 'd'],
    ['replicaSet = [ "h1:8003", "h2:8003" ]\nhost = "x"\nport = 9', 'h1,h2', '8003', 'deployr'],
    // the driver's default, and one port for each where they differ
    ['replicaSet = [ "h1:8003", " H2 : 8003", "h3" ]', 'h1,h2,h3', '8003,8003,27017', 'deployr'],
  ];
  for (const [lines, host, port, name] of ROWS)
    it(JSON.stringify(lines), () =>
      assert.deepEqual(said(mongo(lines)).endpoints, { value: [{ role: 'database', host, port, name }] }),
    );

  for (const [lines, why] of [
    ['replicaSet = members()', /line 2: the value of grails\.mongo\.replicaSet is computed/],
    ['replicaSet = [ "h:1", "" ]', /lists a member without a host/],
    ['databaseName = name', /databaseName is computed/],
    ['host = f()', /host is computed/],
    ['port = 8000 + 3', /port is computed/],
  ] as const)
    it(`is not known by ${lines}`, () => {
      const { endpoints } = said(mongo(lines));
      assert.match('unseen' in endpoints ? endpoints.unseen : '', why);
    });
  it('of members, whatever else is computed', () => {
    const { endpoints } = said(mongo('replicaSet = [ "h:1" ]\nhost = f()\nport = f()\nusername = f()'));
    assert.deepEqual(endpoints, { value: [{ role: 'database', host: 'h', port: '1', name: 'deployr' }] });
  });

  it('of members by another form of their address', () => {
    const { endpoints } = said(mongo('replicaSet = [ "[2001:DB8:0::1]:8003", "[::ffff:192.0.2.1]:8003" ]'));
    assert.deepEqual('value' in endpoints && endpoints.value[0]?.host, '[2001:db8::1],192.0.2.1');
  });

  const source = (lines: string): string => `dataSource {\n${lines}\n}\n`;
  for (const [url, host, port, name] of [
    ['jdbc:postgresql://DB1.:5433/d?ssl=true', 'db1', '5433', 'd'],
    ['jdbc:postgresql://[2001:DB8::1]/d', '2001:db8::1', '5432', 'd'],
    ['jdbc:postgresql://h1,h2:5433/d', 'h1,h2', '5432,5433', 'd'],
    ['jdbc:postgresql://h1:5433,h2:5433/d', 'h1,h2', '5433', 'd'],
    ['jdbc:postgresql:d', 'localhost', '5432', 'd'],
    ['jdbc:postgresql:///d', 'localhost', '5432', 'd'],
    ['jdbc:h2:~/d;MVCC=TRUE', 'localhost', 'h2', '~/d'],
  ] as const)
    it(`is that of a dataSource with ${url}`, () => {
      const { database, endpoints } = said(source(`url = "${url}"`));
      assert.deepEqual(endpoints, { value: [{ role: 'database', host, port, name }] });
      matches(database, { value: { provider: 'dataSource', because: 'dataSource in deployr/deployr.groovy' } });
    });
  for (const [server, why] of [
    [source('url = "jdbc:sqlserver://h;database=d"'), /line 2: dataSource\.url is neither/],
    [source('url = "jdbc:postgresql://localhost:<PORT>/d"'), /line 2: dataSource\.url is neither/],
    [source('url = "jdbc:postgresql://:5433/d"'), /line 2: dataSource\.url is neither/],
    [source('url = "jdbc:postgresql://h"'), /line 2: dataSource\.url is neither/],
    [source('url = "jdbc:h2:tcp://h/d"'), /line 2: dataSource\.url is neither/],
    [source('url = "jdbc:h2:/srv/d;AUTO_SERVER=TRUE"'), /line 2: dataSource\.url is neither/],
    [source('pooled = true'), /has a dataSource without url/],
    [source('url = address()'), /line 2: the value of dataSource\.url is computed/],
    [`${mongo('host = "h"')}${source('url = "jdbc:h2:d"')}`, /line 5 has both dataSource and grails\.mongo/],
  ] as const)
    it(`is not known by ${JSON.stringify(server)}`, () => {
      const { endpoints } = said(server);
      assert.match('unseen' in endpoints ? endpoints.unseen : '', why);
    });

  it('of a member without a server', () => {
    const { endpoints } = said(undefined, 'replSet = rs0\n');
    assert.match('unseen' in endpoints ? endpoints.unseen : '', /deployr\.groovy does not exist/);
  });
});

describe('the key of the replica set', () => {
  it('is needed where mongod.conf names a set or a key', () => {
    assert.deepEqual(said('', 'port = 8003\n').keys, []);
    assert.deepEqual(said('').keys, []);
    const place = { path: '/home/deployr-user/deployr/8.0.0/mongo/mongodb-keyfile', explicit: false };
    matches(said('', 'replSet = rs0\n').keys[0], { ...place, because: 'default: the place in the vendor document' });
    matches(said('', 'keyFile = /k\n').keys[0], {
      path: '/k',
      explicit: true,
      because: 'keyFile in mongo/mongod.conf',
    });
  });

  it('is somewhere where its path could not be read', () => {
    const [key, ...more] = said('', 'security:\n  keyFile: >-\n    /k\n').keys;
    assert.deepEqual([key!.path, more], [undefined, []]);
    assert.match(key!.because, /^mongo\/mongod\.conf line 2: the value of keyFile is not understood/);
  });

  it('as mongod reads it', () =>
    matches(said('', 'replSet = rs0\n').keys[0], {
      owners: [],
      minBytes: 6,
      maxCharacters: 1024,
      alphabet: 'base64',
      presence: 'required',
      encoding: 'spaceless',
    }));
});

describe('where DeployR listens, by its web context', () => {
  const ROWS: readonly [url: string | undefined, expected: Readonly<Record<string, unknown>>][] = [
    [undefined, { port: 8050, tls: false, health: undefined }],
    ['http://h:8000/deployr', { port: 8000, tls: false, health: '/deployr' }],
    ['https://h:8001', { port: 8001, tls: true, health: '/' }],
    ['http://h/deployr', { port: 8050, health: undefined }],
    ['http://h:8000/deployr?x=1', { port: 8050, health: undefined }],
    ['ftp://h:8000/', { port: 8050, health: undefined }],
  ];
  for (const [url, expected] of ROWS)
    it(url ?? 'not set', () =>
      matches(said(url === undefined ? '' : `deployr.server.policy.override.web.context = "${url}"\n`), expected),
    );
});
