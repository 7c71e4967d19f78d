/** Connection texts as libpq reads them. Source: postgres src/interfaces/libpq/fe-connect.c. */

import { type DatabaseServer, isPort, POSTGRES_PORT, percentDecoded, type Refused, wrongMode } from './connTypes.js';
import { connWords } from './connWords.js';

/** Keywords of PostgreSQL 15 to 18; a name that is not among them is refused. */
const KEYWORDS = new Set(
  `service servicefile user password passfile channel_binding connect_timeout dbname host hostaddr port client_encoding
  options application_name fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count
  tcp_user_timeout sslmode sslcompression sslcert sslkey sslcertmode sslpassword sslrootcert sslcrl sslcrldir sslsni
  sslkeylogfile sslnegotiation requirepeer require_auth ssl_min_protocol_version ssl_max_protocol_version krbsrvname
  gssencmode gsslib gssdelegation replication target_session_attrs load_balance_hosts min_protocol_version
  max_protocol_version scram_client_key scram_server_key oauth_issuer oauth_client_id oauth_client_secret
  oauth_scope`.split(/\s+/),
);

/** libpq refuses an encoded NUL too. */
const decoded = (text: string): string | undefined => (text.includes('%00') ? undefined : percentDecoded(text));

/** `name:port`, `[address]:port`; undefined when a bracket is not closed or something follows it. */
function readServer(text: string): { host: string; port: string } | undefined {
  if (!text.startsWith('[')) {
    const colon = text.indexOf(':');
    return colon < 0 ? { host: text, port: '' } : { host: text.slice(0, colon), port: text.slice(colon + 1) };
  }
  const [, host, port = ''] = /^\[([^\]]+)\](?::(.*))?$/s.exec(text) ?? [];
  return host === undefined ? undefined : { host, port };
}

/** Go's lib/pq hands on to the server what it does not know, and takes values with `=` in them. */
export type Driver = 'libpq' | 'lib/pq';

/** The part of a URL behind `?`, which may end with one `&`; the keyword `ssl` is JDBC's. */
function readQuery(query: string, driver: Driver, settings: Map<string, string>): Refused | undefined {
  const pairs = query.split('&');
  if (pairs.at(-1) === '') pairs.pop();
  for (const pair of pairs) {
    const words = pair.split('=');
    const [name, value] = [words[0]!, words.slice(1).join('=')].map(decoded);
    const odd = driver === 'libpq' ? words.length !== 2 : words.length < 2 || name === '';
    if (name === undefined || value === undefined || odd)
      return { refused: 'a query parameter that is not name=value' };
    if (name === 'ssl' && value === 'true') settings.set('sslmode', 'require');
    else if (!KEYWORDS.has(name) && driver === 'libpq') return { refused: `the query parameter ${name} is not known` };
    else settings.set(name, value);
  }
  return undefined;
}

function readUrl(rest: string, driver: Driver): Map<string, string> | Refused {
  const settings = new Map<string, string>();
  const set = (keyword: string, text: string): boolean => {
    const value = decoded(text);
    if (value !== undefined && value !== '') settings.set(keyword, value);
    return value !== undefined;
  };
  // the first @ ends the credentials, unless a / comes before it
  const [, credentials, address = ''] = /^(?:([^@/]*)@)?(.*)$/s.exec(rest)!;
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(credentials ?? '')!;
  // a bracket may hold what ends an address elsewhere
  const end = /^(?:\[[^\]]*\]?|[^/?[])*/.exec(address)![0].length;
  const servers = address.slice(0, end).split(',').map(readServer);
  if (servers.some((s) => s === undefined)) return { refused: 'brackets that do not hold an address' };
  const [, name = '', query = ''] = /^(?:\/([^?]*))?(?:\?(.*))?$/s.exec(address.slice(end))!;
  const complete =
    set('user', user) &&
    set('password', password) &&
    set('host', servers.map((s) => s!.host).join(',')) &&
    set('port', servers.map((s) => s!.port).join(',')) &&
    set('dbname', name);
  if (!complete) return { refused: 'a percent sign that encodes nothing' };
  return readQuery(query, driver, settings) ?? settings;
}

/** Keywords and values of a text, or why it is refused. */
export function libpqSettings(text: string, driver: Driver = 'libpq'): ReadonlyMap<string, string> | Refused {
  const scheme = /^postgres(?:ql)?:\/\//.exec(text);
  if (scheme) return readUrl(text.slice(scheme[0].length), driver);
  const settings = connWords(text);
  if ('refused' in settings || driver === 'lib/pq') return settings;
  const unknown = [...settings.keys()].find((keyword) => !KEYWORDS.has(keyword));
  return unknown === undefined ? settings : { refused: `the keyword ${unknown} is not known` };
}

/** Hosts with their ports: one port for all, or one for each; an empty one is the default. Or why it does not connect. */
export function libpqServers(settings: ReadonlyMap<string, string>): readonly DatabaseServer[] | Refused {
  const wrong = wrongMode(settings, ['sslmode', 'target_session_attrs']);
  if (wrong) return wrong;
  const list = (keyword: string): string[] => {
    const text = settings.get(keyword) ?? '';
    return text === '' ? [] : text.split(',');
  };
  const [hosts, addresses, ports] = [list('host'), list('hostaddr'), list('port')];
  const count = addresses.length || hosts.length || 1;
  if (hosts.length > 0 && hosts.length !== count) return { refused: `${hosts.length} hosts and ${count} addresses` };
  if (ports.length > 1 && ports.length !== count) return { refused: `${ports.length} ports and ${count} hosts` };
  const invalid = ports.find((port) => port !== '' && !isPort(port));
  if (invalid !== undefined) return { refused: `${invalid} is not a port` };
  return Array.from({ length: count }, (_, i): DatabaseServer => {
    const [host = '', address = ''] = [hosts[i], addresses[i]];
    return {
      host,
      port: (ports.length === 1 ? ports[0] : ports[i]) || POSTGRES_PORT,
      ...(address !== '' && { hostaddr: address }),
      socket: address === '' && /^([/@]|$)/.test(host),
    };
  });
}
