/** The database, asked from this machine with the inventory's credential. The only importer of pg. */

import type { ClientConfig } from 'pg';
import type { Answer } from '../model/evidence.js';

const TIMEOUT_MS = 5000;

/** What the server says of itself. */
export interface ServerIdentity {
  /** `server_version`, such as 15.8. */
  readonly version: string;
  /** A standby: it answers reads and takes no writes. */
  readonly standby: boolean;
  readonly database: string;
}

/**
 * TLS as libpq means it; pg itself reads `require` as verify-full and prints a warning. Unset is `prefer` in libpq,
 * which here is tried as `require`: an unencrypted server then says so.
 */
const tls = (mode: string | null): ClientConfig['ssl'] =>
  mode === 'disable' ? false : { rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full' };

/** One read-only statement. Rejects, without the credential in the message, when the server does not answer. */
export async function identify(url: string): Promise<Answer> {
  let at: URL;
  try {
    at = new URL(url);
  } catch {
    // the message of URL would quote it, password and all
    throw new Error('the credential is not a URL such as postgres://user:password@host:5432/database');
  }
  const { Client } = (await import('pg')).default;
  const client = new Client({
    host: decodeURIComponent(at.hostname),
    port: Number(at.port || 5432),
    user: decodeURIComponent(at.username),
    password: decodeURIComponent(at.password),
    database: decodeURIComponent(at.pathname.slice(1)),
    ssl: tls(at.searchParams.get('sslmode')),
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'ha-preflight',
  });
  // a connection that breaks after the answer is nobody's error
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('server_version') as version, pg_is_in_recovery() as standby, current_database() as database",
    );
    return { exit: 0, stdout: JSON.stringify(rows[0] satisfies ServerIdentity), stderr: '' };
  } finally {
    await client.end().catch(() => {});
  }
}
