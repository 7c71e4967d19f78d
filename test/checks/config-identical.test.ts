import assert from 'node:assert/strict';
import { it } from 'node:test';
import check from '../../checks/config-identical.js';
import { judgeCase, testCheck } from '../../src/testing.js';
import { configured, foundOf } from '../support/facts.js';

const node = (files: Record<string, string | undefined> = {}, digests: Record<string, string> = {}, over = {}) => ({
  ...configured('workbench', files, over),
  digests: new Map(Object.entries(digests)),
});
const pm = (text: string) => ({ ...configured('package-manager', { 'rstudio-pm.gcfg': text }), digests: new Map() });
const CLASSES = ['Cache', 'Metrics', 'Packages', 'CRAN', 'PyPI', 'Bioconductor', 'Persistent'];
const onS3 = (variables: Readonly<Record<string, string>>) => ({
  ...configured(
    'package-manager',
    { 'rstudio-pm.gcfg': '[Database]\nProvider = postgres\n[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\n' },
    { environment: new Map(Object.entries(variables)) },
  ),
  digests: new Map(),
});
const connect = (text: string, variables: Readonly<Record<string, string>> = {}) => ({
  ...configured(
    'connect',
    { 'rstudio-connect.gcfg': `[Database]\nProvider = postgres\n${text}` },
    { environment: new Map(Object.entries(variables)) },
  ),
  digests: new Map(),
});
/** A node whose sessions report to an address. */
const launcher = (callback: string, own: string, name: string) =>
  node({
    'rserver.conf': `launcher-address=${own}\nlauncher-sessions-callback-address=${callback}\n`,
    'load-balancer': `www-host-name=${name}\n`,
    'launcher.conf': `[server]\naddress=${own}\n`,
  });
const SECRET = `%masked:${'a'.repeat(64)}%`;
const OTHER = `%masked:${'b'.repeat(64)}%`;
/** The password in the address, or as a setting. */
const database = (uri: string, more = '', wrapped: number[] = []) =>
  node(
    { 'database.conf': `provider=postgresql\nconnection-uri=${uri}\n${more}` },
    {},
    { wrapped: new Map([['database.conf', wrapped]]) },
  );
const PG = '[Postgres]\nURL = postgres://u';
const PM = '[Server]\nDataDir = /data\n[Database]\nProvider = postgres\n';

