/** Fetches the secrets an inventory names. Their content appears in no message. */

import { type SecretSource, UsageError } from '../model/inventory.js';
import { readText } from './read.js';

const MAX_BYTES = 65536;

/**
 * The secret itself, without one newline at its end. Throws `UsageError` naming the variable or the file, never
 * what is in it.
 */
export function resolveSecret(source: SecretSource, env: NodeJS.ProcessEnv = process.env): string {
  const where = 'env' in source ? `environment variable ${source.env}` : `secret file ${source.file}`;
  const value = 'env' in source ? env[source.env] : readText(source.file, MAX_BYTES, where).replace(/^\ufeff/, '');
  if (value === undefined) throw new UsageError(`${where}: not set, but the inventory reads a secret from there`);
  const secret = value.replace(/\r?\n$/, '');
  if (secret === '') throw new UsageError(`${where}: empty, but the inventory reads a secret from there`);
  return secret;
}
