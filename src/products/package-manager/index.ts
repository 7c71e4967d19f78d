/** RStudio/Posit Package Manager. Source: docs/sources.md 1, 4.3; Package Manager High Availability, chapter 13. */

import { ADDRESS_VARIABLES } from '../../formats/connInfo.js';
import { gcfg, gcfgBoolean } from '../../formats/gcfg.js';
import { PACKAGE_MANAGER_OVERRIDES } from '../../formats/overrides.js';
import { defineProduct } from '../define.js';
import {
  type GcfgProduct,
  gcfgDatabase,
  gcfgEndpoints,
  gcfgInForce,
  gcfgListener,
  gcfgPaths,
  gcfgProfile,
  pathDoubt,
  unmapped,
} from '../gcfgSettings.js';
import { type Installed, pathOf } from '../installed.js';
import { textOf } from '../profile.js';
import type { Effective, KeySpec, S3Class, Settings } from '../settings.js';
import { packageManager as document } from './requirements.js';
import { packageManagerNow as now } from './requirementsNow.js';
import { packageManagerOnAws as onAws } from './requirementsOnAws.js';
import { DATA_DIR, destinations, FILE, STORAGE_CLASSES, sharedPaths } from './storage.js';

/** Where the unit names no other (docs/sources.md 4.3). */
const ACCOUNT = 'rstudio-pm';
/** Where `HTTP.Listen` is not set. */
const PORT = 4242;
const GCFG: GcfgProduct = {
  file: FILE,
  overrides: PACKAGE_MANAGER_OVERRIDES,
  classes: ['default', ...STORAGE_CLASSES],
};
/** Wins over the file (sources 4.3). */
const VARIABLE = 'PACKAGEMANAGER_ENCRYPTION_KEY';
/** Set by Kubernetes operators; what it means is not confirmed (sources 10.5). */
const OTHER_KEY = 'PACKAGEMANAGER_SECRET_KEY';
/** Variables by which the SDK finds the bucket and the credential; what a role hands to each node is not among them. */
const REACHES_S3 =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|(DEFAULT_)?(PROFILE|REGION)|ENDPOINT_URL(_S3)?|CONFIG_FILE|SHARED_CREDENTIALS_FILE|ROLE_ARN|CA_BUNDLE|SDK_LOAD_CONFIG)$/;
/** False where they are not set. */
const S3_BOOLEANS = ['s3forcepathstyle', 'enablesharedconfig', 'disablessl'];
const S3_SETTINGS = ['bucket', 'prefix', 'region', 'profile', 'endpoint', 'keyid', ...S3_BOOLEANS];
/** One of them in the configuration, of a class or common to all. */
const S3_KEY = new RegExp(`^s3storage(?: "(.*)")?\\.(?:${S3_SETTINGS.join('|')})$`);

/** Variables of the SDK by the setting that they stand for, the first that is set. */
const S3_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  region: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  profile: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
  endpoint: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
};

const s3Environment = ({ environment }: Installed): Record<string, string> =>
  Object.fromEntries(
    Object.entries(S3_VARIABLES).flatMap(([setting, names]) => {
      const value = names.map((name) => environment.get(name)).find(Boolean);
      return value ? [[setting, value]] : [];
    }),
  );

/** `true` for what gcfg takes for it; false is as good as not set; anything else as it is written. */
function switched(value: string | undefined): string | undefined {
  const on = gcfgBoolean(value ?? '');
  if (on === undefined) return value;
  return on ? 'true' : undefined;
}

/** Only what differs from the common [S3Storage] section makes a class of its own. */
function s3Classes(installed: Installed, to: ReadonlyMap<string, string>): S3Class[] {
  const classes = [...to].filter(([, destination]) => destination === 's3').map(([name]) => name);
  if (classes.length === 0) return [];
  const config = gcfg(textOf(installed, FILE) ?? '');
  // whether the product finds the section of a class in other letters is not known; nodes are to have the same one
  const section = (name: string): Record<string, string> =>
    Object.fromEntries(
      S3_SETTINGS.flatMap((setting) => {
        const written = config.settings.findLast((s) => s.key.toLowerCase() === `${name}.${setting}`);
        const text = written?.bare ? '<no value>' : written?.value;
        const value = S3_BOOLEANS.includes(setting) ? switched(written?.value) : text;
        return value ? [[setting, value]] : [];
      }),
    );
  const own = classes
    .map((name) => ({ name, settings: section(`s3storage "${name}"`) }))
    .filter((c) => Object.keys(c.settings).length > 0);
  const plain = classes.filter((name) => !own.some((c) => c.name === name));
  const common = { name: 'default', settings: section('s3storage'), classes: plain };
  return own.length < classes.length ? [common, ...own] : own;
}