testCheck(check, {
  pass: [
    {
      name: 'the node itself by default',
      nodes: {
        a: node({ 'launcher.conf': '[server]\naddress=127.0.0.1\nport=5559\n' }),
        b: node({ 'launcher.conf': '[server]\nport=5559\n' }),
        c: node({ 'launcher.conf': '[server]\naddress=localhost\n' }),
      },
      on: ['a', 'b', 'c'],
    },
    {
      name: 'the node itself in two spellings',
      nodes: {
        a: launcher('http://localhost:8787', '127.0.0.1', 'wb-a'),
        b: launcher('http://127.0.0.1:8787', 'localhost', 'wb-b'),
        c: launcher('http://localhost:8787/', '127.0.0.1', 'wb-c'),
      },
      on: ['a', 'b', 'c'],
    },
    {
      name: 'a storage class that goes where the default does',
      nodes: {
        a: pm(`${PM}[Storage]\nDefault = s3\nCRAN = s3\n`),
        b: pm(`${PM}[Storage]\nDefault = s3\n`),
        c: pm(`${PM}[Storage]\nDefault = s3\nPyPI = s3\n`),
      },
      product: 'package-manager',
      on: ['a', 'b', 'c'],
    },
    {
      name: 'storage on files, which is the default',
      nodes: { a: pm(`${PM}[Storage]\nCache = file\n`), b: pm(PM) },
      product: 'package-manager',
    },
    { name: 'identical', nodes: { a: node(), b: node() }, on: ['a', 'b'] },
    ...(
      [
        ['launcher.kubernetes.conf', 'api-url=https://k8s\n', 'job-expiry-hours=24\nserver-user=rstudio-server\n'],
        ['launcher.slurm.conf', '', 'enable-debug-logging=no\n'],
        ['jupyter.conf', 'labs-enabled=1\n', 'notebooks-enabled=0\nlab-version=auto\n'],
      ] as const
    ).map(([file, text, defaults]) => ({
      name: `defaults that are written out on one node: ${file}`,
      nodes: { a: node({ [file]: text }), b: node({ [file]: `${text}${defaults}` }) },
      on: ['a', 'b'],
    })),
    {
      name: 'a file of the local plugin that sets nothing but defaults',
      nodes: {
        a: node(),
        b: node({
          'launcher.local.conf': 'job-expiry-hours=24\nprofile-config=/etc/rstudio/launcher.local.profiles.conf\n',
        }),
      },
      on: ['a', 'b'],
    },
    {
      name: 'Connect that listens on the address of each node',
      nodes: {
        '192.0.2.11': connect('[HTTP]\nListen = 192.0.2.11:3939\n[HTTPS]\nListen = "[2001:db8::1]:443"\n'),
        '192.0.2.12': connect('[HTTP]\nListen = 192.0.2.12:3939\n[HTTPS]\nListen = "[2001:DB8::1]:443"\n'),
      },
      on: ['192.0.2.11', '192.0.2.12'],
    },
    {
      name: 'headers of Package Manager in another order',
      nodes: {
        a: pm(`${PM}[Server]\nCustomHeader = "X-A: 1"\nCustomHeader = "X-B: 2"\n`),
        b: pm(`${PM}[Server]\nCustomHeader = "x-b: 2"\nCustomHeader = "X-A: 1"\n`),
      },
      on: ['a', 'b'],
    },
    {
      name: 'the password of Workbench in the address on one node, and as a setting on the others',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`),
        b: database('postgres://u@DB:5432/d', `password=${SECRET}\n`),
        c: database(`postgres://u:${SECRET}@db/d`, `password=${SECRET}\n`),
      },
      on: ['a', 'b', 'c'],
    },
    {
      name: 'the audit database in another spelling',
      nodes: {
        a: node({ 'audit-database.conf': 'provider=postgresql\nhost=db.example.com\nport=5432\n' }),
        b: node({ 'audit-database.conf': 'provider=PostgreSQL\nhost=DB.example.com.\n' }),
      },
      on: ['a', 'b'],
    },
    {
      name: 'the password of the audit database in the address, and as a setting',
      nodes: {
        a: node({ 'audit-database.conf': `provider=postgresql\nconnection-uri=postgres://u:${SECRET}@db/audit\n` }),
        b: node({
          'audit-database.conf': `provider=postgresql\nconnection-uri=postgres://u@db/audit\npassword=${SECRET}\n`,
        }),
      },
      on: ['a', 'b'],
    },
    {
      name: 'the password of Connect in the address, as a setting, and in a variable',
      nodes: {
        a: connect(`${PG}:${SECRET}@db/d\n`),
        b: connect(`${PG}@db/d\nPassword = ${SECRET}\n`),
        c: connect(`${PG}@db/d\n`, { CONNECT_POSTGRES_PASSWORD: SECRET }),
      },
      on: ['a', 'b', 'c'],
    },
    {
      name: 'an address of the Launcher that is the node itself',
      nodes: {
        a: launcher('http://wb-a.example.com:8787', 'a', 'WB-A.example.com.'),
        b: launcher('http://wb-b.example.com:8787/', 'b', 'wb-b.example.com # here'),
      },
      on: ['a', 'b'],
    },
    {
      name: 'a comment in the mounts of the Launcher, and their fields in another order',
      nodes: {
        a: node({ 'launcher-mounts': '# homes\nHost: nfs1\nPath: /home/{USER}\nMountPath: /home/{USER}\n' }),
        b: node({ 'launcher-mounts': '# the homes\n\nHost:  nfs1\nMountPath: /home/{USER}\nPath: /home/{USER}\n' }),
      },
      on: ['a', 'b'],
    },
    ...(
      [
        [
          'of clusters',
          'launcher.conf',
          '[cluster]\nname=A\nexe=/a\n[cluster]\nname=B\n',
          '[cluster]\nname=B\n[cluster]\nexe=/a\nname=A\n',
        ],
        [
          'of headers with different names',
          'rserver.conf',
          'server-add-header=X-A: 1\nserver-add-header=X-B: 2\nserver-add-header=X-B: 1\n',
          'server-add-header=x-b: 2\nserver-add-header=X-B:1\nserver-add-header=X-A: 1\n',
        ],
        [
          'of origins',
          'rserver.conf',
          'www-allow-origin=a\nwww-allow-origin=b\n',
          'www-allow-origin=b\nwww-allow-origin=a\n',
        ],
        [
          'of groups that set different things',
          'launcher.local.profiles.conf',
          '[@a]\nx=1\n[@b]\ny=1\n',
          '[@b]\ny=1\n[@a]\nx=1\n',
        ],
        [
          'of versions of R',
          'r-versions',
          'Path: /a\nLabel: A\n\nPath: /b\n\n/c\n',
          '/c\n\nPath: /b\n\nPath: /a\nLabel: A\n',
        ],
        [
          'of versions of R that are written in other ways',
          'r-versions',
          'Path: /opt/R/4.3\nLabel: A\n\nPath: /opt/R/4.2/\n\n/opt/R/4.1\n',
          '/opt/R/4.1/\n/opt//R/4.2\n# new\nPath:/opt/R/4.3\nLabel: A\n',
        ],
      ] as const
    ).map(([name, file, a, b]) => ({
      name: `another order: ${name}`,
      nodes: { a: node({ [file]: a }), b: node({ [file]: b }) },
      message: /differs only in (spelling|formatting)/,
    })),
    ...(
      [
        ['no settings', 'rsession.conf', '# none\n'],
        ['no versions', 'r-versions', ''],
        ['no mounts', 'launcher-mounts', '# Path: /x\n'],
        ['defaults', 'file-locks', 'lock-type=linkbased\nrefresh-rate=20\n'],
      ] as const
    ).map(([name, file, text]) => ({
      name: `a file of ${name} on one node`,
      nodes: { a: node(), b: node({ [file]: text }) },
      message: /sets nothing but defaults/,
    })),
    {
      name: 'a variable on one node, and the setting it stands for on the other',
      nodes: { a: connect('[Python]\nEnabled = true\n'), b: connect('', { CONNECT_PYTHON_ENABLED: '1' }) },
      product: 'connect',
    },
    {
      name: 'two values in the files, and one in force',
      nodes: {
        a: connect('[HTTP]\nListen = :1\n', { CONNECT_HTTP_LISTEN: ':3' }),
        b: connect('[HTTP]\nListen = :2\n', { CONNECT_HTTP_LISTEN: ':3' }),
      },
      product: 'connect',
    },
    {
      name: 'variables of env-vars, of which the last line counts',
      nodes: { a: node({ 'env-vars': 'A=1\n' }), b: node({ 'env-vars': 'A=0\nA=1\n' }) },
    },
    {
      name: 'an empty variable on every node, and one over what is not set',
      nodes: {
        a: connect('[HTTP]\nListen = :1\n', { CONNECT_HTTP_LISTEN: '', CONNECT_SERVER_ADDRESS: '' }),
        b: connect('[HTTP]\nListen = :1\n', { CONNECT_HTTP_LISTEN: '' }),
      },
      product: 'connect',
    },
    {
      name: 'a second value, which does not count',
      nodes: {
        a: node({ 'database.conf': 'provider=postgresql\nhost=db\nhost=old\n' }),
        b: node({ 'database.conf': 'provider=postgresql\nhost=db\n' }),
      },
    },
    {
      name: 'the address of the node may differ',
      nodes: {
        a: node({ 'load-balancer': 'www-host-name=a\n' }),
        b: node({ 'load-balancer': '[config]\nwww-host-name=b\n' }),
      },
      message: /may differ/,
    },
    {
      name: 'what a role hands to each node, and what is not a setting',
      nodes: {
        a: onS3({ AWS_SESSION_TOKEN: 'a', PACKAGEMANAGER_ADDRESS: 'a' }),
        b: onS3({ AWS_SESSION_TOKEN: 'b', PACKAGEMANAGER_ADDRESS: 'b' }),
      },
      product: 'package-manager',
    },
    {
      name: 'order and comments',
      nodes: { a: pm(PM), b: pm(`; a comment\n[database]\nprovider=postgres\n[server]\ndatadir="/data"\n`) },
      product: 'package-manager',
      message: /formatting/,
    },
    ...(
      [
        ['a boolean', 'rserver.conf', 'server-health-check-enabled=1\n', 'server-health-check-enabled=yes\n'],
        [
          'defaults of the server',
          'rserver.conf',
          'www-port=1\n',
          'www-port=1\nauth-timeout-minutes=60\nauth-encrypt-password=yes\nwww-frame-origin=none\nwww-enable-origin-check=0\n',
        ],
        [
          'defaults of the Launcher',
          'launcher.conf',
          '[server]\nthread-pool-size=4\n',
          '[server]\nthread-pool-size=4\naddress=localhost\nport=5559\nenable-ssl=0\nauthorization-enabled=1\n',
        ],
        ['the provider in capitals', 'database.conf', 'provider=postgresql\n', 'provider=PostgreSQL\n'],
        [
          'defaults of the database, and its host',
          'database.conf',
          'provider=postgresql\nhost=db.example.com\n',
          'provider=postgresql\nhost=DB.example.com.\nport=5432\ndatabase=rstudio\n',
        ],
        ['a whole number', 'rserver.conf', 'auth-timeout-minutes=060\n', 'auth-timeout-minutes=60\n'],
        [
          'the URL of the database',
          'database.conf',
          'provider=postgresql\nconnection-uri=postgres://u@db.example.com/rstudio?a=1&b=2\n',
          'provider=postgresql\nconnection-uri=postgresql://u@DB.example.com:5432/%72studio?b=2&a=1\n',
        ],
        [
          'a URL, and its parts as settings',
          'database.conf',
          `provider=postgresql\nconnection-uri=postgresql://u:${SECRET}@DB.example.com/d?connect_timeout=10\n`,
          `provider=postgresql\nhost=db.example.com\nport=5432\ndatabase=d\nusername=u\npassword=${SECRET}\npool-size=0\n`,
        ],
        [
          'a default of libpq in the URL',
          'database.conf',
          'provider=postgresql\nconnection-uri=postgres://u@db/d?sslmode=prefer&target_session_attrs=any\n',
          'provider=postgresql\nconnection-uri=postgres://u@db/d\n',
        ],
        [
          'a default of libpq in the URL, and settings',
          'database.conf',
          'provider=postgresql\nconnection-uri=postgres://u@db/d?sslmode=prefer&connect_timeout=10\n',
          'provider=postgresql\nhost=db\ndatabase=d\nusername=u\n',
        ],
        [
          'what counts no more because there is a URL',
          'database.conf',
          'provider=postgresql\nconnection-uri=postgresql://u@db/d\nhost=localhost\nusername=x\n',
          'provider=postgresql\nconnection-uri=postgresql://u@db/d\nhost=old\n',
        ],
      ] as const
    ).map(([name, file, a, b]) => ({
      name: `another spelling: ${name}`,
      nodes: { a: node({ [file]: a }), b: node({ [file]: b }) },
      message: /differs only in spelling/,
    })),
    ...(
      [
        ['crash-handler.conf', 'uploads-enabled=0\n', '# a comment\n\nuploads-enabled = 0\n'],
        ['databricks.conf', '[a]\nurl=https://a\n', '# a comment\n[a]\nurl=https://a\n'],
        ['snowflake.conf', 'account=a\nrole=r\n', 'role=r\naccount=a'],
        ['vscode.extensions.conf', 'quarto.quarto\nposit.shiny\n', 'posit.shiny\n# a comment\nquarto.quarto\n'],
        ['nginx.server.conf', 'gzip on;\nadd_header A "b  c";\n', '# a comment\ngzip  on;\n\tadd_header A "b  c";\n'],
        [
          'vscode-user-settings.json',
          '{"a": {"b": [1, 2], "c": "//"}, "d": 1}',
          '{\n  "d": 1.0, // a comment\n  "a": { "c": "//", "b": [1, 2,], },\n}\n',
        ],
        ['rstudio-prefs.json', `{"token": ${SECRET}\n"d": 1}`, `{"d": 1, "token": ${SECRET}}`],
      ] as const
    ).map(([file, a, b]) => ({
      name: `another form: ${file}`,
      nodes: { a: node({ [file]: a }), b: node({ [file]: b }) },
      message: /differs only in formatting/,
    })),
    ...[
      ['0', '0s'],
      ['60m', '1h'],
      ['1m15s', '75s'],
      ['500ms', '500000000'],
      ['1.5h', '90m0s'],
    ].map(([a, b]) => ({
      name: `another spelling: ${a} and ${b}`,
      nodes: { a: pm(`${PM}[Git]\nPollInterval = ${a}\n`), b: pm(`${PM}[Git]\nPollInterval = ${b}\n`) },
      product: 'package-manager' as const,
      message: /differs only in spelling/,
    })),
    {
      name: 'another spelling: the path of the key',
      nodes: Object.fromEntries(
        ['/k/a.key', '/k//./a.key'].map((path) => [path.length, pm(`${PM}[Server]\nEncryptionKeyPath = ${path}\n`)]),
      ),
      product: 'package-manager',
      message: /differs only in spelling/,
    },
    {
      name: 'a setting given twice, of which the last value counts',
      nodes: { a: pm(`${PM}[HTTP]\nListen = :1\nListen = :2\n`), b: pm(`${PM}[HTTP]\nListen = :2\n`) },
      product: 'package-manager',
      message: /differs only in spelling/,
    },
    ...[
      '~',
      '.bak',
      '.old',
      '.save',
      '.bak.1',
      '.orig-2',
      '.20260101',
      '.2026-01-01',
      '-2026-01-01T10-00',
      '-old',
      '_bak',
      '.dpkg-dist',
    ].map((end) => ({
      name: `leftovers are not configuration: ${end}`,
      nodes: { a: node({ [`rserver.conf${end}`]: 'x' }), b: node() },
    })),
    {
      name: 'the address of the usage data, which database-same compares',
      nodes: Object.fromEntries(
        ['a', 'b'].map((n) => [n, pm(`${PM}[Postgres]\nURL = postgres://h/d\nUsageDataURL = postgres://${n}/u\n`)]),
      ),
      product: 'package-manager',
    },
    {
      name: 'Connect may differ in its metrics path',
      nodes: Object.fromEntries(
        ['a', 'b'].map((n) => [
          n,
          {
            ...configured('connect', {
              'rstudio-connect.gcfg': `[Database]\nProvider=postgres\n[Metrics]\nDataPath=/m/${n}\n`,
            }),
            digests: new Map(),
          },
        ]),
      ),
      product: 'connect',
    },
  ],
  fail: [
    ...(
      [
        ['launcher.kubernetes.conf', '', 'job-expiry-hours=48\n'],
        ['launcher.kubernetes.conf', '', 'verify-ssl-certs=0\n'],
        ['launcher.slurm.conf', 'scratch-path=/share/a\n', 'scratch-path=/share/b\n'],
        ['jupyter.conf', '', 'notebooks-enabled=1\n'],
        ['launcher.local.profiles.conf', '[*]\nimages=a,b\n', '[*]\nimages=a,c\n'],
        ['r-versions', 'Path: /opt/R/4.3\n', 'Label: new\nPath: /opt/R/4.3\n'],
      ] as const
    ).map(([file, text, odd]) => ({
      name: `what is no default, in ${file}: ${odd}`,
      nodes: { a: node({ [file]: text }), b: node({ [file]: odd }), c: node({ [file]: text }) },
      on: ['b'],
    })),
    {
      name: 'Connect that listens on the address of a different node',
      nodes: {
        '192.0.2.11': connect('[HTTP]\nListen = 192.0.2.11:3939\n'),
        '192.0.2.12': connect('[HTTP]\nListen = 192.0.2.11:3939\n'),
        '192.0.2.13': connect('[HTTP]\nListen = 192.0.2.13:3939\n'),
      },
      on: ['192.0.2.12'],
      message: /http.listen on 192.0.2.12 is the address of a different node/,
    },
    {
      name: 'Connect that listens on the address of each node, and on a different port',
      nodes: {
        '192.0.2.11': connect('[HTTP]\nListen = 192.0.2.11:3939\n'),
        '192.0.2.12': connect('[HTTP]\nListen = 192.0.2.12:3940\n'),
      },
      on: ['192.0.2.11', '192.0.2.12'],
    },
    ...[':4343', '192.0.2.12:3939'].map((listen) => ({
      name: `Connect that listens on all addresses of one node, and on ${listen} of the other`,
      nodes: {
        '192.0.2.11': connect('[HTTP]\nListen = 0.0.0.0:3939\n'),
        '192.0.2.12': connect(`[HTTP]\nListen = ${listen}\n`),
      },
      on: ['192.0.2.11', '192.0.2.12'],
    })),
    {
      name: 'Package Manager that listens on the address of each node: the document wants one configuration',
      nodes: {
        '192.0.2.11': pm(`${PM}[HTTP]\nListen = 192.0.2.11:4242\n`),
        '192.0.2.12': pm(`${PM}[HTTP]\nListen = 192.0.2.12:4242\n`),
      },
      on: ['192.0.2.11', '192.0.2.12'],
    },
    {
      name: 'a different audit database',
      nodes: {
        a: node({ 'audit-database.conf': 'provider=postgresql\nhost=db\n' }),
        b: node({ 'audit-database.conf': 'provider=postgresql\nhost=db\ndatabase=audit\n' }),
        c: node({ 'audit-database.conf': 'provider=postgresql\nhost=db\n' }),
      },
      on: ['b'],
      message: /audit-database.conf differs on b in database/,
    },
    {
      name: 'lists of Connect with different values',
      nodes: {
        a: connect('[OAuth2]\nCustomScope = a\nCustomScope = b\n'),
        b: connect('[OAuth2]\nCustomScope = b\nCustomScope = c\n'),
      },
      on: ['a', 'b'],
    },
    {
      name: 'a different password as a setting than in the address of the others',
      nodes: {
        a: connect(`${PG}:${SECRET}@db/d\n`),
        b: connect(`${PG}@db/d\nPassword = ${OTHER}\n`),
        c: connect(`${PG}:${SECRET}@db/d\n`),
      },
      on: ['b'],
      message: /the password of the database on b differs/,
    },
    {
      name: 'the same password in different places, for different users',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`),
        b: database('postgresql://v@db/d', `password=${SECRET}\n`),
      },
      on: ['a', 'b'],
    },
    {
      name: 'the same password in different places, and a node without an address',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`),
        b: database('postgresql://u@db/d', `password=${SECRET}\n`),
        c: node({ 'database.conf': `provider=postgresql\nhost=db\ndatabase=d\nusername=w\npassword=${SECRET}\n` }),
      },
      message: /differs on c in username/,
    },
    {
      name: 'no password at all on one node',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`),
        b: database('postgresql://u@db/d'),
        c: database('postgresql://u@db/d', `password=${SECRET}\n`),
      },
      message: /database.conf differs on a in connection-uri/,
    },
    {
      name: 'two passwords that are not encrypted, and one that is',
      nodes: {
        a: database('postgresql://u@db/d', `password=${SECRET}\n`),
        b: database('postgresql://u@db/d', `password=${OTHER}\n`),
        c: database('postgresql://u@db/d', `password=%masked:${'c'.repeat(64)}%\n`, [3]),
      },
      on: ['a', 'b', 'c'],
    },
    {
      name: 'an encrypted password on one node, and none on the other',
      nodes: {
        a: database('postgresql://u@db/d', `password=${SECRET}\n`, [3]),
        b: database('postgresql://u@db/d'),
      },
      on: ['a', 'b'],
    },
    {
      name: 'a percent-encoded password for a different user',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`, '', [2]),
        b: database(`postgresql://v:${OTHER}@db/d`),
      },
      on: ['a', 'b'],
    },
    ...(
      [
        ['a credential', 'AWS_SECRET_ACCESS_KEY', 'one', 'other'],
        ['a credential on some nodes', 'AWS_ACCESS_KEY_ID', 'one', undefined],
        ['a key of an operator', 'PACKAGEMANAGER_SECRET_KEY', 'one', 'other'],
        ['of an unknown section', 'PACKAGEMANAGER_NOVEL_THING', '1', '2'],
      ] as const
    ).map(([name, variable, a, c]) => ({
      name: `a variable: ${name}`,
      nodes: {
        a: onS3({ [variable]: a }),
        b: onS3({ [variable]: a }),
        c: onS3(c === undefined ? {} : { [variable]: c }),
      },
      product: 'package-manager' as const,
      on: ['c'],
      severity: 'warning' as const,
      message: new RegExp(`environment .* differs on c in ${variable}`),
    })),
    {
      name: 'a storage class that does not go to the default',
      nodes: {
        a: pm(`${PM}[Storage]\nDefault = s3\n`),
        b: pm(`${PM}[Storage]\nDefault = s3\nCache = file\n`),
        c: pm(`${PM}[Storage]\nDefault = s3\n`),
      },
      product: 'package-manager',
      on: ['b'],
      message: /a class of storage differs on b in storage\.cache/,
    },
    {
      name: 'every class but one, and the default',
      nodes: {
        a: pm(
          `${PM}[Storage]\n${CLASSES.slice(1)
            .map((name) => `${name} = s3\n`)
            .join('')}`,
        ),
        b: pm(`${PM}[Storage]\nDefault = s3\n`),
        c: pm(`${PM}[Storage]\nDefault = s3\n`),
      },
      product: 'package-manager',
      on: ['a'],
      message: /storage\.default/,
    },
    {
      name: 'a bucket that nothing is stored in',
      nodes: { a: pm(`${PM}[S3Storage]\nBucket = a\n`), b: pm(`${PM}[S3Storage]\nBucket = b\n`) },
      product: 'package-manager',
      message: /s3storage\.bucket/,
    },
    ...(
      [
        ['a boolean', 'rserver.conf', 'server-health-check-enabled=1\n', 'server-health-check-enabled=off\n'],
        ['not the default', 'rserver.conf', 'www-port=1\n', 'www-port=1\nauth-timeout-minutes=0\n'],
        ['not the default port', 'launcher.conf', '[server]\nx=1\n', '[server]\nx=1\nport=5560\n'],
        [
          'options of the URL',
          'database.conf',
          'provider=postgresql\nconnection-uri=postgres://u@d/x?a=1\n',
          'provider=postgresql\nconnection-uri=postgres://u@d/x\n',
        ],
        [
          'the user of the URL',
          'database.conf',
          'provider=postgresql\nconnection-uri=postgres://u@d/x\n',
          'provider=postgresql\nconnection-uri=postgres://v@d/x\n',
        ],
        [
          'the user of a URL, and none as a setting',
          'database.conf',
          'provider=postgresql\nhost=d\ndatabase=x\n',
          'provider=postgresql\nconnection-uri=postgres://v@d/x\n',
        ],
        [
          'the password of a node that has it as a setting like another',
          'database.conf',
          `provider=postgresql\nhost=d\npassword=${SECRET}\n`,
          'provider=postgresql\nhost=d\npassword=other\n',
        ],
        [
          'a word of a file without booleans',
          'database.conf',
          'provider=postgresql\nusername=yes\n',
          'provider=postgresql\nusername=on\n',
        ],
      ] as const
    ).map(([name, file, a, b]) => ({
      name: `no other spelling: ${name}`,
      nodes: { a: node({ [file]: a }), b: node({ [file]: b }), c: node({ [file]: a }) },
      on: ['b'],
    })),
    ...[
      ['1h', '2h'],
      // whether a day is a unit, is not known; it would not be this long
      ['24h', '2d'],
    ].map(([a, b]) => ({
      name: `no other spelling: ${a} and ${b}`,
      nodes: Object.fromEntries([a, b, a].map((value, i) => [`n${i}`, pm(`${PM}[Git]\nPollInterval = ${value}\n`)])),
      product: 'package-manager' as const,
      on: ['n1'],
    })),
    ...[
      ['[Git]\nX = 0x10', '[Git]\nX = 10'],
      ['[Git]\nX = 1GB', '[Git]\nX = 1025MB'],
      ['[R]\nVersion = 3.1', '[R]\nVersion = 3.10'],
      ['[Server]\nEncryptionKeyPath = /data/other.key', ''],
      ['[Git]\nX = 1\nX = 2', '[Git]\nX = 1'],
      ['[Postgres]\nURL = postgres://u@h/d?sslmode=disable', '[Postgres]\nURL = postgres://u@h/d'],
    ].map(([a, b]) => ({
      name: `no other spelling: ${a} and ${b}`,
      nodes: { a: pm(`${PM}${a}\n`), b: pm(`${PM}${b}\n`), c: pm(`${PM}${a}\n`) },
      product: 'package-manager' as const,
      on: ['b'],
    })),
    {
      name: 'a list without its first value',
      nodes: Object.fromEntries(
        ['/a\nExecutable = /b', '/a\nExecutable = /b', '/b'].map((v, i) => [
          `n${i}`,
          connect(`[Python]\nExecutable = ${v}\n`),
        ]),
      ),
      product: 'connect',
      on: ['n2'],
    },
    {
      name: 'a third value, where two may be one',
      nodes: Object.fromEntries(['16', '0x10', '17'].map((v, i) => [`n${i}`, pm(`${PM}[Git]\nX = ${v}\n`)])),
      product: 'package-manager',
      on: ['n2'],
      message: /git\.x: n2 "17", n0 and n1 "16"/,
    },
    ...(
      [
        [
          'what a cluster has',
          'launcher.conf',
          '[cluster]\nname=A\nexe=/a\n[cluster]\nname=B\n',
          '[cluster]\nname=A\n[cluster]\nname=B\nexe=/a\n',
        ],
        [
          'headers of one name in another order',
          'rserver.conf',
          'server-add-header=X-B: 2\nserver-add-header=X-B: 1\n',
          'server-add-header=X-B: 1\nserver-add-header=X-B: 2\n',
        ],
        [
          'the order of groups that set the same',
          'launcher.local.profiles.conf',
          '[@a]\nx=1\n[@b]\nx=2\n',
          '[@b]\nx=2\n[@a]\nx=1\n',
        ],
        ['a repository more, at the front', 'repos.conf', 'CRAN=https://pm\n', 'A=https://a\nCRAN=https://pm\n'],
        [
          'what is mounted where',
          'launcher-mounts',
          'Host: n\nPath: /a\nMountPath: /x\n\nHost: n\nPath: /b\nMountPath: /y\n',
          'Host: n\nPath: /a\nMountPath: /y\n\nHost: n\nPath: /b\nMountPath: /x\n',
        ],
        ['a block more', 'launcher-env', 'JobType: any\n', 'JobType: any\n\nJobType: session\n'],
        [
          'what follows a # in the name of a resource profile',
          'launcher.kubernetes.resources.conf',
          '[gpu]\nlabel=C# small\n',
          '[gpu]\nlabel=C# large\n',
        ],
        [
          'the Launcher off on one node',
          'rserver.conf',
          'launcher-sessions-enabled=1\n',
          'launcher-sessions-enabled=0\n',
        ],
        [
          'an address of the Launcher, for most of them',
          'rserver.conf',
          'launcher-address=lb1.example.com\n',
          'launcher-address=lb2.example.com\n',
        ],
        ['a directive', 'nginx.server.conf', 'gzip on;\n', 'gzip off;\n'],
        ['one extension less', 'positron.extensions.conf', 'a.a\nb.b\n', 'a.a\n'],
        ['a value of JSON', 'vscode-user-settings.json', '{"a": [1, 2]}', '{"a": [2, 1]}'],
        ['a setting in a comment', 'vscode-user-settings.json', '{"a": 1, "b": 2}', '{"a": 1 /* "b": 2 */}'],
        ['what is not JSON', 'rstudio-prefs.json', '{"a": 1}', '{"a": 1'],
        ['the order of rules', 'ip-rules', 'allow 192.0.2.0/24\ndeny all\n', 'deny all\nallow 192.0.2.0/24\n'],
        [
          'what a version of R is called',
          'r-versions',
          'Path: /a\nLabel: A\n\nPath: /b\nLabel: B\n',
          'Path: /a\nLabel: B\n\nPath: /b\nLabel: A\n',
        ],
      ] as const
    ).map(([name, file, a, b]) => ({
      name: `no mere order: ${name}`,
      nodes: { a: node({ [file]: a }), b: node({ [file]: b }), c: node({ [file]: a }) },
      on: ['b'],
    })),
    {
      name: 'the address of a different node',
      nodes: {
        a: launcher('http://wb-a:8787', 'a', 'wb-a'),
        b: launcher('http://wb-a:8787', 'b', 'wb-b'),
        c: launcher('http://wb-c:8787', 'c', 'wb-c'),
      },
      on: ['b'],
      message: /launcher-sessions-callback-address on b is the address of a different node/,
    },
    {
      name: 'the node itself, and on one node every address',
      nodes: {
        a: launcher('http://localhost:8787', 'localhost', 'wb-a'),
        b: launcher('http://127.0.0.1:8787', '0.0.0.0', 'wb-b'),
        c: launcher('http://localhost:8787', 'localhost', 'wb-c'),
      },
      on: ['b'],
      message: /server\.address|launcher-address/,
    },
    {
      name: 'own addresses, and one of them with a different port',
      nodes: {
        a: launcher('http://wb-a:8787', 'a', 'wb-a'),
        b: launcher('https://wb-b', 'b', 'wb-b'),
      },
      on: ['a', 'b'],
    },
    {
      name: 'a variable and a setting of another value, once',
      nodes: {
        a: connect('[HTTP]\nListen = :1\n'),
        b: connect('', { CONNECT_HTTP_LISTEN: ':2' }),
        c: connect('[HTTP]\nListen = :1\n'),
      },
      product: 'connect',
      on: ['b'],
      message: /in force differ on b in http\.listen/,
    },
    {
      name: 'one setting on one node',
      nodes: { a: node(), b: node({ 'rsession.conf': 'x=1' }), c: node() },
      on: ['b'],
      message: /rsession\.conf/,
    },
    {
      name: 'the key is named with both values',
      nodes: { a: pm(PM), b: pm(PM), c: pm(`${PM}[HTTP]\nListen = :1\n`) },
      product: 'package-manager',
      on: ['c'],
      message: /http\.listen: c ":1", a and b not set/,
    },
    {
      name: 'beside another database, the other settings of its file',
      nodes: {
        a: node({ 'database.conf': 'provider=postgresql\nhost=db1\npool-size=5\n' }),
        b: node({ 'database.conf': 'provider=postgresql\nhost=db2\npool-size=9\n' }),
      },
      on: ['a', 'b'],
      message: /pool-size/,
    },
    {
      name: 'two nodes are a tie',
      nodes: { a: pm(PM), b: pm(`${PM}[HTTP]\nListen = :1\n`) },
      product: 'package-manager',
      on: ['a', 'b'],
    },
    {
      name: 'a tie with a reference',
      nodes: { a: pm(PM), b: pm(`${PM}[HTTP]\nListen = :1\n`) },
      product: 'package-manager',
      cluster: { reference: 'b' },
      on: ['a'],
    },
    {
      name: 'beside a masked value, only what differs is shown',
      nodes: {
        a: node({ 'rstudio-prefs.json': `{"token": ${SECRET}\n"d": 1}` }),
        b: node({ 'rstudio-prefs.json': `{"token": ${SECRET}\n"d": 2}` }),
      },
      on: ['a', 'b'],
      message: /^rstudio-prefs\.json differs between a and b in d$/m,
    },
    {
      name: 'a masked secret differs, and is not shown',
      nodes: {
        a: pm(`${PM}[Postgres]\nPassword = %masked:${'a'.repeat(64)}%`),
        b: pm(`${PM}[Postgres]\nPassword = %masked:${'b'.repeat(64)}%`),
      },
      product: 'package-manager',
      on: ['a', 'b'],
      message: /postgres\.password: a "\(masked\)"/,
    },
    {
      name: 'a file of unknown format by digest',
      nodes: {
        a: node({}, { x: '1' }, tree('x')),
        b: node({}, { x: '2' }, tree('x')),
        c: node({}, { x: '1' }, tree('x')),
      },
      on: ['b'],
    },
    {
      name: 'mode of a file',
      nodes: { a: node(), b: node({}, {}, tree(undefined, 0o666)), c: node() },
      on: ['b'],
      severity: 'warning',
    },
    {
      name: 'rsession.conf in another place',
      nodes: {
        a: node({ 'rserver.conf': 'www-port=1\n' }),
        b: node({ 'rserver.conf': 'www-port=1\nrsession-config-file=/etc/s\n' }),
        c: node({ 'rserver.conf': 'www-port=1\n' }),
      },
      on: ['b'],
      severity: 'warning',
      message: /rsession-config-file/,
    },
    {
      name: 'another directory in force',
      nodes: { a: node(), b: node({}, {}, { root: '/mnt/rstudio' }), c: node() },
      on: ['b'],
      severity: 'warning',
      message: /directory/,
    },
  ],
  unknown: [
    ...(
      [
        ['a list in another order', 'launcher.local.profiles.conf', '[*]\nimages=a, b\n', '[*]\nimages=b,a\n'],
        [
          'a default that may be another one',
          'launcher.kubernetes.conf',
          'api-url=https://k8s\n',
          'api-url=https://k8s\nkubernetes-namespace=rstudio\n',
        ],
        [
          'the place that the plugin takes by its name',
          'launcher.slurm.conf',
          'cluster=a\n',
          'cluster=a\nscratch-path=/var/lib/rstudio-launcher/Slurm/\n',
        ],
      ] as const
    ).map(([name, file, a, b]) => ({
      name,
      nodes: { a: node({ [file]: a }), b: node({ [file]: b }) },
      on: ['a', 'b'],
      message: /is written in different ways/,
      beside: ['pass' as const],
    })),
    {
      name: 'words and lists of Connect whose case or order may not matter',
      nodes: {
        a: connect('[Authentication]\nProvider = OAuth2\n[OAuth2]\nCustomScope = a\nCustomScope = b\n'),
        b: connect('[Authentication]\nProvider = oauth2\n[OAuth2]\nCustomScope = b\nCustomScope = a\n'),
      },
      on: ['a', 'b'],
      message: /is written in different ways/,
      beside: ['pass'],
    },
    {
      name: 'headers of one name in another order',
      nodes: {
        a: pm(`${PM}[Server]\nCustomHeader = "X-A: 1"\nCustomHeader = "X-A: 2"\n`),
        b: pm(`${PM}[Server]\nCustomHeader = "X-A: 2"\nCustomHeader = "X-A: 1"\n`),
      },
      on: ['a', 'b'],
      beside: ['pass'],
    },
    {
      name: 'Connect that listens on addresses of which nobody knows whose they are',
      nodes: {
        a: connect('[HTTP]\nListen = 192.0.2.11:3939\n'),
        b: connect('[HTTP]\nListen = 192.0.2.12:3939\n'),
      },
      on: ['a', 'b'],
      message: /whether each is the address of its node cannot be seen from here/,
      beside: ['pass'],
    },
    ...(
      [
        [
          'every class, and the default',
          `[Storage]\n${CLASSES.map((name) => `${name} = s3\n`).join('')}`,
          '[Storage]\nDefault = s3\n',
          /storage\.default differs, and each of cache, .* goes to the same storage/,
        ],
        [
          'the place of a class in other letters',
          '[FileStorage "CRAN"]\nLocation = /srv/pm/c\n',
          '[FileStorage "cran"]\nLocation = /srv/pm/c/\n',
          /whether the product takes \[FileStorage "CRAN"\] and \[FileStorage "cran"\] for one class/,
        ],
        [
          'the bucket of a class in other letters',
          '[Storage]\nCRAN = s3\n[S3Storage "CRAN"]\nBucket = b\nPrefix = p\n',
          '[Storage]\nCRAN = s3\n[S3Storage "cran"]\nBucket = b\nPrefix = p\n',
          /\[S3Storage "CRAN"\] and \[S3Storage "cran"\]/,
        ],
      ] as const
    ).map(([name, a, b, message]) => ({
      name: `storage: ${name}`,
      nodes: { a: pm(PM + a), b: pm(PM + b) },
      product: 'package-manager' as const,
      on: ['a', 'b'],
      message,
      beside: ['pass' as const],
    })),
    {
      name: 'storage: a variable that is perhaps not read says what the files of the others say',
      nodes: {
        a: pm(`${PM}[Storage]\nDefault = s3\n`),
        b: {
          ...configured(
            'package-manager',
            { 'rstudio-pm.gcfg': PM },
            { environment: new Map([['PACKAGEMANAGER_STORAGE_DEFAULT', 's3']]) },
          ),
          digests: new Map(),
        },
      },
      product: 'package-manager',
      on: ['a', 'b'],
      severity: 'warning',
      message: /storage\.default is the same on every node only with the variable on some/,
      beside: ['pass'],
    },
    {
      name: 'a storage class in capitals',
      nodes: { a: pm(`${PM}[Storage]\nCRAN = S3\n`), b: pm(`${PM}[Storage]\nCRAN = s3\n`) },
      on: ['a', 'b'],
      message: /storage\.cran is written in different ways/,
      beside: ['pass'],
    },
    {
      name: 'a password that each node encrypted by itself, and one that is not encrypted',
      nodes: {
        a: database('postgresql://u@db/d', `password=${SECRET}\n`, [3]),
        b: database('postgresql://u@db/d', `password=${OTHER}\n`, [3]),
        c: database('postgresql://u@db/d', `password=%masked:${'c'.repeat(64)}%\n`),
      },
      on: ['a', 'b', 'c'],
      message: /database\.conf: password differs, but on some nodes it is encrypted/,
      beside: ['pass'],
    },
    {
      name: 'a percent-encoded password in the address',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`, '', [2]),
        b: database(`postgresql://u:${OTHER}@db/d`),
      },
      on: ['a', 'b'],
      message: /connection-uri differs, but on some nodes/,
      beside: ['pass'],
    },
    {
      name: 'an encrypted password as a setting, and one in the address of the others',
      nodes: {
        a: database(`postgresql://u:${SECRET}@db/d`),
        b: database('postgresql://u@db/d', `password=${OTHER}\n`, [3]),
      },
      on: ['a', 'b'],
      message: /stands in connection-uri on a and password on b: on some nodes it is encrypted/,
      beside: ['pass'],
    },
    {
      name: 'an encrypted password in the file of one node, and one in a variable of the other',
      nodes: {
        a: {
          ...configured(
            'connect',
            { 'rstudio-connect.gcfg': `${PG}@db/d\nPassword = ${SECRET}\n` },
            { wrapped: new Map([['rstudio-connect.gcfg', [3]]]) },
          ),
          digests: new Map(),
        },
        b: {
          ...configured(
            'connect',
            { 'rstudio-connect.gcfg': `${PG}@db/d\n` },
            { environment: new Map([['CONNECT_POSTGRES_PASSWORD', OTHER]]) },
          ),
          digests: new Map(),
        },
      },
      product: 'connect',
      on: ['a', 'b'],
      message: /rstudio-connect\.gcfg:postgres\.password differs, but on some nodes/,
      beside: ['pass'],
    },
    ...['1', '0'].map((value) => ({
      name: `launcher-sessions-enabled=${value} on one node alone`,
      nodes: { a: node({ 'rserver.conf': `launcher-sessions-enabled=${value}\n` }), b: node({ 'rserver.conf': '\n' }) },
      on: ['a', 'b'],
      message: /launcher-sessions-enabled is written in different ways/,
      beside: ['pass' as const],
    })),
    {
      name: 'an address of the Launcher that nothing else names',
      nodes: { a: launcher('http://192.0.2.1:8787', 'a', ''), b: launcher('http://192.0.2.2:8787', 'b', '') },
      on: ['a', 'b'],
      message: /launcher-sessions-callback-address has a different value on each of 2 nodes/,
      beside: ['pass'],
    },
    ...[
      ['[Git]\nX = 0x10', '[Git]\nX = 16'],
      ['[Git]\nX = 016', '[Git]\nX = +16'],
      ['[Git]\nX = 0x1', '[Git]\nX = true'],
      ['[Git]\nX = .5', '[Git]\nX = 0.5'],
      ['[Git]\nX = 1GB', '[Git]\nX = 1024MB'],
      ['[Git]\nX = 1GB', '[Git]\nX = 1000 MB'],
      ['[Git]\nX = 5 KiB', '[Git]\nX = 5120'],
      ['[Git]\nX = 5 MB', '[Git]\nX = 5mb'],
      ['[Git]\nX = 1\nX = 2', '[Git]\nX = 2'],
      ['[Git]\nX =', ''],
      ['[Server]\nEncryptionKeyPath = /data/rstudio-pm.key', ''],
      ['[Postgres]\nURL = postgres://u@h/d?sslmode=require', '[Postgres]\nURL = postgres://u@h/d'],
      ['[Postgres]\nURL = postgres://u@h/d?sslmode=prefer', '[Postgres]\nURL = postgres://u@h/d'],
    ].map(([a, b]) => ({
      name: `perhaps another spelling: ${a} and ${b}`,
      nodes: { a: pm(`${PM}${a}\n`), b: pm(`${PM}${b}\n`) },
      product: 'package-manager' as const,
      on: ['a', 'b'],
      message: /different ways/,
    })),
    {
      name: 'perhaps another spelling: of a variable',
      nodes: { a: connect('[Python]\nX = 0x10\n'), b: connect('', { CONNECT_PYTHON_X: '16' }) },
      product: 'connect',
      on: ['a', 'b'],
      message: /different ways/,
    },
    {
      name: 'an empty variable on one node, over a setting of the file',
      nodes: {
        a: connect('[HTTP]\nListen = :1\n', { CONNECT_HTTP_LISTEN: '' }),
        b: connect('[HTTP]\nListen = :1\n'),
      },
      product: 'connect',
      on: ['a'],
      message: /http\.listen is set, and it is not documented whether an empty CONNECT_HTTP_LISTEN .* counts: remove/,
      beside: ['pass'],
    },
    {
      name: 'the order of groups in profiles',
      nodes: {
        a: node({ profiles: '[@a]\nx=1\n[@b]\nx=2\n' }),
        b: node({ profiles: '[@b]\nx=2\n[@a]\nx=1\n' }),
      },
      on: ['a', 'b'],
      message: /different order/,
      beside: ['pass'],
    },
    {
      name: 'the order of repositories',
      nodes: {
        a: node({ 'repos.conf': 'CRAN=https://pm/cran\nOwn=https://pm/own\nBioc=https://pm/bioc\n' }),
        b: node({ 'repos.conf': 'CRAN=https://pm/cran\nBioc=https://pm/bioc\nOwn=https://pm/own\n' }),
      },
      on: ['a', 'b'],
      message: /the repositories are in a different order/,
      beside: ['pass'],
    },
    {
      name: 'the order of blocks',
      nodes: {
        a: node({ 'launcher-env': 'JobType: any\nEnvironment: A=1\n\nJobType: session\nEnvironment: A=2\n' }),
        b: node({ 'launcher-env': 'JobType: session\nEnvironment: A=2\n\nJobType: any\nEnvironment: A=1\n' }),
      },
      on: ['a', 'b'],
      message: /the blocks are in a different order/,
      beside: ['pass'],
    },
    {
      name: 'a password in a URL, and a different one as a setting',
      nodes: {
        a: node({
          'database.conf': `provider=postgresql\nhost=h\ndatabase=d\nusername=u\npassword=%masked:${'b'.repeat(64)}%\n`,
        }),
        b: node({ 'database.conf': `provider=postgresql\nconnection-uri=postgres://u:${SECRET}@h/d\n` }),
      },
      on: ['a', 'b'],
      message: /percent-encoded/,
      beside: ['pass'],
    },
    {
      name: 'a remark behind a value on one node',
      nodes: {
        a: node({ 'load-balancer': 'balancer=sessions\n' }),
        b: node({ 'load-balancer': 'balancer=sessions # by their number\n' }),
      },
      on: ['a', 'b'],
      message: /remark/,
      beside: ['pass'],
    },
    {
      name: 'directory unreadable',
      nodes: { a: node(), b: node({}, {}, { treeTrouble: 'Permission denied' }), c: node() },
      on: ['b'],
      beside: ['pass'],
    },
    {
      name: 'two empty directories are no match',
      nodes: {
        a: node({ 'rserver.conf': undefined, 'database.conf': undefined, 'load-balancer': undefined }),
        b: node({ 'rserver.conf': undefined, 'database.conf': undefined, 'load-balancer': undefined }),
      },
    },
    {
      name: 'a file that could be listed and not read',
      nodes: { a: node({}, {}, tree('x')), b: node({}, {}, tree('x')) },
      on: ['a', 'b'],
      beside: ['pass'],
    },
    {
      name: 'a node not reached',
      nodes: { a: node(), b: node(), c: { unseen: 'refused' } },
      on: ['c'],
      beside: ['pass'],
    },
  ],
  skip: [{ name: 'one node', nodes: { a: node() } }],
});

