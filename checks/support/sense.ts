/** What the value of a setting means, where the product reads several spellings alike. Used by `config-identical`. */

import type { Found } from 'ha-preflight';
import { type BoostRules, boostNumber, RSERVER, RSESSION } from 'ha-preflight/formats/boostOptions';
import { veil } from 'ha-preflight/formats/connInfo';
import { libpqSettings } from 'ha-preflight/formats/connLibpq';
import { pgxSettings } from 'ha-preflight/formats/connPgx';
import { POSTGRES_PORT } from 'ha-preflight/formats/connTypes';
import { gcfgBoolean, gcfgDuration } from 'ha-preflight/formats/gcfg';
import { sameHost } from 'ha-preflight/formats/hostName';
import { plainPath } from 'ha-preflight/formats/paths';

/** Settings whose value is a directory. */
const DIRECTORY = /(^|[.-])(\w*-?dir|data-?path|storage-path|location|rversion|pythonversion)$/;
/** Settings whose value is a file that a program opens. */
const FILE = /(^|[.-])(file|exe|executable|script|certificate|certificate-key|which-r)$/;
/** Settings of Connect and Package Manager whose value is the file of the key. */
export const KEY_FILE = /^server\.encryptionkey(path|file)$/;
/** Files whose values have no booleans: a password there may be called `yes`. */
export const PLAIN = /^(database|audit-database)\.conf$/;
/** Their settings that are whole numbers. */
const DATABASE_NUMBERS = /^(port|pool-size|con?nnection-timeout-seconds)$/;

/** Files whose options have types. */
const OPTIONS: Readonly<Record<string, BoostRules>> = { 'rserver.conf': RSERVER, 'rsession.conf': RSESSION };

/** Settings of logging.conf that are a word, in any case (rstudio/rstudio, src/cpp/core/LogOptions.cpp). */
const LOGGING = /^[^.]*\.(log-level|logger-type|log-message-format)$/;

/** An address without a host, as a server written in Go listens to it: to all of them (Go, package net, Listen). */
const EVERYWHERE = /^(?:0\.0\.0\.0|\[::\])(?=:\d+$)/;
/** Settings that are such an address. */
const LISTENS = /(^|\.)listen$/;

/** Settings of rserver.conf that are a set of groups, with commas. */
const GROUPS = /^(auth-required-user-group|admin-group|admin-superuser-group)$/;

/** Settings of rserver.conf that may be repeated, in an order that does not matter. */
const SETS = /^www-allow-origin$/;

/** Settings that add headers to each response, one to a line. */
const HEADERS = /^rserver\.conf:server-add-header$|\.gcfg:server\.customheader$/;

/** Headers of a response: the order matters among those of one name, which has no case (RFC 9110, 5.1 and 5.3). */
function headers(value: string): string {
  const lines = value.split('\n').map((line) => {
    const [, name = line, rest = ''] = /^([^:]*):\s*(.*)$/.exec(line) ?? [];
    return { name: name.trim().toLowerCase(), rest };
  });
  return JSON.stringify(lines.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)));
}

/** An address of the web in its one spelling: host, port and an empty path (RFC 3986, 6.2.3). */
export const webAddress = (text: string): string =>
  /^https?:\/\/[^\s%]+$/i.test(text) && URL.canParse(text) ? new URL(text).href : text;

/** What libpq assumes where the address leaves it out (docs/sources.md 10.6). */
export const LIBPQ: Readonly<Record<string, string>> = { sslmode: 'prefer', target_session_attrs: 'any' };

/** The address of a database as its drivers read it, with its defaults written out; what they refuse is what it is. */
export function databaseAddress(text: string, defaults: Readonly<Record<string, string>>): string {
  const libpq = libpqSettings(veil(text));
  const settings = 'refused' in libpq ? pgxSettings(veil(text)) : libpq;
  if ('refused' in settings) return text;
  const hosts = (settings.get('host') ?? '').split(',').map(sameHost);
  const ports = (settings.get('port') ?? '').split(',').map((port) => port || POSTGRES_PORT);
  const all = new Map([...Object.entries(defaults), ...settings]);
  all.set('host', hosts.join(','));
  // one port is for all of them
  all.set('port', hosts.map((_, i) => ports[i] ?? ports[0]).join(','));
  return JSON.stringify([...all].sort());
}