function settings(installed: Installed): Settings {
  const inForce = gcfgInForce(installed, GCFG);
  const get = (key: string): Effective | undefined => inForce.get(key);
  const account = installed.account ?? ACCOUNT;
  const dataDir = get('server.datadir')?.value ?? DATA_DIR;
  const to = destinations(inForce);
  const s3 = s3Classes(installed, to);
  // empty is as good as not set
  const inline = installed.environment.get(VARIABLE) || undefined;
  const explicit = get('server.encryptionkeypath');
  const persistent = to.get('persistent') ?? 'file';
  const lost = inline === undefined ? pathDoubt(explicit ?? get('server.datadir')) : undefined;
  const key: KeySpec = {
    name: 'encryption key',
    ...(lost !== undefined && { lost }),
    ...(inline !== undefined ? { inline } : { path: explicit?.value ?? `${dataDir}/rstudio-pm.key` }),
    because:
      inline !== undefined
        ? `environment variable ${VARIABLE} (${installed.origins?.get(VARIABLE) ?? installed.environmentFrom})${explicit ? `, which wins over EncryptionKeyPath in ${explicit.because}` : ''}`
        : (explicit?.because ?? 'default: rstudio-pm.key in Server.DataDir'),
    owners: [...new Set([account, ACCOUNT])],
    ...(account !== 'root' && { reader: account }),
    explicit: inline === undefined && explicit !== undefined,
    minBytes: 16,
    presence: 'required',
    // present releases keep it in [Storage] Persistent, on files or in the bucket; since when is not confirmed
    ...(!explicit && {
      since: { release: '2000', presence: persistent === 's3' ? 'perhaps elsewhere' : 'unverified' },
    }),
    where: persistent === 's3' ? 'the bucket, as persistent/encryption/rstudio-pm.key' : '[Storage] Persistent',
    kind: 'random',
    encoding: 'decoded',
    ...(s3.length > 0 && { forS3: true }),
  };
  const doubts = [...inForce].flatMap(([key, e]) =>
    e.doubt !== undefined && /^(s3)?storage\./.test(key) ? [e.doubt] : [],
  );
  return {
    database: gcfgDatabase(get, FILE),
    databaseFile: pathOf(installed, FILE),
    endpoints: gcfgEndpoints(installed, GCFG, get, { key: 'postgres.usagedataurl', role: 'usage data' }),
    keys: [key],
    shared: sharedPaths(inForce, doubts.join('; ')),
    own: [],
    sqlite: ['*.db', '*.sqlite'].map((name) => `${get('sqlite.dir')?.value ?? `${dataDir}/db`}/${name}`),
    s3,
    s3Environment: s3Environment(installed),
    ...(doubts.length > 0 && { s3Doubt: doubts.join('; ') }),
    runtimes: gcfgPaths(installed, FILE, ['server.rversion', 'server.pythonversion']),
    ...gcfgListener(get, PORT),
    serviceAccounts: [account === 'root' ? ACCOUNT : account],
    groups: [],
  };
}

/** Last day on which the PostgreSQL project supports a major version (postgresql.org/support/versioning). */
const SUPPORTED_UNTIL: Readonly<Record<number, string>> = {
  12: '2024-11-21',
  13: '2025-11-13',
  14: '2026-11-12',
  15: '2027-11-11',
  16: '2028-11-09',
  17: '2029-11-08',
};

function supportedPostgres(major: number, _release: string | undefined, now: Date) {
  if (major > 17) return undefined;
  const until = SUPPORTED_UNTIL[major];
  return until === undefined || until < now.toISOString().slice(0, 10)
    ? {
        problem: `PostgreSQL ${major} is no longer supported by its project${until ? ` (since ${until})` : ''}`,
        expected: 'a version that the PostgreSQL project supports',
      }
    : undefined;
}

export default defineProduct({
  product: 'package-manager',
  title: 'Package Manager',
  documents: [document, onAws, now],
  root: '/etc/rstudio-pm',
  traces: ['/opt/rstudio-pm/bin/rstudio-pm', `/etc/rstudio-pm/${FILE}`],
  ...gcfgProfile(GCFG, 'usage'),
  keyFiles: ['rstudio-pm.key'],
  defaults: {
    [`${FILE}:server.datadir`]: DATA_DIR,
    [`${FILE}:http.listen`]: `:${PORT}`,
    [`${FILE}:storage.default`]: 'file',
  },
  perNode: [],
  // s3-settings compares these, of the sections in force
  elsewhere: [
    {
      file: FILE,
      key: S3_KEY,
      when: ({ s3 }, key) => s3.some((c) => c.name === (S3_KEY.exec(key)![1]?.toLowerCase() ?? 'default')),
    },
  ],
  packages: ['rstudio-pm'],
  versionCommand: ['/opt/rstudio-pm/bin/rstudio-pm', '--version'],
  processes: ['rstudio-pm'],
  unit: 'rstudio-pm',
  variables: `PACKAGEMANAGER_|RSPM_|AWS_|${ADDRESS_VARIABLES}`,
  looseVariable: (name, { s3 }) =>
    unmapped(name, GCFG) || name === OTHER_KEY || (s3.length > 0 && REACHES_S3.test(name)),
  settings,
  postgres: supportedPostgres,
  nfsVersions: () => ['3', '4'],
});
