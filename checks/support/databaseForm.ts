/** Workbench's database.conf, which has its address as a URL or as single settings, in one form. Used by `config-identical`. */

import { unveil, veil } from 'ha-preflight/formats/connInfo';
import { libpqSettings } from 'ha-preflight/formats/connLibpq';
import { LIBPQ } from './sense.js';

type Values = ReadonlyMap<string, string>;

const ADDRESS = 'connection-uri';
/** A setting of the file by the keyword of libpq. */
const SETTINGS: Readonly<Record<string, string>> = {
  host: 'host',
  port: 'port',
  dbname: 'database',
  user: 'username',
  password: 'password',
  connect_timeout: 'connection-timeout-seconds',
};
/** With an address the server uses only the password of the rest (sources 4.1). */
const UNUSED = ['host', 'port', 'database', 'username', 'connection-timeout-seconds', 'connnection-timeout-seconds'];

const hasAddress = (values: Values): boolean => Boolean(values.get(ADDRESS));

/** Single settings instead of an address; the file as it is where libpq does not take the address. */
function expanded(values: Values): Values {
  const read = libpqSettings(veil(values.get(ADDRESS)!));
  if ('refused' in read) return values;
  // what an address leaves out has other defaults than the file
  const user = read.get('user') ?? 'of the account that runs the server';
  const all = new Map([['username', user], ['database', read.get('dbname') ?? user], ...values]);
  all.delete(ADDRESS);
  for (const [keyword, value] of read) {
    if (LIBPQ[keyword] === value) continue;
    const name = SETTINGS[keyword] ?? `${ADDRESS} ${keyword}`;
    if (keyword === 'password' ? !values.get('password') : true) all.set(name, unveil(value));
  }
  return all;
}

/** What counts on each node: by address on every node, or by single settings on every node. */
export function oneForm(files: readonly Values[]): { readonly values: readonly Values[]; readonly mixed: boolean } {
  const used = files.map((values) =>
    hasAddress(values) ? new Map([...values].filter(([key]) => !UNUSED.includes(key))) : values,
  );
  const mixed = used.some(hasAddress) && !used.every(hasAddress);
  return { values: mixed ? used.map((values) => (hasAddress(values) ? expanded(values) : values)) : used, mixed };
}

/**
 * Whether the password differs only between the two forms: in an address it may be percent-encoded, which cannot be seen
 * of a masked one.
 */
export function passwordOpen(files: readonly Values[], inOneForm: readonly Values[]): boolean {
  const kinds = (address: boolean) =>
    new Set(inOneForm.flatMap((values, i) => (hasAddress(files[i]!) === address ? [values.get('password')] : [])));
  return kinds(true).size === 1 && kinds(false).size === 1;
}
