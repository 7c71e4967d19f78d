/** What the value of a setting means, where the product reads several spellings alike. Used by `config-identical`. */

import type { Found } from 'ha-preflight';
import { RSERVER } from 'ha-preflight/formats/boostOptions';
import { sameHost } from 'ha-preflight/formats/hostName';

const TRUE = /^(true|yes|on|1)$/i;
const FALSE = /^(false|no|off|0)$/i;
/** Files whose values have no booleans: a password there may be called `yes`. */
const PLAIN = /^(database|audit-database)\.conf$/;

const PORT = '5432';
/** Scheme, user, servers, database, query. The user may hold a mask, which has colons. */
const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/is;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function server(text: string): string {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/s.exec(text) ?? [undefined, text];
  return `${sameHost(host)}:${port || PORT}`;
}

/** The URL of a database with its defaults written out; any other text is what it is. */
function databaseUrl(text: string): string {
  const parts = URL_PARTS.exec(text.trim());
  if (!parts) return text;
  const [, user = '', servers = '', name = '', query = ''] = parts;
  const options = query.split('&').filter(Boolean).sort().join('&');
  return `postgres://${user}@${servers.split(',').map(server).join(',')}/${decoded(name)}?${options}`;
}

/** `value` undefined: the setting is not there. Two values of one sense are no difference. */
export function senseOf({ profile }: Found, file: string, key: string, value: string | undefined): string {
  const { databaseScope } = profile;
  if (databaseScope.file === file && databaseScope.key.test(key)) {
    const given = value ?? databaseScope.defaults?.[key];
    if (given === undefined) return '\0absent';
    if (/(^|\.)provider$/.test(key)) return given.toLowerCase();
    if (/(^|\.)host$/.test(key)) return given.split(',').map(sameHost).join(',');
    if (/(^|\.)(connection-uri|\w*url)$/.test(key)) return databaseUrl(given);
    if (value === undefined) return given;
  }
  if (value === undefined) return '\0absent';
  if (PLAIN.test(file)) return value;
  // rserver takes a boolean without a value for true
  if (value === '' && file === 'rserver.conf' && RSERVER.booleans?.test(key)) return '\0true';
  return TRUE.test(value) ? '\0true' : FALSE.test(value) ? '\0false' : value;
}
