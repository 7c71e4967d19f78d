/** With which account the database is logged in to: the inventory's, or by its consent the product's own. */

import { libpqSettings } from '../../formats/connLibpq.js';
import { gcfg } from '../../formats/gcfg.js';
import { keyValue } from '../../formats/keyValue.js';
import { first, last } from '../../formats/settings.js';
import { shell } from '../../model/collector.js';
import { askerOf, scriptOptions } from '../node/ask.js';
import type { NodeConnection } from '../transports/connection.js';
import type { ServiceContext } from './context.js';

const READ_MS = 5000;

export interface Login {
  readonly user: string;
  readonly password: string;
  /** Hosts of the credential: to these, and no others, the operator sends it. */
  readonly hosts: readonly string[];
  readonly sslmode: string | undefined;
  readonly rootCert: string | undefined;
  /** Consent to send the password to a server that has not proven who it is. */
  readonly cleartext: boolean;
}

/** Of a URL, or of words as libpq reads them; what stands in it is in no message. */
export function loginOf(url: string, cleartext: boolean): Login {
  const settings = libpqSettings(url.trim());
  if ('refused' in settings || !(settings.has('host') || settings.has('hostaddr')))
    // the reason would quote it, password and all
    throw new Error('the credential is not a URL such as postgres://user:password@host:5432/database');
  const list = (keyword: string): string[] => (settings.get(keyword) ?? '').split(',').filter(Boolean);
  return {
    user: settings.get('user') ?? '',
    password: settings.get('password') ?? '',
    hosts: [...list('host'), ...list('hostaddr')],
    sslmode: settings.get('sslmode') || undefined,
    rootCert: settings.get('sslrootcert') || undefined,
    cleartext,
  };
}

/** Names of the setting that holds each database's URL in a gcfg file. */
const URLS: Readonly<Record<string, string>> = {
  url: 'postgres.url',
  usage: 'postgres.usagedataurl',
  instrumentation: 'postgres.instrumentationurl',
};

/** The product's own credential, read on the node by the inventory's consent; it goes into no answer. */
export async function loginOn(
  context: ServiceContext,
  connection: NodeConnection,
  node: string,
  file: string,
  target: string,
): Promise<Login> {
  const cleartext = context.cluster.database.cleartext === true;
  const asker = askerOf(connection, scriptOptions(context.reach.node(node), '', context.secret));
  const { text } = await asker.ask({ text: { script: shell`S cat -- "$R"${file}` } }, READ_MS, context.signal);
  if (!text || 'unseen' in text || text.exit !== 0)
    throw new Error(`${file} could not be read: set connection.sudo: true`);
  if (file.endsWith('.gcfg')) {
    const config = gcfg(text.stdout);
    const url = last(config, URLS[target] ?? '')?.value ?? '';
    const login = loginOf(url, cleartext);
    return { ...login, password: login.password || (last(config, 'postgres.password')?.value ?? '') };
  }
  const config = keyValue(text.stdout);
  const value = (key: string): string => first(config, key)?.value ?? '';
  const uri = value('connection-uri');
  const bare: Login = {
    user: value('username') || 'postgres',
    password: '',
    hosts: [],
    sslmode: undefined,
    rootCert: undefined,
    cleartext,
  };
  const login = uri === '' ? bare : loginOf(uri, cleartext);
  const password = login.password || value('password');
  if (/^([0-9A-Fa-f]{8})[A-Za-z0-9+/=]{24,}\1$/.test(password))
    throw new Error(`the password in ${file} is encrypted: give database: { url: { env: PGURL } } in the inventory`);
  return { ...login, password };
}
