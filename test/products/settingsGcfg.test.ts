/** What the configurations of Connect and Package Manager say, and what their documents support. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Product } from '../../src/model/inventory.js';
import { foundOf } from '../support/facts.js';
import { CONF, keyOf, matches, type Row, said } from '../support/settings.js';

const DATABASE = '[Database]\nProvider = postgres\n';

/** As both gcfg products listen. */
const LISTENERS = (port: number): readonly Row[] => [
  ['no listener', DATABASE, { port, tls: false, certificate: undefined, health: '/__ping__' }],
  ['HTTP', '[HTTP]\nListen = 0.0.0.0:80\n', { port: 80, tls: false, address: undefined }],
  ['one address', '[HTTP]\nListen = 127.0.0.1:8080\n', { port: 8080, address: '127.0.0.1' }],
  ['a port by its name', '[HTTPS]\nListen = :https\n', { port: 443, tls: true, address: undefined }],
  ['HTTPS', '[HTTPS]\nListen = :443\nCertificate = /c\n', { port: 443, tls: true, certificate: '/c' }],
  ['both', '[HTTPS]\nListen = :443\n[HTTP]\nListen = [::]:80\n', { port: 80, tls: false }],
  ['a certificate without a listener', '[HTTPS]\nCertificate = /c\n', { tls: false, certificate: undefined }],
  ['a listener switched off', '[HTTPS]\nListen =\nCertificate = /c\n', { tls: false, certificate: undefined }],
];
const DATA = '/var/lib/rstudio-connect';
const CONNECT: readonly Row[] = [
  ...LISTENERS(3939),
  [
    'nothing set',
    '',
    {
      shared: [{ setting: 'Server.DataDir', path: DATA }],
      own: [{ setting: 'Metrics.DataPath', path: `${DATA}/metrics` }],
      sqlite: [`${DATA}/db/connect.db`],
      serviceAccounts: ['rstudio-connect'],
      groups: [],
      accessLogs: [
        '/var/log/rstudio/rstudio-connect/rstudio-connect.access.log',
        '/var/log/rstudio-connect.access.log',
      ],
      s3: [],
    },
  ],
  [
    'directories',
    '[Server]\nDataDir = /d\nLandingDir = /l\n[Database]\nDir = /b\n[SQLite]\nDir = /s\n[Metrics]\nDataPath = /m\n',
    {
      shared: [
        { setting: 'Server.DataDir', path: '/d' },
        { setting: 'Database.Dir', path: '/b' },
        { setting: 'Server.LandingDir', path: '/l' },
      ],
      own: [{ setting: 'Metrics.DataPath', path: '/m' }],
      sqlite: ['/s/connect.db'],
    },
  ],
  ['metrics off', '[Metrics]\nEnabled = Off\n', { own: [] }],
  [
    'accounts',
    '[Applications]\nRunAs = app\nSharedRunAsUnixGroup = staff\n',
    { serviceAccounts: ['app'], groups: ['staff'] },
  ],
  ['a log', '[Logging]\nAccessLog = /x.log\n', { accessLogs: ['/x.log'] }],
  ['a log on standard output', '[Logging]\nAccessLog = STDOUT\n', { accessLogs: [] }],
  [
    'runtimes',
    '[R]\nExecutable = /opt/R/4/bin/R\nExecutable = R\n[Python]\nExecutable = /p\n[Quarto]\nExecutable = /q\n',
    { runtimes: ['/opt/R/4/bin/R', '/p', '/q'] },
  ],
];
const PM_DATA = { setting: 'Server.DataDir', path: '/var/lib/rstudio-pm' };
const S3 = '[S3Storage]\nBucket = b\nPrefix =\n';
const CLASSES = 'Cache Metrics Packages CRAN PyPI Bioconductor Persistent Launcher'.split(' ');
const ON_S3 = CLASSES.slice(0, -1).map((name) => name.toLowerCase());
const PACKAGE_MANAGER: readonly Row[] = [
  ...LISTENERS(4242),
  ['nothing set', '', { shared: [PM_DATA], own: [], s3: [], s3Doubt: undefined, serviceAccounts: ['rstudio-pm'] }],
  [
    'all on S3',
    `[Storage]\nDefault = S3\n${S3}`,
    { shared: [], s3: [{ name: 'default', settings: { bucket: 'b' }, classes: ON_S3 }] },
  ],
  [
    'the classes of the document on S3, one by one',
    `[Storage]\n${CLASSES.filter((c) => c !== 'Launcher')
      .map((c) => `${c} = s3\n`)
      .join('')}${S3}`,
    { shared: [], s3: [{ name: 'default', settings: { bucket: 'b' }, classes: ON_S3 }] },
  ],
  [
    'classes that go to something else',
    `[Storage]\nDefault = s3\nCRAN = Azure\nPyPI = nfs\n${S3}`,
    {
      shared: [
        {
          ...PM_DATA,
          doubt:
            'whether Server.DataDir is used is not known: [Storage] names "azure" and "nfs", and the document has only file and s3',
        },
      ],
    },
  ],
  ['a class of a later release on files', `[Storage]\nDefault = s3\nOpenVSX = file\n${S3}`, { shared: [PM_DATA] }],
  [
    'one class on files',
    `[Storage]\nDefault = s3\nCRAN = file\n${S3}[FileStorage "cran"]\nLocation = /c\n[FileStorage "pypi"]\nLocation = /p\n`,
    { shared: [PM_DATA, { setting: 'FileStorage "cran".Location', path: '/c' }] },
  ],
  [
    'one class on S3',
    `[Storage]\nPackages = s3\n${S3}[S3Storage "packages"]\nRegion = r\n[S3Storage "cran"]\nBucket = x\n`,
    { s3: [{ name: 'packages', settings: { region: 'r' } }], shared: [PM_DATA] },
  ],
  [
    'every class elsewhere',
    `[Storage]\nDefault = s3\n${CLASSES.map((c) => `[S3Storage "${c.toLowerCase()}"]\nBucket = ${c}\n`).join('')}`,
    { s3: CLASSES.map((c) => ({ name: c.toLowerCase(), settings: { bucket: c } })) },
  ],
  [
    'switches of S3',
    '[Storage]\nDefault = s3\n[S3Storage]\nS3ForcePathStyle = yes\nDisableSSL = no\nEnableSharedConfig = maybe\n',
    {
      s3: [{ name: 'default', settings: { s3forcepathstyle: 'true', enablesharedconfig: 'maybe' }, classes: ON_S3 }],
    },
  ],
  ['SQLite', '[SQLite]\nDir = /s\n', { sqlite: ['/s/*.db', '/s/*.sqlite'] }],
  ['SQLite by default', '[Server]\nDataDir = /d\n', { sqlite: ['/d/db/*.db', '/d/db/*.sqlite'] }],
  ['runtimes', '[Server]\nRVersion = /r\nPythonVersion = /p\n', { runtimes: ['/r', '/p'] }],
];