/** Settings of Connect and Package Manager that the program reads as one value each; whether others are lists is not known. */
export const SINGLE =
  /^(server\.(datadir|encryptionkey(path|file)?)|https?\.listen|https\.certificate|database\.(provider|dir)|postgres\.\w+|sqlite\.dir)$/;

export const lastOf = (written: string | undefined): string | undefined => written?.replace(/^.*\n/s, '');

const ABSENT = '\0absent';

/** A setting of the database, with the default that the product documents for it. */
function databaseSense({ databaseScope }: Found['profile'], file: string, key: string, value: string | undefined) {
  // those of the audit database are not documented, but that of libpq
  const defaults = databaseScope.file === file ? databaseScope.defaults : { port: POSTGRES_PORT };
  const given = value ?? defaults?.[key as 'port'];
  if (given === undefined) return ABSENT;
  if (/(^|\.)provider$/.test(key)) return given.toLowerCase();
  if (/(^|\.)host$/.test(key)) return given.split(',').map(sameHost).join(',');
  if (/(^|\.)(connection-uri|\w*url)$/.test(key)) return databaseAddress(given, file.endsWith('.gcfg') ? {} : LIBPQ);
  if (DATABASE_NUMBERS.test(key)) return String(boostNumber(given) ?? given);
  return value === undefined ? given : undefined;
}

const set = (members: readonly string[], separator: string): string => [...new Set(members)].sort().join(separator);

/** What a setting that fits means: the first of these that says something. */
const FORMS: readonly ((value: string, file: string, key: string) => string | undefined)[] = [
  (value, file) => (PLAIN.test(file) ? value : undefined),
  // boost takes a boolean without a value for true
  (value, file, key) => (value === '' && OPTIONS[file]?.booleans?.test(key) ? '\0true' : undefined),
  (value, file, key) => (OPTIONS[file]?.numbers?.test(key) ? String(boostNumber(value) ?? value) : undefined),
  (value, _, key) =>
    [DIRECTORY, FILE, KEY_FILE].some((p) => p.test(key)) && value.startsWith('/') ? plainPath(value) : undefined,
  (value, file, key) => (file === 'logging.conf' && LOGGING.test(key) ? value.toLowerCase() : undefined),
  (value, file, key) =>
    file === 'rserver.conf' && GROUPS.test(key)
      ? set(
          value.split(',').flatMap((group) => group.trim() || []),
          ',',
        )
      : undefined,
  (value, file, key) => (HEADERS.test(`${file}:${key}`) ? headers(value) : undefined),
  (value, file, key) => (file === 'rserver.conf' && SETS.test(key) ? set(value.split('\n'), '\n') : undefined),
  (value, _, key) => (LISTENS.test(key) ? value.replace(EVERYWHERE, '').toLowerCase() : undefined),
  (value, file) => {
    const duration = file.endsWith('.gcfg') ? gcfgDuration(value) : undefined;
    // nothing is a length in any unit, and in none
    return duration === 0 ? '\0false' : duration?.toString();
  },
  (value) => {
    const boolean = gcfgBoolean(value);
    return boolean === undefined ? undefined : `\0${boolean}`;
  },
];

/** `written` undefined: the setting is not there. Two values of one sense are no difference. */
export function senseOf({ profile }: Found, file: string, key: string, written: string | undefined): string {
  const { databaseScope } = profile;
  const last = file.endsWith('.gcfg') && SINGLE.test(key) ? lastOf(written) : written;
  const value = last ?? profile.defaults?.[`${file}:${key}`];
  const ofDatabase = (databaseScope.file === file || PLAIN.test(file)) && databaseScope.key.test(key);
  const sense = ofDatabase ? databaseSense(profile, file, key, value) : undefined;
  if (sense !== undefined || value === undefined) return sense ?? ABSENT;
  for (const form of FORMS) {
    const found = form(value, file, key);
    if (found !== undefined) return found;
  }
  return webAddress(value);
}
