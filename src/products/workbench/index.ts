/** RStudio/Posit Workbench. Source: docs/sources.md 1, 4.1; Workbench load balancing, section 54. */

import { ADDRESS_VARIABLES } from '../../formats/connInfo.js';
import { configDirectories } from '../../formats/xdg.js';
import { defineProduct } from '../define.js';
import { FILES, INSTALLATION, inForce, moved } from './files.js';
import { workbench as document } from './requirements.js';
import { workbenchNow as now } from './requirementsNow.js';
import { workbenchOnAws as onAws } from './requirementsOnAws.js';
import { settings } from './settings.js';

/** What a file of settings has where they are not set, by `FILE:KEY`. */
const of = <T>(file: string, defaults: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(defaults).map(([key, value]) => [`${file}:${key}`, value]));

/** Lists of further things: an empty one is as none. */
const LISTS = ['r-versions', 'notifications.conf', 'launcher-env', 'launcher-mounts'];
/** The plugins of the Launcher (docs/sources.md 4.1). */
const PLUGINS = ['Local', 'Kubernetes', 'Slurm'].map((name) => ({ name, file: `launcher.${name.toLowerCase()}` }));

export default defineProduct({
  product: 'workbench',
  title: 'Workbench',
  documents: [document, now, onAws],
  root: '/etc/rstudio',
  traces: [
    '/usr/lib/rstudio-server/bin/rserver',
    '/usr/lib/rstudio-server/bin/rstudio-server',
    '/etc/rstudio/rserver.conf',
  ],
  texts: FILES,
  required: ['rserver.conf'],
  optional: ['rsession.conf', 'file-locks', 'env-vars', 'logging.conf', 'launcher.local.conf', ...LISTS],
  keyFiles: ['secure-cookie-key', 'launcher.pem', 'launcher.pub'],
  perNode: [
    { file: 'load-balancer', key: 'www-host-name' },
    { file: 'rserver.conf', key: 'www-address' },
    { file: 'rserver.conf', key: 'www-port' },
    // the present documentation asks for a different or local directory on each server
    { file: 'rserver.conf', key: 'monitor-data-path' },
  ],
  ownAddresses: [
    { file: 'rserver.conf', key: 'launcher-address' },
    { file: 'rserver.conf', key: 'launcher-sessions-callback-address' },
    { file: 'launcher.conf', key: 'server.address' },
  ],
  ownNames: ['load-balancer:www-host-name', 'rserver.conf:www-address'],
  defaults: {
    'rserver.conf:server-user': 'rstudio-server',
    'rserver.conf:server-shared-storage-path': '/var/lib/rstudio-server/shared-storage',
    'rserver.conf:ssl-enabled': '0',
    'rserver.conf:server-health-check-enabled': '0',
    'rserver.conf:server-set-umask': '1',
    'rserver.conf:auth-encrypt-password': '1',
    'rserver.conf:auth-stay-signed-in-days': '30',
    'rserver.conf:auth-timeout-minutes': '60',
    'rserver.conf:www-enable-origin-check': '0',
    'rserver.conf:www-frame-origin': 'none',
    'rserver.conf:www-proxy-localhost': '1',
    'rserver.conf:www-verify-user-agent': '1',
    'launcher.conf:server.address': 'localhost',
    'launcher.conf:server.port': '5559',
    'launcher.conf:server.enable-ssl': '0',
    'launcher.conf:server.server-user': 'rstudio-server',
    'launcher.conf:server.authorization-enabled': '1',
    'launcher.conf:server.request-timeout-seconds': '120',
    'launcher.conf:server.bootstrap-timeout-seconds': '120',
    ...Object.assign(
      {},
      ...PLUGINS.map(({ file }) =>
        of(`${file}.conf`, {
          'server-user': 'rstudio-server',
          'enable-debug-logging': '0',
          'job-expiry-hours': '24',
          'profile-config': `/etc/rstudio/${file}.profiles.conf`,
        }),
      ),
    ),
    ...of('jupyter.conf', {
      'notebooks-enabled': '0',
      'lab-command': 'lab',
      'lab-version': 'auto',
      'lab-args': '--no-browser --allow-root --ip=0.0.0.0',
    }),
    'load-balancer:timeout': '10',
    'load-balancer:verify-ssl-certs': '1',
    'file-locks:refresh-rate': '20',
    'file-locks:timeout-interval': '30',
    'file-locks:enable-logging': '0',
    'rserver.conf:config-file': '/etc/rstudio/rserver.conf',
    'rserver.conf:database-config-file': '/etc/rstudio/database.conf',
    'logging.conf:*.log-level': 'warn',
    'logging.conf:*.log-message-format': 'pretty',
  },
  // off by default at first; the present documentation has local sessions of the Launcher on by default
  openDefaults: {
    'rserver.conf:launcher-sessions-enabled': ['0', '1'],
    // named after the plugin, which launcher.conf may name as it likes
    ...Object.assign(
      {},
      ...PLUGINS.map(({ name, file }) => of(`${file}.conf`, { 'scratch-path': [`/var/lib/rstudio-launcher/${name}`] })),
    ),
    ...of('launcher.kubernetes.conf', {
      'kubernetes-namespace': ['rstudio'],
      'verify-ssl-certs': ['1'],
    }),
    ...of('jupyter.conf', {
      'labs-enabled': ['0', '1'],
      'jupyter-exe': ['', '/usr/local/bin/jupyter'],
      'notebook-command': ['notebook'],
      'notebook-version': ['auto'],
    }),
  },
  databaseScope: {
    file: 'database.conf',
    key: /./,
    defaults: {
      host: 'localhost',
      port: '5432',
      database: 'rstudio',
      username: 'postgres',
      'connection-timeout-seconds': '10',
      'connnection-timeout-seconds': '10',
      'pool-size': '0',
      directory: '/var/lib/rstudio-server',
    },
  },
  elsewhere: [
    { file: 'file-locks', key: /^lock-type$/ },
    { file: 'rserver.conf', key: /^secure-cookie-key-file$/ },
  ],
  packages: ['rstudio-server', 'rstudio-workbench'],
  versionCommand: ['/usr/lib/rstudio-server/bin/rstudio-server', 'version'],
  processes: ['rserver', 'rstudio-launche'],
  unit: 'rstudio-server',
  variables: `RSTUDIO_|XDG_CONFIG_DIRS=|WORKBENCH_|${ADDRESS_VARIABLES}`,
  settings,
  effective: inForce,
  directoryVariables: 'RSTUDIO_CONFIG_DIR|XDG_CONFIG_DIRS',
  directories: configDirectories,
  movingOptions: 'config-file|database-config-file|rsession-config-file',
  movedFrom: INSTALLATION,
  moved,
  version: /^[ \t]*v?([0-9]+(?:\.[0-9]+)+(?:[-+.][0-9A-Za-z]+)*)/m,
  environmentFiles: ['/etc/rstudio/env-vars'],
  sudoCommands: ['/usr/sbin/rstudio-server ^list-nodes$'],
  hasKeys: true,
  database: { kind: 'postgresql', words: ['postgresql'] },
  postgres: (major) =>
    major < 11
      ? { problem: `PostgreSQL ${major} is older than the products support`, expected: 'PostgreSQL 11 or later' }
      : undefined,
  sharesStorage: true,
  sharesHomes: true,
  nfsVersions: () => ['3', '4'],
});
