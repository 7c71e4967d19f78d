import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { senseOf } from '../../../checks/support/sense.js';
import type { Product } from '../../../src/model/inventory.js';
import { foundOf } from '../../support/facts.js';

type Row = readonly [product: Product, file: string, key: string, a: string | undefined, b: string | undefined];

const CONF = ['workbench', 'rserver.conf', 'admin-enabled'] as const;
const DATABASE = ['workbench', 'database.conf'] as const;
const URI = [...DATABASE, 'connection-uri'] as const;
const PM = ['package-manager', 'rstudio-pm.gcfg', 'postgres.url'] as const;

const ALIKE: readonly Row[] = [
  [...CONF, '1', 'YES'],
  [...CONF, 'on', 'true'],
  [...CONF, '', '1'],
  [...CONF, '0', 'No'],
  [...CONF, 'off', 'FALSE'],
  ['workbench', 'my-database.conf', 'x', 'yes', 'true'],
  ['workbench', 'database.conf.bak', 'x', 'no', 'off'],
  ['workbench', 'rserver.conf', 'server-user', undefined, 'rstudio-server'],
  ['workbench', 'rserver.conf', 'ssl-enabled', undefined, 'No'],
  ['workbench', 'rserver.conf', 'server-shared-storage-path', '/srv//shared/', '/srv/shared'],
  ['workbench', 'rserver.conf', 'server-shared-storage-path', '/./srv/././/shared/.', '/srv/shared'],
  ['workbench', 'rserver.conf', 'database-config-file', '/etc/rstudio/database.conf', undefined],
  ['connect', 'rstudio-connect.gcfg', 'server.datadir', undefined, '/var/lib/rstudio-connect/'],
  ['package-manager', 'rstudio-pm.gcfg', 'filestorage "cran".location', '/a', '/a/'],
  ['package-manager', 'rstudio-pm.gcfg', 'server.rversion', '/opt/R/4.3.1', '/opt/R/4.3.1/'],
  ['package-manager', 'rstudio-pm.gcfg', 'http.listen', ':4242', undefined],
  ['connect', 'rstudio-connect.gcfg', 'http.listen', ':3939', '0.0.0.0:3939'],
  ['connect', 'rstudio-connect.gcfg', 'https.listen', '[::]:443', ':443'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'https://RSC.example.com', 'HTTPS://rsc.example.com:443/'],
  ['workbench', 'rserver.conf', 'auth-required-user-group', 'b, a,', 'a,b,a'],
  ['workbench', 'load-balancer', 'timeout', '10', undefined],
  ['workbench', 'load-balancer', 'verify-ssl-certs', 'true', undefined],
  ['workbench', 'file-locks', 'refresh-rate', '20', undefined],
  ['workbench', 'file-locks', 'timeout-interval', undefined, '30'],
  ['workbench', 'file-locks', 'enable-logging', '0', undefined],
  ['workbench', 'rserver.conf', 'auth-openid-issuer', 'http://idp/a?b', 'http://IDP:80/a?b'],
  [...DATABASE, 'provider', 'PostgreSQL', 'postgresql'],
  [...DATABASE, 'host', 'DB.example.com.,db2', 'db.example.com,DB2'],
  [...DATABASE, 'port', undefined, '5432'],
  [...DATABASE, 'database', 'rstudio', undefined],
  [...DATABASE, 'username', 'postgres', undefined],
  [...DATABASE, 'host', 'LOCALHOST', undefined],
  [...URI, 'postgresql://DB/c', 'postgresql://db:5432/c'],
  [...URI, 'host=a,b port=5433 dbname=c', 'host=a,b port=5433,5433 dbname=c'],
  [...URI, 'dbname=c host=a', 'host=a dbname=c'],
  [...PM, 'postgres://DB/c', 'postgres://db:5432/c'],
  // the order of headers counts among those of one name
  ['workbench', 'rserver.conf', 'server-add-header', 'A: 1\nB: 2\nA: 3', 'b:  2\na :1\nA: 3'],
  ['connect', 'rstudio-connect.gcfg', 'server.customheader', 'C: 1\nB: 2\nA: 3', 'A: 3\nB: 2\nC: 1'],
  ['workbench', 'rserver.conf', 'www-allow-origin', 'a\nb', 'b\na\nb'],
  ['workbench', 'logging.conf', '*.log-level', 'INFO', 'info'],
  ['workbench', 'x.conf', 'dir', '/a/', '/a'],
  ['workbench', 'x.conf', 'monitor-datapath', '/a/', '/a'],
  ['workbench', 'x.conf', 'file', '/a//b', '/a/b'],
  ['package-manager', 'rstudio-pm.gcfg', 'listen', ':1', '0.0.0.0:1'],
  ['package-manager', 'rstudio-pm.gcfg', 'x.timeout', '60s', '1m'],
  ['connect', 'rstudio-connect.gcfg', 'server.datadir', '/a\n/b', '/b'],
  ['connect', 'rstudio-connect.gcfg', 'postgres.url', 'x\ny\npostgres://DB/c', 'postgres://db/c'],
  [...DATABASE, 'connection-timeout-seconds', '+5', '5'],
  [...DATABASE, 'connnection-timeout-seconds', '+5', '5'],
];