const HEX = 'ab'.repeat(64);

for (const [product, rows] of [
  ['connect', CONNECT],
  ['package-manager', PACKAGE_MANAGER],
] as const)
  describe(`the settings of ${product}`, () => {
    const file = CONF[product];
    for (const [what, text, expected] of rows) it(what, () => matches(said(product, text), expected));

    for (const [text, provider, because] of [
      [DATABASE, 'postgres', `${file} line 2`],
      ['[Database]\nProvider = SQLite\n', 'sqlite', `${file} line 2`],
      ['', 'sqlite', `${file} has no [Database] Provider, and the default is sqlite`],
    ] as const)
      it(`the database of ${JSON.stringify(text)}`, () =>
        assert.deepEqual(said(product, text).database, { value: { provider, because } }));

    it('without a URL the address is not known', () => {
      const { endpoints } = said(product, DATABASE);
      assert.match('unseen' in endpoints ? endpoints.unseen : '', /\[Postgres\] URL is not set/);
    });

    it('the second database', () => {
      const setting = product === 'connect' ? 'InstrumentationURL' : 'UsageDataURL';
      const text = `[Postgres]\nURL = postgres://h/d\n${setting} = postgres://i/e\n`;
      assert.deepEqual(said(product, text).endpoints, {
        value: [
          { role: 'database', host: 'h', port: '5432', name: 'd' },
          { role: product === 'connect' ? 'instrumentation' : 'usage data', host: 'i', port: '5432', name: 'e' },
        ],
      });
    });
  });