/** The clean tree with a file added, or with another mode on all. */
function tree(path: string | undefined, mode = 0o644) {
  const { tree: entries } = foundOf('workbench');
  const added =
    path === undefined ? [] : [{ path, type: 'file' as const, mode: 0o644, owner: 'root', group: 'root', size: 3 }];
  return { tree: [...entries.map((e) => ({ ...e, mode })), ...added] };
}

it('a file of which nothing is known is not among those that agree', () => {
  const nodes = { a: pm(`${PM}[Git]\nX = 1GB\n`), b: pm(`${PM}[Git]\nX = 1024MB\n`) };
  const findings = judgeCase(check, { name: 'one file', nodes, product: 'package-manager' });
  assert.deepEqual(
    findings.map((f) => f.status),
    ['unknown'],
  );
});

it('each value of a difference has its file and line', () => {
  const nodes = {
    a: node({ 'rserver.conf': 'server-shared-storage-path=/shared\nwww-frame-origin=same\n' }),
    b: node({ 'rserver.conf': '# moved\n\nwww-frame-origin=any\nserver-shared-storage-path=/shared\n' }),
  };
  const [finding] = judgeCase(check, { name: 'origins', nodes, product: 'workbench' }).filter(
    (f) => f.status === 'fail',
  );
  assert.deepEqual(finding!.differences, [
    {
      key: 'www-frame-origin',
      values: [
        { nodes: ['a'], value: '"same"', origin: 'rserver.conf line 2' },
        { nodes: ['b'], value: '"any"', origin: 'rserver.conf line 3' },
      ],
    },
  ]);
});
