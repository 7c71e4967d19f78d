/** RStudio/Posit Connect. Source: docs/sources.md 1, 4.2; Connect High Availability, chapter 6. */

import { ADDRESS_VARIABLES } from '../../formats/connInfo.js';
import { gcfgBoolean } from '../../formats/gcfg.js';
import { CONNECT_OVERRIDES } from '../../formats/overrides.js';
import { compareVersions } from '../../formats/version.js';
import { defineProduct } from '../define.js';
import {
  type GcfgProduct,
  gcfgDatabase,
  gcfgEndpoints,
  gcfgListener,
  gcfgPaths,
  gcfgProfile,
  gcfgSettings,
  pathDoubt,
  placeDoubt,
  unmapped,
} from '../gcfgSettings.js';
import { type Installed, pathOf } from '../installed.js';
import { type Effective, type KeySpec, LOG_BYTES, type Settings, type SharedPath } from '../settings.js';
import { connect as document } from './requirements.js';
import { connectNow as now } from './requirementsNow.js';
import { connectOnAws as onAws } from './requirementsOnAws.js';

const FILE = 'rstudio-connect.gcfg';
/** Where `Server.DataDir` is not set. */
const DATA_DIR = '/var/lib/rstudio-connect';
/** Where `Applications.RunAs` is not set. */
const RUN_AS = 'rstudio-connect';
const GCFG: GcfgProduct = { file: FILE, overrides: CONNECT_OVERRIDES };

/** Where requests are written down: of releases since 2022, and of older ones (sources 4.2). */
const ACCESS_LOGS = [
  '/var/log/rstudio/rstudio-connect/rstudio-connect.access.log',
  '/var/log/rstudio-connect.access.log',
];

/** Where the node keeps its metrics; none where they are off. */
function metricsPaths(get: (key: string) => Effective | undefined, dataDir: string): SharedPath[] {
  const [enabled, path] = [get('metrics.enabled'), get('metrics.datapath')];
  const on = enabled === undefined ? true : gcfgBoolean(enabled.value);
  if (on === false && enabled?.doubt === undefined) return [];
  const odd = on === undefined ? `Metrics.Enabled = ${enabled!.value} is not a boolean` : enabled?.doubt;
  return [
    {
      setting: 'Metrics.DataPath',
      path: path?.value ?? `${dataDir}/metrics`,
      ...(odd === undefined
        ? placeDoubt(path ?? get('server.datadir'))
        : { doubt: `whether metrics are written is not known: ${odd}` }),
    },
  ];
}

function settings(installed: Installed): Settings {
  const get = gcfgSettings(installed, GCFG);
  const dataDir = get('server.datadir')?.value ?? DATA_DIR;
  const databaseDir = get('database.dir')?.value ?? `${dataDir}/db`;
  const inline = get('server.encryptionkey');
  const keyFile = get('server.encryptionkeyfile');
  // the default is in a directory, which may be in doubt
  const lost =
    inline?.doubt ?? (inline ? undefined : pathDoubt(keyFile ?? get('database.dir') ?? get('server.datadir')));
  const key: KeySpec = {
    name: 'encryption key',
    ...(lost !== undefined && { lost }),
    ...(inline ? { inline: inline.value } : { path: keyFile?.value ?? `${databaseDir}/secret.key` }),
    because: (inline ?? keyFile)?.because ?? 'default: secret.key in Database.Dir, created at the first start',
    owners: ['root', 'rstudio-connect'],
    explicit: keyFile !== undefined,
    ...(inline &&
      keyFile && {
        refused: `Server.EncryptionKey (${inline.because}) and Server.EncryptionKeyFile (${keyFile.because}) are both set, and Connect does not start with both`,
      }),
    minBytes: 16,
    presence: inline || keyFile ? 'required' : 'generated',
    kind: 'random',
    encoding: 'decoded',
  };
  const enabled = (section: string): boolean | undefined => gcfgBoolean(get(`${section}.enabled`)?.value ?? '');
  const offHost = enabled('launcher') === true || enabled('kubernetes') === true;
  const languages = ['r', 'python', 'quarto'].filter((language) => enabled(language) !== false);
  const executables = languages.map((language) => `${language}.executable`);
  const optional = (setting: string, name: string) => {
    const given = get(name);
    return given ? [{ setting, path: given.value, ...placeDoubt(given) }] : [];
  };
  return {
    database: gcfgDatabase(get, FILE),
    databaseFile: pathOf(installed, FILE),
    endpoints: gcfgEndpoints(installed, GCFG, get, { key: 'postgres.instrumentationurl', role: 'instrumentation' }),
    keys: [key],
    shared: [
      { setting: 'Server.DataDir', path: dataDir, ...placeDoubt(get('server.datadir')) },
      ...optional('Database.Dir', 'database.dir'),
      ...optional('Server.LandingDir', 'server.landingdir'),
    ],
    own: metricsPaths(get, dataDir),
    sqlite: [`${get('sqlite.dir')?.value ?? `${dataDir}/db`}/connect.db`],
    s3: [],
    // off the host, content has the versions of its images
    runtimes: offHost ? [] : gcfgPaths(installed, FILE, executables),
    ...gcfgListener(get, 3939),
    serviceAccounts: [get('applications.runas')?.value ?? RUN_AS],
    accessLogs: [get('logging.accesslog')?.value ?? ACCESS_LOGS].flat().filter((path) => path.startsWith('/')),
    // whose members content may run as
    groups: [get('applications.sharedrunasunixgroup')?.value ?? ''].filter(Boolean),
  };
}

