/** RStudio/Posit Workbench. Source: docs/sources.md 1, 4.1; Workbench load balancing, section 54. */

import { keyValue, sections } from '../../formats/keyValue.js';
import { type Config, first } from '../../formats/settings.js';
import { workbenchEndpoint } from '../endpoints.js';
import type { Installed } from '../installed.js';
import {
  attempt,
  defineProduct,
  type Effective,
  type EffectiveSettings,
  type KeySpec,
  type Settings,
  textOf,
} from '../profile.js';
import { workbench as document } from './requirements.js';

const NONE: Config = { settings: [], remarks: [] };
const read = (installed: Installed, name: string, format: (text: string) => Config): Config => {
  const text = textOf(installed, name);
  return text === undefined ? NONE : format(text);
};

/** First duplicate wins, no comments, absent file or key means SQLite; the value's case does not matter. */
function database(installed: Installed): { provider: string; because: string } {
  if (textOf(installed, 'database.conf') === undefined)
    return { provider: 'sqlite', because: 'database.conf does not exist, and the default is sqlite' };
  const config = read(installed, 'database.conf', keyValue);
  const provider = first(config, 'provider');
  if (provider)
    return {
      provider: provider.value.toLowerCase(),
      because: `database.conf line ${provider.line}: provider=${provider.value}`,
    };
  const uri = first(config, 'connection-uri');
  // unverified (sources 9): whether a connection-uri alone selects PostgreSQL; so it is neither
  if (uri)
    return { provider: 'unverified', because: `database.conf line ${uri.line} has a connection-uri but no provider` };
  const hidden = config.settings.find((s) => /^[#;]+\s*provider$/.test(s.key));
  const hint = hidden
    ? `; line ${hidden.line} begins with "#", which does not make it a comment but a different key`
    : '';
  return { provider: 'sqlite', because: `database.conf sets no provider, and the default is sqlite${hint}` };
}

function settings(installed: Installed): Settings {
  const rserver = read(installed, 'rserver.conf', sections);
  const value = (key: string): string | undefined => first(rserver, key)?.value || undefined;
  const explicit = value('secure-cookie-key-file');
  const inRoot = `${installed.root}/secure-cookie-key`;
  const fallback = '/var/lib/rstudio-server/secure-cookie-key';
  const listed = installed.tree.some((e) => e.path === 'secure-cookie-key');
  // an incomplete listing does not show which of the two paths is used
  const path = explicit ?? (listed ? inRoot : installed.treeTrouble === undefined ? fallback : undefined);
  const cookie: KeySpec = {
    name: 'secure-cookie-key',
    ...(path !== undefined && { path }),
    explicit: explicit !== undefined,
    because: explicit ? 'secure-cookie-key-file in rserver.conf' : `the product looks in ${inRoot}, then ${fallback}`,
    owners: ['root', value('server-user') ?? 'rstudio-server'],
    minBytes: 16,
    enforcedBytes: 32,
    // 2023.09 and later, where this setting exists, can keep the key in the database (sources T18)
    presence: value('load-balancing-enabled') === '1' ? 'perhaps elsewhere' : 'required',
    kind: 'random',
    encoding: 'raw',
  };
  const launcher: KeySpec = {
    name: 'launcher.pem',
    path: `${installed.root}/launcher.pem`,
    because: 'launcher-sessions-enabled=1',
    owners: [value('server-user') ?? 'rstudio-server', 'root'],
    publicPath: `${installed.root}/launcher.pub`,
    minBytes: 16,
    presence: 'required',
    kind: 'pem',
    encoding: 'raw',
  };
  const shared = value('server-shared-storage-path');
  return {
    database: attempt(() => database(installed)),
    databaseFile: `${installed.root}/database.conf`,
    endpoints: attempt(() => [workbenchEndpoint(read(installed, 'database.conf', keyValue))]),
    keys: value('launcher-sessions-enabled') === '1' ? [cookie, launcher] : [cookie],
    shared: [{ setting: 'server-shared-storage-path', path: shared ?? '/var/lib/rstudio-server/shared-storage' }],
    own: [],
    sqlite: ['/var/lib/rstudio-server/rstudio.sqlite', '/var/lib/rstudio-server/rstudio-os.sqlite'],
    s3: [],
    // a line is a path, or `Path: …` of a block
    runtimes: (textOf(installed, 'r-versions') ?? '')
      .split('\n')
      .flatMap((l) => /^\s*(?:Path:\s*)?(\/\S+)\s*$/.exec(l)?.[1] ?? []),
    ...(value('ssl-enabled') === '1' && value('ssl-certificate') && { certificate: value('ssl-certificate')! }),
    port: Number(value('www-port') ?? (value('ssl-enabled') === '1' ? 443 : 8787)),
    tls: value('ssl-enabled') === '1',
    ...(value('server-health-check-enabled') === '1' && { health: '/health-check' }),
    serviceAccounts: [value('server-user') ?? 'rstudio-server'],
    takesLocks: true,
    groups: [...(value('auth-required-user-group') ?? '').split(','), value('admin-group') ?? '']
      .map((g) => g.trim())
      .filter(Boolean),
  };
}

const SECTIONED = ['rserver.conf', 'load-balancer', 'rsession.conf', 'launcher.conf', 'logging.conf', 'profiles'];
const MORE = [
  'launcher.*.conf',
  'launcher.*.profiles.conf',
  'r-versions',
  'jupyter.conf',
  'vscode.conf',
  'positron.conf',
  'repos.conf',
  'ip-rules',
  'notifications.conf',
  'env-vars',
];

/** sources 4.1: RSTUDIO_CONFIG_DIR has no fallback; of XDG_CONFIG_DIRS the first that exists, with /rstudio below it. */
const ROOT_SCRIPT = String.raw`
[ -n "$vars" ] && d=$(printf '%s\n' "$vars" | sed -n 's/^RSTUDIO_CONFIG_DIR=//p' | tail -n 1)
if [ -z "$vars" ]; then :; elif [ -n "$d" ]; then root=$d how=RSTUDIO_CONFIG_DIR; else
  for x in $(printf '%s\n' "$vars" | sed -n 's/^XDG_CONFIG_DIRS=//p' | tail -n 1 | tr ':' ' '); do
    [ -d "$R$x/rstudio" ] && root=$x/rstudio how=XDG_CONFIG_DIRS && break; done; fi`;

/** Of the files those whose values are checked; the first duplicate counts. */
const CHECKED = [
  ['rserver.conf', sections],
  ['load-balancer', sections],
  ['file-locks', keyValue],
] as const;

/** `file:key`. */
const effective = (installed: Installed): EffectiveSettings =>
  new Map(
    CHECKED.flatMap(([file, format]) => {
      const config = format(textOf(installed, file) ?? '');
      return [...new Set(config.settings.map((s) => s.key))].map((key): [string, Effective] => {
        const { value, line } = first(config, key)!;
        return [`${file}:${key}`, { value, because: `${file} line ${line}` }];
      });
    }),
  );

export default defineProduct({
  product: 'workbench',
  title: 'Workbench',
  documents: [document],
  root: '/etc/rstudio',
  traces: [
    '/usr/lib/rstudio-server/bin/rserver',
    '/usr/lib/rstudio-server/bin/rstudio-server',
    '/etc/rstudio/rserver.conf',
  ],
  texts: [
    ...[...SECTIONED, ...MORE].map((pattern) => ({ pattern, format: sections })),
    ...['database.conf', 'file-locks'].map((pattern) => ({ pattern, format: keyValue })),
  ],
  required: ['rserver.conf'],
  keyFiles: ['secure-cookie-key', 'launcher.pem', 'launcher.pub'],
  perNode: [
    { file: 'load-balancer', key: 'www-host-name' },
    { file: 'rserver.conf', key: 'www-address' },
    { file: 'rserver.conf', key: 'www-port' },
  ],
  databaseScope: { file: 'database.conf', key: /./ },
  elsewhere: [
    { file: 'file-locks', key: /^lock-type$/ },
    { file: 'rserver.conf', key: /^secure-cookie-key-file$/ },
  ],
  treeSeverity: 'critical',
  packages: ['rstudio-server', 'rstudio-workbench'],
  versionCommand: ['/usr/lib/rstudio-server/bin/rstudio-server', 'version'],
  processes: ['rserver', 'rstudio-launche'],
  unit: 'rstudio-server',
  variables: 'RSTUDIO_|XDG_CONFIG_DIRS=|WORKBENCH_',
  settings,
  effective,
  version: /^[ \t]*v?([0-9]+(?:\.[0-9]+)+(?:[-+.][0-9A-Za-z]+)*)/m,
  rootScript: ROOT_SCRIPT,
  environmentFiles: ['/etc/rstudio/env-vars'],
  sudoCommands: ['/usr/sbin/rstudio-server ^list-nodes$'],
  hasKeys: true,
  database: { kind: 'postgresql', words: ['postgresql'] },
  sharesStorage: true,
  sharesHomes: true,
  nfsVersions: ['3', '4'],
});
