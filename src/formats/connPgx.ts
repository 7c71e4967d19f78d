/**
 * Connection texts as pgx reads them: Go's net/url takes a URL apart first. Source: jackc/pgx pgconn/config.go,
 * golang/go src/net/url/url.go, src/net/ipsock.go.
 */

import {
  type DatabaseServer,
  percentDecoded as decoded,
  isPort,
  POSTGRES_PORT,
  type Refused,
  wrongMode,
} from './connTypes.js';
import { connWords } from './connWords.js';
import { addressOf } from './hostName.js';

/** Go's limits on the part before the `@`; U+E000 and U+E001 enclose a masked value. */
const CREDENTIALS = /^(?:[A-Za-z0-9._:~!$&'()*+,;=%@-]|\uE000[0-9a-f]{64}\uE001)*$/;
/** Characters of a host; of the percent forms only those of letters beyond ASCII, and `%25` in an address. */
const HOST = /^(?:[A-Za-z0-9._~!$&'()*+,;=:[\]<>"\u0080-\uFFFF-]|%[89a-fA-F][0-9a-fA-F]|%25)*$/;

/** Whether Go takes the text behind the last colon, or behind the brackets, for a port. */
function hasValidPort(authority: string): boolean {
  const from = authority.startsWith('[') ? authority.lastIndexOf(']') + 1 : authority.lastIndexOf(':');
  return from < 0 || /^(:[0-9]*)?$/.test(authority.slice(from));
}

/** One of several `host:port`; undefined when Go cannot split it. */
function splitServer(text: string): { host: string; port: string } | undefined {
  const bare = text.replace(/^[[\]]+|[[\]]+$/g, '');
  // with a zone Go no longer takes it for an address
  if ((addressOf(bare) !== undefined && !bare.includes('%')) || !text.includes(':')) return { host: bare, port: '' };
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(text) ?? [];
  return port === undefined ? undefined : { host: bracketed ?? plain ?? '', port };
}

const keywordOf = (name: string): string => (name === 'database' ? 'dbname' : name);

/** The query overrides everything; of a repeated name the first counts. */
function readQuery(query: string, settings: Map<string, string>): void {
  const seen = new Set<string>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const parts = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    const [name, value] = parts.map((part) => decoded(part.replaceAll('+', ' ')));
    if (pair === '' || pair.includes(';') || name === undefined || value === undefined || seen.has(name)) continue;
    seen.add(name);
    settings.set(keywordOf(name), value);
  }
}

function readUrl(rest: string): Map<string, string> | Refused {
  const settings = new Map<string, string>();
  const [beforeFragment = ''] = rest.split('#', 1);
  const question = beforeFragment.indexOf('?');
  const location = question < 0 ? beforeFragment : beforeFragment.slice(0, question);
  const slash = location.indexOf('/');
  const authority = slash < 0 ? location : location.slice(0, slash);
  const at = authority.lastIndexOf('@');
  const [credentials, address] = [authority.slice(0, Math.max(at, 0)), authority.slice(at + 1)];
  if (!CREDENTIALS.test(credentials)) return { refused: 'a character before the @ that must be percent-encoded' };
  if (!HOST.test(address)) return { refused: 'a character in the host that no host has' };
  if (!hasValidPort(address)) return { refused: 'what follows the last colon of the address is not a port' };
  const [login, host, name] = [credentials, address, slash < 0 ? '' : location.slice(slash)].map(decoded);
  if (login === undefined || host === undefined || name === undefined)
    return { refused: 'a percent sign that encodes nothing' };
  const servers = host.split(',').map(splitServer);
  if (servers.some((s) => s === undefined)) return { refused: 'an address that is not host:port' };
  const lists = { host: servers.map((s) => s!.host), port: servers.map((s) => s!.port) };
  for (const [keyword, list] of Object.entries(lists)) {
    const given = list.filter((text) => text !== '');
    if (given.length > 0) settings.set(keyword, given.join(','));
  }
  const user = decoded(credentials.split(':', 1)[0]!);
  if (user) settings.set('user', user);
  const database = name.replace(/^\/+/, '');
  if (database !== '') settings.set('dbname', database);
  if (question >= 0) readQuery(beforeFragment.slice(question + 1), settings);
  return settings;
}

/** Keywords and values of a text, or why it is refused. */
export function pgxSettings(text: string): ReadonlyMap<string, string> | Refused {
  const scheme = /^postgres(?:ql)?:\/\//.exec(text);
  const settings = scheme ? readUrl(text.slice(scheme[0].length)) : connWords(text, keywordOf);
  if ('refused' in settings) return settings;
  if (settings.has('')) return { refused: 'a value without a keyword' };
  if (settings.has('hostaddr'))
    return { refused: 'hostaddr is not known to it and goes to the server as a parameter, which refuses the login' };
  return settings;
}

/**
 * Hosts with their ports by position; a host without one takes the first. Or why it does not connect: an empty sslmode is
 * its default, and behind a socket the mode is not looked at.
 */
export function pgxServers(settings: ReadonlyMap<string, string>): readonly DatabaseServer[] | Refused {
  const hosts = (settings.get('host') ?? '').split(',');
  const ports = (settings.get('port') ?? POSTGRES_PORT).split(',');
  const servers = hosts.map((host, i) => ({ host, port: ports[i] ?? ports[0]!, socket: /^(\/|$)/.test(host) }));
  const invalid = servers.find(({ port }) => !isPort(port));
  if (invalid) return { refused: `"${invalid.port}" is not a port` };
  const hasMode = settings.get('sslmode') !== '' && servers.some(({ socket }) => !socket);
  return wrongMode(settings, [...(hasMode ? ['sslmode'] : []), 'target_session_attrs']) ?? servers;
}