/** Oldest and newest PostgreSQL of the page of a release (docs.posit.co/connect/admin/database/postgres, several years). */
const POSTGRES: readonly (readonly [from: string, oldest: number, newest: number])[] = [
  ['2025', 13, 17],
  ['2024', 12, 16],
  ['0', 11, 15],
];

function supportedPostgres(major: number, release: string | undefined) {
  if (release === undefined)
    return major < 11 ? { open: `whether this release supports PostgreSQL ${major} is not known` } : undefined;
  const [, oldest, newest] = POSTGRES.find(([from]) => compareVersions(release, from) >= 0)!;
  if (major > 17) return { open: `whether release ${release} supports PostgreSQL ${major} is not confirmed` };
  return major < oldest || major > newest
    ? {
        problem: `PostgreSQL ${major} is not among the versions that release ${release} supports`,
        expected: `PostgreSQL ${oldest} to ${newest}`,
      }
    : undefined;
}

export default defineProduct({
  product: 'connect',
  title: 'Connect',
  documents: [document, now, onAws],
  root: '/etc/rstudio-connect',
  traces: ['/opt/rstudio-connect/bin/connect', `/etc/rstudio-connect/${FILE}`],
  ...gcfgProfile(GCFG, 'instrumentation'),
  keyFiles: [],
  defaults: { [`${FILE}:server.datadir`]: DATA_DIR, [`${FILE}:applications.runas`]: RUN_AS },
  perNode: [
    { file: FILE, key: 'metrics.datapath' },
    { file: FILE, key: 'applications.scheduleconcurrency' },
  ],
  ownAddresses: ['http.listen', 'https.listen'].map((key) => ({ file: FILE, key })),
  elsewhere: [{ file: FILE, key: /^(database\.dir|server\.landingdir|metrics\.graphiteenabled)$/ }],
  packages: ['rstudio-connect'],
  versionCommand: ['/opt/rstudio-connect/bin/connect', '--version'],
  processes: ['connect'],
  unit: 'rstudio-connect',
  sudoCommands: ACCESS_LOGS.map((path) => `/usr/bin/tail ^-c ${LOG_BYTES} -- ${path.replaceAll('.', '[.]')}$`),
  variables: `CONNECT_|${ADDRESS_VARIABLES}`,
  looseVariable: (name) => unmapped(name, GCFG),
  settings,
  postgres: supportedPostgres,
  nfsVersions: (release) =>
    release === undefined ? undefined : compareVersions(release, '2021.08') < 0 ? ['3'] : ['3', '4'],
});
