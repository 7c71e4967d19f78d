/**
 * TLS to a database as libpq means `sslmode` and `sslrootcert`. The server's name is that of the operator's URL: what a
 * node says must not decide whom the certificate is for. Source: PostgreSQL manual, 34.19 (libpq SSL support).
 */

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';

export interface Channel {
  readonly ssl: false | ConnectionOptions;
  /** The server has proven that it is the one the operator means. */
  readonly verified: boolean;
}

const PLAIN: Channel = { ssl: false, verified: false };
/** libpq's own default, where it exists. */
const DEFAULT_ROOTS = join(homedir(), '.postgresql', 'root.crt');

/** The channels to try, in order. Throws for a mode that is not one, or a file that is not there. */
export function channels(mode: string | undefined, rootCert: string | undefined): readonly Channel[] {
  if (rootCert === 'system' && mode !== undefined && mode !== 'verify-full')
    throw new Error(`sslmode=${mode} is too weak for sslrootcert=system: use verify-full`);
  if (rootCert !== undefined && rootCert !== 'system' && !existsSync(rootCert))
    throw new Error(`the file of sslrootcert does not exist: ${rootCert}`);
  const file =
    rootCert === 'system' ? undefined : (rootCert ?? (existsSync(DEFAULT_ROOTS) ? DEFAULT_ROOTS : undefined));
  const ca = file === undefined ? {} : { ca: readFileSync(file, 'utf8') };
  // the authority alone: any of its certificates will do
  const authority: Channel = {
    ssl: { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined },
    // of a public authority everybody gets a certificate
    verified: file !== undefined,
  };
  const full: Channel = { ssl: { ...ca, rejectUnauthorized: true }, verified: true };
  const blind: Channel = { ssl: { rejectUnauthorized: false }, verified: false };
  switch (mode ?? (rootCert === 'system' ? 'verify-full' : 'prefer')) {
    case 'disable':
      return [PLAIN];
    case 'allow':
      return [PLAIN, blind];
    case 'prefer':
      return [blind, PLAIN];
    // for compatibility: with a file of authorities it means verify-ca
    case 'require':
      return [file === undefined ? blind : authority];
    case 'verify-ca':
      return [authority];
    case 'verify-full':
      return [full];
    default:
      throw new Error(`sslmode=${mode} is not a mode`);
  }
}
