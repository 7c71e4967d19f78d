/** Questions to things that are no node, each by its own module, loaded only when asked. */

import type { ServiceQuestion } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { Cluster, SecretSource } from '../model/inventory.js';

/** The inventory's `database.url`, or one of `database.urls` by name. */
function databaseUrl(cluster: Cluster, name: string): SecretSource {
  const source = name === 'url' ? cluster.database.url : cluster.database.urls?.[name];
  if (!source) throw new Error('is not in the inventory');
  return source;
}

/** Never rejects: what does not answer is unseen with the reason. */
export async function askService(
  question: ServiceQuestion,
  cluster: Cluster,
  secret: (source: SecretSource) => string,
): Promise<Answer> {
  try {
    if (question.via === 'ntp') return await (await import('./ntp.js')).askNtp(question.target);
    if (question.via === 'postgres')
      return await (await import('./postgres.js')).identify(secret(databaseUrl(cluster, question.target)));
    return await (await import('./s3.js')).headBucket(question.options ?? {}, cluster.s3, secret);
  } catch (error) {
    return { unseen: `${question.via} ${question.target}: ${(error as Error).message}` };
  }
}
