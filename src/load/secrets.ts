/** Fetches the secrets an inventory names. Their content appears in no message. */

import { type Cluster, type SecretSource, UsageError } from '../model/inventory.js';
import { readText } from './read.js';

const MAX_BYTES = 65536;

/** Every secret that a run of the cluster may need. */
function sourcesOf({ nodes, database, s3 }: Cluster): SecretSource[] {
  const connections = nodes.flatMap(({ connection: { passphrase, sudo } }) => [
    ...(passphrase ? [passphrase] : []),
    ...(typeof sudo === 'object' ? [sudo.password] : []),
  ]);
  const keys = typeof s3?.credentials === 'object' ? s3.credentials : undefined;
  return [
    ...connections,
    ...(database.url ? [database.url] : []),
    ...Object.values(database.urls ?? {}),
    ...(keys ? [keys.accessKeyId, keys.secretAccessKey] : []),
  ];
}

/** UsageError that names every secret of the inventories that is not there, before anything is contacted. */
export function checkSecrets(clusters: readonly Cluster[], env: NodeJS.ProcessEnv = process.env): void {
  const missing = new Set<string>();
  for (const cluster of clusters)
    for (const source of sourcesOf(cluster)) {
      try {
        resolveSecret(source, env);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        missing.add(`${cluster.file ?? cluster.name}: ${error.message}`);
      }
    }
  if (missing.size > 0) throw new UsageError([...missing].join('\n'));
}

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
