/** What a Workbench node's configuration says, defaults applied. Source: docs/sources.md 4.1. */

import { isEveryAddress, isLoopback } from '../../formats/hostName.js';
import { first } from '../../formats/settings.js';
import { workbenchEndpoint } from '../endpoints.js';
import { type Installed, pathOf } from '../installed.js';
import { attempt, textOf } from '../profile.js';
import type { KeySpec, Settings } from '../settings.js';
import { enabled, option, read } from './files.js';

/** First duplicate wins, no comments, absent file or key means SQLite; the value's case does not matter. */
function database(installed: Installed): { provider: string; because: string } {
  if (textOf(installed, 'database.conf') === undefined)
    return {
      provider: 'sqlite',
      because: `${installed.moved?.get('database.conf') ?? 'database.conf'} does not exist, and the default is sqlite`,
    };
  const config = read(installed, 'database.conf');
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
  const hidden = config.settings.find((s) => /^[#;\uFEFF]+\s*provider$/.test(s.key));
  const hint = !hidden
    ? ''
    : hidden.key.startsWith('\uFEFF')
      ? `; line ${hidden.line} begins with a byte order mark, which is part of the name`
      : `; line ${hidden.line} begins with "#", which does not make it a comment but a different key`;
  return { provider: 'sqlite', because: `database.conf sets no provider, and the default is sqlite${hint}` };
}

/** Off by default at first; the present documentation has local sessions of the Launcher on by default (sources 4.1). */
const LAUNCHER = 'launcher-sessions-enabled';

function keys(installed: Installed, user: string): KeySpec[] {
  const explicit = option(installed, 'secure-cookie-key-file');
  const here = pathOf(installed, 'secure-cookie-key');
  const fallback = '/var/lib/rstudio-server/secure-cookie-key';
  const listed = installed.tree.some((e) => e.path === 'secure-cookie-key');
  // an incomplete listing does not show which of the two paths is used
  const path = explicit?.value || (listed ? here : installed.treeTrouble === undefined ? fallback : undefined);
  const shared = enabled(installed, 'load-balancing-enabled');
  const legacy = installed.tree.some((e) => e.path === 'load-balancer');
  // 2023.09 and later keep both keys in the database (sources T18); with the file alone that is not confirmed
  const absence: Pick<KeySpec, 'presence' | 'since' | 'where'> = {
    presence: shared ? 'perhaps elsewhere' : 'required',
    ...(!shared && legacy && { since: { release: '2023.09', presence: 'unverified' } }),
    where: 'the database of the cluster',
  };
  const cookie: KeySpec = {
    name: 'secure-cookie-key',
    ...(path !== undefined && { path }),
    explicit: explicit !== undefined,
    because: explicit
      ? `secure-cookie-key-file in ${explicit.because}`
      : `the product looks in ${here}, then ${fallback}`,
    owners: ['root', user],
    minBytes: 16,
    enforcedBytes: 32,
    // what the product does where the file that is named does not exist is not confirmed
    ...absence,
    ...(explicit && shared && { presence: 'unverified' }),
    kind: 'random',
    encoding: 'raw',
  };
  const asked = option(installed, LAUNCHER);
  // an option that is not there may mean either; where the file is, it is compared
  const perhaps = asked === undefined && installed.tree.some((e) => e.path === 'launcher.pem');
  if (!perhaps && !enabled(installed, LAUNCHER)) return [cookie];
  const launcher: KeySpec = {
    name: 'launcher.pem',
    path: pathOf(installed, 'launcher.pem'),
    because: perhaps ? `${LAUNCHER} is not set` : `${LAUNCHER} is on`,
    ...(perhaps && {
      doubt: `${LAUNCHER} is not set, and whether this release then uses the Launcher is not known: set it to 1 or 0 on every node`,
    }),
    owners: [user, 'root'],
    publicPath: pathOf(installed, 'launcher.pub'),
    minBytes: 16,
    ...absence,
    kind: 'pem',
    // to OpenSSL white space is nothing, and so is what stands before it begins
    encoding: 'spaceless',
  };
  return [cookie, launcher];
}

/** Where the Launcher listens: on its own node alone, by default. */
function launcher(installed: Installed): { port?: number } {
  const config = read(installed, 'launcher.conf');
  const address = first(config, 'server.address')?.value ?? 'localhost';
  // a path is a socket
  if (isLoopback(address) && !isEveryAddress(address)) return {};
  return address.startsWith('/') ? {} : { port: Number(first(config, 'server.port')?.value ?? 5559) };
}

export function settings(installed: Installed): Settings {
  const value = (name: string): string | undefined => option(installed, name)?.value || undefined;
  const user = value('server-user') ?? 'rstudio-server';
  const tls = enabled(installed, 'ssl-enabled');
  const shared = value('server-shared-storage-path');
  return {
    database: attempt(() => database(installed)),
    databaseFile: pathOf(installed, 'database.conf'),
    endpoints: attempt(() => [
      workbenchEndpoint(
        read(installed, 'database.conf'),
        installed.unencoded?.get('database.conf'),
        installed.environment,
      ),
    ]),
    keys: keys(installed, user),
    shared: [{ setting: 'server-shared-storage-path', path: shared ?? '/var/lib/rstudio-server/shared-storage' }],
    own: value('monitor-data-path') ? [{ setting: 'monitor-data-path', path: value('monitor-data-path')! }] : [],
    sqlite: ['/var/lib/rstudio-server/rstudio.sqlite', '/var/lib/rstudio-server/rstudio-os.sqlite'],
    s3: [],
    // a line is a path, or `Path: …` of a block
    runtimes: (textOf(installed, 'r-versions') ?? '')
      .split('\n')
      .flatMap((l) => /^\s*(?:Path:\s*)?(\/\S+)\s*$/.exec(l)?.[1] ?? []),
    ...(tls && value('ssl-certificate') && { certificate: value('ssl-certificate')! }),
    ...(!isEveryAddress(value('www-address') ?? '') && { address: value('www-address')! }),
    // NaN: a word may be the name of a service, which nobody documents
    port: Number(/^\d*$/.exec(value('www-port') ?? '')?.[0].replace(/^$/, tls ? '443' : '8787')),
    tls,
    ...(enabled(installed, 'launcher-sessions-enabled') && { launcher: attempt(() => launcher(installed)) }),
    ...(enabled(installed, 'server-health-check-enabled') && { health: '/health-check' }),
    serviceAccounts: [user],
    takesLocks: true,
    ...(enabled(installed, 'server-project-sharing') && { sharesProjects: true }),
    ...(installed.texts.has('audit-database.conf') && {
      auditProvider: first(read(installed, 'audit-database.conf'), 'provider')?.value.toLowerCase() ?? 'sqlite',
    }),
    groups: ['auth-required-user-group', 'admin-group', 'admin-superuser-group']
      .flatMap((name) => (value(name) ?? '').split(','))
      .map((group) => group.trim())
      .filter(Boolean),
  };
}