for (const [product, prefix] of [
  ['connect', 'CONNECT'],
  ['package-manager', 'PACKAGEMANAGER'],
] as const)
  it(`an empty variable over a setting of ${product}: what it names is in doubt`, () => {
    const text = '[Server]\nDataDir = /d\n[Postgres]\nURL = postgres://h/d\n';
    const environment = new Map(['SERVER_DATADIR', 'POSTGRES_URL'].map((name) => [`${prefix}_${name}`, '']));
    const { shared, endpoints } = said(product, text, {}, { environment });
    const [place] = shared.filter((s) => s.setting === 'Server.DataDir');
    assert.match(place?.doubt ?? '', /^which directory is used is not known: whether an empty \w+_SERVER_DATADIR/);
    const [database] = 'value' in endpoints ? endpoints.value : [];
    assert.match(database?.doubt ?? '', /^whether an empty \w+_POSTGRES_URL \(.*\) counts$/);
    assert.equal(said(product, text).shared[0]?.doubt, undefined);
  });

for (const path of ['/srv/$HOSTNAME', '/srv/${ENV}/d', '/<shared>/d', '/srv/{{ env }}', '/%DATA%/d'])
  it(`a directory that nobody filled in (${path}) is in doubt`, () => {
    for (const product of ['connect', 'package-manager'] as const) {
      const { shared, own } = said(product, `[Server]\nDataDir = "${path}"\n`);
      assert.match(shared[0]?.doubt ?? '', /whether the product fills in .* is not documented/);
      assert.equal(
        own.every((o) => o.doubt !== undefined),
        true,
      );
    }
    const [, cache] = said('package-manager', `[FileStorage "cache"]\nLocation = "${path}"\n`).shared;
    assert.match(cache?.doubt ?? '', /whether the product fills in/);
  });

it('Package Manager: where a class goes that is neither on files nor on S3 is in doubt, beside those on files', () => {
  const { shared } = said('package-manager', '[Storage]\nCache = local\nCRAN = nfs\n');
  assert.deepEqual(
    shared.map((s) => [s.setting, s.doubt]),
    [
      ['Server.DataDir', undefined],
      [
        '[Storage] cache, cran',
        'where [Storage] cache, cran goes is not known: [Storage] names "local" and "nfs", and the document has only file and s3',
      ],
    ],
  );
});

it('a share whose name ends in $ is a path like any other', () => {
  assert.equal(said('connect', '[Server]\nDataDir = /mnt/data$\n').shared[0]?.doubt, undefined);
});

it('Connect: whether metrics are written is in doubt by a word that is not a boolean, and by an empty variable', () => {
  for (const word of ['disabled', 'maybe'])
    assert.match(
      said('connect', `[Metrics]\nEnabled = ${word}\n`).own[0]?.doubt ?? '',
      new RegExp(`Metrics.Enabled = ${word} is not a boolean`),
    );
  const off = '[Metrics]\nEnabled = no\n';
  assert.deepEqual(said('connect', off).own, []);
  const environment = new Map([['CONNECT_METRICS_ENABLED', '']]);
  assert.match(said('connect', off, {}, { environment }).own[0]?.doubt ?? '', /an empty CONNECT_METRICS_ENABLED/);
  const path = new Map([['CONNECT_METRICS_DATAPATH', '']]);
  assert.match(
    said('connect', '[Metrics]\nDataPath = /m\n', {}, { environment: path }).own[0]?.doubt ?? '',
    /an empty CONNECT_METRICS_DATAPATH/,
  );
});

