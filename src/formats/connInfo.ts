/**
 * PostgreSQL connection texts, as libpq (Workbench) and as pgx (Go, Connect and Package Manager) read them. The Go
 * products may use lib/pq instead, which takes more than libpq; where the two readings differ, the address is not known.
 * Source: postgres src/interfaces/libpq/fe-connect.c, jackc/pgx pgconn/config.go (docs/sources.md 10.6).
 */

import { type Driver, libpqServers, libpqSettings } from './connLibpq.js';
import { pgxServers, pgxSettings } from './connPgx.js';
import type { ConnInfo, DatabaseServer, Refused } from './connTypes.js';

export interface ConnReadings {
  readonly libpq: ConnInfo | Refused;
  readonly pgx: ConnInfo | Refused;
  /** In which way the two differ, as a sentence; undefined when they agree. */
  readonly difference?: string;
}

/** Keyword by environment variable; both drivers use it for what the text leaves out. */
const VARIABLES: Readonly<Record<string, string>> = {
  PGHOST: 'host',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGSSLMODE: 'sslmode',
  PGTARGETSESSIONATTRS: 'target_session_attrs',
  PGSERVICE: 'service',
  PGOPTIONS: 'options',
};

/** Variables that may change where a text leads, as `Profile.variables` has them. */
export const ADDRESS_VARIABLES = [...Object.keys(VARIABLES), 'PGHOSTADDR'].map((name) => `${name}=`).join('|');

const MASKED = /%masked:([0-9a-f]{64})%/g;
/** A masked value has percent signs and a colon, which mean something in a URL. */
export const veil = (text: string): string => text.replace(MASKED, '\uE000$1\uE001');
/** A masked value in the middle of a text whose grammar would take its `%` and `:` for its own. */
const STAND_IN = /\uE000([0-9a-f]{64})\uE001/g;
export const unveil = (text: string): string => text.replace(STAND_IN, '%masked:$1%');

type Settings = ReadonlyMap<string, string>;

/** A parameter of the server by its own name, or among the options: `-c search_path=x`, `--search_path=x`. */
function parameterOf(settings: Settings, name: string): string | undefined {
  const options = settings.get('options');
  if (options === undefined) return settings.get(name);
  const option = new RegExp(`(?<!\\S)(?:-c\\s*|--)${name.replaceAll('_', '[_-]')}=((?:\\\\[\\s\\S]|\\S)*)`, 'gi');
  return [...options.matchAll(option)].at(-1)?.[1]?.replace(/\\([\s\S])/g, '$1') ?? settings.get(name);
}

function searchPathOf(settings: Settings): string | undefined {
  const schemas = (parameterOf(settings, 'search_path') ?? '').split(',').map((name) => name.trim());
  // without quotes a name has no case
  return schemas.map((s) => (/^".*"$/.test(s) ? s.slice(1, -1) : s.toLowerCase())).join(',') || undefined;
}

/** What PostgreSQL takes for true: postgres src/backend/utils/adt/bool.c. */
const TRUE = /^(?:on|1|t|tr|tru|true|y|ye|yes)$/i;

function conclude(
  read: Settings | Refused,
  environment: Settings,
  variables: Readonly<Record<string, string>>,
  pair: (settings: Settings) => readonly DatabaseServer[] | Refused,
): ConnInfo | Refused {
  if ('refused' in read) return { refused: unveil(read.refused) };
  const settings = new Map(read);
  for (const [variable, keyword] of Object.entries(variables)) {
    const value = environment.get(variable);
    if (value && !settings.has(keyword)) settings.set(keyword, value);
  }
  const servers = pair(settings);
  if ('refused' in servers) return { refused: unveil(servers.refused) };
  const value = (keyword: string): string | undefined => {
    const text = settings.get(keyword);
    return text === undefined || text === '' ? undefined : unveil(text);
  };
  return {
    servers: servers.map((s) => ({ ...s, host: unveil(s.host) })),
    database: value('dbname') ?? value('user'),
    targetSessionAttrs: value('target_session_attrs'),
    sslmode: value('sslmode'),
    service: value('service'),
    searchPath: searchPathOf(settings),
    readOnly: TRUE.test(parameterOf(settings, 'default_transaction_read_only') ?? ''),
  };
}

const inWords = (info: ConnInfo): string => {
  const servers = info.servers
    .map((s) => `${s.hostaddr ?? (s.host || 'the default socket')} port ${s.port}`)
    .join(', ');
  return `${servers}, database ${info.database ?? 'of the user'}`;
};

function differenceOf(libpq: ConnInfo | Refused, pgx: ConnInfo | Refused): string | undefined {
  if ('refused' in libpq)
    return 'refused' in pgx ? undefined : `libpq refuses it (${libpq.refused}), pgx connects to ${inWords(pgx)}`;
  if ('refused' in pgx) return `pgx refuses it (${pgx.refused}), libpq connects to ${inWords(libpq)}`;
  const [a, b] = [inWords(libpq), inWords(pgx)];
  return a === b ? undefined : `libpq connects to ${a}; pgx connects to ${b}`;
}

/** A URL or `keyword=value` text, with what the service's environment adds. Masked secrets may stand in it. */
export function connInfo(text: string, environment: ReadonlyMap<string, string> = new Map()): ConnReadings {
  const veiled = veil(text);
  const asRead = (driver: Driver): ConnInfo | Refused =>
    conclude(libpqSettings(veiled, driver), environment, { ...VARIABLES, PGHOSTADDR: 'hostaddr' }, libpqServers);
  const pgx = conclude(pgxSettings(veiled), environment, VARIABLES, pgxServers);
  const difference = differenceOf(asRead('lib/pq'), pgx);
  return { libpq: asRead('libpq'), pgx, ...(difference !== undefined && { difference }) };
}