const DIFFERENT: readonly Row[] = [
  ['workbench', 'rserver.conf', 'server-add-header', 'A: 1\na: 2', 'A: 2\na: 1'],
  ['workbench', 'rserver.conf', 'server-add-header', 'A: x', 'A: X'],
  ['workbench', 'rserver.conf', 'server-add-header', 'A: 1\nB: 2', 'A: 1\nC: 2'],
  ['workbench', 'rserver.conf', 'server-add-headers', 'A: 1\nB: 2', 'B: 2\nA: 1'],
  ['workbench', 'my-rserver.conf', 'server-add-header', 'A: 1\nB: 2', 'B: 2\nA: 1'],
  ['connect', 'rstudio-connect.gcfg', 'server.customheaders', 'A: 1\nB: 2', 'B: 2\nA: 1'],
  ['workbench', 'rsession.conf', 'www-allow-origin', 'a\nb', 'b\na'],
  ['workbench', 'rserver.conf', 'my-www-allow-origin', 'a\nb', 'b\na'],
  ['workbench', 'rserver.conf', 'www-allow-origins', 'a\nb', 'b\na'],
  ['workbench', 'rserver.conf', 'my-admin-group', 'a,b', 'b,a'],
  ['workbench', 'rserver.conf', 'admin-groups', 'a,b', 'b,a'],
  ['workbench', 'rserver.conf', '*.log-level', 'INFO', 'info'],
  ['workbench', 'logging.conf', 'a.b.log-level', 'INFO', 'info'],
  ['workbench', 'logging.conf', '*.log-levels', 'INFO', 'info'],
  ['workbench', 'x.conf', 'data-dirs', '/a/', '/a'],
  ['workbench', 'x.conf', 'script-args', '/a/', '/a'],
  ['connect', 'rstudio-connect.gcfg', 'server.datadirs', '/a\n/b', '/b'],
  ['connect', 'rstudio-connect.gcfg', 'my-server.datadir', '/a\n/b', '/b'],
  ['connect', 'rstudio-connect.gcfg', 'x.url', '/a\n/b', '/b'],
  [...DATABASE, 'my-port', '+5', '5'],
  [...DATABASE, 'ports', '+5', '5'],
  [...CONF, '1', '0'],
  ['package-manager', 'rstudio-pm.gcfg', 'http.listen', ':4243', undefined],
  ['connect', 'rstudio-connect.gcfg', 'http.listen', ':3939', '10.0.0.0:3939'],
  ['connect', 'rstudio-connect.gcfg', 'http.listen', ':3939', '127.0.0.1:3939'],
  ['connect', 'rstudio-connect.gcfg', 'http.listened', ':3939', '0.0.0.0:3939'],
  ['workbench', 'rserver.conf', 'auth-required-user-group', 'a b', 'b a'],
  ['workbench', 'load-balancer', 'timeout', '0', undefined],
  ['workbench', 'load-balancer', 'verify-ssl-certs', '0', undefined],
  ['workbench', 'rserver.conf', 'auth-required-user-group', 'a,b', 'a'],
  ['workbench', 'rserver.conf', 'auth-user-groups', 'a,b', 'b,a'],
  ['workbench', 'rsession.conf', 'admin-group', 'a,b', 'b,a'],
  ['connect', 'rstudio-connect.gcfg', 'http.listen', 'a:3939', 'a0.0.0.0:3939'],
  ['connect', 'rstudio-connect.gcfg', 'http.listen', ':3939x', '0.0.0.0:3939x'],
  ['connect', 'rstudio-connect.gcfg', 'ldap "x".serveraddress', 'ldap://DC/', 'ldap://dc/'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'x http://RSC', 'x http://rsc'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'http://RSC x', 'http://rsc x'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'https://rsc/a', 'https://rsc/a/'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'https://rsc/a', 'https://rsc/A'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'https://rsc', 'http://rsc'],
  ['connect', 'rstudio-connect.gcfg', 'server.address', 'https://a\nhttps://b', 'https://a\nhttps://B'],
  ['workbench', 'rserver.conf', 'server-shared-storage-path', '/srv/.shared', '/srv/shared'],
  ['workbench', 'rserver.conf', 'server-shared-storage-path', '/srv/a../b', '/srv/a/b'],
  [...CONF, '1', '11'],
  [...CONF, '0', '00'],
  [...CONF, 'true', 'untrue'],
  [...CONF, 'no', 'none'],
  [...CONF, 'no', 'casino'],
  [...CONF, '1', undefined],
  [...CONF, '0', undefined],
  ['workbench', 'rserver.conf', 'www-port', '', '1'],
  ['workbench', 'rsession.conf', 'admin-enabled', '', '1'],
  ['workbench', 'audit-database.conf', 'username', 'yes', 'true'],
  ['workbench', 'my-database.conf.bak', 'x', '', '1'],
  [...DATABASE, 'password', 'yes', 'true'],
  [...DATABASE, 'host', 'db', 'db2'],
  [...DATABASE, 'username', undefined, ''],
  [...DATABASE, 'port', undefined, '5433'],
  [...DATABASE, 'hostname', 'A', 'a'],
  [...DATABASE, 'provider-note', 'A', 'a'],
  [...URI, 'no address', 'nor this'],
  [...URI, 'host=a,b port=1,2', 'host=a,b port=2,1'],
  [...URI, 'host=a,b port=1,2', 'host=a,b port=1'],
  [...URI, 'host=a port=5433', 'host=a'],
  [...URI, 'host=a,b', 'host=b,a'],
  [...URI, 'postgresql://db/c', 'postgresql://db/d'],
  ['connect', 'rstudio-connect.gcfg', 'server.dataservice', 'on', 'off'],
  ['connect', 'rstudio-connect.gcfg', 'server.datadir', undefined, '/data'],
  // part of a URL, or not a path at all
  ['workbench', 'rserver.conf', 'www-root-path', '/a/', '/a'],
  ['workbench', 'rserver.conf', 'x-data-dir', 'a/', 'a'],
  ['workbench', 'rserver.conf', 'server-user', undefined, 'other'],
];

describe('the sense of a setting', () => {
  const sense = ([product, file, key, a, b]: Row) => [a, b].map((v) => senseOf(foundOf(product), file, key, v));
  for (const [rows, what, compare] of [
    [ALIKE, 'alike', assert.equal],
    [DIFFERENT, 'different', assert.notEqual],
  ] as const)
    for (const row of rows)
      it(`${row.map((v) => v ?? 'absent').join(' | ')}: ${what}`, () => {
        const [a, b] = sense(row);
        compare(a, b);
      });
  it('outside the scope of a database an address is a text', () => {
    const [a, b] = sense(['workbench', 'rserver.conf', 'host', 'A', 'a']);
    assert.notEqual(a, b);
  });
});