describe('the encryption key', () => {
  it('is in a place that is not known where nobody filled in its path, or an empty variable is over it', () => {
    for (const [product, key, variable] of [
      ['connect', 'EncryptionKeyFile', 'CONNECT_SERVER_ENCRYPTIONKEYFILE'],
      ['package-manager', 'EncryptionKeyPath', 'PACKAGEMANAGER_SERVER_ENCRYPTIONKEYPATH'],
    ] as const) {
      const lost = (text: string, more = {}) => said(product, `[Server]\n${text}\n`, {}, more).keys[0]?.lost ?? '';
      assert.match(lost(`${key} = /etc/$NAME/key`), /whether the product fills in \/etc\/\$NAME\/key/);
      assert.match(lost('DataDir = /srv/<env>'), /whether the product fills in \/srv\/<env>/);
      assert.match(lost(`${key} = /etc/key`, { environment: new Map([[variable, '']]) }), /whether an empty/);
      assert.equal(lost(`DataDir = /srv/<env>\n${key} = /etc/key`), '');
    }
    const text = '[Server]\nDataDir = /srv/<env>\nEncryptionKey = abcd\n';
    assert.equal(said('connect', text).keys[0]?.lost, undefined);
    const environment = new Map([['CONNECT_SERVER_ENCRYPTIONKEY', '']]);
    assert.match(
      said('connect', text, {}, { environment }).keys[0]?.lost ?? '',
      /an empty CONNECT_SERVER_ENCRYPTIONKEY/,
    );
  });

  const ROWS: readonly (readonly [
    product: 'connect' | 'package-manager',
    text: string,
    expected: Readonly<Record<string, unknown>>,
    environment?: Readonly<Record<string, string>>,
  ])[] = [
    ['connect', '', { path: `${DATA}/db/secret.key`, explicit: false, presence: 'generated', inline: undefined }],
    ['connect', '[Server]\nDataDir = /d\n', { path: '/d/db/secret.key' }],
    ['connect', '[Database]\nDir = /b\n', { path: '/b/secret.key' }],
    ['connect', '[Server]\nEncryptionKeyFile = /k\n', { path: '/k', explicit: true, presence: 'required' }],
    [
      'connect',
      `[Server]\nEncryptionKey = ${HEX}\nEncryptionKeyFile = /k\n`,
      {
        path: undefined,
        inline: HEX,
        presence: 'required',
        because: 'rstudio-connect.gcfg line 2',
        refused:
          'Server.EncryptionKey (rstudio-connect.gcfg line 2) and Server.EncryptionKeyFile (rstudio-connect.gcfg line 3) are both set, and Connect does not start with both',
      },
    ],
    [
      'package-manager',
      '',
      {
        path: '/var/lib/rstudio-pm/rstudio-pm.key',
        explicit: false,
        presence: 'required',
        since: { release: '2000', presence: 'unverified' },
        forS3: undefined,
      },
    ],
    [
      'package-manager',
      `[Storage]\nDefault = s3\n${S3}`,
      { since: { release: '2000', presence: 'perhaps elsewhere' }, where: /bucket/, forS3: true },
    ],
    ['package-manager', '[Storage]\nPersistent = s3\n', { since: { release: '2000', presence: 'perhaps elsewhere' } }],
    ['package-manager', '[Server]\nEncryptionKeyPath = /k\n', { path: '/k', explicit: true, since: undefined }],
    [
      'package-manager',
      '[Server]\nEncryptionKeyPath = /k\n',
      {
        path: undefined,
        inline: HEX,
        explicit: false,
        reader: 'rstudio-pm',
        because:
          'environment variable PACKAGEMANAGER_ENCRYPTION_KEY (process), which wins over EncryptionKeyPath in rstudio-pm.gcfg line 2',
      },
      { PACKAGEMANAGER_ENCRYPTION_KEY: HEX },
    ],
    [
      'package-manager',
      '[Server]\nEncryptionKeyPath = /k\n',
      { path: '/k', inline: undefined, explicit: true },
      { PACKAGEMANAGER_ENCRYPTION_KEY: '' },
    ],
  ];
  for (const [product, text, { where, ...expected }, environment = {}] of ROWS)
    it(`${product}: ${JSON.stringify(text)}${Object.keys(environment).map((name) => ` and ${name}`)}`, () => {
      const settings = said(product, text, {}, { environment: new Map(Object.entries(environment)) });
      const key = keyOf(settings, 'encryption key');
      matches(key, expected);
      if (where) assert.match(key!.where!, where as RegExp);
    });

  for (const [text, value, doubtful] of [
    ['', 's3', true],
    ['[Storage]\nDefault = s3\n[S3Storage]\nBucket = b\n', 'file', true],
    ['', 'file', false],
    ['[Storage]\nCache = file\n', 's3', false],
  ] as const)
    it(`the directory for files, with ${JSON.stringify(text)} and a variable that says ${value}`, () => {
      const environment = new Map([['PACKAGEMANAGER_STORAGE_DEFAULT', value]]);
      const [place, ...more] = said('package-manager', text, {}, { environment }).shared;
      assert.deepEqual([place?.path, more], ['/var/lib/rstudio-pm', []]);
      assert.equal(/PACKAGEMANAGER_STORAGE_DEFAULT/.test(place?.doubt ?? ''), doubtful);
    });

  it('a bucket that variables set is in doubt', () => {
    const environment = new Map([['PACKAGEMANAGER_S3STORAGE_BUCKET', 'c']]);
    assert.match(said('package-manager', '', {}, { environment }).s3Doubt ?? '', /S3STORAGE_BUCKET/);
  });
});

