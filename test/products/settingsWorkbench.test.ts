/** What Workbench's configuration says, defaults applied: the values that verdicts depend on. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KeySpec } from '../../src/products/settings.js';
import { type Files, keyOf, matches, type Row, said } from '../support/settings.js';

const R_VERSIONS = 'Path: /opt/R/4.3.1\n /opt/R/4.2.0 \nLabel: /opt/x y\nModule: R\n';
const SHARED = '/var/lib/rstudio-server/shared-storage';
const WORKBENCH: readonly Row[] = [
  [
    'nothing set',
    '',
    {
      shared: [{ setting: 'server-shared-storage-path', path: SHARED }],
      own: [],
      port: 8787,
      tls: false,
      certificate: undefined,
      health: undefined,
      launcher: undefined,
      serviceAccounts: ['rstudio-server'],
      groups: [],
      runtimes: [],
      takesLocks: true,
      sharesProjects: undefined,
      auditProvider: undefined,
      sqlite: ['/var/lib/rstudio-server/rstudio.sqlite', '/var/lib/rstudio-server/rstudio-os.sqlite'],
    },
  ],
  [
    'a directory',
    'server-shared-storage-path=/s\n',
    { shared: [{ setting: 'server-shared-storage-path', path: '/s' }] },
  ],
  ['metrics', 'monitor-data-path=/m\n', { own: [{ setting: 'monitor-data-path', path: '/m' }] }],
  ['TLS', 'ssl-enabled=1\nssl-certificate=/c\n', { tls: true, port: 443, certificate: '/c' }],
  ['a port by a name', 'www-port=http\n', { port: Number.NaN }],
  ['a port that is empty', 'www-port=\n', { port: 8787 }],
  ['TLS on a port', 'ssl-enabled=yes\nwww-port=8443\n', { tls: true, port: 8443, certificate: undefined }],
  ['a certificate without TLS', 'ssl-certificate=/c\n', { tls: false, port: 8787, certificate: undefined }],
  ['an account', 'server-user=wb\n', { serviceAccounts: ['wb'] }],
  ['the health check', 'server-health-check-enabled=1\n', { health: '/health-check' }],
  ['project sharing', 'server-project-sharing=1\n', { sharesProjects: true }],
  ['groups', 'auth-required-user-group=a, b,\nadmin-group= c\n', { groups: ['a', 'b', 'c'] }],
  ['groups of admins', 'admin-group=a,b\nadmin-superuser-group=c, d\n', { groups: ['a', 'b', 'c', 'd'] }],
  ['runtimes', '', { runtimes: ['/opt/R/4.3.1', '/opt/R/4.2.0'] }, { 'r-versions': R_VERSIONS }],
  ['the audit database', '', { auditProvider: 'postgresql' }, { 'audit-database.conf': 'provider=PostgreSQL\n' }],
  ['an audit database without provider', '', { auditProvider: 'sqlite' }, { 'audit-database.conf': 'host=h\n' }],
];
const LAUNCHER: readonly [text: string | undefined, port: number | undefined][] = [
  [undefined, undefined],
  ['[server]\naddress=127.0.0.1\nport=5559\n', undefined],
  ['[server]\naddress=/run/launcher.sock\n', undefined],
  ['[server]\naddress=0.0.0.0\n', 5559],
  ['[server]\naddress=::\nport=6000\n', 6000],
  ['[server]\naddress=10.0.0.1\nport=6001\n', 6001],
];

describe('the settings of Workbench', () => {
  for (const [what, text, expected, files] of WORKBENCH)
    it(what, () => matches(said('workbench', text, files), expected));

  for (const [text, port] of LAUNCHER)
    it(`a Launcher with ${JSON.stringify(text ?? 'no file')}`, () => {
      const { launcher } = said('workbench', 'launcher-sessions-enabled=1\n', { 'launcher.conf': text });
      assert.deepEqual(launcher, { value: port === undefined ? {} : { port } });
    });

  const DATABASES: readonly [text: string | undefined, provider: string, because: RegExp][] = [
    [undefined, 'sqlite', /^database\.conf does not exist/],
    ['provider=PostgreSQL\n', 'postgresql', /line 1: provider=PostgreSQL/],
    ['x=1\nprovider=sqlite\nprovider=postgresql\n', 'sqlite', /line 2/],
    ['connection-uri=postgresql://h/d\n', 'unverified', /line 1 has a connection-uri/],
    ['# provider=postgresql\n', 'sqlite', /; line 1 begins with "#"/],
    ['\uFEFFprovider=postgresql\n', 'sqlite', /byte order mark/],
    ['x#provider=postgresql\n', 'sqlite', /is sqlite$/],
    ['host=h\n', 'sqlite', /sets no provider, and the default is sqlite$/],
  ];
  for (const [text, provider, because] of DATABASES)
    it(`the database of ${JSON.stringify(text ?? 'no file')}`, () => {
      const { database } = said('workbench', '', { 'database.conf': text });
      assert.ok('value' in database);
      assert.equal(database.value.provider, provider);
      assert.match(database.value.because, because);
    });

  const COOKIES: readonly (readonly [what: string, text: string, files: Files, expected: Partial<KeySpec>])[] = [
    ['in the configuration', '', { 'secure-cookie-key': 'x' }, { path: '/etc/rstudio/secure-cookie-key' }],
    ['the second place', '', {}, { path: '/var/lib/rstudio-server/secure-cookie-key', explicit: false }],
    ['by a file', '', {}, { presence: 'required', since: { release: '2023.09', presence: 'unverified' } }],
    ['without the file', '', { 'load-balancer': undefined }, { presence: 'required', since: undefined as never }],
    ['by a setting', 'load-balancing-enabled=1\n', {}, { presence: 'perhaps elsewhere', since: undefined as never }],
    ['named', 'secure-cookie-key-file=/k\n', {}, { path: '/k', explicit: true, presence: 'required' }],
    ['named and shared', 'secure-cookie-key-file=/k\nload-balancing-enabled=1\n', {}, { presence: 'unverified' }],
    ['of an account', 'server-user=wb\n', {}, { owners: ['root', 'wb'], minBytes: 16, enforcedBytes: 32 }],
  ];
  for (const [what, text, files, expected] of COOKIES)
    it(`the cookie key ${what}`, () => matches(keyOf(said('workbench', text, files), 'secure-cookie-key'), expected));

  it('where the cookie key is, is not known by half a listing', () => {
    const settings = said('workbench', '', {}, { treeTrouble: 'permission denied' });
    assert.equal(keyOf(settings, 'secure-cookie-key')?.path, undefined);
  });

  it('the key of the Launcher', () => {
    assert.equal(keyOf(said('workbench', ''), 'launcher.pem'), undefined);
    const there = { 'launcher.pem': 'x' };
    assert.equal(keyOf(said('workbench', 'launcher-sessions-enabled=0\n', there), 'launcher.pem'), undefined);
    assert.match(keyOf(said('workbench', '', there), 'launcher.pem')!.doubt!, /is not set/);
    assert.equal(keyOf(said('workbench', 'launcher-sessions-enabled=1\n', there), 'launcher.pem')!.doubt, undefined);
    matches(keyOf(said('workbench', 'launcher-sessions-enabled=1\n'), 'launcher.pem'), {
      path: '/etc/rstudio/launcher.pem',
      publicPath: '/etc/rstudio/launcher.pub',
      owners: ['rstudio-server', 'root'],
      kind: 'pem',
      presence: 'required',
    });
  });

  it('the address of the database', () => {
    const { endpoints } = said('workbench', '', { 'database.conf': 'provider=postgresql\nhost=db\nport=6000\n' });
    assert.deepEqual(endpoints, { value: [{ role: 'database', host: 'db', port: '6000', name: 'rstudio' }] });
  });
});
