/** Questions to things that are no node, each by its own module, loaded only when asked. */

import type { ServiceQuestion } from '../model/check.js';
import type { Answer } from '../model/evidence.js';
import type { Cluster, SecretSource } from '../model/inventory.js';

/** Never rejects: what does not answer is unseen with the reason. */
export async function askService(
  question: ServiceQuestion,
  cluster: Cluster,
  secret: (source: SecretSource) => string,
): Promise<Answer> {
  try {
    if (question.via === 'ntp') return await (await import('./ntp.js')).askNtp(question.target);
    return await (await import('./s3.js')).headBucket(question.options ?? {}, cluster.s3, secret);
  } catch (error) {
    return { unseen: `${question.via} ${question.target}: ${(error as Error).message}` };
  }
}