describe('the version of PostgreSQL', () => {
  const NOW = new Date('2026-01-01T00:00:00Z');
  const ROWS: readonly [product: Product, major: number, release: string | undefined, expected: RegExp | undefined][] =
    [
      ['connect', 10, undefined, /10 is not known/],
      ['connect', 16, undefined, undefined],
      ['connect', 12, '2025.01', /PostgreSQL 12 is not among/],
      ['connect', 13, '2025.01', undefined],
      ['connect', 17, '2024.12', /17 is not among/],
      ['connect', 16, '2024.12', undefined],
      ['connect', 11, '2023.12', undefined],
      ['connect', 10, '2023.12', /10 is not among/],
      ['connect', 18, '2025.01', /18 is not confirmed/],
      ['package-manager', 13, '2025.01', /13 is no longer supported .* \(since 2025-11-13\)/],
      ['package-manager', 14, '2025.01', undefined],
      ['package-manager', 11, '2025.01', /11 is no longer supported by its project$/],
      ['package-manager', 18, '2025.01', undefined],
      ['workbench', 10, undefined, /10 is older/],
      ['workbench', 11, undefined, undefined],
    ];
  for (const [product, major, release, expected] of ROWS)
    it(`${major} for ${product} ${release ?? 'of no known release'}`, () => {
      const verdict = foundOf(product).profile.postgres!(major, release, NOW);
      if (!expected) assert.equal(verdict, undefined);
      else assert.match(verdict && 'open' in verdict ? verdict.open : (verdict?.problem ?? ''), expected);
    });

  it('the last day of support still counts', () => {
    const on = (day: string) => foundOf('package-manager').profile.postgres!(14, undefined, new Date(day));
    assert.deepEqual([on('2026-11-12T23:00:00Z'), on('2026-11-13T00:00:00Z') === undefined], [undefined, false]);
  });
});

describe('the versions of NFS that the document names', () => {
  const of = (product: Product, release?: string) => foundOf(product).profile.nfsVersions!(release);
  it('of Connect by its release', () =>
    assert.deepEqual(
      [of('connect'), of('connect', '2021.07'), of('connect', '2021.08')],
      [undefined, ['3'], ['3', '4']],
    ));
  it('of the others', () =>
    assert.deepEqual(
      [of('workbench'), of('package-manager')],
      [
        ['3', '4'],
        ['3', '4'],
      ],
    ));
});
