/** Where a product's databases are, from its configuration; credentials come masked and are left out. */

import type { Config } from '../formats/settings.js';
import { first } from '../formats/settings.js';
import { NotSeen } from '../model/evidence.js';
import type { Endpoint } from './profile.js';

/** PostgreSQL's own default. */
const PORT = '5432';

/** What follows `user:password@`: a masked password ends with its mask, else the last `@` before the path counts. */
function withoutUser(rest: string): string {
  const masked = [...rest.matchAll(/%masked:[0-9a-f]{64}%@/g)].at(-1);
  if (masked) return rest.slice(masked.index + masked[0].length);
  const path = rest.search(/[/?]/);
  return rest.slice(rest.lastIndexOf('@', path < 0 ? rest.length : path) + 1);
}

/**
 * `postgres://user:…@host:port/name?…` or `host=… port=… dbname=…`, both as libpq means them. NotSeen when it is
 * neither.
 */
export function endpointOf(role: string, text: string): Endpoint {
  const scheme = /^[a-z+]+:\/\//i.exec(text)?.[0];
  const address = scheme === undefined ? '' : withoutUser(text.slice(scheme.length));
  const url = scheme && /^(\[[^\]]*\]|[^/?:,]*)(?::(\d*))?(,[^/?]*)?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(address);
  if (url) {
    const query = new URLSearchParams(url[5] ?? '');
    return {
      role,
      host: (url[1] || query.get('host') || 'localhost').toLowerCase() + (url[3] ?? ''),
      port: url[2] || query.get('port') || PORT,
      name: decode(url[4] || query.get('dbname') || ''),
      ...wants(query.get('target_session_attrs')),
    };
  }
  const word = (name: string): string | undefined => {
    const m = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:'([^']*)'|(\\S+))`).exec(text);
    return m?.[1] ?? m?.[2];
  };
  if (!/\b(host|dbname|user)\s*=/.test(text)) throw new NotSeen(`the address of the ${role} is not a valid URL`);
  return {
    role,
    host: (word('host') ?? word('hostaddr') ?? 'localhost').toLowerCase(),
    port: word('port') ?? PORT,
    name: word('dbname') ?? word('user') ?? '',
    ...wants(word('target_session_attrs')),
  };
}

/** Which server of the list is wanted, where that is said. */
const wants = (attrs: string | null | undefined): Pick<Endpoint, 'targetSessionAttrs'> =>
  attrs ? { targetSessionAttrs: attrs } : {};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Workbench's database.conf: `connection-uri` over single settings over defaults (sources 4.1). */
export function workbenchEndpoint(config: Config): Endpoint {
  const value = (key: string): string | undefined => first(config, key)?.value || undefined;
  const uri = value('connection-uri');
  if (uri) return endpointOf('database', uri);
  return {
    role: 'database',
    host: (value('host') ?? 'localhost').toLowerCase(),
    port: value('port') ?? PORT,
    name: value('database') ?? 'rstudio',
  };
}

/** On the node itself: a database server there, or a pooler or tunnel that looks like one. */
export const isLoopback = (host: string): boolean =>
  /^$|^(localhost(\.localdomain)?|127\.[\d.]*|\[?::1\]?)$|^(\/|%2f)/i.test(host);
